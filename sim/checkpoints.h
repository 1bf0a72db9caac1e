// The disk that checkpoints lie on: some are torn, which only the world knows until somebody looks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/command.h"
#include "core/event.h"
#include "sim/world.h"

namespace lazaret::sim {

class Checkpoints {
 public:
  explicit Checkpoints(World& world) : world_(world) {}

  // A new generation, as it lies on the disk; it counts once the core has recorded it.
  core::CheckpointInfo save(const AgentRef& agent);
  // It is there and whole.
  bool verifies(const CellId& cell, const core::CheckpointRef& checkpoint) const;

  core::event::CheckpointRestored restore(const core::command::RestoreCheckpoint& command) const;
  core::event::CheckpointRehearsed rehearse(const core::command::RehearseCheckpoint& command) const;
  void keep(const core::command::KeepCheckpoints& command);

 private:
  struct Generation {
    std::string hash;
    bool torn = false;
    std::uint64_t number = 0;
  };

  World& world_;
  std::uint64_t next_ = 1;
  std::map<AgentRef, std::map<std::string, Generation>> on_disk_;
};

}  // namespace lazaret::sim
