#include "core/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/rfc3339.h"
#include "core/checkpoint_state.h"
#include "core/handoff.h"
#include "core/lifecycle.h"
#include "core/line.h"
#include "core/revival.h"

namespace lazaret::core::checkpoint {
namespace {

bool hears_lines(const RunSpec& run) {
  return run.adapter == AdapterKind::process && run.input == AgentInput::lines;
}

// Empty: it can be asked.
std::string why_deaf(const Agent& agent) {
  if (!agent.definition.run) return "it runs elsewhere";
  if (agent.process != ProcessState::running && agent.process != ProcessState::stopping)
    return "it does not run";
  if (agent.frozen || agent.stopped_by_others) return "it is frozen";
  const RunSpec& run = *agent.definition.run;
  if (!hears_lines(run) && run.checkpoint_signal.empty())
    return "it hears no lines and has no checkpoint_signal";
  return {};
}

void send(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  const RunSpec& run = *agent.definition.run;
  if (!run.checkpoint_signal.empty())
    return d.act(command::SignalAgent{ref, agent.incarnation, run.checkpoint_signal});
  const Duration within = d.cell(ref.cell)->definition.policies.checkpoint_deadline;
  d.act(command::SendLine{ref,
                          agent.incarnation,
                          line::object({{"type", "checkpoint"},
                                        {"before", to_word(agent.checkpoint_wish->before)},
                                        {"reason", agent.checkpoint_wish->reason},
                                        {"within_seconds", fmt::format("{}", in_seconds(within))}}),
                          {}});
}

// What waited for the checkpoint goes on, with it or without.
void go_on(Decision& d, const AgentRef& ref, CheckpointFor before) {
  switch (before) {
    case CheckpointFor::interval:
    case CheckpointFor::person:
    case CheckpointFor::handoff:  // handoff.h goes on by itself
      return;
    case CheckpointFor::stop:
      return lifecycle::stop_at_last(d, ref);
  }
}

void miss(Decision& d, const AgentRef& ref, CheckpointFor before, const std::string& reason) {
  d.record(fact::CheckpointMissed{ref, d.agent(ref)->incarnation, before, reason});
}

void rehearse(Decision& d, const AgentRef& ref, const Checkpoint& one) {
  const CheckpointRef checkpoint{ref.agent, one.info.id, one.info.manifest_hash};
  d.record(fact::CheckpointRehearsed{ref, checkpoint.id, Rehearsal::begun, {}});
  d.act(command::RehearseCheckpoint{ref, d.cell(ref.cell)->definition.path, checkpoint});
}

std::optional<Wake> wake_of(const Fleet& fleet, const Agent& agent) {
  if (!agent.restoring->wake) return std::nullopt;
  const WakeId& id = *agent.restoring->wake;
  if (agent.running_wake && agent.running_wake->id == id) return agent.running_wake;
  const auto receipt = fleet.wakes.find(id);
  if (receipt == fleet.wakes.end()) return std::nullopt;
  return receipt->second.wake;
}

}  // namespace

bool ask(Decision& d, const AgentRef& ref, CheckpointFor before, const std::string& reason) {
  const Agent& agent = *d.agent(ref);
  if (const std::string deaf = why_deaf(agent); !deaf.empty()) {
    miss(d, ref, before, deaf);
    return false;
  }
  const Policies& policies = d.cell(ref.cell)->definition.policies;
  d.record(fact::CheckpointWanted{ref, agent.incarnation, before, reason,
                                  d.now.mono + policies.checkpoint_deadline});
  send(d, ref);
  return true;
}

void ask_again(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (agent.checkpoint_wish && why_deaf(agent).empty()) send(d, ref);
}

bool stop_waits(const Cell& cell, const Agent& agent) {
  return cell.definition.policies.checkpoint_required && agent.process == ProcessState::running &&
         why_deaf(agent).empty();
}

bool is_newer(const Agent& agent, Instant since) {
  const Checkpoint* newest = newest_good(agent);
  return newest && newest->at.mono >= since;
}

std::vector<CheckpointRef> candidates(const Cell& cell, const Agent& agent) {
  struct Dated {
    Instant at{};
    CheckpointRef checkpoint;
  };
  std::vector<Dated> all;
  const auto add = [&](const Agent& of) {
    for (auto one = of.checkpoints.rbegin(); one != of.checkpoints.rend(); ++one) {
      if (!one->broken.empty()) continue;
      all.push_back({one->at.mono, {of.definition.id, one->info.id, one->info.manifest_hash}});
    }
  };
  add(agent);
  if (agent.stands_in_for) {
    const auto other = cell.agents.find(*agent.stands_in_for);
    if (other != cell.agents.end()) add(other->second);
  }
  std::sort(all.begin(), all.end(), [](const Dated& a, const Dated& b) {
    return std::tie(a.at, a.checkpoint.id) > std::tie(b.at, b.checkpoint.id);
  });
  std::vector<CheckpointRef> refs;
  for (Dated& one : all) refs.push_back(std::move(one.checkpoint));
  return refs;
}

void tidy_up(Decision& d, const AgentRef& ref) {
  std::vector<std::string> kept;
  // The last of them is the one that is shown: never one that does not verify.
  for (const bool good : {false, true}) {
    for (const Checkpoint& one : d.agent(ref)->checkpoints) {
      if (one.broken.empty() == good) kept.push_back(one.info.id);
    }
  }
  d.act(command::KeepCheckpoints{ref, d.cell(ref.cell)->definition.path, std::move(kept)});
}

void save(Decision& d, const AgentRef& ref, const CheckpointInfo& info) {
  const Agent& agent = *d.agent(ref);
  const auto wish = agent.checkpoint_wish;
  d.record(fact::CheckpointSaved{ref, agent.incarnation, agent.task, info});
  tidy_up(d, ref);
  if (wish) go_on(d, ref, wish->before);
  if (agent.task) handoff::on_checkpoint(d, {ref.cell, *agent.task});
}

void on_end(Decision& d, const AgentRef& ref, const std::string& reason) {
  const auto wish = d.agent(ref)->checkpoint_wish;
  if (wish) miss(d, ref, wish->before, reason);
}

void on_interval(Decision& d, const AgentRef& ref) {
  ask(d, ref, CheckpointFor::interval, "checkpoint_interval");
}

void on_deadline(Decision& d, const AgentRef& ref) {
  const CheckpointWish wish = *d.agent(ref)->checkpoint_wish;
  const Policies& policies = d.cell(ref.cell)->definition.policies;
  miss(d, ref, wish.before,
       fmt::format("it saved none within {} (setting: checkpoint_deadline_seconds)",
                   to_human(policies.checkpoint_deadline)));
  go_on(d, ref, wish.before);
}

void on_restored(Decision& d, const event::CheckpointRestored& e) {
  const Agent* agent = lifecycle::live(d, e.agent, e.incarnation);
  if (!agent || !agent->restoring) return;
  if (!e.trouble.empty()) {
    return revival::on_spawn_failed(
        d, {e.agent, e.incarnation, "its checkpoint cannot be restored: " + e.trouble});
  }
  const StartReason reason = agent->restoring->reason;
  std::optional<Wake> wake = wake_of(d.fleet(), *agent);
  d.record(fact::CheckpointRestored{e.agent, e.incarnation, e.restored, e.broken});
  if (!e.broken.empty() && newest_good(*agent)) tidy_up(d, e.agent);
  if (agent->process == ProcessState::stopping) {
    return revival::on_spawn_failed(d, {e.agent, e.incarnation, "stopped before it began"});
  }
  lifecycle::spawn(d, e.agent, reason, std::move(wake));
}

void on_rehearsed(Decision& d, const event::CheckpointRehearsed& e) {
  const Agent* agent = d.agent(e.agent);
  if (!agent || !find(*agent, e.checkpoint)) return;
  d.record(fact::CheckpointRehearsed{e.agent, e.checkpoint, e.outcome, e.detail});
  if (e.outcome != Rehearsal::failed) return;
  if (const Checkpoint* next = newest_good(*agent)) rehearse(d, e.agent, *next);
  if (agent->process == ProcessState::running && !agent->checkpoint_wish) {
    ask(d, e.agent, CheckpointFor::person, "the newest one does not verify");
  }
}

void on_rehearsal_due(Decision& d, const AgentRef& ref) {
  if (const Checkpoint* newest = newest_good(*d.agent(ref))) return rehearse(d, ref, *newest);
  d.record(fact::CheckpointRehearsed{ref, {}, Rehearsal::failed, "none is left that verifies"});
}

}  // namespace lazaret::core::checkpoint
