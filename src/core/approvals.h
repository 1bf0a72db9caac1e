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
};

ApprovalId open(Decision& d, const Question& question);

// Records the answer and lets what waited for it go on.
void answer(Decision& d, const ApprovalId& id, AnswerWord word, const std::string& by,
            const std::string& reason);

// Everything whose deadline has passed is answered by its default.
void expire(Decision& d);

}  // namespace lazaret::core::approvals
