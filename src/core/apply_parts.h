// How each fact changes the fleet: one function a fact, spread over apply_*.cpp by subject.
#pragma once

#include "core/fact.h"
#include "core/fleet.h"
#include "core/meter.h"

namespace lazaret::core {

struct Applier {
  Fleet& fleet;
  const Stamp& at;

  // Fleet and cells: apply.cpp
  void operator()(const fact::DaemonStarted& f);
  void operator()(const fact::AdoptionFinished& f);
  void operator()(const fact::DaemonStopped& f);
  void operator()(const fact::FleetStopping& f);
  void operator()(const fact::FleetFrozen& f);
  void operator()(const fact::NoteRecorded& f);
  void operator()(const fact::CellDefined& f);
  void operator()(const fact::CellRemoved& f);
  void operator()(const fact::AgentDefined& f);
  void operator()(const fact::MissionStarted& f);
  void operator()(const fact::MissionStatusChanged& f);
  void operator()(const fact::ApprovalOpened& f);
  void operator()(const fact::ApprovalAnswered& f);
  void operator()(const fact::WriteRefused& f);
  void operator()(const fact::EditRefused& f);
  void operator()(const fact::CellMirrored& f);

  // Agents: apply_agent.cpp
  void operator()(const fact::AgentWanted& f);
  void operator()(const fact::AgentStarting& f);
  void operator()(const fact::AgentSpawned& f);
  void operator()(const fact::AgentReady& f);
  void operator()(const fact::AgentAdopted& f);
  void operator()(const fact::AgentStable& f);
  void operator()(const fact::AgentStopping& f);
  void operator()(const fact::AgentKilled& f);
  void operator()(const fact::AgentExited& f);
  void operator()(const fact::AgentBackedOff& f);
  void operator()(const fact::AgentQuarantined& f);
  void operator()(const fact::AgentAwaitsApproval& f);
  void operator()(const fact::AgentReleased& f);
  void operator()(const fact::AgentRemoved& f);
  void operator()(const fact::AgentSubstituted& f);
  void operator()(const fact::AgentPaused& f);
  void operator()(const fact::AgentFrozen& f);
  void operator()(const fact::AgentHealthChanged& f);
  void operator()(const fact::AgentBeatsBegan& f);
  void operator()(const fact::AgentRateLimited& f);
  void operator()(const fact::AgentStopSeen& f);
  void operator()(const fact::AgentTimeExtended& f);
  void operator()(const fact::HangSuspected& f);
  void operator()(const fact::HangEvidence& f);
  void operator()(const fact::HangCleared& f);
  void operator()(const fact::HangDeclared& f);

  // Accounts: apply_account.cpp
  void operator()(const fact::AgentAwaitsAccount& f);
  void operator()(const fact::AgentWaitEnded& f);
  void operator()(const fact::AccountSet& f);
  void operator()(const fact::AccountLimited& f);
  void leave_line(const AgentRef& ref);
  void leave_pool(const AgentRef& ref);
  // Counts it where its file says, if it lives.
  void join_pool(const AgentRef& ref);
  // It was started, or got its wake: the next one has to wait.
  void took_its_turn(const AgentRef& ref);
  // The question about the account's limit says how things stand.
  void tell_alert(const std::string& account);

  // Checkpoints: apply_checkpoint.cpp
  void operator()(const fact::CheckpointSaved& f);
  void operator()(const fact::CheckpointWanted& f);
  void operator()(const fact::CheckpointMissed& f);
  void operator()(const fact::CheckpointRestored& f);
  void operator()(const fact::CheckpointRehearsed& f);
  void operator()(const fact::CheckpointPicked& f);

  // Work: apply_work.cpp
  void operator()(const fact::TaskDefined& f);
  void operator()(const fact::WakeAccepted& f);
  void operator()(const fact::WakeStarted& f);
  void operator()(const fact::WakeEnded& f);
  void operator()(const fact::TaskClaimed& f);
  void operator()(const fact::TaskResumed& f);
  void operator()(const fact::TaskCheckpointed& f);
  void operator()(const fact::TaskReported& f);
  void operator()(const fact::TaskCompleted& f);
  void operator()(const fact::TaskFailed& f);
  void operator()(const fact::TaskTimedOut& f);
  void operator()(const fact::TaskReleased& f);
  void operator()(const fact::TaskTransferred& f);
  void operator()(const fact::HandoffPending& f);
  void operator()(const fact::HandoffEnded& f);

  // Budgets: apply_budgets.cpp
  void operator()(const fact::SpendReserved& f);
  void operator()(const fact::SpendRecorded& f);
  void operator()(const fact::BudgetReached& f);
  void operator()(const fact::BudgetSettled& f);
  Meter* meter(const BudgetPlace& place);
  void set_aside(const AgentRef& ref, const std::string& name, const Reservation& kept);
  void free_reservation(const AgentRef& ref, const std::string& name, bool spent);
  void free_reservations(const AgentRef& ref, bool never_started);
  // The time-out of its task stands while an agent is frozen for a budget.
  void stop_task_clock(const AgentRef& ref, bool stop);

  // Calendar: apply_calendar.cpp
  void operator()(const fact::ZoneKnown& f);
  void operator()(const fact::CalendarAgentRegistered& f);
  void operator()(const fact::CalendarAgentRemoved& f);
  void operator()(const fact::CalendarAgentChanged& f);
  void operator()(const fact::PlanDefined& f);
  void operator()(const fact::PlanRemoved& f);
  void operator()(const fact::PlanPaused& f);
  void operator()(const fact::TimesJudged& f);
  void operator()(const fact::SlotDefined& f);
  void operator()(const fact::SlotChanged& f);

  // Of an existing cell, agent or task; a fact about an unknown one breaks an invariant.
  Cell& cell(const CellId& id);
  Agent& agent(const AgentRef& ref);
  Task& task(const TaskRef& ref);
  void set_process(Agent& agent, ProcessState state, std::string reason);
  void clear_timers(const AgentRef& ref);
  // When the agent is asked for its next checkpoint: never, where it has no task.
  void arm_checkpoint(const AgentRef& ref);
  void arm_rehearsal(const AgentRef& ref);
  void define_agents(Cell& cell, const CellDefinition& definition);
};

inline TimerKey timer_of(TimerKind kind, const AgentRef& ref) {
  return {kind, ref.cell, ref.agent.value};
}

// Rebuilds a cell's indexes (ready, dependents, open counts) from its tasks.
void index_tasks(Cell& cell);

// After each fact: wall clocks of what it is about run or stand. apply_budgets.cpp
void run_meters(Fleet& fleet, const Stamp& at, const Fact& fact);
void restart_meters(Fleet& fleet, const Stamp& at, bool another_boot);

}  // namespace lazaret::core
