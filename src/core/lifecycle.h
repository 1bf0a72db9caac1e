// Whether an agent should be running, and the ways to start and end it.
#pragma once

#include "core/decision.h"

namespace lazaret::core::lifecycle {

// The operator, the mission and the fleet all want this agent's process to exist.
bool should_run(const Fleet& fleet, const Cell& cell, const Agent& agent);

// Substitutes wait until they are needed.
bool is_standby(const Cell& cell, const Agent& agent);

// A new incarnation. `wake`: what a `turn` is about.
void start(Decision& d, const AgentRef& ref, StartReason reason, std::optional<Wake> wake = {});

// Its checkpoint is in place, or it has none: the process may begin.
void spawn(Decision& d, const AgentRef& ref, StartReason reason, std::optional<Wake> wake);

// Ask, wait for the grace period, then kill. Nothing happens where nothing lives.
void stop(Decision& d, const AgentRef& ref, const std::string& reason,
          bool counts_as_failure = false);

// It was to save a checkpoint first; that wait is over.
void stop_at_last(Decision& d, const AgentRef& ref);

// No grace.
void kill(Decision& d, const AgentRef& ref, const std::string& reason,
          bool counts_as_failure = false);

// Brings every agent of the cell to where it should be: starts and stops.
void settle(Decision& d, const CellId& cell);
void settle_fleet(Decision& d);
// The same for one agent.
void settle_one(Decision& d, const AgentRef& ref);

// Nobody wants it to run any longer: its task is free for others, and its wakes end with a record.
void lay_off(Decision& d, const AgentRef& ref, const std::string& reason);

void on_spawned(Decision& d, const event::AgentSpawned& e);
void on_ready(Decision& d, const AgentRef& ref, Incarnation incarnation, const std::string& how);
void on_settled(Decision& d, const AgentRef& ref);
void on_not_ready(Decision& d, const AgentRef& ref);
void on_kill_due(Decision& d, const AgentRef& ref);
void on_asked_time(Decision& d, const event::AgentAskedTime& e);

// The live agent of that incarnation, or null: late news about an older one is dropped.
const Agent* live(const Decision& d, const AgentRef& ref, Incarnation incarnation);

}  // namespace lazaret::core::lifecycle
