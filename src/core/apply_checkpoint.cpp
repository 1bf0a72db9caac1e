#include <algorithm>

#include "core/apply_parts.h"
#include "core/checkpoint_state.h"

namespace lazaret::core {
namespace {

Checkpoint* find_in(Agent& agent, const std::string& id) {
  for (Checkpoint& one : agent.checkpoints) {
    if (one.info.id == id) return &one;
  }
  return nullptr;
}

}  // namespace

namespace checkpoint {

const Checkpoint* find(const Agent& agent, const std::string& id) {
  for (const Checkpoint& one : agent.checkpoints) {
    if (one.info.id == id) return &one;
  }
  return nullptr;
}

const Checkpoint* newest_good(const Agent& agent) {
  for (auto one = agent.checkpoints.rbegin(); one != agent.checkpoints.rend(); ++one) {
    if (one->broken.empty()) return &*one;
  }
  return nullptr;
}

bool speaks(const Cell& cell, const Agent& agent) {
  return agent.definition.run &&
         (!agent.checkpoints.empty() || !agent.definition.run->checkpoint_signal.empty() ||
          cell.definition.policies.checkpoint_required);
}

void prune(Agent& agent, const Policies& policies) {
  std::int64_t bytes = 0;
  for (const Checkpoint& one : agent.checkpoints) bytes += one.info.bytes;
  const auto number = static_cast<std::size_t>(std::max(1, policies.checkpoints_kept));
  while (agent.checkpoints.size() > 1 &&
         (agent.checkpoints.size() > number || bytes > policies.checkpoint_bytes)) {
    // What does not verify is of no use to anybody: it goes first.
    auto out = std::find_if(agent.checkpoints.begin(), agent.checkpoints.end(),
                            [](const Checkpoint& one) { return !one.broken.empty(); });
    if (out == agent.checkpoints.end()) out = agent.checkpoints.begin();
    bytes -= out->info.bytes;
    agent.checkpoints.erase(out);
  }
}

}  // namespace checkpoint

void Applier::arm_checkpoint(const AgentRef& ref) {
  const Cell& in = cell(ref.cell);
  const Agent& one = agent(ref);
  const bool asked = one.process == ProcessState::running && one.task && !one.checkpoint_wish &&
                     checkpoint::speaks(in, one);
  fleet.timers.set(timer_of(TimerKind::checkpoint_interval, ref),
                   asked ? at.mono + in.definition.policies.checkpoint_interval : never);
}

void Applier::arm_rehearsal(const AgentRef& ref) {
  const Duration interval = cell(ref.cell).definition.policies.rehearsal_interval;
  const bool any = checkpoint::newest_good(agent(ref)) && interval > Duration(0);
  fleet.timers.set(timer_of(TimerKind::checkpoint_rehearsal, ref),
                   any ? at.mono + interval : never);
}

void Applier::operator()(const fact::CheckpointSaved& f) {
  Agent& one = agent(f.agent);
  one.checkpoints.push_back({f.checkpoint, at, f.incarnation, f.task, {}, {}});
  checkpoint::prune(one, cell(f.agent.cell).definition.policies);
  one.checkpoint_wish.reset();
  fleet.timers.clear(timer_of(TimerKind::checkpoint_deadline, f.agent));
  arm_checkpoint(f.agent);
  const TimerKey rehearsal = timer_of(TimerKind::checkpoint_rehearsal, f.agent);
  if (!fleet.timers.all().contains(rehearsal)) arm_rehearsal(f.agent);
}

void Applier::operator()(const fact::CheckpointWanted& f) {
  agent(f.agent).checkpoint_wish = CheckpointWish{f.before, f.reason, at};
  fleet.timers.clear(timer_of(TimerKind::checkpoint_interval, f.agent));
  fleet.timers.set(timer_of(TimerKind::checkpoint_deadline, f.agent), f.deadline);
}

void Applier::operator()(const fact::CheckpointMissed& f) {
  agent(f.agent).checkpoint_wish.reset();
  fleet.timers.clear(timer_of(TimerKind::checkpoint_deadline, f.agent));
  arm_checkpoint(f.agent);
}

void Applier::operator()(const fact::CheckpointRestored& f) {
  Agent& one = agent(f.agent);
  one.restoring.reset();
  one.went_on_from = f.restored;
  for (const BrokenCheckpoint& broken : f.broken) {
    const auto owner = cell(f.agent.cell).agents.find(broken.checkpoint.agent);
    if (owner == cell(f.agent.cell).agents.end()) continue;
    if (Checkpoint* found = find_in(owner->second, broken.checkpoint.id))
      found->broken = broken.reason;
  }
}

void Applier::operator()(const fact::CheckpointRehearsed& f) {
  Checkpoint* found = find_in(agent(f.agent), f.checkpoint);
  if (found && f.outcome == Rehearsal::passed) found->proven = at.wall;
  if (found && f.outcome == Rehearsal::failed) found->broken = f.detail;
  arm_rehearsal(f.agent);
}

void Applier::operator()(const fact::CheckpointPicked& f) {
  auto& all = agent(f.agent).checkpoints;
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const Checkpoint& one) { return one.info.id == f.checkpoint; });
  if (found == all.end()) return;
  Checkpoint picked = *found;
  all.erase(found);
  // From now on it is the newest one to go on from; when it was saved stays as it is.
  picked.at.mono = at.mono;
  all.push_back(std::move(picked));
}

}  // namespace lazaret::core
