// Questions about what has ended are closed, so that nobody answers in vain.
#include <algorithm>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "core/approvals.h"
#include "core/budgets.h"
#include "core/called.h"
#include "core/ended.h"
#include "core/handoff.h"
#include "core/lifecycle.h"

namespace lazaret::core::approvals {
namespace {

template <class F, class... Others>
constexpr bool is_any_of = (std::is_same_v<F, Others> || ...);

// After these an open question may be in vain; all others leave that as it was.
template <class F>
constexpr bool ends_something =
    is_any_of<F, fact::CellDefined, fact::CellRemoved, fact::MissionStatusChanged,
              fact::AgentRemoved, fact::AgentWanted, fact::AgentExited, fact::AgentStarting,
              fact::AgentStopping, fact::AgentReleased, fact::HangCleared, fact::TaskDefined,
              fact::TaskClaimed, fact::TaskReported, fact::TaskCompleted, fact::TaskFailed,
              fact::TaskReleased, fact::TaskTransferred, fact::HandoffEnded, fact::ApprovalOpened,
              fact::AgentAwaitsApproval, fact::AdoptionFinished>;

bool may_end_questions(const Fact& fact) {
  return std::visit([](const auto& one) { return ends_something<std::decay_t<decltype(one)>>; },
                    fact);
}

std::string why_no_revival(const Fleet& fleet, const ApprovalId& id, const AgentRef& ref) {
  const Agent& agent = *find_agent(fleet, ref);
  const bool waits = agent.process == ProcessState::awaiting_approval ||
                     agent.process == ProcessState::quarantined;
  if (waits && agent.approval == id) return {};
  return agent_called(fleet, ref) + " does not wait for it any more";
}

std::string why_no_handoff(const Fleet& fleet, const ApprovalId& id, const TaskRef& ref) {
  if (std::string why = why_task_ended(fleet, ref); !why.empty()) return why;
  const Task& task = *find_task(fleet, ref);
  const std::string called = "task " + task_called(fleet, ref);
  if (!task.handoff || task.handoff->approval != id) return called + " is not to be handed over";
  if ((task.owner ? task.owner : task.definition.assigned_to) != task.handoff->from) {
    return called + " is somebody else's meanwhile";
  }
  return why_agent_ended(fleet, {ref.cell, task.handoff->to});
}

std::string why_in_vain(const Fleet& fleet, const ApprovalId& id) {
  const Approval& one = fleet.approvals.at(id);
  if (one.task) {
    if (std::string why = why_task_ended(fleet, *one.task); !why.empty()) return why;
  }
  if (one.agent) {
    if (std::string why = why_agent_ended(fleet, *one.agent); !why.empty()) return why;
  }
  switch (one.kind) {
    case ApprovalKind::question:
      break;
    case ApprovalKind::revival:
      return why_no_revival(fleet, id, *one.agent);
    case ApprovalKind::hang:
      if (find_agent(fleet, *one.agent)->hang == HangStage::declared) return {};
      return agent_called(fleet, *one.agent) + " does not hang any more";
    case ApprovalKind::handoff:
      return why_no_handoff(fleet, id, *one.task);
    case ApprovalKind::budget:
    case ApprovalKind::account:  // closes itself with its limit
      break;
  }
  return one.cell.value.empty() ? std::string() : why_mission_ended(fleet, one.cell);
}

// Who ended it, if that is part of this decision.
std::string with_who(const Decision& d, std::string why) {
  for (const Fact& fact : d.facts()) {
    const auto* status = std::get_if<fact::MissionStatusChanged>(&fact);
    const auto* wanted = std::get_if<fact::AgentWanted>(&fact);
    if (status && is_over(status->status) && why == why_mission_ended(d.fleet(), status->cell)) {
      return why + " (by " + status->by + ")";
    }
    if (wanted && !wanted->wanted && why == why_agent_ended(d.fleet(), wanted->agent)) {
      return why + " (by " + wanted->by + ")";
    }
  }
  return why;
}

void close(Decision& d, const ApprovalId& id, const std::string& reason) {
  const Approval one = d.fleet().approvals.at(id);
  if (one.kind == ApprovalKind::handoff) {
    const Task* task = d.task(*one.task);
    if (task && task->handoff && task->handoff->approval == id) {
      return handoff::give_up(d, *one.task, reason);
    }
  }
  d.record(fact::ApprovalAnswered{id, one.fallback, "core", reason});
  if (one.kind == ApprovalKind::budget) return budgets::on_closed(d, id);
  if (one.kind != ApprovalKind::revival) return;
  const Agent* agent = d.agent(*one.agent);
  const bool waits = agent && agent->process == ProcessState::awaiting_approval;
  if (waits && agent->approval == id) {
    d.record(fact::AgentReleased{*one.agent, "core", reason, false});
  }
}

void close_all_in_vain(Decision& d) {
  std::vector<std::pair<ApprovalId, std::string>> closing;
  std::set<CellId> cells;
  for (const auto& [deadline, id] : d.fleet().approval_deadlines) {
    std::string why = why_in_vain(d.fleet(), id);
    if (why.empty()) continue;
    const Approval& one = d.fleet().approvals.at(id);
    cells.insert(one.agent ? one.agent->cell : one.task ? one.task->cell : one.cell);
    closing.emplace_back(id, with_who(d, std::move(why)));
  }
  for (const auto& [id, why] : closing) close(d, id, why);
  for (const CellId& cell : cells) lifecycle::settle(d, cell);  // whom a budget held is free
}

}  // namespace

void close_what_is_in_vain(Decision& d) {
  // Closing lets others go on, which may end more.
  for (std::size_t seen = 0; seen < d.facts().size();) {
    const auto fresh = std::span(d.facts()).subspan(seen);
    const bool may = std::ranges::any_of(fresh, may_end_questions);
    seen = d.facts().size();
    if (may && !d.fleet().approval_deadlines.empty()) close_all_in_vain(d);
  }
}

}  // namespace lazaret::core::approvals
