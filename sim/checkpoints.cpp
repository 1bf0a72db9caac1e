#include "sim/checkpoints.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::sim {

using namespace core;

CheckpointInfo Checkpoints::save(const AgentRef& agent) {
  Generation one;
  one.number = next_++;
  one.hash = fmt::format("{:064x}", mix(one.number ^ world_.seed));
  one.torn =
      world_.strikes(world_.checkpoints, world_.scenario.torn_checkpoint, Fault::torn_checkpoint);
  CheckpointInfo info;
  info.id = fmt::format("{:06}-{}", one.number, one.hash.substr(48));
  info.manifest_hash = one.hash;
  info.bytes = 1000 + static_cast<std::int64_t>(world_.checkpoints.below(1000));
  info.files = 1;
  on_disk_[agent].emplace(info.id, std::move(one));
  return info;
}

bool Checkpoints::verifies(const CellId& cell, const CheckpointRef& checkpoint) const {
  const auto of_agent = on_disk_.find({cell, checkpoint.agent});
  if (of_agent == on_disk_.end()) return false;
  const auto found = of_agent->second.find(checkpoint.id);
  return found != of_agent->second.end() && !found->second.torn &&
         found->second.hash == checkpoint.manifest_hash;
}

event::CheckpointRestored Checkpoints::restore(const command::RestoreCheckpoint& command) const {
  event::CheckpointRestored told{command.agent, command.incarnation, {}, {}, {}};
  for (const CheckpointRef& candidate : command.candidates) {
    if (verifies(command.agent.cell, candidate)) {
      told.restored = candidate;
      break;
    }
    told.broken.push_back({candidate, "torn"});
  }
  return told;
}

event::CheckpointRehearsed Checkpoints::rehearse(const command::RehearseCheckpoint& command) const {
  const bool good = verifies(command.agent.cell, command.checkpoint);
  return {command.agent, command.checkpoint.id, good ? Rehearsal::passed : Rehearsal::failed,
          good ? "" : "torn"};
}

// What is newer than all that is kept was saved and not heard of yet.
void Checkpoints::keep(const command::KeepCheckpoints& command) {
  auto& all = on_disk_[command.agent];
  std::uint64_t newest = 0;
  for (const std::string& id : command.kept) {
    if (const auto found = all.find(id); found != all.end())
      newest = std::max(newest, found->second.number);
  }
  std::erase_if(all, [&](const auto& entry) {
    return entry.second.number < newest &&
           std::ranges::find(command.kept, entry.first) == command.kept.end();
  });
}

}  // namespace lazaret::sim
