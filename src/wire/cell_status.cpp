#include "wire/cell_status.h"

#include "core/checkpoint_state.h"

namespace lazaret::wire {

std::string_view agent_status(const core::Cell& cell, const core::Agent& agent) {
  using core::ProcessState;
  if (agent.process == ProcessState::quarantined) return "failed";
  if (agent.process == ProcessState::external && agent.health == core::Health::unhealthy) {
    return "failed";
  }
  if (agent.paused || agent.frozen || agent.process == ProcessState::awaiting_approval) {
    return "paused";
  }
  if (agent.task || agent.running_wake) return "active";
  if (cell.status == core::MissionStatus::paused) return "paused";
  return "idle";
}

std::string_view task_status(core::TaskState state) {
  switch (state) {
    case core::TaskState::pending:
      return "pending";
    case core::TaskState::in_progress:
    case core::TaskState::reported:
      return "in_progress";
    case core::TaskState::completed:
      return "completed";
    case core::TaskState::failed:
      return "failed";
  }
  return "pending";
}

AgentMirror mirror_of(const core::Cell& cell, const core::Agent& agent) {
  AgentMirror mirror;
  mirror.status = agent_status(cell, agent);
  mirror.current_task = agent.task;
  mirror.incarnation = agent.incarnation.value;
  if (const core::Checkpoint* newest = core::checkpoint::newest_good(agent)) {
    mirror.checkpoint =
        CheckpointMirror{newest->at.wall, newest->info.context_hash, newest->info.artifacts};
  }
  return mirror;
}

TaskMirror mirror_of(const core::Task& task) {
  TaskMirror mirror;
  mirror.status = task_status(task.state);
  mirror.assigned_to = task.definition.assigned_to;
  mirror.dependencies = task.definition.dependencies;
  mirror.owner = task.owner;
  const bool dated = task.completed_at != WallTime{};
  if (task.state == core::TaskState::completed && dated) mirror.completed_at = task.completed_at;
  return mirror;
}

}  // namespace lazaret::wire
