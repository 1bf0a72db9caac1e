// Messages for agents, a queue of depth one. An idle agent gets its wake at once; for a busy one it
// waits, and a newer one replaces the waiting one. No wake is lost in silence: each ends with a
// fate in its receipt (finished, failed, replaced, dropped).
#pragma once

#include "core/decision.h"

namespace lazaret::core::wake_queue {

// Why this agent would not see a wake; empty = it would.
std::string refusal(const AgentRef& ref, const Agent& agent);

// Accepts a wake; its id is in the answer of the decision's request when `answer` is set.
WakeId accept(Decision& d, const AgentRef& ref, const std::string& message,
              const std::string& source);

// Starts the waiting wake if the agent can take it now.
void deliver(Decision& d, const AgentRef& ref);

// The line of a wake was under way when its agent or the daemon ended.
void send_again(Decision& d, const AgentRef& ref);
void on_rate_limit_over(Decision& d, const AgentRef& ref);

// A `turn` process ended.
void on_turn_over(Decision& d, const AgentRef& ref, bool finished, const std::string& detail);
// The line of a `process` agent's wake was written, or could not be.
void on_line_sent(Decision& d, const event::LineSent& e);
// Ends whatever is running or waiting without having been done.
void drop(Decision& d, const AgentRef& ref, const std::string& reason);

}  // namespace lazaret::core::wake_queue
