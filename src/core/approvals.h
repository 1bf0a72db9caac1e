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
  std::string account{};
};

ApprovalId open(Decision& d, const Question& question);

// Records the answer and lets what waited for it go on.
void answer(Decision& d, const ApprovalId& id, AnswerWord word, const std::string& by,
            const std::string& reason);

// Closes every open question whose answer nobody could act on any more, as what it is about has
// ended: its mission, agent or task, or what was to be decided. Each is recorded as answered by its
// default, by "core", with what ended it, and what it held is let go. Called at the end of every
// decision; costs nothing where nothing ended. approvals_close.cpp
void close_what_is_in_vain(Decision& d);

// Everything whose deadline has passed is answered by its default.
void expire(Decision& d);

}  // namespace lazaret::core::approvals
