#include "core/lifecycle.h"

#include <algorithm>

#include "core/account.h"
#include "core/budgets.h"
#include "core/checkpoint.h"
#include "core/ended.h"
#include "core/revival.h"
#include "core/wake_queue.h"
#include "core/work.h"

namespace lazaret::core::lifecycle {
namespace {

// How much longer than asked a start or stop may be extended in one go.
constexpr Duration extension_most = std::chrono::minutes(10);

bool mission_runs(const Fleet& fleet, const Cell& cell) {
  return cell.started && cell.status == MissionStatus::active && !fleet.frozen && !fleet.stopping;
}

IsolationSpec isolation_of(const Cell& cell, const Agent& agent) {
  IsolationSpec spec = cell.definition.isolation;
  if (agent.definition.limits) spec.limits = *agent.definition.limits;
  return spec;
}

void settle_agent(Decision& d, const AgentRef& ref) {
  const Cell& cell = *d.cell(ref.cell);
  const Agent& agent = *d.agent(ref);
  if (agent.adoption_pending) return;
  budgets::hold_or_let_go(d, ref);
  if (is_live(agent.process)) {
    if (agent.process == ProcessState::stopping) return;
    if (agent.process == ProcessState::running) wake_queue::deliver(d, ref);
    if (d.fleet().stopping) return stop(d, ref, "the daemon is going down");
    if (is_over(cell.status)) {
      return stop(d, ref, "the mission is " + std::string(to_word(cell.status)));
    }
    if (!agent.wanted) return stop(d, ref, "not wanted");
    if (agent.removed) return stop(d, ref, "its file is gone");
    if (agent.withdrawn) stop(d, ref, "its file no longer says how to run it");
    return;
  }
  if (agent.process != ProcessState::stopped || !should_run(d.fleet(), cell, agent)) return;
  if (agent.died) return revival::go_on(d, ref);
  if (agent.definition.run->adapter == AdapterKind::turn) {  // started by wakes
    if (agent.running_wake) return start(d, ref, StartReason::revival, agent.running_wake);
    return wake_queue::deliver(d, ref);
  }
  const bool first = agent.incarnation.value == 0 || !agent.last_exit;
  start(d, ref, first ? StartReason::first : StartReason::revival);
}

// Its file is gone and its process too.
void remove(Decision& d, const AgentRef& ref) {
  const Agent* agent = d.agent(ref);
  if (!agent || !agent->removed || agent->adoption_pending || is_live(agent->process)) return;
  lay_off(d, ref, "its file is gone");
  if (d.agent(ref)->definition.run) d.act(command::RetireAgent{ref});
  d.record(fact::AgentRemoved{ref, "its file is gone"});
}

}  // namespace

const Agent* live(const Decision& d, const AgentRef& ref, Incarnation incarnation) {
  const Agent* agent = d.agent(ref);
  if (!agent || agent->incarnation != incarnation || !is_live(agent->process)) return nullptr;
  return agent;
}

bool is_standby(const Cell& cell, const Agent& agent) {
  const auto& list = cell.definition.policies.substitute_agents;
  return !agent.standing_in &&
         std::find(list.begin(), list.end(), agent.definition.id) != list.end();
}

bool should_run(const Fleet& fleet, const Cell& cell, const Agent& agent) {
  return mission_runs(fleet, cell) && agent.definition.run && agent.definition.gateway.empty() &&
         agent.wanted && !agent.finished && !agent.removed && !agent.withdrawn &&
         !is_standby(cell, agent) && !is_held(cell, agent);
}

void start(Decision& d, const AgentRef& ref, StartReason reason, std::optional<Wake> wake) {
  const Cell& cell = *d.cell(ref.cell);
  const Agent& agent = *d.agent(ref);
  if (!account::may_start(d, ref) || !budgets::may_start(d, ref)) return;
  const Incarnation incarnation{agent.incarnation.value + 1};
  std::optional<WakeId> wake_id;
  if (wake) wake_id = wake->id;
  const Instant ready_by = d.now.mono + cell.definition.policies.revive_timeout;
  auto checkpoints = checkpoint::candidates(cell, agent);
  const bool restores = !checkpoints.empty();
  d.record(fact::AgentStarting{ref, incarnation, reason, agent.task, wake_id, ready_by, restores});
  if (agent.task && d.task({ref.cell, *agent.task})->owner_incarnation != incarnation) {
    d.record(fact::TaskResumed{{ref.cell, *agent.task}, ref.agent, incarnation});
  }
  if (!restores) return spawn(d, ref, reason, std::move(wake));
  d.act(command::RestoreCheckpoint{ref, incarnation, cell.definition.path, std::move(checkpoints)});
}

void spawn(Decision& d, const AgentRef& ref, StartReason reason, std::optional<Wake> wake) {
  const Cell& cell = *d.cell(ref.cell);
  const Agent& agent = *d.agent(ref);
  const auto& restored = agent.went_on_from;
  d.act(command::SpawnAgent{ref, agent.incarnation, reason, agent.definition, cell.definition.path,
                            isolation_of(cell, agent), agent.task, std::move(wake),
                            restored ? restored->id : std::string()});
}

void stop(Decision& d, const AgentRef& ref, const std::string& reason, bool counts_as_failure) {
  const Agent& agent = *d.agent(ref);
  if (!is_live(agent.process) || agent.process == ProcessState::stopping) return;
  const RunSpec& run = *agent.definition.run;
  const Incarnation incarnation = agent.incarnation;
  if (!counts_as_failure && checkpoint::stop_waits(*d.cell(ref.cell), agent)) {
    const Duration wait = d.cell(ref.cell)->definition.policies.checkpoint_deadline;
    d.record(
        fact::AgentStopping{ref, incarnation, reason, false, d.now.mono + wait + run.stop_grace});
    checkpoint::ask(d, ref, CheckpointFor::stop, reason);
    return;
  }
  if (agent.frozen) {  // a frozen process cannot hear the signal
    d.record(fact::AgentFrozen{ref, false, "core", "thawed to be stopped"});
    d.act(command::FreezeAgent{ref, incarnation, false});
  }
  checkpoint::on_end(d, ref, "it is being stopped");
  d.record(fact::AgentStopping{ref, incarnation, reason, counts_as_failure,
                               d.now.mono + run.stop_grace});
  if (!agent.restoring) d.act(command::StopAgent{ref, incarnation, run.stop_signal});
}

void stop_at_last(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (agent.process != ProcessState::stopping) return;
  const RunSpec& run = *agent.definition.run;
  const Incarnation incarnation = agent.incarnation;
  d.record(fact::AgentStopping{ref, incarnation, agent.state_reason, agent.exit_counts,
                               d.now.mono + run.stop_grace});
  d.act(command::StopAgent{ref, incarnation, run.stop_signal});
}

void kill(Decision& d, const AgentRef& ref, const std::string& reason, bool counts_as_failure) {
  const Agent& agent = *d.agent(ref);
  if (!is_live(agent.process)) return;
  const Incarnation incarnation = agent.incarnation;
  checkpoint::on_end(d, ref, "it is being killed");
  d.record(fact::AgentKilled{ref, incarnation, reason, counts_as_failure});
  if (!agent.restoring) d.act(command::KillAgent{ref, incarnation});
}

void settle(Decision& d, const CellId& id) {
  const Cell* cell = d.cell(id);
  if (!cell) return;
  std::vector<AgentRef> gone;
  for (const auto& [agent_id, agent] : cell->agents) {
    settle_agent(d, {id, agent_id});
    if (agent.removed) gone.push_back({id, agent_id});
  }
  for (const AgentRef& ref : gone) remove(d, ref);
  work::dispatch(d, id);
}

void lay_off(Decision& d, const AgentRef& ref, const std::string& reason) {
  wake_queue::drop(d, ref, reason);
  work::release_owned(d, ref, reason, false);
}

void settle_one(Decision& d, const AgentRef& ref) { settle_agent(d, ref); }

void settle_fleet(Decision& d) {
  for (const auto& [id, cell] : d.fleet().cells) settle(d, id);
}

void on_spawned(Decision& d, const event::AgentSpawned& e) {
  const Agent* agent = live(d, e.agent, e.incarnation);
  if (!agent || agent->process_start != 0) return;  // told twice
  const RunSpec& run = *agent->definition.run;
  const bool settles = run.ready == ReadyWhen::settled && agent->process == ProcessState::starting;
  d.record(fact::AgentSpawned{e.agent, e.incarnation, e.pid, e.process_start,
                              settles ? d.now.mono + run.settle : never});
  // Frozen before there was a process that could be.
  if (agent->frozen) d.act(command::FreezeAgent{e.agent, e.incarnation, true});
  if (agent->process == ProcessState::stopping) return;
  if (run.ready == ReadyWhen::spawned || run.adapter == AdapterKind::turn) {
    on_ready(d, e.agent, e.incarnation, "spawned");
  }
}

void on_ready(Decision& d, const AgentRef& ref, Incarnation incarnation, const std::string& how) {
  const Agent* agent = live(d, ref, incarnation);
  if (!agent || agent->process != ProcessState::starting) return;
  const Policies& policies = d.cell(ref.cell)->definition.policies;
  const Duration stable = std::max(policies.stable_after, 2 * agent->last_backoff);
  d.record(fact::AgentReady{ref, incarnation, how, agent->spawned_at.mono + stable});
  wake_queue::send_again(d, ref);
  wake_queue::deliver(d, ref);
  work::dispatch(d, ref.cell);
}

void on_settled(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  on_ready(d, ref, agent.incarnation, "alive after the settle time");
}

void on_not_ready(Decision& d, const AgentRef& ref) {
  kill(d, ref, "not ready within revive_timeout", true);
}

void on_kill_due(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  kill(d, ref, agent.state_reason + "; grace period over", agent.exit_counts);
}

void on_asked_time(Decision& d, const event::AgentAskedTime& e) {
  const Agent* agent = live(d, e.agent, e.incarnation);
  if (!agent || agent->process == ProcessState::running) return;
  d.record(fact::AgentTimeExtended{e.agent, e.incarnation,
                                   d.now.mono + std::min(e.extension, extension_most)});
}

}  // namespace lazaret::core::lifecycle
