// What an agent is doing, derived from its process, tasks and wakes.
#pragma once

#include "core/fleet.h"

namespace lazaret::core {

// busy: one thing under way and another waiting.
Activity activity_of(const Agent& agent, WallTime now);

}  // namespace lazaret::core
