#include "core/handoff.h"

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "core/approvals.h"
#include "core/called.h"
#include "core/checkpoint.h"
#include "core/checkpoint_state.h"
#include "core/lifecycle.h"
#include "core/line.h"
#include "core/permissions.h"
#include "core/request_parts.h"
#include "core/task_graph.h"
#include "core/work.h"

namespace lazaret::core::handoff {
namespace {

bool is_in_hand(const Task& task) { return task.state == TaskState::in_progress; }

std::optional<AgentId> holder_of(const Task& task) {
  return task.owner ? task.owner : task.definition.assigned_to;
}

// Something that the next owner can go on from.
bool has_checkpoint(Decision& d, const TaskRef& ref, const AgentId& owner) {
  if (!d.task(ref)->cursor.empty()) return true;
  const Agent* agent = d.agent({ref.cell, owner});
  const Checkpoint* newest = agent ? checkpoint::newest_good(*agent) : nullptr;
  return newest && newest->task == ref.task;
}

// The one who asks is an operator, or the agent whose task it is.
bool may_ask(Decision& d, const Caller& caller, const TaskRef& ref, const AgentId& from) {
  if (caller.kind == CallerKind::admin || caller.kind == CallerKind::operator_) return true;
  if (caller.kind == CallerKind::agent && caller.agent == AgentRef{ref.cell, from}) {
    const Task& task = *d.task(ref);
    const bool runs_here = d.agent(*caller.agent)->definition.run.has_value();
    if (!runs_here || !task.owner || task.owner_incarnation == caller.incarnation) return true;
  }
  d.refuse(
      ErrorCode::refused,
      fmt::format("task \"{}\" is {}'s to hand over, or an operator's", ref.task.value, from.value),
      requests::operators_key);
  return false;
}

std::string needs_in_words(const TaskDefinition& task) {
  std::string words;
  if (task.needs_role) words = fmt::format("the role {}", to_word(*task.needs_role));
  for (const std::string& one : task.needs_capabilities) {
    words += fmt::format("{}the capability {}", words.empty() ? "" : ", ", one);
  }
  return words;
}

// Why `to` cannot have it, or nothing.
std::optional<Error> fault_of(const Cell& cell, const Task& task, const AgentId& from,
                              const AgentId& to) {
  const auto found = cell.agents.find(to);
  if (found == cell.agents.end()) {
    return Error{ErrorCode::not_found, fmt::format("no agent \"{}\" in this mission", to.value),
                 "to", ""};
  }
  const Agent& other = found->second;
  if (to == from) {
    return Error{ErrorCode::conflict, fmt::format("\"{}\" has the task already", to.value), "to",
                 ""};
  }
  if (!cell.definition.policies.handoff_allowed) {
    return Error{ErrorCode::refused, "hand-offs are not allowed in this mission",
                 "config/policies.json", "handoff_allowed true"};
  }
  if (!permissions::may_hand_to(cell, from, to)) {
    return Error{ErrorCode::refused,
                 fmt::format("\"{}\" may not hand tasks to \"{}\"", from.value, to.value),
                 "config/permissions.json",
                 fmt::format("\"{}\" in /{}/handoff_to", to.value, from.value)};
  }
  if (!permissions::may_take_from(cell, to, from)) {
    return Error{ErrorCode::refused,
                 fmt::format("\"{}\" may not take tasks from \"{}\"", to.value, from.value),
                 "config/permissions.json",
                 fmt::format("\"{}\" in /{}/handoff_from", from.value, to.value)};
  }
  if (!task_graph::meets_needs(other, task)) {
    return Error{
        ErrorCode::refused,
        fmt::format("\"{}\" lacks the role or the capabilities that the task needs", to.value),
        "to", fmt::format("an agent with {}", needs_in_words(task.definition))};
  }
  const bool ready =
      !other.definition.run || is_live(other.process) || !lifecycle::is_standby(cell, other);
  const bool held = other.process == ProcessState::quarantined ||
                    other.process == ProcessState::awaiting_approval;
  if (other.removed || other.withdrawn || !other.wanted || other.finished || held || !ready) {
    return Error{ErrorCode::conflict,
                 fmt::format("\"{}\" is {} and would not work on it", to.value,
                             held ? to_word(other.process) : "stopped"),
                 "to", "lazaret agent start " + to.value};
  }
  return std::nullopt;
}

void transfer(Decision& d, const TaskRef& ref) {
  const Task& task = *d.task(ref);
  const Handoff handoff = *task.handoff;
  // While the checkpoint was waited for, the one who is to have it may have gone.
  if (const auto fault = fault_of(*d.cell(ref.cell), task, handoff.from, handoff.to)) {
    return give_up(d, ref, fault->message);
  }
  const AgentRef from{ref.cell, handoff.from};
  const bool had_it = is_in_hand(task) && task.owner == handoff.from;
  d.record(fact::TaskTransferred{ref, handoff.from, handoff.to, handoff.reason, handoff.by});
  if (const Agent* old = had_it ? d.agent(from) : nullptr) {
    const std::string reason =
        fmt::format("task {} was handed to {}", ref.task.value, handoff.to.value);
    const auto& wish = old->checkpoint_wish;
    if (wish && wish->before == CheckpointFor::handoff) checkpoint::on_end(d, from, reason);
    const bool turn = old->definition.run && old->definition.run->adapter == AdapterKind::turn;
    if (turn) lifecycle::stop(d, from, reason);
    if (!turn && old->definition.run && old->process == ProcessState::running) {
      d.act(command::SendLine{
          from,
          old->incarnation,
          line::object({{"type", "cancel"}, {"task_id", ref.task.value}, {"reason", reason}}),
          {}});
    }
  }
  work::dispatch(d, ref.cell);
}

// on_checkpoint and on_checkpoint_due answer.
void ask_for_checkpoint(Decision& d, const TaskRef& ref) {
  const Handoff handoff = *d.task(ref)->handoff;
  const Duration patience = d.cell(ref.cell)->definition.policies.checkpoint_deadline;
  d.record(fact::HandoffPending{ref, handoff.from, handoff.to, HandoffStage::checkpoint,
                                handoff.approval, d.now.mono + patience, handoff.by,
                                handoff.reason});
  checkpoint::ask(d, {ref.cell, handoff.from}, CheckpointFor::handoff,
                  fmt::format("task {} goes to {}", ref.task.value, handoff.to.value));
}

// The person, if one had to agree, has agreed.
void go_on(Decision& d, const TaskRef& ref, bool asked_by_owner) {
  const Task& task = *d.task(ref);
  const bool needs = d.cell(ref.cell)->definition.policies.checkpoint_required && is_in_hand(task);
  const bool saved = asked_by_owner && has_checkpoint(d, ref, task.handoff->from);
  if (!needs || saved) return transfer(d, ref);
  ask_for_checkpoint(d, ref);
}

ApprovalId ask_person(Decision& d, const TaskRef& ref, const AgentId& from, const AgentId& to,
                      const std::string& by, const std::string& reason) {
  const std::string why = reason.empty() ? "" : ": " + reason;
  return approvals::open(
      d, {ApprovalKind::handoff,
          AgentRef{ref.cell, from},
          ref,
          fmt::format("hand task {} from {} to {}? asked by {}{}", task_called(d.fleet(), ref),
                      from.value, to.value, by, why),
          d.cell(ref.cell)->definition.policies.approval_deadline,
          AnswerWord::no,
          {}});
}

}  // namespace

void request(Decision& d, const Caller& caller, const op::HandOffTask& o) {
  const Task& task = *d.task(o.task);
  const auto from = holder_of(task);
  if (!from) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("task \"{}\" is nobody's yet", o.task.task.value),
                    "lazaret task assign");
  }
  if (!may_ask(d, caller, o.task, *from)) return;
  if (!is_in_hand(task) && task.state != TaskState::pending) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("task \"{}\" is {}", o.task.task.value, to_word(task.state)));
  }
  if (task.handoff) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("task \"{}\" is being handed to \"{}\" already", o.task.task.value,
                                task.handoff->to.value));
  }
  const Cell& cell = *d.cell(o.task.cell);
  if (const auto fault = fault_of(cell, task, *from, o.to))
    return d.answer(std::unexpected(*fault));
  const bool by_owner = caller.kind == CallerKind::agent;
  const Policies& policies = cell.definition.policies;
  if (by_owner && policies.checkpoint_required && is_in_hand(task) &&
      !has_checkpoint(d, o.task, *from)) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("task \"{}\" has no checkpoint, and this mission hands none over "
                                "without one (checkpoint_required)",
                                o.task.task.value),
                    "lazaret checkpoint save");
  }
  std::optional<ApprovalId> approval;
  if (policies.handoff_approval == HandoffApproval::manual) {
    approval = ask_person(d, o.task, *from, o.to, caller.name, o.reason);
  }
  d.record(fact::HandoffPending{o.task, *from, o.to, HandoffStage::approval, approval, never,
                                caller.name, o.reason});
  if (!approval) go_on(d, o.task, by_owner);
  d.grant(approval ? approval->value : std::string());
}

