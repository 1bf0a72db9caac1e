// When is a silent agent hanging? Silence alone never kills. After a missed deadline two samples of
// everything that moves are taken, hang_window apart. It hangs if nothing moved between them AND no
// approval, rate limit or pause of ours explains the silence. A stop (state T) that we did not
// cause counts at once. What follows is the agent's `hang` setting: observe, ask, or revive; by
// default revive for agents that have ever sent a beat.
#pragma once

#include "core/decision.h"

namespace lazaret::core::hang {

HangPolicy policy_of(const Agent& agent);

LAZARET_ENUM(Verdict, moving, excused, hung)
struct Judgement {
  Verdict verdict = Verdict::moving;
  std::string reason;
};
// Pure comparison of two samples.
Judgement judge(const Evidence& before, const Evidence& now);

void suspect(Decision& d, const AgentRef& ref, const std::string& reason);
void clear(Decision& d, const AgentRef& ref, const std::string& reason);
void on_evidence(Decision& d, const event::EvidenceTaken& e);
void on_judge_due(Decision& d, const AgentRef& ref);
void on_stop_seen(Decision& d, const event::AgentStopSeen& e);
void on_answer(Decision& d, const AgentRef& ref, AnswerWord answer, const std::string& by);

}  // namespace lazaret::core::hang
