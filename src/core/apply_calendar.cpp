// How facts change the calendar.
#include "base/invariant.h"
#include "core/apply_parts.h"
#include "core/slot_view.h"

namespace lazaret::core {
namespace {

Plan& plan_of(Calendar& calendar, std::int64_t id) {
  const auto found = calendar.plans.find(id);
  LAZARET_ASSERT(found != calendar.plans.end());
  return found->second;
}

void forget_slot(Calendar& calendar, std::int64_t id) {
  const auto found = calendar.slots.find(id);
  if (found == calendar.slots.end()) return;
  const Slot& slot = found->second;
  const auto own = calendar.of_agent.find(slot.work.agent);
  if (own != calendar.of_agent.end()) {
    own->second.erase(id);
    if (own->second.empty()) calendar.of_agent.erase(own);
  }
  calendar.slot_due.erase({slot.fire_at, id});
  calendar.touched.erase(slot.virtual_id);
  calendar.slots.erase(found);
}

void forget_plan(Calendar& calendar, const Plan& plan) {
  const auto own = calendar.plans_of_agent.find(plan.definition.work.agent);
  if (own == calendar.plans_of_agent.end()) return;
  own->second.erase(plan.id);
  if (own->second.empty()) calendar.plans_of_agent.erase(own);
}

// An occurrence whose fate is not decided yet would be virtual again without its slot.
bool may_go(const Calendar& calendar, std::int64_t id) {
  const auto slot = calendar.slots.find(id);
  if (slot == calendar.slots.end()) return true;
  const auto plan = calendar.plans.find(slot->second.plan);
  return plan == calendar.plans.end() || slot->second.at <= plan->second.judged;
}

void keep_ended(Calendar& calendar, std::int64_t id) {
  calendar.ended.push_back(id);
  while (calendar.ended.size() > ended_slots_kept && may_go(calendar, calendar.ended.front())) {
    forget_slot(calendar, calendar.ended.front());
    calendar.ended.pop_front();
  }
}

}  // namespace

void Applier::operator()(const fact::ZoneKnown& f) {
  Calendar& calendar = fleet.calendar;
  calendar.zones[f.name] = f.data;
  calendar.schedules.forget_zone(f.name);
  for (const auto& [id, plan] : calendar.plans) {
    if (plan.definition.zone != f.name) continue;
    calendar.schedules.forget(id);
    arm_plan(calendar, plan);
  }
}

void Applier::operator()(const fact::CalendarAgentRegistered& f) {
  fleet.calendar.agents[f.registered.id] = f.registered;
}

void Applier::operator()(const fact::CalendarAgentRemoved& f) {
  const auto found = fleet.calendar.agents.find(f.id);
  LAZARET_ASSERT(found != fleet.calendar.agents.end());
  fleet.calendar.recoveries.erase({found->second.recovery_at, f.id});
  fleet.calendar.agents.erase(found);
}

void Applier::operator()(const fact::CalendarAgentChanged& f) {
  CalendarAgent& agent = fleet.calendar.agents.at(f.id);
  fleet.calendar.recoveries.erase({agent.recovery_at, f.id});
  agent.status = f.status;
  agent.since = at.wall;
  agent.reason = f.reason;
  const bool exhausted = f.status == CalendarStatus::exhausted;
  if (exhausted) agent.exhausted_at = at.wall;
  agent.recovery_at = exhausted ? f.recovery_at : WallTime{};
  if (exhausted) fleet.calendar.recoveries.emplace(agent.recovery_at, f.id);
}

void Applier::operator()(const fact::PlanDefined& f) {
  Calendar& calendar = fleet.calendar;
  const auto old = calendar.plans.find(f.plan.id);
  if (old != calendar.plans.end()) forget_plan(calendar, old->second);
  calendar.plans[f.plan.id] = f.plan;
  calendar.plans_of_agent[f.plan.definition.work.agent].insert(f.plan.id);
  calendar.next_plan = std::max(calendar.next_plan, f.plan.id + 1);
  calendar.schedules.forget(f.plan.id);
  arm_plan(calendar, f.plan);
}

void Applier::operator()(const fact::PlanRemoved& f) {
  Calendar& calendar = fleet.calendar;
  forget_plan(calendar, plan_of(calendar, f.plan));
  calendar.plans.erase(f.plan);
  calendar.schedules.forget(f.plan);
  std::erase_if(calendar.plan_due, [&](const auto& entry) { return entry.second == f.plan; });
}

void Applier::operator()(const fact::PlanPaused& f) {
  Plan& plan = plan_of(fleet.calendar, f.plan);
  plan.paused = f.paused;
  plan.paused_reason = f.paused ? f.reason : "";
  if (!f.paused) plan.failures = 0;
  arm_plan(fleet.calendar, plan);
}

void Applier::operator()(const fact::TimesJudged& f) {
  Plan& plan = plan_of(fleet.calendar, f.plan);
  plan.judged = f.judged;
  for (const TimeFate& outcome : f.outcomes) plan.fates.push_back(outcome);
  if (plan.fates.size() > fates_kept) {
    plan.fates.erase(plan.fates.begin(),
                     plan.fates.end() - static_cast<std::ptrdiff_t>(fates_kept));
  }
  arm_plan(fleet.calendar, plan);
}

void Applier::operator()(const fact::SlotDefined& f) {
  Calendar& calendar = fleet.calendar;
  forget_slot(calendar, f.slot.id);
  calendar.slots[f.slot.id] = f.slot;
  calendar.next_slot = std::max(calendar.next_slot, f.slot.id + 1);
  calendar.of_agent[f.slot.work.agent].insert(f.slot.id);
  if (!f.slot.virtual_id.empty()) calendar.touched[f.slot.virtual_id] = f.slot.id;
  if (waits_for_its_time(f.slot)) calendar.slot_due.emplace(f.slot.fire_at, f.slot.id);
}

void Applier::operator()(const fact::SlotChanged& f) {
  Calendar& calendar = fleet.calendar;
  Slot& slot = calendar.slots.at(f.slot);
  const bool was_over = is_over(slot.status);
  calendar.slot_due.erase({slot.fire_at, f.slot});
  if (f.priority != slot.work.priority) slot.deferred_at = at.wall;
  slot.work.priority = f.priority;
  slot.status = f.status;
  if (f.started_at != WallTime{}) slot.started_at = f.started_at;
  if (is_active(f.status)) slot.attended = true;
  if (f.actual_minutes > 0) slot.actual_minutes = f.actual_minutes;
  if (!f.reason.empty()) slot.reason = f.reason;
  slot.wake = f.wake;
  if (waits_for_its_time(slot)) calendar.slot_due.emplace(slot.fire_at, f.slot);
  if (was_over || !is_over(f.status)) return;
  slot.ended_at = at.wall;
  if (const auto plan = calendar.plans.find(slot.plan); plan != calendar.plans.end()) {
    if (f.status == SlotStatus::finished) plan->second.failures = 0;
    if (f.failed) ++plan->second.failures;
  }
  keep_ended(calendar, f.slot);
}

}  // namespace lazaret::core