void on_answer(Decision& d, const TaskRef& ref, const ApprovalId& approval, AnswerWord answer,
               const std::string& by) {
  const Task* task = d.task(ref);
  if (!task || !task->handoff || task->handoff->approval != approval) return;
  if (task->handoff->stage != HandoffStage::approval) return;
  if (answer == AnswerWord::no) return give_up(d, ref, "denied by " + by);
  const AgentId from = task->handoff->from;
  const AgentId to = task->handoff->to;
  if (holder_of(*task) != from) return give_up(d, ref, "it is somebody else's meanwhile");
  const Cell& cell = *d.cell(ref.cell);
  if (const auto fault = fault_of(cell, *task, from, to)) return give_up(d, ref, fault->message);
  go_on(d, ref, task->handoff->by == from.value);
}

void on_checkpoint(Decision& d, const TaskRef& ref) {
  const Task& task = *d.task(ref);
  if (task.handoff && task.handoff->stage == HandoffStage::checkpoint) transfer(d, ref);
}

void on_checkpoint_due(Decision& d, const TaskRef& ref) {
  const Task* task = d.task(ref);
  if (!task || !task->handoff) return;
  if (has_checkpoint(d, ref, task->handoff->from)) return transfer(d, ref);
  const Duration patience = d.cell(ref.cell)->definition.policies.checkpoint_deadline;
  give_up(d, ref,
          fmt::format("no checkpoint came within {} (setting: checkpoint_deadline_seconds), and "
                      "there is no older one",
                      to_human(patience)));
}

void give_up(Decision& d, const TaskRef& ref, const std::string& reason) {
  const Task& task = *d.task(ref);
  if (!task.handoff) return;
  const Handoff handoff = *task.handoff;
  d.record(fact::HandoffEnded{ref, handoff.from, handoff.to, reason});
  if (handoff.stage != HandoffStage::approval || !handoff.approval) return;
  const auto open = d.fleet().approvals.find(*handoff.approval);
  if (open == d.fleet().approvals.end() || open->second.answer) return;
  d.record(fact::ApprovalAnswered{*handoff.approval, AnswerWord::no, "core", reason});
}

bool was_handed_over(const Task& task, const AgentRef& agent) {
  return task.handed_over && task.handed_over->from == agent.agent && task.owner != agent.agent;
}

}  // namespace lazaret::core::handoff
