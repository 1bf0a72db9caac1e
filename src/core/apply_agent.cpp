#include <algorithm>

#include "core/apply_parts.h"

namespace lazaret::core {
namespace {

void forget_hang(Agent& agent) {
  agent.hang = HangStage::none;
  agent.first_evidence.reset();
}

}  // namespace

void Applier::set_process(Agent& agent, ProcessState state, std::string reason) {
  if (agent.process != state) agent.since = at;
  agent.process = state;
  agent.state_reason = std::move(reason);
}

void Applier::clear_timers(const AgentRef& ref) {
  for (const TimerKind kind :
       {TimerKind::agent_ready, TimerKind::agent_settled, TimerKind::agent_kill,
        TimerKind::agent_backoff, TimerKind::agent_stable, TimerKind::hang_judge,
        TimerKind::checkpoint_interval, TimerKind::checkpoint_deadline}) {
    fleet.timers.clear(timer_of(kind, ref));
  }
}

void Applier::operator()(const fact::AgentWanted& f) {
  Agent& one = agent(f.agent);
  one.wanted = f.wanted;
  if (f.wanted) one.finished = false;
  if (!f.wanted) leave_line(f.agent);
}

void Applier::operator()(const fact::AgentStarting& f) {
  Agent& one = agent(f.agent);
  leave_line(f.agent);
  clear_timers(f.agent);
  one.incarnation = f.incarnation;
  one.pid = 0;
  one.process_start = 0;
  one.spawned_at = at;
  one.exit_counts = false;
  one.died = false;
  one.finished = false;
  one.stopped_by_others = false;
  one.frozen = false;
  one.frozen_since = {};
  one.approval.reset();
  one.checkpoint_wish.reset();
  one.went_on_from.reset();
  one.restoring.reset();
  if (f.restores) one.restoring = PendingStart{f.reason, f.wake};
  forget_hang(one);
  set_process(one, ProcessState::starting, std::string(to_word(f.reason)));
  join_pool(f.agent);
  took_its_turn(f.agent);
  fleet.timers.set(timer_of(TimerKind::agent_ready, f.agent), f.ready_by);
  one.cpu_seen = 0;
  Reservation start;
  start.amounts.spawns = 1;
  start.task = f.task;
  set_aside(f.agent, std::string(spawn_reservation), start);
}

void Applier::operator()(const fact::AgentSpawned& f) {
  Agent& one = agent(f.agent);
  one.pid = f.pid;
  one.process_start = f.process_start;
  one.spawned_at = at;
  one.adoption_pending = false;
  free_reservation(f.agent, std::string(spawn_reservation), true);
  fleet.timers.set(timer_of(TimerKind::agent_settled, f.agent), f.settled_at);
}

void Applier::operator()(const fact::AgentReady& f) {
  Agent& one = agent(f.agent);
  set_process(one, ProcessState::running, "ready: " + f.how);
  fleet.timers.clear(timer_of(TimerKind::agent_ready, f.agent));
  fleet.timers.clear(timer_of(TimerKind::agent_settled, f.agent));
  fleet.timers.set(timer_of(TimerKind::agent_stable, f.agent), f.stable_at);
  arm_checkpoint(f.agent);
}

void Applier::operator()(const fact::AgentAdopted& f) {
  Agent& one = agent(f.agent);
  one.adoption_pending = false;
  one.pid = f.pid;
}

void Applier::operator()(const fact::AgentStable& f) {
  Agent& one = agent(f.agent);
  one.tries = 0;
  one.last_backoff = Duration(0);
  fleet.timers.clear(timer_of(TimerKind::agent_stable, f.agent));
}

void Applier::operator()(const fact::AgentStopping& f) {
  Agent& one = agent(f.agent);
  clear_timers(f.agent);
  one.exit_counts = f.counts_as_failure;
  forget_hang(one);
  set_process(one, ProcessState::stopping, f.reason);
  fleet.timers.set(timer_of(TimerKind::agent_kill, f.agent), f.kill_at);
}

void Applier::operator()(const fact::AgentKilled& f) {
  Agent& one = agent(f.agent);
  clear_timers(f.agent);
  one.exit_counts = f.counts_as_failure;
  set_process(one, ProcessState::stopping, f.reason);
}

void Applier::operator()(const fact::AgentExited& f) {
  Agent& one = agent(f.agent);
  leave_line(f.agent);
  clear_timers(f.agent);
  one.pid = 0;
  free_reservations(f.agent, f.exit.kind == ExitKind::never_started);
  one.adoption_pending = false;
  if (one.frozen && one.frozen_by == budget_freezer) stop_task_clock(f.agent, false);
  one.frozen = false;
  one.frozen_by.clear();
  one.frozen_since = {};
  one.stopped_by_others = false;
  one.exit_counts = false;
  one.checkpoint_wish.reset();
  one.restoring.reset();
  one.finished = f.finished;
  one.last_exit = f.exit;
  one.died = !f.expected;
  if (!f.expected) ++one.deaths;
  if (f.counted) ++one.tries;
  forget_hang(one);
  if (one.withdrawn) one.definition.run.reset();
  one.withdrawn = false;
  set_process(one, one.definition.run ? ProcessState::stopped : ProcessState::external,
              describe(f.exit));
  join_pool(f.agent);
}

void Applier::operator()(const fact::AgentBackedOff& f) {
  Agent& one = agent(f.agent);
  leave_line(f.agent);
  one.last_backoff = f.delay;
  one.backoff_until = f.until;
  set_process(one, ProcessState::backoff, one.last_exit ? describe(*one.last_exit) : "");
  fleet.timers.set(timer_of(TimerKind::agent_backoff, f.agent), f.until);
}

void Applier::operator()(const fact::AgentQuarantined& f) {
  clear_timers(f.agent);
  leave_line(f.agent);
  set_process(agent(f.agent), ProcessState::quarantined, f.reason);
}

void Applier::operator()(const fact::AgentAwaitsApproval& f) {
  Agent& one = agent(f.agent);
  one.approval = f.approval;
  leave_line(f.agent);
  if (one.process == ProcessState::quarantined) return;  // it may be released by the answer
  set_process(one, ProcessState::awaiting_approval, "waits for " + f.approval.value);
}

void Applier::operator()(const fact::AgentReleased& f) {
  Agent& one = agent(f.agent);
  clear_timers(f.agent);
  if (f.forgiven) {
    one.tries = 0;
    one.last_backoff = Duration(0);
    one.died = false;
  }
  one.approval.reset();
  set_process(one, ProcessState::stopped, f.reason);
}

void Applier::operator()(const fact::AgentRemoved& f) {
  leave_pool(f.agent);
  clear_timers(f.agent);
  fleet.timers.clear(timer_of(TimerKind::rate_limit, f.agent));
  fleet.timers.clear(timer_of(TimerKind::checkpoint_rehearsal, f.agent));
  fleet.timers.clear(timer_of(TimerKind::budget_agent, f.agent));
  free_reservations(f.agent, false);
  cell(f.agent.cell).agents.erase(f.agent.agent);
}

void Applier::operator()(const fact::AgentSubstituted& f) {
  agent(f.agent).replaced_by = f.substitute;
  Agent& substitute = agent({f.agent.cell, f.substitute});
  substitute.standing_in = true;
  substitute.stands_in_for = f.agent.agent;
  substitute.wanted = true;
  substitute.finished = false;
}

void Applier::operator()(const fact::AgentPaused& f) {
  Agent& one = agent(f.agent);
  one.paused = f.paused;
  one.paused_since = f.paused ? at : Stamp{};
}

void Applier::operator()(const fact::AgentFrozen& f) {
  Agent& one = agent(f.agent);
  const bool clock_stands = one.frozen && one.frozen_by == budget_freezer;
  one.frozen = f.frozen;
  one.frozen_by = f.frozen ? f.by : std::string();
  one.frozen_since = f.frozen ? at : Stamp{};
  const bool for_budget = one.frozen && one.frozen_by == budget_freezer;
  if (clock_stands != for_budget) stop_task_clock(f.agent, for_budget);
}

void Applier::operator()(const fact::AgentHealthChanged& f) {
  Agent& one = agent(f.agent);
  one.health = f.health;
  one.failures = f.failures;
  one.health_reason = f.reason;
}

void Applier::operator()(const fact::AgentBeatsBegan& f) { agent(f.agent).has_beaten = true; }

// The limit is on the wall clock and the timer is not: it is looked at again at least so often.
constexpr Duration rate_limit_look = std::chrono::hours(1);

void Applier::operator()(const fact::AgentRateLimited& f) {
  agent(f.agent).rate_limited_until = f.until;
  const TimerKey key = timer_of(TimerKind::rate_limit, f.agent);
  if (!f.until) return fleet.timers.clear(key);
  fleet.timers.set(key, at.mono + std::clamp(*f.until - at.wall, Duration(0), rate_limit_look));
}

void Applier::operator()(const fact::AgentStopSeen& f) {
  agent(f.agent).stopped_by_others = f.stopped;
}

void Applier::operator()(const fact::AgentTimeExtended& f) {
  const Agent& one = agent(f.agent);
  const bool starting = one.process == ProcessState::starting;
  fleet.timers.set(timer_of(starting ? TimerKind::agent_ready : TimerKind::agent_kill, f.agent),
                   f.until);
}

void Applier::operator()(const fact::HangSuspected& f) {
  Agent& one = agent(f.agent);
  one.hang = HangStage::suspected;
  one.first_evidence.reset();
}

void Applier::operator()(const fact::HangEvidence& f) {
  Agent& one = agent(f.agent);
  if (one.hang != HangStage::sampling) one.sampled_at = at.mono;
  one.hang = HangStage::sampling;
  one.first_evidence = f.evidence;
  one.last_evidence = f.evidence;
  fleet.timers.set(timer_of(TimerKind::hang_judge, f.agent), f.judge_at);
}

void Applier::operator()(const fact::HangCleared& f) {
  forget_hang(agent(f.agent));
  fleet.timers.clear(timer_of(TimerKind::hang_judge, f.agent));
}

void Applier::operator()(const fact::HangDeclared& f) {
  Agent& one = agent(f.agent);
  one.hang = HangStage::declared;
  one.last_evidence = f.evidence;
  fleet.timers.clear(timer_of(TimerKind::hang_judge, f.agent));
}

}  // namespace lazaret::core
