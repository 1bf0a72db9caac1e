#include <fmt/format.h>

#include "core/budgets.h"
#include "core/handoff.h"
#include "core/lifecycle.h"
#include "core/permissions.h"
#include "core/request_parts.h"
#include "core/task_graph.h"
#include "core/work.h"

namespace lazaret::core::requests {
namespace {

bool is_final(TaskState state) {
  return state == TaskState::completed || state == TaskState::failed;
}

// What is wrong with a new task, or an empty string.
std::string fault_of(const Cell& cell, const TaskDefinition& task, const task_graph::Edges& added) {
  if (cell.tasks.contains(task.id)) return fmt::format("task \"{}\" exists already", task.id.value);
  for (const TaskId& dependency : task.dependencies) {
    if (!added.contains(dependency) && !cell.tasks.contains(dependency)) {
      return fmt::format("task \"{}\" depends on \"{}\", which does not exist", task.id.value,
                         dependency.value);
    }
  }
  if (!task.assigned_to) return {};
  if (!cell.agents.contains(*task.assigned_to)) {
    return fmt::format("task \"{}\" is assigned to \"{}\", which is no agent of this mission",
                       task.id.value, task.assigned_to->value);
  }
  if (!permissions::may_execute(cell, *task.assigned_to, task.id)) {
    return fmt::format("agent \"{}\" has no permission to execute task \"{}\"",
                       task.assigned_to->value, task.id.value);
  }
  return {};
}

}  // namespace

bool Handler::may_publish(const CellId& cell, const std::string& what) {
  if (!known(cell)) return false;
  if (!is_agent()) return is_operator(what);
  if (!is_not_fenced(what)) return false;
  if (caller.agent->cell == cell && permissions::may_publish(*d.cell(cell), caller.agent->agent)) {
    return true;
  }
  d.refuse(
      ErrorCode::refused,
      fmt::format("agent \"{}\" may not {}: its role is not lead", caller.agent->agent.value, what),
      "give it write \"*\" in permissions.json");
  return false;
}

bool Handler::may_write(const TaskRef& ref, const std::string& what) {
  if (!known(ref)) return false;
  if (!is_agent()) return is_operator(what);
  if (!is_not_fenced(what)) return false;
  const Task& task = *d.task(ref);
  const Agent& self = *d.agent(*caller.agent);
  const bool owns = task.owner == caller.agent->agent && caller.agent->cell == ref.cell &&
                    (!self.definition.run || task.owner_incarnation == caller.incarnation);
  if (owns) return true;
  if (refuse_former_owner(ref, what)) return false;
  d.refuse(ErrorCode::conflict,
           fmt::format("task \"{}\" is {}{}; agent \"{}\" does not own it", ref.task.value,
                       to_word(task.state), task.owner ? " by " + task.owner->value : "",
                       caller.agent->agent.value));
  return false;
}

// A late write of somebody who had the task and lost it is not lost without a trace.
bool Handler::refuse_former_owner(const TaskRef& ref, const std::string& what) {
  const Task& task = *d.task(ref);
  if (caller.agent->cell != ref.cell || !handoff::was_handed_over(task, *caller.agent))
    return false;
  const std::string reason = "the task went to " + task.handed_over->to.value;
  d.refuse(ErrorCode::fenced,
           fmt::format("\"{}\" of task \"{}\" comes too late: {}", what, ref.task.value, reason));
  d.record(fact::WriteRefused{*caller.agent, caller.incarnation,
                              d.agent(*caller.agent)->incarnation, what, ref.task, reason});
  return true;
}

void Handler::operator()(const op::HandOffTask& o) {
  if (!known(o.task) || !is_not_fenced("hand over")) return;
  handoff::request(d, caller, o);
}

void Handler::operator()(const op::AddTasks& o) {
  if (!may_publish(o.cell, "add tasks")) return;
  const Cell& cell = *d.cell(o.cell);
  task_graph::Edges added;
  for (const TaskDefinition& task : o.tasks) {
    if (!added.emplace(task.id, task.dependencies).second) {
      return d.refuse(ErrorCode::conflict,
                      fmt::format("task \"{}\" is there twice", task.id.value));
    }
  }
  for (const TaskDefinition& task : o.tasks) {
    if (const auto fault = fault_of(cell, task, added); !fault.empty()) {
      return d.refuse(ErrorCode::conflict, fault);
    }
  }
  if (const auto cycle = task_graph::find_cycle(task_graph::with_ancestors(cell, added))) {
    return d.refuse(ErrorCode::conflict,
                    "the dependencies would form a cycle: " + task_graph::to_text(*cycle));
  }
  for (const TaskDefinition& task : o.tasks) {
    d.record(fact::TaskDefined{o.cell, task, caller.name});
  }
  d.grant(o.tasks.size() == 1 ? o.tasks.front().id.value : std::string());
  work::dispatch(d, o.cell);
}

void Handler::operator()(const op::ClaimTask& o) {
  if (!may_act_for(o.agent)) return;
  work::claim(d, o.agent, o.task);
}

void Handler::operator()(const op::CheckpointTask& o) {
  if (!may_write(o.task, "checkpoint")) return;
  const Task& task = *d.task(o.task);
  if (task.state != TaskState::in_progress) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("task \"{}\" is {}", o.task.task.value, to_word(task.state)));
  }
  d.record(fact::TaskCheckpointed{o.task, task.owner_incarnation, o.cursor});
  handoff::on_checkpoint(d, o.task);
}

