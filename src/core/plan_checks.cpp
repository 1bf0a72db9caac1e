// What is checked of a plan and of a slot's work before they are taken.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calendar/policy.h"
#include "calendar/rrule_text.h"
#include "core/calendar_import.h"

namespace lazaret::core {
namespace {

using calendar::SysTime;

constexpr std::size_t compared = 400;  // times
constexpr std::int64_t compared_steps = 20'000;
constexpr calendar::seconds compared_time = std::chrono::hours(24 * 366 * 10);
constexpr std::int64_t within_most = 366 * 86'400;
constexpr SysTime beginning{
    std::chrono::seconds(calendar::day_of(1, 1, 3) * calendar::day_seconds)};

std::string bounds_complaint(const PlanDefinition& plan) {
  if (plan.within_seconds < 0 || plan.within_seconds > within_most) return "within_seconds";
  if (plan.jitter_seconds < 0 || plan.jitter_seconds > calendar::most_jitter.count()) {
    return "jitter_seconds";
  }
  if (plan.pause_after_failures < 0 || plan.pause_after_failures > 1000) {
    return "pause_after_failures";
  }
  return {};
}

// The one rule of both, where they have one each and the same zone.
std::optional<std::pair<calendar::Rrule, calendar::Rrule>> single_rules(
    const calendar::Schedule& a, const calendar::Schedule& b) {
  const auto* one = std::get_if<calendar::Recurrence>(&a.when);
  const auto* other = std::get_if<calendar::Recurrence>(&b.when);
  const bool single = one && other && one->rules.size() == 1 && other->rules.size() == 1;
  if (!single || a.zone->hash() != b.zone->hash()) return std::nullopt;
  return std::pair(one->rules[0], other->rules[0]);
}

// An end that was moved may lie far behind the times that are compared.
bool ends_otherwise(const calendar::Schedule& a, const calendar::Schedule& b) {
  const auto rules = single_rules(a, b);
  if (!rules) return false;
  const auto until = [&](const calendar::Rrule& rule) {
    return rule.until ? std::optional(local_of(*rule.until, *a.zone)) : std::nullopt;
  };
  return rules->first.count != rules->second.count || until(rules->first) != until(rules->second);
}

// Of one rule each that is written alike, with the same exceptions: nothing has to be gone through.
// The first times say whether they begin alike; a rule means the same from there.
bool is_written_alike(const calendar::Schedule& a, const calendar::Schedule& b,
                      const calendar::Budget& budget) {
  const auto rules = single_rules(a, b);
  if (!rules || a.gap != b.gap || a.fold != b.fold ||
      to_text(rules->first, *a.zone) != to_text(rules->second, *b.zone)) {
    return false;
  }
  const auto& one = std::get<calendar::Recurrence>(a.when);
  const auto& other = std::get<calendar::Recurrence>(b.when);
  const auto times = [](const std::vector<calendar::TimeText>& list, const calendar::Zone& zone) {
    std::set<std::pair<calendar::LocalTime, bool>> out;
    for (const calendar::TimeText& time : list) {
      out.emplace(local_of(time, zone), time.date_only);
    }
    return out;
  };
  return times(one.dates, *a.zone) == times(other.dates, *b.zone) &&
         times(one.exceptions, *a.zone) == times(other.exceptions, *b.zone) &&
         calendar::occurrences(a, beginning, 1, budget).times ==
             calendar::occurrences(b, beginning, 1, budget).times;
}

}  // namespace

Result<calendar::Schedule> checked_schedule(const PlanDefinition& plan,
                                            const std::string& zone_data) {
  const auto zone = zone_of(plan.zone, zone_data);
  if (!zone) return std::unexpected(zone.error());
  return checked_schedule(plan, *zone);
}

Result<calendar::Schedule> checked_schedule(const PlanDefinition& plan,
                                            const calendar::ZonePtr& zone,
                                            calendar::Budget budget) {
  if (const auto where = bounds_complaint(plan); !where.empty()) {
    return fail(ErrorCode::invalid_input, "out of its bounds", where);
  }
  auto schedule = schedule_of(plan, zone);
  if (!schedule) return schedule;
  // A rule that never comes is a slip of the pen; who edits an old plan may leave nothing to come.
  if (calendar::occurrences(*schedule, beginning, 1, budget).times.empty()) {
    return fail(ErrorCode::invalid_input, "this rule has no occurrence at all", "rule",
                "lazaret slot next shows the times of a rule");
  }
  return schedule;
}

Result<void> check_work(const Fleet& fleet, const SlotWork& work) {
  const Agent* own = work.own ? find_agent(fleet, *work.own) : nullptr;
  if (work.own ? !own : !fleet.calendar.agents.contains(work.agent)) {
    return fail(ErrorCode::not_found, fmt::format("the calendar knows no agent \"{}\"", work.agent),
                {}, "lazaret calendar register AGENT, or name one of `lazaret agent ls`");
  }
  if (own && !own->definition.run) {
    return fail(ErrorCode::conflict,
                fmt::format("agent \"{}\" runs elsewhere: it cannot be woken", work.agent), {},
                "register it in the calendar; it then asks for its slots");
  }
  if (work.minutes >= 1 && work.minutes <= slot_minutes_most) return {};
  return fail(ErrorCode::invalid_input,
              fmt::format("{} minutes; from 1 to {}", work.minutes, slot_minutes_most),
              "estimated_duration", "a slot is at most a week long");
}

bool same_times(const calendar::Schedule& a, const calendar::Schedule& b, WallTime now,
                calendar::Budget* steps) {
  const calendar::Budget budget(compared_steps, steps);
  if (is_written_alike(a, b, budget)) return true;
  if (ends_otherwise(a, b)) return false;
  const auto begin = calendar::occurrences(a, beginning, 1, budget).times;
  if (begin.empty()) return false;
  // A zone that is not known everywhere is written out for some years only.
  const auto from = std::chrono::ceil<calendar::seconds>(now);
  const SysTime to = std::max(from, begin.front().at) + compared_time;
  const auto first = calendar::between(a, beginning, to, compared, budget).times;
  // A pattern was written as the dates that came next then, so its own beginning says nothing.
  if (std::holds_alternative<calendar::Pattern>(b.when)) {
    return calendar::between(b, first.front().at, to, first.size(), budget).times == first;
  }
  return calendar::between(b, beginning, to, compared, budget).times == first &&
         calendar::between(a, from, to, compared, budget).times ==
             calendar::between(b, from, to, compared, budget).times;
}

void take_times(PlanDefinition& plan, const PlanDefinition& from) {
  plan.kind = from.kind;
  plan.rule = from.rule;
  plan.start = from.start;
  plan.dates = from.dates;
  plan.exceptions = from.exceptions;
  plan.zone = from.zone;
  plan.gap = from.gap;
  plan.fold = from.fold;
}

}  // namespace lazaret::core
