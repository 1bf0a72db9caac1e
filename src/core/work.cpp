#include "core/work.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "core/account.h"
#include "core/budgets.h"
#include "core/handoff.h"
#include "core/lifecycle.h"
#include "core/line.h"
#include "core/mission.h"
#include "core/task_graph.h"
#include "core/wake_queue.h"

namespace lazaret::core::work {
namespace {

bool is_final(TaskState state) {
  return state == TaskState::completed || state == TaskState::failed;
}

void record_claim(Decision& d, const TaskRef& ref, const AgentId& agent, Incarnation incarnation) {
  const Task& task = *d.task(ref);
  const Duration timeout = task.definition.timeout;
  d.record(fact::TaskClaimed{ref, agent, incarnation, task.claim + 1,
                             timeout > Duration(0) ? d.now.mono + timeout : never});
}

void resume_own(Decision& d, const AgentRef& ref, const TaskId& id) {
  const TaskRef task_ref{ref.cell, id};
  const Agent& agent = *d.agent(ref);
  if (d.task(task_ref)->owner_incarnation != agent.incarnation) {
    d.record(fact::TaskResumed{task_ref, ref.agent, agent.incarnation});
  }
  d.grant(id.value, task_ref);
}

bool is_idle_turn(const Decision& d, const Cell& cell, const Agent& agent) {
  return agent.definition.run && agent.definition.run->adapter == AdapterKind::turn &&
         agent.process == ProcessState::stopped && !agent.task && !agent.waiting_wake &&
         !agent.running_wake && !agent.paused &&
         !(agent.rate_limited_until && *agent.rate_limited_until > d.now.wall) &&
         !account::limit_on(d.fleet(), cell, agent, d.now.wall) &&
         lifecycle::should_run(d.fleet(), cell, agent);
}

bool is_idle_process(const Agent& agent) {
  return agent.definition.run && agent.definition.run->adapter == AdapterKind::process &&
         agent.process == ProcessState::running && !agent.task && !agent.paused && !agent.frozen;
}

void wake_for_task(Decision& d, const AgentRef& ref, const TaskId& id) {
  const TaskDefinition& task = d.task({ref.cell, id})->definition;
  std::string message = task.title;
  if (!task.description.empty()) message += (message.empty() ? "" : "\n\n") + task.description;
  if (message.empty()) message = "task " + id.value;
  wake_queue::accept(d, ref, message, "task:" + id.value);
}

// The wake of an agent that is in line is about it.
bool is_on_offer(const Cell& cell, const TaskId& id) {
  return std::ranges::any_of(cell.agents, [&](const auto& entry) {
    const auto& wake = entry.second.waiting_wake;
    return wake && wake->source == "task:" + id.value;
  });
}

// The one that a newly ready, assigned task is waiting for.
void hint(Decision& d, const AgentRef& ref, const TaskId& id) {
  d.act(command::SendLine{
      ref, d.agent(ref)->incarnation, line::object({{"type", "task"}, {"task_id", id.value}}), {}});
}

}  // namespace

void offer(Decision& d, const AgentRef& ref) {
  if (!is_idle_process(*d.agent(ref))) return;
  const auto task = task_graph::best_for(*d.cell(ref.cell), ref.agent, d.now.mono);
  if (task) hint(d, ref, *task);
}

void claim(Decision& d, const AgentRef& ref, const std::optional<TaskId>& only) {
  const Cell& cell = *d.cell(ref.cell);
  const Agent& agent = *d.agent(ref);
  if (agent.task) return resume_own(d, ref, *agent.task);
  const bool may_work =
      cell.started && cell.status == MissionStatus::active && !d.fleet().frozen &&
      !d.fleet().stopping && !agent.paused && !is_held(cell, agent) &&
      (agent.process == ProcessState::external || agent.process == ProcessState::starting ||
       agent.process == ProcessState::running);
  if (!may_work) return d.grant();
  std::optional<TaskId> id = only;
  if (only) {
    const Task* task = d.task({ref.cell, *only});
    if (!task) return d.refuse(ErrorCode::not_found, fmt::format("no task \"{}\"", only->value));
    if (!cell.ready.contains(*only)) {
      return d.refuse(ErrorCode::conflict, fmt::format("task \"{}\" is {} and cannot be claimed",
                                                       only->value, to_word(task->state)));
    }
    if (!budgets::may_claim(d, {ref.cell, *only})) {
      const std::string approval = task->meter->hold->approval.value;
      return d.refuse(
          ErrorCode::needs_person,
          fmt::format("the budget of task \"{}\" is used up; {} asks whether it goes on",
                      only->value, approval),
          "lazaret inbox approve " + approval);
    }
    if (!task_graph::fits(cell, ref.agent, *task)) {
      return d.refuse(ErrorCode::refused, fmt::format("task \"{}\" is not for agent \"{}\"",
                                                      only->value, ref.agent.value));
    }
  } else {
    id = task_graph::best_for(cell, ref.agent, d.now.mono);
    while (id && !budgets::may_claim(d, {ref.cell, *id})) {
      id = task_graph::best_for(cell, ref.agent, d.now.mono);  // one that is held is none
    }
  }
  if (!id || !account::may_claim(d, ref)) return d.grant();
  record_claim(d, {ref.cell, *id}, ref.agent, agent.incarnation);
  d.grant(id->value, TaskRef{ref.cell, *id});
}

void claim_for_turn(Decision& d, const AgentRef& ref, const TaskId& id, Incarnation incarnation) {
  const Cell& cell = *d.cell(ref.cell);
  if (d.agent(ref)->task || !cell.ready.contains(id)) return;
  record_claim(d, {ref.cell, id}, ref.agent, incarnation);
}

void start_verify(Decision& d, const TaskRef& ref) {
  const Task& task = *d.task(ref);
  if (!task.definition.verify) {  // perhaps taken out of the task's file meanwhile
    d.record(fact::TaskCompleted{ref, "done"});
    return mission::check_end(d, ref.cell);
  }
  const AgentId assignee = task.owner.value_or(task.definition.assigned_to.value_or(AgentId()));
  d.act(command::VerifyTask{ref,
                            task.claim,
                            *task.definition.verify,
                            {ref.cell, assignee},
                            d.cell(ref.cell)->definition.path});
}

void report_done(Decision& d, const TaskRef& ref, const std::string& result) {
  const Task& task = *d.task(ref);
  const auto owner = task.owner;
  handoff::give_up(d, ref, "it was reported done");
  d.record(fact::TaskReported{ref, task.owner_incarnation, result});
  if (owner) budgets::on_task_left(d, {ref.cell, *owner});
  start_verify(d, ref);
  dispatch(d, ref.cell);
}

void on_verified(Decision& d, const event::VerifyFinished& e) {
  const Task* task = d.task(e.task);
  if (!task || task->state != TaskState::reported || task->claim != e.claim) return;
  if (!e.passed) return fail_or_retry(d, e.task, "verify failed: " + e.output);
  d.record(fact::TaskCompleted{e.task, "verified"});
  mission::check_end(d, e.task.cell);
  dispatch(d, e.task.cell);
}

void fail_or_retry(Decision& d, const TaskRef& ref, const std::string& reason) {
  const Task& task = *d.task(ref);
  if (is_final(task.state)) return;
  const auto owner = task.owner;
  handoff::give_up(d, ref, reason);
  const bool again = task.definition.on_failure == OnTaskFailure::retry &&
                     task.tries + 1 < task.definition.max_tries;
  if (again) {
    d.record(fact::TaskReleased{ref, reason, true});
  } else {
    d.record(fact::TaskFailed{ref, reason});
    mission::check_end(d, ref.cell);
  }
  if (owner) budgets::on_task_left(d, {ref.cell, *owner});
  dispatch(d, ref.cell);
}

void on_timeout(Decision& d, const TaskRef& ref) {
  const Task& task = *d.task(ref);
  if (task.state != TaskState::in_progress) return;
  const AgentRef owner{ref.cell, *task.owner};
  const Agent& agent = *d.agent(owner);
  const std::string reason = fmt::format("timed out after {} (setting: timeout of the task)",
                                         to_human(task.definition.timeout));
  if (agent.process != ProcessState::running) return fail_or_retry(d, ref, reason);
  d.record(fact::TaskTimedOut{ref, d.now.mono + agent.definition.run->stop_grace});
  d.act(command::SendLine{
      owner,
      agent.incarnation,
      line::object({{"type", "cancel"}, {"task_id", ref.task.value}, {"reason", reason}}),
      {}});
}

void on_cancel_due(Decision& d, const TaskRef& ref) {
  const Task& task = *d.task(ref);
  if (task.state != TaskState::in_progress) return;
  const AgentRef owner{ref.cell, *task.owner};
  fail_or_retry(d, ref, "timed out and did not let go");
  if (d.agent(owner)) lifecycle::kill(d, owner, "its task timed out and it did not let go");
}

void release_owned(Decision& d, const AgentRef& ref, const std::string& reason, bool counted) {
  const Agent& agent = *d.agent(ref);
  if (!agent.task) return;
  const TaskRef task{ref.cell, *agent.task};
  if (counted) return fail_or_retry(d, task, reason);
  handoff::give_up(d, task, reason);
  d.record(fact::TaskReleased{task, reason, false});
  dispatch(d, ref.cell);
}

void note_owner_waits(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (!agent.task) return;
  const TaskRef task_ref{ref.cell, *agent.task};
  if (d.task(task_ref)->definition.assigned_to) return;
  handoff::give_up(d, task_ref, "its owner waits for a person");
  d.record(fact::TaskReleased{task_ref, "its owner waits for a person", false});
  dispatch(d, ref.cell);
}

void dispatch(Decision& d, const CellId& id) {
  const Cell* cell = d.cell(id);
  if (!cell || cell->ready.empty() || cell->status != MissionStatus::active || !cell->started)
    return;
  for (const TaskId& task_id : cell->ready) {
    const Task& task = cell->tasks.at(task_id);
    if (task.since != d.now || !task.definition.assigned_to) continue;  // told when it became ready
    const auto assignee = cell->agents.find(*task.definition.assigned_to);
    if (assignee == cell->agents.end() || !is_idle_process(assignee->second)) continue;
    if (account::limit_on(d.fleet(), *cell, assignee->second, d.now.wall)) continue;
    hint(d, {id, assignee->first}, task_id);
  }
  for (const auto& [agent_id, agent] : cell->agents) {
    if (!is_idle_turn(d, *cell, agent)) continue;
    const auto task = task_graph::best_for(*cell, agent_id, d.now.mono);
    if (!task) continue;
    // Who has to wait for its account does not wait for what another one waits for already.
    const bool waits = account::hold_on(d.fleet(), {id, agent_id}, d.now) != account::Hold::none;
    if (waits && is_on_offer(*cell, *task)) continue;
    wake_for_task(d, {id, agent_id}, *task);
  }
}

}  // namespace lazaret::core::work
