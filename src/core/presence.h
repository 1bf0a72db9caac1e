// What an agent is doing, derived from its process, tasks and wakes.
#pragma once

#include "core/fleet.h"

namespace lazaret::core {

// busy: one thing under way and another waiting.
Activity activity_of(const Agent& agent, WallTime now);

// The same as others are told who might give it work: an agent that waits for its account's limit,
// or would have to, is limited, too. Who has something under way goes on with it.
struct ToldActivity {
  Activity activity = Activity::offline;
  std::optional<WallTime> until;  // of a limited one: when it is over
};
ToldActivity told_activity(const Fleet& fleet, const Cell& cell, const Agent& agent, WallTime now);

}  // namespace lazaret::core
