// Who takes over when an agent cannot go on: the first in substitute_agents that is free, has the
// same role and may execute the work. It gets the tasks with their cursors.
#pragma once

#include "core/decision.h"

namespace lazaret::core::substitution {

// The substitute that would take over from `ref`, or nullopt.
std::optional<AgentId> choose(const Cell& cell, const AgentId& from);

// Hands the work of `ref` over and starts the substitute; false where there is none.
bool take_over(Decision& d, const AgentRef& ref, const std::string& reason);

}  // namespace lazaret::core::substitution
