// What was decided: past tense, subject first. Facts are the only way to change the Fleet (apply.h)
// and are what the journal, the event stream and `lazaret events` show.
#pragma once

#include "base/one_of.h"
#include "core/command.h"
#include "core/fact_account.h"
#include "core/fact_calendar.h"
#include "core/fact_checkpoint.h"
#include "core/report.h"
#include "core/request.h"

namespace lazaret::core {

LAZARET_ENUM(Health, unknown, healthy, degraded, unhealthy)
LAZARET_ENUM(ApprovalKind, revival, hang, question, handoff, budget, account)
LAZARET_ENUM(BudgetScope, agent, task, mission)
LAZARET_ENUM(HandoffStage, approval, checkpoint)
LAZARET_ENUM(WakeFate, waiting, started, finished, failed, replaced, dropped)

namespace fact {

struct DaemonStarted {
  std::uint64_t epoch = 0;
  std::string boot_id;
  std::string build;
  bool crashed = false;  // the one before did not say goodbye
  LAZARET_FIELDS(DaemonStarted, epoch, boot_id, build, crashed)
};
struct AdoptionFinished {
  LAZARET_FIELDS(AdoptionFinished)
};
struct DaemonStopped {
  std::uint64_t epoch = 0;
  LAZARET_FIELDS(DaemonStopped, epoch)
};
struct FleetStopping {
  std::string by;
  std::string reason;
  LAZARET_FIELDS(FleetStopping, by, reason)
};
struct FleetFrozen {
  bool frozen = true;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(FleetFrozen, frozen, by, reason)
};
struct NoteRecorded {
  CellId cell;
  std::string text;
  std::string by;
  LAZARET_FIELDS(NoteRecorded, cell, text, by)
};

struct CellDefined {
  CellDefinition cell;
  LAZARET_FIELDS(CellDefined, cell)
};
// What cell.json says of the status from now on, written there by us: what differs later is a
// person's edit, also over a restart.
struct CellMirrored {
  CellId cell;
  MissionStatus status = MissionStatus::active;
  std::uint64_t change = 0;  // what Cell::status_changes was then; 0 = an older build's
  LAZARET_FIELDS(CellMirrored, cell, status, change)
};
struct CellRemoved {
  CellId cell;
  std::string reason;
  LAZARET_FIELDS(CellRemoved, cell, reason)
};
struct AgentDefined {
  CellId cell;
  AgentDefinition definition;
  std::string by;
  LAZARET_FIELDS(AgentDefined, cell, definition, by)
};
struct TaskDefined {
  CellId cell;
  TaskDefinition definition;
  std::string by;
  LAZARET_FIELDS(TaskDefined, cell, definition, by)
};

struct MissionStarted {
  CellId cell;
  Instant deadline = never;
  LAZARET_FIELDS(MissionStarted, cell, deadline)
};
struct MissionStatusChanged {
  CellId cell;
  MissionStatus status = MissionStatus::active;
  std::string reason;
  std::string by;
  std::string mission;  // its name, for who is told without a fleet at hand
  LAZARET_FIELDS(MissionStatusChanged, cell, status, reason, by, mission)
};

struct AgentWanted {
  AgentRef agent;
  bool wanted = true;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(AgentWanted, agent, wanted, by, reason)
};
struct AgentStarting {
  AgentRef agent;
  Incarnation incarnation;
  StartReason reason = StartReason::first;
  std::optional<TaskId> task;
  std::optional<WakeId> wake;
  Instant ready_by = never;
  bool restores = false;  // a checkpoint is restored first
  LAZARET_FIELDS(AgentStarting, agent, incarnation, reason, task, wake, ready_by, restores)
};
struct AgentSpawned {
  AgentRef agent;
  Incarnation incarnation;
  std::int64_t pid = 0;
  std::int64_t process_start = 0;
  Instant settled_at = never;  // when it counts as ready, for ReadyWhen::settled
  LAZARET_FIELDS(AgentSpawned, agent, incarnation, pid, process_start, settled_at)
};
struct AgentReady {
  AgentRef agent;
  Incarnation incarnation;
  std::string how;
  Instant stable_at = never;
  LAZARET_FIELDS(AgentReady, agent, incarnation, how, stable_at)
};
struct AgentAdopted {
  AgentRef agent;
  Incarnation incarnation;
  std::int64_t pid = 0;
  LAZARET_FIELDS(AgentAdopted, agent, incarnation, pid)
};
struct AgentStable {
  AgentRef agent;
  Incarnation incarnation;
  LAZARET_FIELDS(AgentStable, agent, incarnation)
};
struct AgentStopping {
  AgentRef agent;
  Incarnation incarnation;
  std::string reason;
  bool counts_as_failure =
      false;  // its exit will be treated like a crash (hang, timeout, not ready)
  Instant kill_at = never;
  LAZARET_FIELDS(AgentStopping, agent, incarnation, reason, counts_as_failure, kill_at)
};
struct AgentKilled {
  AgentRef agent;
  Incarnation incarnation;
  std::string reason;
  bool counts_as_failure = false;
  LAZARET_FIELDS(AgentKilled, agent, incarnation, reason, counts_as_failure)
};
struct AgentExited {
  AgentRef agent;
  Incarnation incarnation;
  ExitReport exit;
  bool expected = false;  // we asked for it, or a clean exit
  bool counted = false;   // uses up a try
  bool finished = false;  // its work is over; not started again by itself
  LAZARET_FIELDS(AgentExited, agent, incarnation, exit, expected, counted, finished)
};
struct AgentBackedOff {
  AgentRef agent;
  Instant until{};
  Duration delay{0};
  int tries = 0;
  LAZARET_FIELDS(AgentBackedOff, agent, until, delay, tries)
};
struct AgentQuarantined {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(AgentQuarantined, agent, reason)
};
struct AgentAwaitsApproval {
  AgentRef agent;
  ApprovalId approval;
  LAZARET_FIELDS(AgentAwaitsApproval, agent, approval)
};
struct AgentReleased {
  AgentRef agent;
  std::string by;
  std::string reason;
  bool forgiven = true;  // its tries start at zero again
  LAZARET_FIELDS(AgentReleased, agent, by, reason, forgiven)
};
struct AgentRemoved {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(AgentRemoved, agent, reason)
};
struct AgentSubstituted {
  AgentRef agent;
  AgentId substitute;
  std::string reason;
  LAZARET_FIELDS(AgentSubstituted, agent, substitute, reason)
};
struct AgentPaused {
  AgentRef agent;
  bool paused = true;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(AgentPaused, agent, paused, by, reason)
};
struct AgentFrozen {
  AgentRef agent;
  bool frozen = true;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(AgentFrozen, agent, frozen, by, reason)
};
struct AgentHealthChanged {
  AgentRef agent;
  Health health = Health::unknown;
  int failures = 0;
  std::string reason;
  LAZARET_FIELDS(AgentHealthChanged, agent, health, failures, reason)
};
struct AgentBeatsBegan {
  AgentRef agent;
  LAZARET_FIELDS(AgentBeatsBegan, agent)
};
struct AgentRateLimited {
  AgentRef agent;
  std::optional<WallTime> until;
  std::string reason;
  LAZARET_FIELDS(AgentRateLimited, agent, until, reason)
};
struct AgentStopSeen {
  AgentRef agent;
  Incarnation incarnation;
  bool stopped = true;
  LAZARET_FIELDS(AgentStopSeen, agent, incarnation, stopped)
};
struct AgentTimeExtended {
  AgentRef agent;
  Incarnation incarnation;
  Instant until{};
  LAZARET_FIELDS(AgentTimeExtended, agent, incarnation, until)
};

struct HangSuspected {
  AgentRef agent;
  Incarnation incarnation;
  std::string reason;
  LAZARET_FIELDS(HangSuspected, agent, incarnation, reason)
};
struct HangEvidence {
  AgentRef agent;
  Incarnation incarnation;
  Evidence evidence;
  Instant judge_at = never;
  LAZARET_FIELDS(HangEvidence, agent, incarnation, evidence, judge_at)
};
struct HangCleared {
  AgentRef agent;
  Incarnation incarnation;
  std::string reason;
  LAZARET_FIELDS(HangCleared, agent, incarnation, reason)
};
struct HangDeclared {
  AgentRef agent;
  Incarnation incarnation;
  std::string rule;
  Evidence evidence;
  LAZARET_FIELDS(HangDeclared, agent, incarnation, rule, evidence)
};

struct WakeAccepted {
  AgentRef agent;
  Wake wake;
  LAZARET_FIELDS(WakeAccepted, agent, wake)
};
struct WakeStarted {
  AgentRef agent;
  WakeId wake;
  Incarnation incarnation;
  LAZARET_FIELDS(WakeStarted, agent, wake, incarnation)
};
struct WakeEnded {
  AgentRef agent;
  WakeId wake;
  WakeFate fate = WakeFate::finished;
  std::string detail;
  LAZARET_FIELDS(WakeEnded, agent, wake, fate, detail)
};

struct TaskClaimed {
  TaskRef task;
  AgentId agent;
  Incarnation incarnation;
  std::uint64_t claim = 0;  // number of the claim; grows with each
  Instant deadline = never;
  LAZARET_FIELDS(TaskClaimed, task, agent, incarnation, claim, deadline)
};
struct TaskResumed {
  TaskRef task;
  AgentId agent;
  Incarnation incarnation;
  LAZARET_FIELDS(TaskResumed, task, agent, incarnation)
};
struct TaskCheckpointed {
  TaskRef task;
  Incarnation incarnation;
  std::string cursor;
  LAZARET_FIELDS(TaskCheckpointed, task, incarnation, cursor)
};
struct TaskReported {
  TaskRef task;
  Incarnation incarnation;
  std::string result;
  LAZARET_FIELDS(TaskReported, task, incarnation, result)
};
struct TaskCompleted {
  TaskRef task;
  std::string detail;
  LAZARET_FIELDS(TaskCompleted, task, detail)
};
struct TaskFailed {
  TaskRef task;
  std::string reason;
  LAZARET_FIELDS(TaskFailed, task, reason)
};
struct TaskTimedOut {
  TaskRef task;
  Instant kill_at = never;
  LAZARET_FIELDS(TaskTimedOut, task, kill_at)
};
struct TaskReleased {
  TaskRef task;
  std::string reason;
  bool counted = false;
  LAZARET_FIELDS(TaskReleased, task, reason, counted)
};
struct TaskTransferred {
  TaskRef task;
  std::optional<AgentId> from;
  AgentId to;
  std::string reason;
  std::string by;
  LAZARET_FIELDS(TaskTransferred, task, from, to, reason, by)
};

// A hand-off is under way, and what it waits for; told again when that changes. It ends with
// TaskTransferred or HandoffEnded. `agent` is the one who has the task.
struct HandoffPending {
  TaskRef task;
  AgentId agent;
  AgentId to;
  HandoffStage stage = HandoffStage::approval;
  std::optional<ApprovalId> approval;
  Instant checkpoint_by = never;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(HandoffPending, task, agent, to, stage, approval, checkpoint_by, by, reason)
};
struct HandoffEnded {
  TaskRef task;
  AgentId agent;
  AgentId to;
  std::string reason;
  LAZARET_FIELDS(HandoffEnded, task, agent, to, reason)
};

// Set aside before it is spent; SpendRecorded with the same reservation settles it.
struct SpendReserved {
  AgentRef agent;
  std::string reservation;
  std::optional<TaskId> task;
  Amounts amounts;
  LAZARET_FIELDS(SpendReserved, agent, reservation, task, amounts)
};
// Counts for the agent, its task and the mission.
struct SpendRecorded {
  AgentRef agent;
  Incarnation incarnation;
  std::optional<TaskId> task;
  std::string reservation;  // empty: nothing was set aside
  Amounts amounts;
  LAZARET_FIELDS(SpendRecorded, agent, incarnation, task, reservation, amounts)
};
// Nothing that it concerns goes on until the approval is answered. agent and task are empty where
// the scope is wider.
struct BudgetReached {
  BudgetScope scope = BudgetScope::agent;
  CellId cell;
  AgentId agent;
  TaskId task;
  BudgetKind kind = BudgetKind::wall;
  std::int64_t spent = 0;
  std::int64_t cap = 0;
  std::int64_t raise = 0;  // what yes adds to the cap
  ApprovalId approval;
  std::int64_t reserved = 0;  // set aside, on top of `spent`
  std::string about;          // "mission survey (1f0a7b22)", for who is told without a fleet
  LAZARET_FIELDS(BudgetReached, scope, cell, agent, task, kind, spent, cap, raise, approval,
                 reserved, about)
};
struct BudgetSettled {
  BudgetScope scope = BudgetScope::agent;
  CellId cell;
  AgentId agent;
  TaskId task;
  BudgetKind kind = BudgetKind::wall;
  std::int64_t raise = 0;  // 0: it was not raised
  std::string by;
  LAZARET_FIELDS(BudgetSettled, scope, cell, agent, task, kind, raise, by)
};

struct ApprovalOpened {
  ApprovalId approval;
  ApprovalKind kind = ApprovalKind::question;
  std::optional<AgentRef> agent;
  std::optional<TaskRef> task;
  std::string question;
  WallTime deadline{};
  AnswerWord fallback = AnswerWord::no;
  CellId cell;          // where neither agent nor task is named
  std::string account;  // of kind account
  LAZARET_FIELDS(ApprovalOpened, approval, kind, agent, task, question, deadline, fallback, cell,
                 account)
};
struct ApprovalAnswered {
  ApprovalId approval;
  AnswerWord answer = AnswerWord::no;
  std::string by;  // "deadline" when the default answered
  std::string reason;
  LAZARET_FIELDS(ApprovalAnswered, approval, answer, by, reason)
};

struct WriteRefused {
  AgentRef agent;
  Incarnation incarnation;
  Incarnation live;
  std::string what;
  std::optional<TaskId> task;
  std::string reason;  // empty: the incarnation is over
  LAZARET_FIELDS(WriteRefused, agent, incarnation, live, what, task, reason)
};

// A person changed a runtime field in a file to something that is not to be had.
struct EditRefused {
  CellId cell;
  std::string field;  // "tasks/a.json status"
  std::string value;
  std::string reason;
  LAZARET_FIELDS(EditRefused, cell, field, value, reason)
};

}  // namespace fact

#define LAZARET_ALL_FACTS                                                                         \
  fact::DaemonStarted, fact::AdoptionFinished, fact::DaemonStopped, fact::FleetStopping,          \
      fact::FleetFrozen, fact::NoteRecorded, fact::CellDefined, fact::CellRemoved,                \
      fact::AgentDefined, fact::TaskDefined, fact::MissionStarted, fact::MissionStatusChanged,    \
      fact::AgentWanted, fact::AgentStarting, fact::AgentSpawned, fact::AgentReady,               \
      fact::AgentAdopted, fact::AgentStable, fact::AgentStopping, fact::AgentKilled,              \
      fact::AgentExited, fact::AgentBackedOff, fact::AgentQuarantined, fact::AgentAwaitsApproval, \
      fact::AgentReleased, fact::AgentSubstituted, fact::AgentPaused, fact::AgentFrozen,          \
      fact::AgentHealthChanged, fact::AgentBeatsBegan, fact::AgentRateLimited,                    \
      fact::AgentStopSeen, fact::AgentTimeExtended, fact::HangSuspected, fact::HangEvidence,      \
      fact::HangCleared, fact::HangDeclared, fact::WakeAccepted, fact::WakeStarted,               \
      fact::WakeEnded, fact::TaskClaimed, fact::TaskResumed, fact::TaskCheckpointed,              \
      fact::TaskReported, fact::TaskCompleted, fact::TaskFailed, fact::TaskTimedOut,              \
      fact::TaskReleased, fact::TaskTransferred, fact::ApprovalOpened, fact::ApprovalAnswered,    \
      fact::WriteRefused, fact::AgentRemoved, fact::CellMirrored, fact::EditRefused,              \
      fact::CheckpointSaved, fact::CheckpointWanted, fact::CheckpointMissed,                      \
      fact::CheckpointRestored, fact::CheckpointRehearsed, fact::CheckpointPicked,                \
      fact::HandoffPending, fact::HandoffEnded, fact::SpendReserved, fact::SpendRecorded,         \
      fact::BudgetReached, fact::BudgetSettled, fact::ZoneKnown, fact::CalendarAgentRegistered,   \
      fact::CalendarAgentRemoved, fact::CalendarAgentChanged, fact::PlanDefined,                  \
      fact::PlanRemoved, fact::PlanPaused, fact::TimesJudged, fact::SlotDefined,                  \
      fact::SlotChanged, fact::AgentAwaitsAccount, fact::AgentWaitEnded, fact::AccountSet,        \
      fact::AccountLimited

LAZARET_ONE_OF(Fact, LAZARET_ALL_FACTS)

}  // namespace lazaret::core
