// Who is restarted together with an agent that died of a failure (policy `strategy`):
//
//   one_for_one    nobody else
//   rest_for_one   the agents that come after it, in the order of their ids
//   one_for_all    all others
//
// That is how Erlang's supervisors do it, where processes depend on state that is lost with one of
// them. Only agents of the adapter `process` that live are restarted (a turn has no state between
// turns); they are asked to end, keep their task, and none of their tries is used up. How often it
// may happen is bounded by the tries of the one who dies.
#pragma once

#include "core/decision.h"

namespace lazaret::core::strategy {

// `ref` has just ended by a failure that counts.
void on_counted_death(Decision& d, const AgentRef& ref);

}  // namespace lazaret::core::strategy
