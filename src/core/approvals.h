// Questions for people. Each has a deadline on the wall clock and a default that answers then.
#pragma once

#include "core/decision.h"

namespace lazaret::core::approvals {

struct Question {
  ApprovalKind kind = ApprovalKind::question;
  std::optional<AgentRef> agent;
  std::optional<TaskRef> task;
  std::string text;
  Duration deadline{0};
  AnswerWord fallback = AnswerWord::no;
  CellId cell{};  // where neither agent nor task is named
};

ApprovalId open(Decision& d, const Question& question);

// Records the answer and lets what waited for it go on.
void answer(Decision& d, const ApprovalId& id, AnswerWord word, const std::string& by,
            const std::string& reason);

// Who it was about is about to be removed: what is still open has nobody left to act on it, and is
// answered by its default, by "core". Nothing else follows. Call it before the fact of the removal.
void close_for_agent(Decision& d, const AgentRef& agent, const std::string& reason);
void close_for_cell(Decision& d, const CellId& cell, const std::string& reason);

// Everything whose deadline has passed is answered by its default.
void expire(Decision& d);

}  // namespace lazaret::core::approvals
