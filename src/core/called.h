// What people call a thing: its name, and as much more as tells it from others of that name. What
// stands here can be typed at the command line.
#pragma once

#include <string>

#include "core/fleet.h"

namespace lazaret::core {

std::string short_id(const CellId& id);  // its first 8 characters

// "mission survey (1f0a7b22)"
std::string mission_called(const Cell& cell);
// "scout" where that is unique in the fleet or runs elsewhere, else "1f0a7b22.scout"
std::string agent_called(const Fleet& fleet, const AgentRef& ref);
// "t-41", or "1f0a7b22.t-41"
std::string task_called(const Fleet& fleet, const TaskRef& ref);

}  // namespace lazaret::core
