#include "core/calendar_state.h"

#include <fmt/format.h>

#include "base/invariant.h"
#include "calendar/cron.h"
#include "calendar/on_calendar.h"
#include "calendar/virtual_id.h"
#include "core/slot_view.h"

namespace lazaret::core {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

Result<std::string> bytes_of(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const auto high = hex_digits.find(hex[i]);
    const auto low = hex_digits.find(hex[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) break;
    out += static_cast<char>(high * 16 + low);
  }
  if (out.size() * 2 == hex.size()) return out;
  return fail(ErrorCode::invalid_input, "the bytes of a time zone are not hexadecimal", "zone");
}

std::unexpected<Error> within(std::string_view place, Error error) {
  error.place =
      error.place.empty() ? std::string(place) : fmt::format("{}, {}", place, error.place);
  return std::unexpected(std::move(error));
}

Result<std::vector<calendar::TimeText>> times_of(const std::vector<std::string>& texts,
                                                 const std::string& place) {
  std::vector<calendar::TimeText> out;
  if (texts.size() > calendar::most_dates) {
    return fail(ErrorCode::too_large,
                fmt::format("{} dates; at most {}", texts.size(), calendar::most_dates), place);
  }
  for (const std::string& text : texts) {
    const auto time = calendar::parse_time(text, place);
    if (!time) return within(place, time.error());
    out.push_back(*time);
  }
  return out;
}

Result<calendar::Recurrence> recurrence_of(const PlanDefinition& plan) {
  calendar::Recurrence out;
  const auto start = calendar::parse_time(plan.start, "start");
  if (!start) return within("start", start.error());
  auto rule = calendar::parse_rrule(plan.rule);
  if (!rule) return within("rule", rule.error());
  auto dates = times_of(plan.dates, "dates");
  if (!dates) return std::unexpected(dates.error());
  auto exceptions = times_of(plan.exceptions, "exceptions");
  if (!exceptions) return std::unexpected(exceptions.error());
  out.start = *start;
  out.rules.push_back(std::move(*rule));
  out.dates = std::move(*dates);
  out.exceptions = std::move(*exceptions);
  return out;
}

void index_slot(Calendar& calendar, const Slot& slot) {
  calendar.of_agent[slot.work.agent].insert(slot.id);
  if (!slot.virtual_id.empty()) calendar.touched[slot.virtual_id] = slot.id;
  if (waits_for_its_time(slot)) calendar.slot_due.emplace(slot.fire_at, slot.id);
}

}  // namespace

std::string hex_of(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += hex_digits[static_cast<unsigned char>(c) >> 4];
    out += hex_digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

calendar::Policy policy_of(const PlanDefinition& plan) {
  calendar::Policy out;
  out.missed = plan.missed;
  out.within.reset();
  if (plan.within_seconds > 0) out.within = std::chrono::seconds(plan.within_seconds);
  out.overlap = plan.overlap;
  out.jitter = std::chrono::seconds(plan.jitter_seconds);
  out.pause_after_failures = static_cast<int>(plan.pause_after_failures);
  return out;
}

Result<calendar::ZonePtr> zone_of(const std::string& name, const std::string& hex_bytes) {
  if (name == "UTC") return std::make_shared<const calendar::Zone>(calendar::Zone::utc());
  const auto bytes = bytes_of(hex_bytes);
  if (!bytes) return std::unexpected(bytes.error());
  auto zone = calendar::Zone::from_tzif(name, *bytes);
  if (!zone) return within("zone", zone.error());
  return std::make_shared<const calendar::Zone>(std::move(*zone));
}

calendar::ZonePtr zone_named(const Calendar& calendar, const std::string& name) {
  if (auto kept = calendar.schedules.find_zone(name)) return kept;
  const auto found = calendar.zones.find(name);
  auto zone = zone_of(name, found == calendar.zones.end() ? "" : found->second);
  LAZARET_ASSERT(zone.has_value());  // it was checked when it became known
  calendar.schedules.keep_zone(name, *zone);
  return *zone;
}

Result<calendar::Schedule> schedule_of(const PlanDefinition& plan, const calendar::ZonePtr& zone) {
  calendar::Schedule out{.zone = zone, .when = {}, .gap = plan.gap, .fold = plan.fold};
  switch (plan.kind) {
    case RuleKind::rrule: {
      auto when = recurrence_of(plan);
      if (!when) return std::unexpected(when.error());
      out.when = std::move(*when);
      return out;
    }
    case RuleKind::cron: {
      auto pattern = calendar::parse_cron(plan.rule);
      if (!pattern) return within("rule", pattern.error());
      out.when = std::move(*pattern);
      return out;
    }
    case RuleKind::on_calendar: {
      auto parsed = calendar::parse_on_calendar(plan.rule);
      if (!parsed) return within("rule", parsed.error());
      if (!parsed->zone.empty() && parsed->zone != plan.zone) {
        return fail(ErrorCode::invalid_input,
                    fmt::format("the rule is about {}, the plan about {}", parsed->zone, plan.zone),
                    "zone", "say one of them");
      }
      out.when = std::move(parsed->pattern);
      return out;
    }
  }
  return out;
}

std::shared_ptr<const calendar::Schedule> schedule_of(const Calendar& calendar, const Plan& plan) {
  if (auto kept = calendar.schedules.find(plan.id)) return kept;
  auto made = schedule_of(plan.definition, zone_named(calendar, plan.definition.zone));
  LAZARET_ASSERT(made.has_value());
  auto entry = std::make_shared<const calendar::Schedule>(std::move(*made));
  calendar.schedules.keep(plan.id, entry);
  return entry;
}

void arm_plan(Calendar& calendar, const Plan& plan) {
  std::erase_if(calendar.plan_due, [&](const auto& entry) { return entry.second == plan.id; });
  if (plan.paused) return;
  const auto from = std::chrono::floor<std::chrono::seconds>(plan.judged) + std::chrono::seconds(1);
  const auto next = calendar::occurrences(*schedule_of(calendar, plan), from, 1);
  if (!next.times.empty()) {
    calendar.plan_due.emplace(judged_at(plan, next.times.front()), plan.id);
  }
}

void index_calendar(Calendar& calendar) {
  calendar.schedules.clear();
  calendar.plan_due.clear();
  calendar.slot_due.clear();
  calendar.recoveries.clear();
  calendar.of_agent.clear();
  calendar.plans_of_agent.clear();
  calendar.touched.clear();
  for (const auto& [id, slot] : calendar.slots) index_slot(calendar, slot);
  for (const auto& [id, plan] : calendar.plans) {
    calendar.plans_of_agent[plan.definition.work.agent].insert(id);
    arm_plan(calendar, plan);
  }
  for (const auto& [id, agent] : calendar.agents) {
    if (agent.status == CalendarStatus::exhausted) {
      calendar.recoveries.emplace(agent.recovery_at, id);
    }
  }
}

WallTime next_due(const Calendar& calendar) {
  WallTime next = WallTime::max();
  if (!calendar.plan_due.empty()) next = std::min(next, calendar.plan_due.begin()->first);
  if (!calendar.slot_due.empty()) next = std::min(next, calendar.slot_due.begin()->first);
  if (!calendar.recoveries.empty()) next = std::min(next, calendar.recoveries.begin()->first);
  return next;
}

}  // namespace lazaret::core
