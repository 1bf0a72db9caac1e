// The cells of the simulated world: what their files say, and how people edit them.
#pragma once

#include <map>

#include "sim/world.h"

namespace lazaret::sim {

class Workload {
 public:
  explicit Workload(World& world);

  // The files as they are now.
  const std::map<CellId, core::CellDefinition>& cells() const { return cells_; }
  // External agents of the built-in cell.
  const std::vector<core::AgentDefinition>& external() const { return external_; }

  // New tasks for a cell, with dependencies among themselves and on existing ones.
  std::vector<core::TaskDefinition> new_tasks(const core::Cell& cell, std::size_t count);

  // Somebody edits a file: an agent comes, goes or changes, a policy changes, a task comes or goes.
  // Returns the cell as it now is.
  core::CellDefinition edit(const CellId& cell);
  // The file says so from now on: the daemon has written it there.
  void mirror(const CellId& cell, core::MissionStatus status);
  // The daemon knows by now that it has; until then it goes by what it knew before.
  void mirrored(const CellId& cell, core::MissionStatus status) { known_[cell] = status; }
  // A daemon that starts goes by the files.
  void read_all();
  // A person wrote this status, and nobody has written over it.
  bool is_by_hand(const CellId& cell, core::MissionStatus status) const;
  void remove(const CellId& cell) { cells_.erase(cell); }
  // A mission more; as many as there were at the beginning.
  const core::CellDefinition* add();

 private:
  core::CellDefinition make_cell(std::size_t index, std::size_t agents);
  core::AgentDefinition make_agent(std::size_t index, std::size_t place);
  core::TaskDefinition make_task(const std::string& id, const std::vector<AgentId>& agents,
                                 const std::vector<TaskId>& existing);
  void touch(core::CellDefinition& cell);
  // workload_bounds.cpp
  void bound(core::CellDefinition& cell);
  void bound(core::AgentDefinition& agent);
  void bound(core::TaskDefinition& task);
  bool chance(double probability) { return world_.workload.chance(probability); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[world_.workload.below(from.size())];
  }

  World& world_;
  std::map<CellId, core::CellDefinition> cells_;
  std::map<CellId, core::MissionStatus> known_;
  std::map<CellId, core::MissionStatus> by_hand_;
  std::vector<core::AgentDefinition> external_;
  core::RunSpec make_run(bool lead);
  std::uint64_t edits_ = 0;
  std::size_t cells_most_ = 0;
  std::size_t next_cell_ = 0;
  std::uint64_t next_task_ = 0;
};

}  // namespace lazaret::sim
