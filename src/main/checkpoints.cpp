// Between the doors and the disk: what is saved, rehearsed and compared on somebody's request.
#include "core/checkpoint_state.h"
#include "main/daemon.h"

namespace lazaret::main {

void Daemon::save_checkpoint(const AgentRef& ref, const std::string& workspace,
                             const server::Services::CheckpointSaved& done) {
  const core::Cell& cell = *core::find_cell(loop_->fleet(), ref.cell);
  const core::Agent& agent = *core::find_agent(loop_->fleet(), ref);
  const checkpoints::Place place{cell.definition.path, ref.agent};
  checkpoints::Wish wish{place,      1,         agent.incarnation,
                         agent.task, workspace, cell.definition.policies.checkpoint_bytes};
  for (const core::Checkpoint& one : agent.checkpoints) {
    wish.number = std::max(wish.number, checkpoints::number_of(one.info.id) + 1);
  }
  checkpoints_->save(std::move(wish), [this, place, done](Result<core::CheckpointInfo> info) {
    const std::string id = info ? info->id : std::string();
    done(std::move(info));  // decided before this returns: what was granted is in the fleet
    if (!id.empty()) checkpoints_->settled(place, id);
  });
}

void Daemon::rehearse_checkpoint(const AgentRef& ref, const core::CheckpointRef& checkpoint,
                                 const server::Services::CheckpointRehearsed& done) {
  const core::Cell& cell = *core::find_cell(loop_->fleet(), ref.cell);
  checkpoints_->rehearse({ref, cell.definition.path, checkpoint}, done);
}

void Daemon::read_checkpoints(const AgentRef& ref, std::vector<core::CheckpointRef> which,
                              server::Services::CheckpointsRead done) {
  const core::Cell& cell = *core::find_cell(loop_->fleet(), ref.cell);
  checkpoints_->read(cell.definition.path, std::move(which), std::move(done));
}

}  // namespace lazaret::main