void Handler::operator()(const op::ReportDone& o) {
  if (!may_write(o.task, "done")) return;
  const Task& task = *d.task(o.task);
  const bool again = task.state == TaskState::reported || task.state == TaskState::completed;
  if (again && is_agent()) return;  // a repeated report of the same claim
  if (is_final(task.state) || task.state == TaskState::reported) {
    return d.refuse(ErrorCode::conflict, fmt::format("task \"{}\" is {} already", o.task.task.value,
                                                     to_word(task.state)));
  }
  if (task.open_dependencies > 0) {
    return d.refuse(ErrorCode::conflict, fmt::format("task \"{}\" waits for {} other task(s)",
                                                     o.task.task.value, task.open_dependencies));
  }
  work::report_done(d, o.task, o.result);
}

void Handler::operator()(const op::ReportFailed& o) {
  if (!may_write(o.task, "fail")) return;
  const Task& task = *d.task(o.task);
  if (is_final(task.state)) {
    if (is_agent()) return;
    return d.refuse(ErrorCode::conflict, fmt::format("task \"{}\" is {} already", o.task.task.value,
                                                     to_word(task.state)));
  }
  work::fail_or_retry(d, o.task, o.reason.empty() ? "reported failed" : o.reason);
}

void Handler::operator()(const op::ReleaseTask& o) {
  if (!may_write(o.task, "release")) return;
  if (d.task(o.task)->state != TaskState::in_progress) {
    return d.refuse(ErrorCode::conflict, "only a task in progress can be released");
  }
  const auto owner = d.task(o.task)->owner;
  handoff::give_up(d, o.task, "it was released");
  d.record(fact::TaskReleased{o.task, o.reason.empty() ? "released" : o.reason, false});
  if (owner) budgets::on_task_left(d, {o.task.cell, *owner});
  work::dispatch(d, o.task.cell);
}

void Handler::operator()(const op::RetryTask& o) {
  if (!known(o.task) || !may_publish(o.task.cell, "retry a task")) return;
  if (d.task(o.task)->state != TaskState::failed) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("task \"{}\" is {}; only a failed one can be retried",
                                o.task.task.value, to_word(d.task(o.task)->state)));
  }
  d.record(
      fact::TaskReleased{o.task, o.reason.empty() ? "retried by " + caller.name : o.reason, false});
  work::dispatch(d, o.task.cell);
}

void Handler::operator()(const op::VerifyAgain& o) {
  if (!known(o.task) || !is_operator("run a verification")) return;
  if (d.task(o.task)->state != TaskState::reported || !d.task(o.task)->definition.verify) {
    return d.refuse(ErrorCode::conflict, "the task has no verification that waits");
  }
  work::start_verify(d, o.task);
}

void Handler::operator()(const op::AssignTask& o) {
  if (!known(o.task) || !may_publish(o.task.cell, "assign a task")) return;
  const Task& task = *d.task(o.task);
  if (task.state != TaskState::pending) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("task \"{}\" is {}; only a pending one can be assigned",
                                o.task.task.value, to_word(task.state)));
  }
  TaskDefinition changed = task.definition;
  changed.assigned_to = o.agent;
  const Cell& cell = *d.cell(o.task.cell);
  if (o.agent &&
      (!cell.agents.contains(*o.agent) || !permissions::may_execute(cell, *o.agent, o.task.task))) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("agent \"{}\" may not execute this task", o.agent->value));
  }
  d.record(fact::TaskDefined{o.task.cell, changed, caller.name});
  work::dispatch(d, o.task.cell);
}

void Handler::operator()(const op::AddDependency& o) {
  if (!known(o.task) || !known(TaskRef{o.task.cell, o.on})) return;
  if (!may_publish(o.task.cell, "add a dependency")) return;
  const Task& task = *d.task(o.task);
  if (task.state != TaskState::pending) {
    return d.refuse(ErrorCode::conflict, "dependencies of a task that has begun cannot be changed");
  }
  TaskDefinition changed = task.definition;
  for (const TaskId& one : changed.dependencies) {
    if (one == o.on) return;
  }
  changed.dependencies.push_back(o.on);
  const auto edges =
      task_graph::with_ancestors(*d.cell(o.task.cell), {{o.task.task, changed.dependencies}});
  if (const auto cycle = task_graph::find_cycle(edges)) {
    return d.refuse(ErrorCode::conflict, "that would form a cycle: " + task_graph::to_text(*cycle));
  }
  d.record(fact::TaskDefined{o.task.cell, changed, caller.name});
}

}  // namespace lazaret::core::requests
