#include "core/decide.h"

#include <algorithm>

#include "core/account.h"
#include "core/adoption.h"
#include "core/approvals.h"
#include "core/budgets.h"
#include "core/checkpoint.h"
#include "core/decision.h"
#include "core/handoff.h"
#include "core/hang.h"
#include "core/health.h"
#include "core/lifecycle.h"
#include "core/mission.h"
#include "core/requests.h"
#include "core/revival.h"
#include "core/slots.h"
#include "core/wake_queue.h"
#include "core/work.h"

namespace lazaret::core {
namespace {

// Every handler records a fact that clears or moves its timer.
void on_timer(Decision& d, const TimerKey& key) {
  const AgentRef agent{key.cell, AgentId(key.subject)};
  const TaskRef task{key.cell, TaskId(key.subject)};
  switch (key.kind) {
    case TimerKind::agent_ready:
      return lifecycle::on_not_ready(d, agent);
    case TimerKind::agent_settled:
      return lifecycle::on_settled(d, agent);
    case TimerKind::agent_kill:
      return lifecycle::on_kill_due(d, agent);
    case TimerKind::agent_backoff:
      return revival::on_backoff_over(d, agent);
    case TimerKind::agent_stable:
      return revival::on_stable(d, agent);
    case TimerKind::hang_judge:
      return hang::on_judge_due(d, agent);
    case TimerKind::task_timeout:
      return work::on_timeout(d, task);
    case TimerKind::task_cancel:
      return work::on_cancel_due(d, task);
    case TimerKind::mission_timeout:
      return mission::on_timeout(d, key.cell);
    case TimerKind::rate_limit:
      return wake_queue::on_rate_limit_over(d, agent);
    case TimerKind::checkpoint_interval:
      return checkpoint::on_interval(d, agent);
    case TimerKind::checkpoint_deadline:
      return checkpoint::on_deadline(d, agent);
    case TimerKind::checkpoint_rehearsal:
      return checkpoint::on_rehearsal_due(d, agent);
    case TimerKind::handoff_checkpoint:
      return handoff::on_checkpoint_due(d, task);
    case TimerKind::budget_agent:
      return budgets::on_wall_used(d, {BudgetScope::agent, key.cell, agent.agent, {}});
    case TimerKind::budget_task:
      return budgets::on_wall_used(d, {BudgetScope::task, key.cell, {}, task.task});
    case TimerKind::budget_mission:
      return budgets::on_wall_used(d, {BudgetScope::mission, key.cell, {}, {}});
  }
}

void on_time(Decision& d) {
  if (d.fleet().adopting) return;
  account::on_time(d);  // before its question would be answered by its default
  // One ringing may clear another, so each is looked at again before its turn.
  for (const TimerKey& key : d.fleet().timers.due(d.now.mono)) {
    if (d.fleet().timers.is_due(key, d.now.mono)) on_timer(d, key);
  }
  approvals::expire(d);
  slots::on_time(d);
}

struct Dispatcher {
  Decision& d;
  void operator()(const event::TimePassed&) { on_time(d); }
  void operator()(const event::DaemonStarted& e) { adoption::on_daemon_started(d, e); }
  void operator()(const event::AdoptionFinished&) { adoption::on_finished(d); }
  void operator()(const event::DaemonStopping&) { d.record(fact::DaemonStopped{d.fleet().epoch}); }
  void operator()(const event::CellObserved& e) { mission::on_cell_observed(d, e); }
  void operator()(const event::CellMirrored& e) { mission::on_cell_mirrored(d, e); }
  void operator()(const event::CellGone& e) { mission::on_cell_gone(d, e); }
  void operator()(const event::AgentSpawned& e) { lifecycle::on_spawned(d, e); }
  void operator()(const event::SpawnFailed& e) { revival::on_spawn_failed(d, e); }
  void operator()(const event::AgentSaidReady& e) {
    lifecycle::on_ready(d, e.agent, e.incarnation, e.how);
  }
  void operator()(const event::AgentSaidStopping&) {}  // its exit will tell
  void operator()(const event::AgentAskedTime& e) { lifecycle::on_asked_time(d, e); }
  void operator()(const event::AgentExited& e) { revival::on_exit(d, e); }
  void operator()(const event::AgentStopSeen& e) { hang::on_stop_seen(d, e); }
  void operator()(const event::AgentAdopted& e) { adoption::on_adopted(d, e); }
  void operator()(const event::BeatsBegan& e) {
    if (e.agent.cell == calendar_cell) return slots::on_heard(d, e.agent.agent.value);
    health::on_beats_began(d, e);
  }
  void operator()(const event::BeatMissed& e) {
    if (e.agent.cell == calendar_cell) return slots::on_silent(d, e.agent.agent.value);
    health::on_beat_missed(d, e);
  }
  void operator()(const event::BeatRecovered& e) {
    if (e.agent.cell == calendar_cell) return slots::on_heard(d, e.agent.agent.value);
    health::on_beat_recovered(d, e);
  }
  void operator()(const event::FailureReported& e) { health::on_failure(d, e); }
  void operator()(const event::EvidenceTaken& e) { hang::on_evidence(d, e); }
  void operator()(const event::LineSent& e) { wake_queue::on_line_sent(d, e); }
  void operator()(const event::VerifyFinished& e) { work::on_verified(d, e); }
  void operator()(const event::CheckpointRestored& e) { checkpoint::on_restored(d, e); }
  void operator()(const event::CheckpointRehearsed& e) { checkpoint::on_rehearsed(d, e); }
  void operator()(const event::CpuUsed& e) { budgets::on_cpu_used(d, e); }
  void operator()(const event::Requested& e) { requests::on_request(d, e.request); }
};

}  // namespace

Outcome decide(Fleet& fleet, const Event& event) {
  Decision decision(fleet, event.at);
  std::visit(Dispatcher{decision}, event.body);
  approvals::close_what_is_in_vain(decision);
  account::let_go_on(decision);
  slots::follow_wakes(decision);
  return decision.take();
}

WallTime next_wall_deadline(const Fleet& fleet) {
  const WallTime due = std::min(next_due(fleet.calendar), account::next_end(fleet));
  const auto& approvals = fleet.approval_deadlines;
  return approvals.empty() ? due : std::min(due, approvals.begin()->first);
}

Instant next_deadline(const Fleet& fleet, Stamp now) {
  if (fleet.adopting) return never;
  Instant next = std::min(fleet.timers.next(), account::next_start(fleet, now));
  const WallTime wall = next_wall_deadline(fleet);
  if (wall == WallTime::max()) return next;
  return std::min(next, now.mono + std::max(Duration(0), wall - now.wall));
}

}  // namespace lazaret::core
