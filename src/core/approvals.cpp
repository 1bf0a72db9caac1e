#include "core/approvals.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "core/budgets.h"
#include "core/handoff.h"
#include "core/hang.h"
#include "core/revival.h"

namespace lazaret::core::approvals {
namespace {

// The recorded answer is all: nobody is left whom revival or hang could ask for anything.
template <class Concerns>
void close_where(Decision& d, Concerns concerns, const std::string& reason) {
  std::vector<std::pair<ApprovalId, AnswerWord>> open;
  for (const auto& [deadline, id] : d.fleet().approval_deadlines) {
    const Approval& approval = d.fleet().approvals.at(id);
    if (concerns(approval)) open.emplace_back(id, approval.fallback);
  }
  for (const auto& [id, fallback] : open) {
    d.record(fact::ApprovalAnswered{id, fallback, "core", reason});
  }
}

}  // namespace

ApprovalId open(Decision& d, const Question& question) {
  const ApprovalId id(fmt::format("r-{}", d.fleet().next_approval));
  d.record(fact::ApprovalOpened{id, question.kind, question.agent, question.task, question.text,
                                d.now.wall + question.deadline, question.fallback, question.cell});
  return id;
}

void answer(Decision& d, const ApprovalId& id, AnswerWord word, const std::string& by,
            const std::string& reason) {
  const Approval& approval = d.fleet().approvals.at(id);
  const ApprovalKind kind = approval.kind;
  const auto agent = approval.agent;
  const auto task = approval.task;
  d.record(fact::ApprovalAnswered{id, word, by, reason});
  switch (kind) {
    case ApprovalKind::question:
      return;  // whoever asked reads the answer
    case ApprovalKind::revival:
      return revival::on_answer(d, *agent, word, by);
    case ApprovalKind::hang:
      return hang::on_answer(d, *agent, word, by);
    case ApprovalKind::handoff:
      return handoff::on_answer(d, *task, id, word, by);
    case ApprovalKind::budget:
      return budgets::on_answer(d, id, word, by);
  }
}

void close_for_agent(Decision& d, const AgentRef& agent, const std::string& reason) {
  close_where(d, [&](const Approval& one) { return one.agent == agent; }, reason);
}

void close_for_cell(Decision& d, const CellId& cell, const std::string& reason) {
  const auto concerns = [&](const Approval& one) {
    return (one.agent && one.agent->cell == cell) || (one.task && one.task->cell == cell) ||
           one.cell == cell;
  };
  close_where(d, concerns, reason);
}

void expire(Decision& d) {
  const auto& deadlines = d.fleet().approval_deadlines;
  while (!deadlines.empty() && deadlines.begin()->first <= d.now.wall) {
    const ApprovalId id = deadlines.begin()->second;
    const AnswerWord fallback = d.fleet().approvals.at(id).fallback;
    answer(d, id, fallback, "deadline", "nobody answered in time");
  }
}

}  // namespace lazaret::core::approvals
