// What the store remembers of one cell between two looks at it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "adapters/cells/cell_directory.h"
#include "adapters/cells/cell_store.h"
#include "adapters/cells/own_writes.h"

namespace lazaret::cells {

struct CellRecord {
  CellSight sight;
  bool looked = false;    // at least once
  bool observed = false;  // a definition of it is in force
  std::string digest;     // of that definition
  std::map<std::string, std::uint64_t> hashes;
  std::vector<wire::Problem> directory_problems;
  std::set<std::string> ever;  // agents/… and tasks/… that were there; gone ones a person removed

  // As the files say, last read or last written by us.
  core::MissionStatus status_in_file = core::MissionStatus::active;
  std::map<AgentId, core::FileRuntime> agents_in_file;
  std::map<TaskId, wire::TaskMirror> tasks_in_file;
  std::map<AgentId, core::AgentDefinition> defined_in_file;

  core::MissionStatus status_told = core::MissionStatus::active;  // with the last event

  // As they shall say.
  std::optional<core::MissionStatus> status;
  std::uint64_t status_change = 0;  // core::Cell::status_changes, of `status`
  std::map<AgentId, wire::AgentMirror> agents;
  std::map<TaskId, wire::TaskMirror> tasks;

  // Granted through the API and not yet in the files.
  std::map<AgentId, core::AgentDefinition> new_agents;
  std::map<TaskId, core::TaskDefinition> new_tasks;
};

std::string agent_file(const AgentId& id);
std::string task_file(const TaskId& id);

// The files that a person changed since the last look.
std::set<std::string> changed_by_hand(const CellRecord& record, const CellDirectory& now,
                                      const OwnWrites& own);

// What the definition says after our own writes still under way are taken as done. `edited` is what
// a person asked for, if that differs in a runtime field; then `quiet` is the state it was asked
// in.
struct Reconciled {
  core::CellDefinition quiet;
  std::optional<core::CellDefinition> edited;
};
Reconciled reconcile(const CellRecord& record, core::CellDefinition read,
                     const std::set<std::string>& by_hand);

// Takes over what the files say.
void remember_files(CellRecord& record, const core::CellDefinition& read, const CellDirectory& now);

}  // namespace lazaret::cells
