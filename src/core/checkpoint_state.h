// An agent's checkpoints as the fleet holds them: looking one up, and the bound on their number.
#pragma once

#include "core/fleet.h"

namespace lazaret::core::checkpoint {

// Null where there is none.
const Checkpoint* find(const Agent& agent, const std::string& id);
// The newest that is not known to be broken; null where there is none.
const Checkpoint* newest_good(const Agent& agent);

// The agent knows about checkpoints: it may be asked for one.
bool speaks(const Cell& cell, const Agent& agent);

// Drops the oldest ones beyond the policies' number and bytes, never the newest.
void prune(Agent& agent, const Policies& policies);

}  // namespace lazaret::core::checkpoint
