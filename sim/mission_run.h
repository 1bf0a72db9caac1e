// A mission of somebody's own in a world made of numbers: how long it would take, how often its
// agents would die, and what it would cost, before money is spent. The same core decides as in the
// daemon; the world is calm but for the agents' deaths.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/definition.h"

namespace lazaret::sim {

struct MissionAsk {
  core::CellDefinition cell;
  double mtbf_seconds = 3600;  // between two deaths of an agent; 0 = they do not die
  double hours = 24;           // then it is given up
  double task_seconds = 300;   // of work, on average; each task takes from nothing to twice that
  double hourly_cost = 0;      // of an agent at work
  double task_cost = 0;        // of each claim of a task, of each turn
  bool keeps_work = true;      // an agent goes on from its last checkpoint after a death
};

// What one seed brought.
struct MissionRun {
  std::uint64_t seed = 0;
  core::MissionStatus status = core::MissionStatus::active;
  std::string reason;
  double seconds = 0;  // until its end, or until it was given up
  double deaths = 0;
  double revivals = 0;
  double questions = 0;  // to people
  double given_up = 0;   // quarantined agents
  double tasks_done = 0;
  double worked_seconds = 0;  // of all agents together
  double spend = 0;
  std::vector<std::string> broken;  // promises of Lazaret's own; empty unless it has a bug
};

MissionRun run_mission(const MissionAsk& ask, std::uint64_t seed);

// So many agents that may run: copies of its writers are added, or those that no task names go.
// Error: invalid_input, when it has none to copy or too many are named.
Result<core::CellDefinition> with_agents(core::CellDefinition cell, std::size_t count);

}  // namespace lazaret::sim
