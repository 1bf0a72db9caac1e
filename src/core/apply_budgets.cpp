// What budgets count. Wall time is no fact: it runs while something is alive and at work, and is
// added up whenever that changes.
#include <algorithm>

#include "core/apply_parts.h"
#include "core/ended.h"
#include "core/fact_words.h"
#include "core/meter.h"

namespace lazaret::core {
namespace {

Meter& meter_of(Task& task) { return task.meter ? *task.meter : task.meter.emplace(); }

bool lives(const Agent& agent) {
  return agent.process == ProcessState::starting || agent.process == ProcessState::running ||
         agent.process == ProcessState::stopping;
}

// One that is to end does not use up its time while it does: nobody is asked for more.
bool agent_spends(const Cell& cell, const Agent& agent) {
  return lives(agent) && agent.wanted && !agent.removed && !is_over(cell.status) && !agent.frozen &&
         !agent.meter.hold;
}

bool task_spends(const Cell& cell, const Task& task) {
  if (task.state != TaskState::in_progress || !task.owner || is_over(cell.status)) return false;
  if (task.meter && task.meter->hold) return false;
  const auto owner = cell.agents.find(*task.owner);
  if (owner == cell.agents.end() || owner->second.frozen || owner->second.meter.hold) return false;
  return lives(owner->second) || owner->second.process == ProcessState::external;
}

bool cell_spends(const Cell& cell) {
  return cell.started && cell.status == MissionStatus::active && !cell.meter.hold;
}

// Starts or stops the meter's wall clock, and sets the timer that rings when its cap is reached.
void run(Fleet& fleet, const Stamp& at, Meter& meter, bool spends, std::int64_t wall,
         const TimerKey& timer) {
  if (spends && meter.running_since == never) {
    meter.running_since = at.mono;
  } else if (!spends && meter.running_since != never) {
    meter.spent.wall += std::max<std::int64_t>(0, (at.mono - meter.running_since).count());
    meter.running_since = never;
  }
  const bool rings = wall > 0 && meter.running_since != never;
  if (!rings && !meter.armed) return;
  meter.armed = rings;
  const Duration cap(sum({wall, 0, 0, 0, 0}, meter.raised).wall);
  fleet.timers.set(timer, rings ? meter.running_since + (cap - Duration(meter.spent.wall)) : never);
}

void run_agent(Fleet& fleet, const Stamp& at, const Cell& cell, Agent& agent) {
  run(fleet, at, agent.meter, agent_spends(cell, agent), agent.definition.budget.wall,
      {TimerKind::budget_agent, cell.definition.id, agent.definition.id.value});
}

void run_task(Fleet& fleet, const Stamp& at, const Cell& cell, Task& task) {
  const bool spends = task_spends(cell, task);
  if (!spends && !task.meter) return;
  run(fleet, at, meter_of(task), spends, task.definition.budget.wall,
      {TimerKind::budget_task, cell.definition.id, task.definition.id.value});
}

void run_cell(Fleet& fleet, const Stamp& at, Cell& cell) {
  run(fleet, at, cell.meter, cell_spends(cell), cell.definition.budget.wall,
      {TimerKind::budget_mission, cell.definition.id, {}});
}

void run_all(Fleet& fleet, const Stamp& at, Cell& cell) {
  run_cell(fleet, at, cell);
  for (auto& [id, agent] : cell.agents) run_agent(fleet, at, cell, agent);
  for (auto& [id, task] : cell.tasks) run_task(fleet, at, cell, task);
}

}  // namespace

void run_meters(Fleet& fleet, const Stamp& at, const Fact& fact) {
  const FactSubject subject = subject_of(fact);
  const auto found = fleet.cells.find(subject.cell);
  if (found == fleet.cells.end()) return;
  Cell& cell = found->second;
  const bool concerns_all = std::holds_alternative<fact::CellDefined>(fact) ||
                            std::holds_alternative<fact::MissionStatusChanged>(fact);
  if (concerns_all) return run_all(fleet, at, cell);
  run_cell(fleet, at, cell);
  const auto agent = cell.agents.find(subject.agent);
  std::optional<TaskId> its_task;
  if (agent != cell.agents.end()) {
    run_agent(fleet, at, cell, agent->second);
    its_task = agent->second.task;
  }
  const auto task = cell.tasks.find(subject.task);
  if (task != cell.tasks.end()) run_task(fleet, at, cell, task->second);
  if (!its_task || *its_task == subject.task) return;
  const auto own = cell.tasks.find(*its_task);
  if (own != cell.tasks.end()) run_task(fleet, at, cell, own->second);
}

// Another boot has another clock: what ran then is not known to the second.
void restart_meters(Fleet& fleet, const Stamp& at, bool another_boot) {
  const auto restart = [&](Meter& meter) {
    if (another_boot && meter.running_since != never) meter.running_since = at.mono;
  };
  for (auto& [cell_id, cell] : fleet.cells) {
    restart(cell.meter);
    for (auto& [id, agent] : cell.agents) restart(agent.meter);
    for (auto& [id, task] : cell.tasks) {
      if (task.meter) restart(*task.meter);
    }
    run_all(fleet, at, cell);
  }
}

Meter* Applier::meter(const BudgetPlace& place) {
  Cell& one = cell(place.cell);
  switch (place.scope) {
    case BudgetScope::agent: {
      const auto found = one.agents.find(place.agent);
      return found == one.agents.end() ? nullptr : &found->second.meter;
    }
    case BudgetScope::task: {
      const auto found = one.tasks.find(place.task);
      return found == one.tasks.end() ? nullptr : &meter_of(found->second);
    }
    case BudgetScope::mission:
      return &one.meter;
  }
  return nullptr;
}

void Applier::set_aside(const AgentRef& ref, const std::string& name, const Reservation& kept) {
  agent(ref).reservations[name] = kept;
  for (const BudgetPlace& place : places_of(ref, kept.task)) {
    if (Meter* one = meter(place)) one->reserved = sum(one->reserved, kept.amounts);
  }
}

void Applier::free_reservation(const AgentRef& ref, const std::string& name, bool spent) {
  Agent& one = agent(ref);
  const auto found = one.reservations.find(name);
  if (found == one.reservations.end()) return;
  for (const BudgetPlace& place : places_of(ref, found->second.task)) {
    Meter* meter_there = meter(place);
    if (!meter_there) continue;
    meter_there->reserved = difference(meter_there->reserved, found->second.amounts);
    if (spent) meter_there->spent = sum(meter_there->spent, found->second.amounts);
  }
  one.reservations.erase(found);
}

// Whatever an agent had set aside when it ended counts as spent: nobody can tell that it was not.
void Applier::free_reservations(const AgentRef& ref, bool never_started) {
  std::vector<std::string> names;
  for (const auto& [name, kept] : agent(ref).reservations) names.push_back(name);
  for (const std::string& name : names) {
    free_reservation(ref, name, name != spawn_reservation || !never_started);
  }
}

void Applier::stop_task_clock(const AgentRef& ref, bool stop) {
  const auto id = agent(ref).task;
  if (!id) return;
  Task& held = task({ref.cell, *id});
  const TimerKey timer{TimerKind::task_timeout, ref.cell, id->value};
  if (!stop) {
    if (held.timeout_left > Duration(0)) fleet.timers.set(timer, at.mono + held.timeout_left);
    held.timeout_left = Duration(0);
    return;
  }
  const auto& all = fleet.timers.all();
  const auto found = all.find(timer);
  if (found == all.end()) return;
  held.timeout_left = std::max(Duration(1), found->second - at.mono);
  fleet.timers.clear(timer);
}

void Applier::operator()(const fact::SpendReserved& f) {
  set_aside(f.agent, f.reservation, {f.amounts, f.task});
  ++fleet.next_reservation;
}

void Applier::operator()(const fact::SpendRecorded& f) {
  if (!f.reservation.empty()) free_reservation(f.agent, f.reservation, false);
  agent(f.agent).cpu_seen += f.amounts.cpu;
  for (const BudgetPlace& place : places_of(f.agent, f.task)) {
    if (Meter* one = meter(place)) one->spent = sum(one->spent, f.amounts);
  }
}

void Applier::operator()(const fact::BudgetReached& f) {
  if (Meter* one = meter({f.scope, f.cell, f.agent, f.task})) {
    one->hold = BudgetHold{f.kind, f.raise, f.approval};
  }
}

void Applier::operator()(const fact::BudgetSettled& f) {
  Meter* one = meter({f.scope, f.cell, f.agent, f.task});
  if (!one) return;
  one->hold.reset();
  set_part(one->raised, f.kind, part(one->raised, f.kind) + f.raise);
}

}  // namespace lazaret::core
