#include "server/calendar_inputs.h"

#include <fmt/format.h>

#include "calendar/time_text.h"
#include "server/calendar_views.h"
#include "wire/api_encode.h"
#include "wire/json_document.h"

namespace lazaret::server {

Result<std::string> zone_data(Context& context, const std::string& name) {
  if (name == "UTC") return std::string();
  if (!context.services.zone_bytes) {
    return fail(ErrorCode::unsupported, "this daemon reads no time zones");
  }
  auto bytes = context.services.zone_bytes(name);
  if (bytes) return core::hex_of(*bytes);
  // One that came with an iCalendar file.
  const auto& known = context.fleet().calendar.zones;
  if (const auto found = known.find(name); found != known.end()) return found->second;
  bytes.error().place = "body /timezone";
  return std::unexpected(bytes.error());
}

namespace {

// What is said takes the place of what was there.
struct Reader {
  const wire::Inputs& inputs;

  void text(std::string_view name, std::string& out) const {
    if (inputs.has(name)) out = inputs.text(name);
  }
  template <class E>
  void word(std::string_view name, E& out) const {
    if (inputs.has(name)) out = *from_word<E>(inputs.text(name));
  }
  void whole(std::string_view name, std::int64_t& out) const {
    if (const auto number = inputs.number(name)) out = static_cast<std::int64_t>(*number);
  }
  Result<void> dates(std::string_view name, std::vector<std::string>& out) const {
    if (!inputs.has(name)) return {};
    out.clear();
    for (const json::value& one : wire::json_of(inputs.raw(name)).as_array()) {
      if (!one.is_string()) {
        return fail(ErrorCode::invalid_input,
                    fmt::format("\"{}\" holds something else than texts", name),
                    fmt::format("body /{}", name), "[\"20260101T090000\"]");
      }
      out.emplace_back(one.as_string());
    }
    return {};
  }
};

}  // namespace

Result<void> read_work(Context& context, const wire::Inputs& inputs, const Identity& who,
                       core::SlotWork& work) {
  const Reader read{inputs};
  if (inputs.has("agent")) {
    const auto whose = calendar_agent_named(context.fleet(), inputs.text("agent"), who);
    if (!whose) return std::unexpected(whose.error());
    work.agent = whose->agent;
    work.own = whose->own;
  }
  read.text("title", work.title);
  read.text("prompt", work.prompt);
  read.word("slot_type", work.type);
  read.whole("estimated_duration", work.minutes);
  read.whole("priority", work.priority);
  read.word("event_type", work.event);
  if (inputs.has("event_data")) {
    work.event_data = inputs.raw("event_data");
    if (work.event_data.size() > wire::event_data_most) {
      return fail(
          ErrorCode::too_large,
          fmt::format("{} bytes; at most {}", work.event_data.size(), wire::event_data_most),
          "body /event_data");
    }
  }
  return {};
}

namespace {

Result<void> read_rule(Context& context, const wire::Inputs& inputs, core::PlanDefinition& plan) {
  constexpr std::pair<std::string_view, core::RuleKind> kinds[] = {
      {"rrule", core::RuleKind::rrule},
      {"cron", core::RuleKind::cron},
      {"oncalendar", core::RuleKind::on_calendar}};
  int said = 0;
  for (const auto& [name, kind] : kinds) {
    if (!inputs.has(name)) continue;
    ++said;
    plan.kind = kind;
    plan.rule = inputs.text(name);
  }
  if (said > 1 || plan.rule.empty()) {
    return fail(ErrorCode::invalid_input,
                said > 1 ? "there is more than one rule" : "there is no rule", "body",
                "say one of rrule, cron and oncalendar");
  }
  if (plan.kind == core::RuleKind::rrule && plan.start.empty()) {
    const auto now = std::chrono::floor<std::chrono::seconds>(context.loop.now().wall);
    const auto data = zone_data(context, plan.zone);
    if (!data) return std::unexpected(data.error());
    const auto zone = core::zone_of(plan.zone, *data);
    if (!zone) return std::unexpected(zone.error());
    plan.start = calendar::compact((*zone)->local(now));
  }
  return {};
}

}  // namespace

Result<void> read_plan(Context& context, const wire::Inputs& inputs, const Identity& who,
                       core::PlanDefinition& plan) {
  const Reader read{inputs};
  if (auto done = read_work(context, inputs, who, plan.work); !done) return done;
  read.text("start", plan.start);
  read.text("timezone", plan.zone);
  if (auto done = read.dates("dates", plan.dates); !done) return done;
  if (auto done = read.dates("exceptions", plan.exceptions); !done) return done;
  read.word("gap", plan.gap);
  read.word("fold", plan.fold);
  read.word("missed", plan.missed);
  read.whole("within_seconds", plan.within_seconds);
  read.word("overlap", plan.overlap);
  read.whole("jitter_seconds", plan.jitter_seconds);
  read.whole("pause_after_failures", plan.pause_after_failures);
  return read_rule(context, inputs, plan);
}

}  // namespace lazaret::server
