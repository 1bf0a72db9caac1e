#include "core/approvals.h"

#include <fmt/format.h>

#include "core/account.h"
#include "core/budgets.h"
#include "core/handoff.h"
#include "core/hang.h"
#include "core/revival.h"

namespace lazaret::core::approvals {

ApprovalId open(Decision& d, const Question& question) {
  const ApprovalId id(fmt::format("r-{}", d.fleet().next_approval));
  d.record(fact::ApprovalOpened{id, question.kind, question.agent, question.task, question.text,
                                d.now.wall + question.deadline, question.fallback, question.cell,
                                question.account});
  return id;
}

void answer(Decision& d, const ApprovalId& id, AnswerWord word, const std::string& by,
            const std::string& reason) {
  const Approval& approval = d.fleet().approvals.at(id);
  const ApprovalKind kind = approval.kind;
  const auto agent = approval.agent;
  const auto task = approval.task;
  const std::string limited = approval.account;
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
    case ApprovalKind::account:
      return account::on_answer(d, limited, word, by);
  }
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
