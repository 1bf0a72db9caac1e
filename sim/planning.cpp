#include "sim/planning.h"

#include <fmt/format.h>

#include "core/slot_view.h"
#include "core/slots.h"

namespace lazaret::sim {
namespace {

constexpr Duration slot_overdue = std::chrono::minutes(2);

core::Caller planner() { return {core::CallerKind::operator_, "sim:planner", std::nullopt, {}}; }

constexpr std::string_view rules[] = {"FREQ=HOURLY", "FREQ=MINUTELY;INTERVAL=20",
                                      "FREQ=HOURLY;INTERVAL=3;COUNT=5", "FREQ=DAILY;BYHOUR=3,9,15"};

bool is_turn(const core::Fleet& fleet, const AgentRef& ref) {
  const core::Agent* agent = core::find_agent(fleet, ref);
  return agent && agent->definition.run &&
         agent->definition.run->adapter == core::AdapterKind::turn;
}

}  // namespace

void Planning::begin() {
  const Duration when = next_of(world_.planning, world_.scenario.slots_an_hour);
  if (when == Duration::max()) return;
  world_.after(when, [this] {
    if (world_.calm) return;
    if (world_.loop) plan_something();
    begin();
  });
}

void Planning::ask(core::Operation operation) {
  world_.loop->request(planner(), std::move(operation), [](const core::Answer&) {});
}

std::optional<AgentRef> Planning::some_agent() {
  std::vector<AgentRef> all;
  for (const auto& [cell_id, cell] : world_.loop->fleet().cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (agent.definition.run) all.push_back({cell_id, id});
    }
  }
  if (all.empty()) return std::nullopt;
  return all[world_.planning.below(all.size())];
}

// Mostly single slots; now and then a plan, and a change of what is there.
void Planning::plan_something() {
  const auto agent = some_agent();
  if (!agent) return;
  core::SlotWork work;
  work.agent = qualified(*agent);
  work.own = agent;
  work.priority = static_cast<std::int64_t>(world_.planning.below(3));
  const auto& calendar = world_.loop->fleet().calendar;
  const auto dice = world_.planning.below(20);
  if (dice == 0) {
    core::PlanDefinition plan;
    plan.work = work;
    plan.rule = rules[world_.planning.below(std::size(rules))];
    plan.start = "20260101T000000";
    plan.overlap = static_cast<calendar::Overlap>(world_.planning.below(4));
    plan.missed = static_cast<calendar::Missed>(world_.planning.below(3));
    plan.jitter_seconds = static_cast<std::int64_t>(world_.planning.below(2) * 300);
    plan.pause_after_failures = static_cast<std::int64_t>(world_.planning.below(3));
    return ask(core::op::DefinePlan{0, plan, ""});
  }
  if (dice == 1 && !calendar.plans.empty()) {
    const auto& [id, plan] = *calendar.plans.begin();
    return ask(core::op::PausePlan{id, !plan.paused, "sim"});
  }
  if (dice == 2 && !calendar.slot_due.empty()) {
    core::op::ChangeSlot skip;
    skip.ident = std::to_string(calendar.slot_due.begin()->second);
    skip.status = core::SlotStatus::skipped;
    return ask(skip);
  }
  const WallTime now = world_.clock.now().wall;
  ask(core::op::DefineSlot{"", work, now + between(world_.planning, 0s, 7200s)});
}

void Planning::put_right() {
  if (!world_.loop) return world_.after(1s, [this] { put_right(); });
  std::vector<std::int64_t> running;
  for (const auto& [id, plan] : world_.loop->fleet().calendar.plans) {
    if (!plan.paused) running.push_back(id);
  }
  for (const std::int64_t id : running) ask(core::op::PausePlan{id, true, "sim"});
}

void Planning::take_stock(const core::Fleet& fleet) {
  slots_.clear();
  woken_.clear();
  for (const auto& [id, slot] : fleet.calendar.slots) {
    slots_[id] = slot.status;
    if (slot.wake) woken_.insert(id);
  }
  std::erase_if(judged_, [&](const auto& entry) {
    const auto plan = fleet.calendar.plans.find(entry.second.plan);
    return plan == fleet.calendar.plans.end() || plan->second.judged < entry.second.at;
  });
}

void Planning::on_wake(const core::fact::WakeAccepted& f) {
  if (!f.wake.source.starts_with(core::slots::wake_source)) return;
  const auto id = std::stoll(f.wake.source.substr(core::slots::wake_source.size()));
  if (!woken_.insert(id).second) {
    world_.violate(false, "a slot wakes its agent once", f.wake.source);
  }
}

void Planning::on_changed(const core::fact::SlotChanged& f, const core::Fleet& fleet) {
  const auto known = slots_.find(f.slot);
  const core::SlotStatus before =
      known == slots_.end() ? core::SlotStatus::not_started : known->second;
  const bool same = f.status == before && !core::is_over(before);
  if (!same && !core::is_legal(before, f.status)) {
    world_.violate(false, "slots change as they may",
                   fmt::format("slot {}: {} to {}", f.slot, to_word(before), to_word(f.status)));
  }
  slots_[f.slot] = f.status;
  // Whatever its agent is made into later, a line on its stdin was all that it got.
  const auto slot = fleet.calendar.slots.find(f.slot);
  const bool begins = f.status == core::SlotStatus::ongoing && before != core::SlotStatus::ongoing;
  if (!begins || slot == fleet.calendar.slots.end() || !slot->second.work.own) return;
  if (!is_turn(fleet, *slot->second.work.own)) lines_.insert(f.slot);
}

void Planning::on_judged(const core::fact::TimesJudged& f) {
  for (const core::TimeFate& one : f.outcomes) {
    if (!judged_.emplace(one.virtual_id, Judged{f.plan, one.at}).second) {
      world_.violate(false, "a nominal time has one fate", one.virtual_id);
    }
  }
}

void Planning::on_decided(const ports::Decision& decision, const core::Fleet& fleet) {
  for (const core::Fact& fact : decision.facts) {
    if (std::holds_alternative<core::fact::DaemonStarted>(fact)) take_stock(fleet);
    if (const auto* woke = std::get_if<core::fact::WakeAccepted>(&fact)) on_wake(*woke);
    if (const auto* changed = std::get_if<core::fact::SlotChanged>(&fact))
      on_changed(*changed, fleet);
    if (const auto* judged = std::get_if<core::fact::TimesJudged>(&fact)) on_judged(*judged);
  }
}

void Planning::check_nothing_stuck() const {
  if (!world_.loop) return;
  const core::Fleet& fleet = world_.loop->fleet();
  const WallTime late = world_.clock.now().wall - slot_overdue;
  for (const auto& [id, slot] : fleet.calendar.slots) {
    if (core::waits_for_its_time(slot) && slot.fire_at < late) {
      world_.violate(true, "a slot that is due is fired", fmt::format("slot {}", id));
    }
    if (!slot.wake || core::is_over(slot.status)) continue;
    const auto wake = fleet.wakes.find(*slot.wake);
    const bool open = wake != fleet.wakes.end() && (wake->second.fate == core::WakeFate::waiting ||
                                                    wake->second.fate == core::WakeFate::started);
    if (!open && is_turn(fleet, *slot.work.own) && !lines_.contains(id)) {
      world_.violate(true, "a slot ends with its wake",
                     fmt::format("slot {} is {}", id, to_word(slot.status)));
    }
  }
  for (const auto& [at, id] : fleet.calendar.plan_due) {
    if (at < late) world_.violate(true, "times are judged", fmt::format("plan {}", id));
  }
}

}  // namespace lazaret::sim
