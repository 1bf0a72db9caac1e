#include "calendar/virtual_id.h"

#include <fmt/format.h>

namespace lazaret::calendar {

std::string occurrence_name(LocalTime nominal, bool second) {
  const Date d = date_of(day_of(nominal));
  const auto s = second_of_day(nominal);
  return fmt::format("{:04}-{:02}-{:02}T{:02}{:02}{:02}{}", d.year, d.month, d.day, s / 3600,
                     s / 60 % 60, s % 60, second ? "b" : "");
}

std::string to_text(const VirtualId& id) {
  return fmt::format("plan-{}-{}", id.plan, occurrence_name(id.nominal, id.second));
}

std::string virtual_id(std::string_view plan, const Occurrence& occurrence) {
  return to_text(VirtualId{std::string(plan), occurrence.nominal, occurrence.second});
}

Result<VirtualId> parse_virtual_id(std::string_view text) {
  const auto wrong =
      fail(ErrorCode::invalid_input,
           fmt::format("\"{}\" is not the name of a virtual slot", text.substr(0, 96)),
           "virtual_id", "write plan-<id>-<YYYY-MM-DD>T<HHMMSS>");
  constexpr std::string_view prefix = "plan-";
  constexpr std::size_t time_chars = 17;  // 2026-01-31T090000
  std::string_view rest = text;
  VirtualId out;
  if (rest.ends_with('b')) {
    out.second = true;
    rest.remove_suffix(1);
  }
  if (!rest.starts_with(prefix) || rest.size() < prefix.size() + 2 + time_chars) return wrong;
  rest.remove_prefix(prefix.size());
  const std::string_view time = rest.substr(rest.size() - time_chars);
  out.plan = rest.substr(0, rest.size() - time_chars - 1);
  std::string digits;
  for (char c : time) {
    if (c != '-') digits += c;
  }
  const auto parsed = parse_time(digits, "virtual_id");
  if (!parsed || parsed->date_only || parsed->instant) return wrong;
  out.nominal = parsed->local;
  // What it would be written as: nothing else is accepted.
  if (to_text(out) != text) return wrong;
  return out;
}

Result<Occurrence> find_occurrence(const Schedule& schedule, const VirtualId& id, Budget budget) {
  constexpr std::size_t most = 200'000;  // a day and more of seconds
  const Resolved r = schedule.zone->resolve(id.nominal);
  const SysTime from = std::min(r.first, r.kind == LocalKind::unique ? r.first : r.second);
  const SysTime to = std::max(r.first, r.kind == LocalKind::unique ? r.first : r.second);
  const Expansion found = between(schedule, from, to + seconds(1), most, budget);
  for (const Occurrence& one : found.times) {
    if (one.nominal == id.nominal && one.second == id.second) return one;
  }
  return fail(ErrorCode::not_found,
              fmt::format("the plan has no occurrence at {}", compact(id.nominal)), to_text(id));
}

}  // namespace lazaret::calendar
