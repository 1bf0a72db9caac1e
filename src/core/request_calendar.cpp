// What people and agents ask of the calendar.
#include <fmt/format.h>

#include <tuple>

#include "core/account.h"
#include "core/calendar_import.h"
#include "core/request_parts.h"
#include "core/slot_view.h"
#include "core/slots.h"

namespace lazaret::core::requests {
namespace {

bool at_other_times(const PlanDefinition& a, const PlanDefinition& b) {
  return std::tie(a.kind, a.rule, a.start, a.dates, a.exceptions, a.zone, a.gap, a.fold) !=
         std::tie(b.kind, b.rule, b.start, b.dates, b.exceptions, b.zone, b.gap, b.fold);
}

}  // namespace

bool Handler::knows_zone(const std::string& name, const std::string& data) {
  const auto zone = zone_of(name, data);
  if (!zone) {
    d.answer(std::unexpected(zone.error()));
    return false;
  }
  if (name == "UTC") return true;
  const auto known = d.fleet().calendar.zones.find(name);
  if (known == d.fleet().calendar.zones.end() || known->second != data) {
    d.record(fact::ZoneKnown{name, data});
  }
  return true;
}

bool Handler::fits(const SlotWork& work) {
  const auto done = check_work(d.fleet(), work);
  if (!done) d.answer(std::unexpected(done.error()));
  return done.has_value();
}

void Handler::operator()(const op::RegisterCalendarAgent& o) {
  if (!is_operator("register agents")) return;
  const auto& agents = d.fleet().calendar.agents;
  const auto known = agents.find(o.id);
  if (known == agents.end() && agents.size() >= most_calendar_agents) {
    return d.refuse(ErrorCode::too_many, fmt::format("{} agents are registered", agents.size()));
  }
  if (!knows_zone(o.zone, o.zone_data)) return;
  CalendarAgent agent = known == agents.end() ? CalendarAgent{} : known->second;
  if (known == agents.end()) {
    agent.id = o.id;
    agent.since = d.now.wall;
    agent.reason = "no heartbeat yet";
  }
  agent.claw = o.claw;
  agent.zone = o.zone;
  d.record(fact::CalendarAgentRegistered{agent, caller.name});
  d.grant(o.id);
}

void Handler::operator()(const op::RemoveCalendarAgent& o) {
  if (!is_operator("remove agents")) return;
  const Calendar& calendar = d.fleet().calendar;
  if (!calendar.agents.contains(o.id)) {
    return d.refuse(ErrorCode::not_found, fmt::format("the calendar knows no agent \"{}\"", o.id),
                    "lazaret calendar agents");
  }
  if (calendar.plans_of_agent.contains(o.id)) {
    return d.refuse(ErrorCode::conflict, fmt::format("agent \"{}\" has plans", o.id),
                    "remove them first: lazaret plan ls --agent " + o.id);
  }
  d.record(fact::CalendarAgentRemoved{o.id, caller.name});
}

void Handler::operator()(const op::SetCalendarStatus& o) {
  const auto found = d.fleet().calendar.agents.find(o.id);
  if (found == d.fleet().calendar.agents.end()) {
    return d.refuse(ErrorCode::not_found, "Agent not found");
  }
  const bool person = caller.kind == CallerKind::admin || caller.kind == CallerKind::operator_;
  const std::string no = slots::refusal(found->second, o.status, d.now.wall);
  if (!person && !no.empty()) {
    return d.refuse(ErrorCode::conflict, fmt::format("{} → {}: {}", to_word(found->second.status),
                                                     to_word(o.status), no));
  }
  const bool exhausted = o.status == CalendarStatus::exhausted;
  if (o.status == found->second.status && !exhausted) return;
  const WallTime recovery =
      exhausted ? o.recovery_at.value_or(d.now.wall + exhausted_usually) : WallTime{};
  const bool was_exhausted = found->second.status == CalendarStatus::exhausted;
  slots::set_status(d, o.id, o.status, recovery, o.reason, caller.name);
  if (exhausted || was_exhausted) {
    account::on_calendar_status(d, o.id, exhausted ? std::optional(recovery) : std::nullopt,
                                o.reason);
  }
}

void Handler::operator()(const op::DefinePlan& o) {
  if (!is_operator("define plans")) return;
  const Calendar& calendar = d.fleet().calendar;
  const auto known = calendar.plans.find(o.plan);
  if (o.plan != 0 && known == calendar.plans.end()) {
    return d.refuse(ErrorCode::not_found, fmt::format("no plan {}", o.plan), "lazaret plan ls");
  }
  if (o.plan == 0 && calendar.plans.size() >= most_plans) {
    return d.refuse(ErrorCode::too_many, fmt::format("{} plans are kept already", most_plans));
  }
  if (!fits(o.definition.work)) return;
  if (const auto checked = checked_schedule(o.definition, o.zone_data); !checked) {
    return d.answer(std::unexpected(checked.error()));
  }
  if (!knows_zone(o.definition.zone, o.zone_data)) return;
  take_plan(o);
}

void Handler::take_plan(const op::DefinePlan& o) {
  const Calendar& calendar = d.fleet().calendar;
  const auto known = calendar.plans.find(o.plan);
  Plan plan = known == calendar.plans.end() ? Plan{} : known->second;
  if (plan.id == 0) {
    plan.id = calendar.next_plan;
    plan.defined = d.now.wall;
  }
  // Times of a new rule begin now: what would have come before has no fate.
  if (known == calendar.plans.end() || at_other_times(known->second.definition, o.definition)) {
    plan.judged = std::max(plan.judged, d.now.wall);
  }
  plan.definition = o.definition;
  d.record(fact::PlanDefined{plan, caller.name});
  d.grant(std::to_string(plan.id));
}

void Handler::operator()(const op::RemovePlan& o) {
  if (!is_operator("remove plans")) return;
  const Calendar& calendar = d.fleet().calendar;
  const auto known = calendar.plans.find(o.plan);
  if (known == calendar.plans.end()) {
    return d.refuse(ErrorCode::not_found, fmt::format("no plan {}", o.plan), "lazaret plan ls");
  }
  std::vector<std::int64_t> open;
  if (const auto of = calendar.of_agent.find(known->second.definition.work.agent);
      of != calendar.of_agent.end()) {
    for (const std::int64_t id : of->second) {
      const Slot& slot = calendar.slots.at(id);
      if (slot.plan == o.plan && is_open(slot.status)) open.push_back(id);
    }
  }
  for (const std::int64_t id : open) {
    slots::change(
        d, id,
        {.status = SlotStatus::skipped, .by = caller.name, .reason = "its plan was removed"});
  }
  d.record(fact::PlanRemoved{o.plan, caller.name, o.reason});
}

void Handler::operator()(const op::PausePlan& o) {
  if (!is_operator("pause plans")) return;
  const auto known = d.fleet().calendar.plans.find(o.plan);
  if (known == d.fleet().calendar.plans.end()) {
    return d.refuse(ErrorCode::not_found, fmt::format("no plan {}", o.plan), "lazaret plan ls");
  }
  const Plan plan = known->second;
  if (plan.paused == o.paused) return;
  if (!o.paused) {
    // What came while it stood still has its fate now; what had one keeps it where the clock went
    // back.
    fact::TimesJudged fates{plan.id, {}, 0, std::max(plan.judged, d.now.wall)};
    const auto missed = calendar::between(
        *schedule_of(d.fleet().calendar, plan),
        std::chrono::floor<std::chrono::seconds>(plan.judged) + std::chrono::seconds(1),
        std::chrono::floor<std::chrono::seconds>(d.now.wall) + std::chrono::seconds(1), fates_kept);
    for (const auto& one : missed.times) {
      const Slot slot = virtual_slot(plan, one);
      if (d.fleet().calendar.touched.contains(slot.virtual_id)) continue;
      fates.outcomes.push_back(
          {slot.virtual_id, slot.at, calendar::Fate::skipped, "the plan was paused", 0});
    }
    d.record(std::move(fates));
  }
  d.record(fact::PlanPaused{o.plan, o.paused, caller.name, o.reason});
}

void Handler::operator()(const op::RefreshZone& o) {
  if (!d.fleet().calendar.zones.contains(o.name)) return;
  knows_zone(o.name, o.zone_data);
}

void Handler::operator()(const op::DefineSlot& o) {
  if (!is_operator("define slots")) return;
  const Calendar& calendar = d.fleet().calendar;
  if (!fits(o.work)) return;
  Slot slot;
  if (!o.ident.empty()) {
    const Slot* known = find_slot(calendar, o.ident);
    const auto untouched = known ? Result<Slot>(*known) : find_virtual_slot(calendar, o.ident);
    if (!untouched) return d.answer(std::unexpected(untouched.error()));
    slot = *untouched;
    if (!is_open(slot.status)) {
      return d.refuse(ErrorCode::conflict,
                      fmt::format("slot {} is {}", o.ident, to_word(slot.status)));
    }
  } else if (calendar.slots.size() - calendar.ended.size() >= most_open_slots) {
    return d.refuse(ErrorCode::too_many, fmt::format("{} slots are open", most_open_slots));
  }
  slot.work = o.work;
  slot.at = o.at;
  slot.fire_at = o.at;
  const auto agent = calendar.agents.find(o.work.agent);
  const auto zone =
      zone_named(calendar, agent == calendar.agents.end() ? "UTC" : agent->second.zone);
  slot.local = local_text(zone->local(std::chrono::floor<std::chrono::seconds>(o.at)));
  if (slot.id != 0) {
    d.record(fact::SlotDefined{slot, caller.name});
    return d.grant(o.ident);
  }
  d.grant(std::to_string(slots::touch(d, std::move(slot), caller.name)));
}

void Handler::operator()(const op::ChangeSlot& o) {
  const Calendar& calendar = d.fleet().calendar;
  const Slot* known = find_slot(calendar, o.ident);
  auto found = known ? Result<Slot>(*known) : find_virtual_slot(calendar, o.ident);
  if (!found) return d.answer(std::unexpected(found.error()));
  Slot slot = std::move(*found);
  if (is_agent()) {
    if (slot.work.own != caller.agent) {
      return d.refuse(ErrorCode::refused, fmt::format("slot {} is not yours", o.ident));
    }
    if (!is_not_fenced("change its slot")) return;
  } else if (!o.by_agent.empty() && (slot.work.own || slot.work.agent != o.by_agent)) {
    return d.refuse(ErrorCode::not_found,
                    fmt::format("agent \"{}\" has no slot {}", o.by_agent, o.ident));
  } else if (o.by_agent.empty() && !is_operator("change slots")) {
    return;
  }
  // A report that is sent again, because its answer was lost, is no contradiction.
  if (known && o.status == slot.status && o.status != SlotStatus::deferred) {
    return d.grant(ident_of(slot));
  }
  if (!is_legal(slot.status, o.status)) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("slot {} is {}, which cannot become {}", o.ident,
                                to_word(slot.status), to_word(o.status)));
  }
  const bool again =
      slot.status == SlotStatus::deferred && o.heard != WallTime{} && slot.deferred_at >= o.heard;
  const std::int64_t id = known ? slot.id : slots::touch(d, std::move(slot), caller.name);
  if (o.status == SlotStatus::deferred && again) return d.grant(std::to_string(id));
  slots::change(d, id,
                {.status = o.status,
                 .by = o.by_agent.empty() ? caller.name : o.by_agent,
                 .reason = o.reason,
                 .wake = d.fleet().calendar.slots.at(id).wake,
                 .started_at = o.started_at,
                 .actual_minutes = o.actual_minutes,
                 .failed = o.status == SlotStatus::aborted && !o.by_agent.empty(),
                 .raises = o.status == SlotStatus::deferred});
  d.grant(std::to_string(id));
}

}  // namespace lazaret::core::requests
