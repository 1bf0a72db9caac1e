// What an agent may do with tasks. permissions.json decides where it names the agent; else its
// role's defaults hold: everybody executes what is assigned to it; a lead publishes and writes all
// tasks; a writer writes its own; readers and auditors write nothing but their own reports.
#pragma once

#include "core/fleet.h"

namespace lazaret::core::permissions {

bool may_execute(const Cell& cell, const AgentId& agent, const TaskId& task);
// Change a task that it does not own at present, or add new ones ("*").
bool may_publish(const Cell& cell, const AgentId& agent);
// Save checkpoints of its own state.
bool may_checkpoint(Role role);
// Hand a task of its own to `to`; take one over from `from`. permissions.json decides where it
// names the agent (its lists are what it may, an empty one nobody); else leads and writers may.
bool may_hand_to(const Cell& cell, const AgentId& agent, const AgentId& to);
bool may_take_from(const Cell& cell, const AgentId& agent, const AgentId& from);
// Execute what `from` was to execute.
bool may_stand_in(const Cell& cell, const AgentId& agent, const AgentId& from, const TaskId& task);

}  // namespace lazaret::core::permissions
