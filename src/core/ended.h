// What is over: nothing can come of a question about it any more.
#pragma once

#include <string>

#include "core/fleet.h"

namespace lazaret::core {

bool is_over(MissionStatus status);

// Why nothing more is to be had of it, in one clause: "mission survey (1f0a7b22) is failed: no
// disk", "scout was stopped for good". Empty where it goes on, perhaps later.
std::string why_mission_ended(const Fleet& fleet, const CellId& id);
std::string why_agent_ended(const Fleet& fleet, const AgentRef& ref);  // its mission's end too
std::string why_task_ended(const Fleet& fleet, const TaskRef& ref);    // the same

}  // namespace lazaret::core
