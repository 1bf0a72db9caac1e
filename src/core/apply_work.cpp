#include "base/invariant.h"
#include "core/apply_parts.h"
#include "core/decision.h"

namespace lazaret::core {
namespace {

TimerKey timer(TimerKind kind, const TaskRef& ref) { return {kind, ref.cell, ref.task.value}; }

bool is_final(TaskState state) {
  return state == TaskState::completed || state == TaskState::failed;
}

void set_state(Task& task, TaskState state, const Stamp& at, std::string reason) {
  task.state = state;
  task.since = at;
  task.state_reason = std::move(reason);
}

// A task that is not waiting for anything belongs into the ready set, with its fresh count.
void index_task(Cell& cell, const TaskId& id, Task& task) {
  task.open_dependencies = 0;
  for (const TaskId& dependency : task.definition.dependencies) {
    if (!cell.dependents[dependency].insert(id).second) continue;  // named twice
    const auto found = cell.tasks.find(dependency);
    const bool done = found != cell.tasks.end() && found->second.state == TaskState::completed;
    if (!done) ++task.open_dependencies;
  }
  if (task.state == TaskState::pending && task.open_dependencies == 0) {
    cell.ready.insert(id);
  } else {
    cell.ready.erase(id);
  }
}

void free_owner(Fleet& fleet, Cell& cell, const TaskRef& ref, const Task& task) {
  if (!task.owner) return;
  const auto owner = cell.agents.find(*task.owner);
  if (owner == cell.agents.end() || owner->second.task != ref.task) return;
  owner->second.task.reset();
  fleet.timers.clear({TimerKind::checkpoint_interval, ref.cell, task.owner->value});
}

void clear_task_timers(Fleet& fleet, const TaskRef& ref) {
  fleet.timers.clear(timer(TimerKind::task_timeout, ref));
  fleet.timers.clear(timer(TimerKind::task_cancel, ref));
  fleet.timers.clear(timer(TimerKind::handoff_checkpoint, ref));
}

void end_receipt(Fleet& fleet, const WakeId& wake) {
  fleet.ended_wakes.push_back(wake);
  if (fleet.ended_wakes.size() <= receipts_kept) return;
  fleet.wakes.erase(fleet.ended_wakes.front());
  fleet.ended_wakes.pop_front();
}

}  // namespace

void index_tasks(Cell& cell) {
  cell.ready.clear();
  cell.dependents.clear();
  cell.open_tasks = 0;
  for (auto& [id, task] : cell.tasks) {
    index_task(cell, id, task);
    if (!is_final(task.state)) ++cell.open_tasks;
  }
}

void Applier::operator()(const fact::TaskDefined& f) {
  Cell& one = cell(f.cell);
  const auto [entry, is_new] = one.tasks.try_emplace(f.definition.id);
  Task& task = entry->second;
  if (is_new) {
    task.since = at;
    ++one.open_tasks;
  }
  for (const TaskId& dependency : task.definition.dependencies) {
    one.dependents[dependency].erase(f.definition.id);
  }
  task.definition = f.definition;
  index_task(one, f.definition.id, task);
}

void Applier::operator()(const fact::WakeAccepted& f) {
  agent(f.agent).waiting_wake = f.wake;
  fleet.wakes[f.wake.id] = {f.agent, f.wake, at, at, WakeFate::waiting, {}};
  ++fleet.next_wake;
}

void Applier::operator()(const fact::WakeStarted& f) {
  Agent& one = agent(f.agent);
  one.running_wake = one.waiting_wake;
  one.waiting_wake.reset();
  if (one.turn_in_line != 0 && is_live(one.process)) took_its_turn(f.agent);
  const auto receipt = fleet.wakes.find(f.wake);
  if (receipt == fleet.wakes.end()) return;
  receipt->second.fate = WakeFate::started;
  receipt->second.changed = at;
}

void Applier::operator()(const fact::WakeEnded& f) {
  Agent& one = agent(f.agent);
  if (one.running_wake && one.running_wake->id == f.wake) one.running_wake.reset();
  if (one.waiting_wake && one.waiting_wake->id == f.wake) one.waiting_wake.reset();
  const auto receipt = fleet.wakes.find(f.wake);
  if (receipt == fleet.wakes.end()) return;
  receipt->second.fate = f.fate;
  receipt->second.detail = f.detail;
  receipt->second.changed = at;
  end_receipt(fleet, f.wake);
}

void Applier::operator()(const fact::TaskClaimed& f) {
  Cell& one = cell(f.task.cell);
  Task& claimed = task(f.task);
  claimed.timeout_left = Duration(0);
  set_state(claimed, TaskState::in_progress, at, "claimed by " + f.agent.value);
  claimed.owner = f.agent;
  claimed.owner_incarnation = f.incarnation;
  claimed.claim = f.claim;
  claimed.cancelling = false;
  one.ready.erase(f.task.task);
  agent({f.task.cell, f.agent}).task = f.task.task;
  fleet.timers.set(timer(TimerKind::task_timeout, f.task), f.deadline);
  arm_checkpoint({f.task.cell, f.agent});
}

void Applier::operator()(const fact::TaskResumed& f) {
  task(f.task).owner_incarnation = f.incarnation;
}

void Applier::operator()(const fact::TaskCheckpointed& f) { task(f.task).cursor = f.cursor; }

void Applier::operator()(const fact::TaskReported& f) {
  Task& reported = task(f.task);
  reported.handoff.reset();
  set_state(reported, TaskState::reported, at, "reported done");
  reported.result = f.result;
  cell(f.task.cell).ready.erase(f.task.task);  // a person may report what nobody has claimed
  free_owner(fleet, cell(f.task.cell), f.task, reported);
  clear_task_timers(fleet, f.task);
}

void Applier::operator()(const fact::TaskCompleted& f) {
  Cell& one = cell(f.task.cell);
  Task& done = task(f.task);
  LAZARET_ASSERT(!is_final(done.state));
  done.handoff.reset();
  set_state(done, TaskState::completed, at, f.detail);
  done.completed_at = at.wall;
  one.ready.erase(f.task.task);
  free_owner(fleet, one, f.task, done);
  clear_task_timers(fleet, f.task);
  --one.open_tasks;
  const auto waiting = one.dependents.find(f.task.task);
  if (waiting == one.dependents.end()) return;
  for (const TaskId& id : waiting->second) {
    const auto dependent = one.tasks.find(id);
    if (dependent == one.tasks.end()) continue;
    if (--dependent->second.open_dependencies > 0) continue;
    if (dependent->second.state != TaskState::pending) continue;
    dependent->second.since = at;
    one.ready.insert(id);
  }
}

void Applier::operator()(const fact::TaskFailed& f) {
  Cell& one = cell(f.task.cell);
  Task& failed = task(f.task);
  LAZARET_ASSERT(!is_final(failed.state));
  failed.handoff.reset();
  set_state(failed, TaskState::failed, at, f.reason);
  ++failed.tries;
  one.ready.erase(f.task.task);
  free_owner(fleet, one, f.task, failed);
  clear_task_timers(fleet, f.task);
  --one.open_tasks;
}

void Applier::operator()(const fact::TaskTimedOut& f) {
  task(f.task).cancelling = true;
  fleet.timers.clear(timer(TimerKind::task_timeout, f.task));
  fleet.timers.set(timer(TimerKind::task_cancel, f.task), f.kill_at);
}

void Applier::operator()(const fact::TaskReleased& f) {
  Cell& one = cell(f.task.cell);
  Task& released = task(f.task);
  if (is_final(released.state)) ++one.open_tasks;
  free_owner(fleet, one, f.task, released);
  clear_task_timers(fleet, f.task);
  released.handoff.reset();
  set_state(released, TaskState::pending, at, f.reason);
  released.owner.reset();
  released.cancelling = false;
  if (f.counted) ++released.tries;
  if (released.open_dependencies == 0) one.ready.insert(f.task.task);
}

void Applier::operator()(const fact::TaskTransferred& f) {
  Cell& one = cell(f.task.cell);
  Task& moved = task(f.task);
  moved.handoff.reset();
  if (f.from) {
    moved.handed_over = HandedOver{*f.from, moved.owner_incarnation, f.to, f.reason, f.by, at.wall};
  }
  if (moved.state == TaskState::in_progress) {
    free_owner(fleet, one, f.task, moved);
    clear_task_timers(fleet, f.task);
    set_state(moved, TaskState::pending, at, f.reason);
    moved.owner.reset();
    moved.cancelling = false;
    if (moved.open_dependencies == 0) one.ready.insert(f.task.task);
  }
  moved.definition.assigned_to = f.to;
}

void Applier::operator()(const fact::HandoffPending& f) {
  task(f.task).handoff = Handoff{f.agent, f.to, f.stage, f.approval, f.by, f.reason};
  fleet.timers.set(timer(TimerKind::handoff_checkpoint, f.task), f.checkpoint_by);
}

void Applier::operator()(const fact::HandoffEnded& f) {
  task(f.task).handoff.reset();
  fleet.timers.clear(timer(TimerKind::handoff_checkpoint, f.task));
}

}  // namespace lazaret::core
