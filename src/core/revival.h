// What happens when an agent ends.
//
// An ending is one of five (Ending). Only a failure uses up a try. The first try comes at once;
// from the second on there is a delay that doubles (policies: backoff_first … backoff_most, ±20 %
// jitter), counted from the last spawn. A stable run sets the count to zero. When max_retries is
// used up, or trying again cannot help, the agent is quarantined and the first fit substitute takes
// its work; without one a person is asked. An agent that is rate-limited or waits for a person is
// not failing.
//
// To change when and how agents come back, this is the file.
#pragma once

#include "core/decision.h"

namespace lazaret::core::revival {

LAZARET_ENUM(Ending,
             asked,          // we stopped it, and not because it failed
             finished,       // a clean exit: its work is over
             restart_asked,  // it wants to be started again at once (exit 75 by default)
             no_restart,     // it wants to stay down (exit 125 by default)
             failure)

Ending judge(const Agent& agent, const ExitReport& exit);

// Delay before the start after the `tries`-th failure in a row; the first is at once.
Duration backoff(const Policies& policies, int tries, std::uint64_t seed);

AutoRevive policy_of(const Cell& cell, const Agent& agent);

// What the policy says about an agent that failed and does not live: again at once, later, a
// person, a substitute. Nothing where nobody wants it to run.
void go_on(Decision& d, const AgentRef& ref);

void on_exit(Decision& d, const event::AgentExited& e);
void on_spawn_failed(Decision& d, const event::SpawnFailed& e);
void on_backoff_over(Decision& d, const AgentRef& ref);
void on_stable(Decision& d, const AgentRef& ref);

// The answer to "revive it?".
void on_answer(Decision& d, const AgentRef& ref, AnswerWord answer, const std::string& by);

}  // namespace lazaret::core::revival
