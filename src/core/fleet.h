// The state of everything. The life of an agent, as process:
//
//   stopped ──start──► starting ──ready──► running ──stop──► stopping ──exit──► stopped
//                         │                   │
//                         └───────exit────────┴──► again at once │ backoff │ awaiting_approval │
//                                                  quarantined (a substitute takes over) │ stopped
//   external: runs elsewhere, only its beats are seen.
//
// Health (from beats) and activity (from tasks and wakes, presence.h) are views of their own, each
// with its own "since".
// Only apply.h writes here; everybody else reads.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/calendar_state.h"
#include "core/definition.h"
#include "core/fact.h"
#include "core/timers.h"

namespace lazaret::core {

LAZARET_ENUM(ProcessState, stopped, starting, running, stopping, backoff, quarantined,
             awaiting_approval, external)
LAZARET_ENUM(TaskState, pending, in_progress, reported, completed, failed)
LAZARET_ENUM(HangStage, none, suspected, sampling, declared)
LAZARET_ENUM(Activity, offline, idle, working, busy, rate_limited)

// One line of an agent's recent past; what `lazaret why` prints.
struct HistoryLine {
  Stamp at;
  std::string kind;  // the fact's
  std::string text;
  LAZARET_FIELDS(HistoryLine, at, kind, text)
};
inline constexpr std::size_t history_most = 24;

struct Checkpoint {
  CheckpointInfo info;
  Stamp at;  // saved, or picked by a person
  Incarnation incarnation;
  std::optional<TaskId> task;
  std::optional<WallTime> proven;  // last rehearsal that restored it
  std::string broken;              // why it does not verify; such a one is never used again
  LAZARET_FIELDS(Checkpoint, info, at, incarnation, task, proven, broken)
};

// The agent was asked for a checkpoint and has not answered.
struct CheckpointWish {
  CheckpointFor before = CheckpointFor::interval;
  std::string reason;
  Stamp since;
  LAZARET_FIELDS(CheckpointWish, before, reason, since)
};

// A start that waits for its checkpoint.
struct PendingStart {
  StartReason reason = StartReason::first;
  std::optional<WakeId> wake;
  LAZARET_FIELDS(PendingStart, reason, wake)
};

// A budget is used up: what it concerns waits for the answer.
struct BudgetHold {
  BudgetKind kind = BudgetKind::wall;
  std::int64_t raise = 0;
  ApprovalId approval;
  LAZARET_FIELDS(BudgetHold, kind, raise, approval)
};

// What an agent, a task or a mission has spent.
struct Meter {
  Amounts spent;
  Amounts reserved;
  Amounts raised;                 // by answers; on top of the definition's caps
  Instant running_since = never;  // wall time counts since then; `spent` holds what was before
  bool armed = false;             // its timer is set
  std::optional<BudgetHold> hold;
  LAZARET_FIELDS(Meter, spent, reserved, raised, running_since, armed, hold)
};

// Set aside by an agent under the name by which it is kept.
struct Reservation {
  Amounts amounts;
  std::optional<TaskId> task;
  LAZARET_FIELDS(Reservation, amounts, task)
};

struct Agent {
  AgentDefinition definition;
  bool from_file = false;  // its file has been seen; without the file it goes
  bool removed = false;    // its file is gone: it is stopped, and then it goes too
  bool withdrawn = false;  // its file no longer says how to run it: it is stopped, then external
  ProcessState process = ProcessState::stopped;
  Stamp since;               // of `process`
  std::string state_reason;  // why it is in this state

  Incarnation incarnation;  // the last one started
  std::int64_t pid = 0;     // 0 = none
  std::int64_t process_start = 0;
  Stamp spawned_at;
  bool adoption_pending = false;  // the daemon restarted and has not found it yet

  bool wanted = true;     // an operator's will; false after stop or kill
  bool finished = false;  // it ended as it should; not started again by itself
  bool paused = false;
  bool frozen = false;
  bool stopped_by_others = false;  // state T that we did not cause

  int tries = 0;  // failures since the last stable run
  Duration last_backoff{0};
  Instant backoff_until{};
  bool exit_counts = false;  // we are ending it because it failed
  bool died = false;         // its last end was a failure, and nothing was done about it yet
  std::optional<ExitReport> last_exit;
  std::uint64_t deaths = 0;
  std::optional<ApprovalId> approval;

  bool standing_in = false;  // a substitute that is in use
  std::optional<AgentId> stands_in_for;
  std::optional<AgentId> replaced_by;

  Health health = Health::unknown;
  int failures = 0;  // in a row
  std::string health_reason;
  bool has_beaten = false;  // ever
  std::optional<WallTime> rate_limited_until;

  std::string pool;               // the account that counts it or lets it wait; empty = none
  std::int64_t turn_in_line = 0;  // its number among those who wait; 0 = it does not
  Stamp waits_since;

  HangStage hang = HangStage::none;
  std::optional<Evidence> first_evidence;
  std::optional<Evidence> last_evidence;
  Instant sampled_at{};  // first_evidence

  std::string frozen_by;
  Stamp frozen_since;                     // while frozen; zero where an older build did not note it
  Stamp paused_since;                     // the same, while paused
  Activity activity = Activity::offline;  // as it was when the last fact about it was applied
  Stamp activity_since;                   // zero where an older build did not note it
  Meter meter;
  std::int64_t cpu_seen = 0;  // of this incarnation, in ns: counted already
  std::map<std::string, Reservation> reservations;

  std::optional<TaskId> task;  // the one it owns
  std::optional<Wake> running_wake;
  std::optional<Wake> waiting_wake;

  std::deque<Checkpoint> checkpoints;  // oldest first; the policies bound number and bytes
  std::optional<CheckpointWish> checkpoint_wish;
  std::optional<PendingStart> restoring;      // starting; its checkpoint is being restored first
  std::optional<CheckpointRef> went_on_from;  // what was restored for this incarnation

  std::deque<HistoryLine> history;

  LAZARET_FIELDS(Agent, definition, from_file, removed, withdrawn, process, since, state_reason,
                 incarnation, pid, process_start, spawned_at, adoption_pending, wanted, finished,
                 paused, frozen, stopped_by_others, tries, last_backoff, backoff_until, exit_counts,
                 died, last_exit, deaths, approval, standing_in, stands_in_for, replaced_by, health,
                 failures, health_reason, has_beaten, rate_limited_until, hang, first_evidence,
                 last_evidence, sampled_at, frozen_by, frozen_since, paused_since, activity,
                 activity_since, meter, cpu_seen, reservations, task, running_wake, waiting_wake,
                 checkpoints, checkpoint_wish, restoring, went_on_from, history, pool, turn_in_line,
                 waits_since)
};

// Who had a task before, and lost it to somebody else.
struct HandedOver {
  AgentId from;
  Incarnation incarnation;
  AgentId to;
  std::string reason;
  std::string by;
  WallTime at{};
  LAZARET_FIELDS(HandedOver, from, incarnation, to, reason, by, at)
};
// A hand-off that is under way.
struct Handoff {
  AgentId from;
  AgentId to;
  HandoffStage stage = HandoffStage::approval;
  std::optional<ApprovalId> approval;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(Handoff, from, to, stage, approval, by, reason)
};

struct Task {
  TaskDefinition definition;
  bool from_file = false;
  TaskState state = TaskState::pending;
  Stamp since;
  std::string state_reason;
  std::optional<AgentId> owner;  // while in_progress or reported
  Incarnation owner_incarnation;
  std::uint64_t claim = 0;  // how often it was claimed
  int tries = 0;            // claims that ended without being done
  std::string cursor;       // newest checkpoint of the work, JSON text
  std::string result;
  bool cancelling = false;  // timed out; the owner is being stopped
  std::size_t open_dependencies = 0;
  WallTime completed_at{};
  std::optional<Handoff> handoff;
  std::optional<HandedOver> handed_over;  // the last time
  std::optional<Meter> meter;             // none: nothing was spent yet
  Duration timeout_left{0};               // while its owner is frozen for a budget
  LAZARET_FIELDS(Task, definition, from_file, state, since, state_reason, owner, owner_incarnation,
                 claim, tries, cursor, result, cancelling, open_dependencies, completed_at, handoff,
                 handed_over, meter, timeout_left)
};

// A status that the mission took, and how many changes it had then seen.
struct StatusTaken {
  MissionStatus status = MissionStatus::active;
  std::uint64_t change = 0;
  LAZARET_FIELDS(StatusTaken, status, change)
};

struct Cell {
  CellDefinition definition;  // agents and tasks below hold the living copies
  MissionStatus status = MissionStatus::active;
  std::string status_reason;
  Stamp since;  // of `status`; zero where an older build did not note it
  std::uint64_t status_changes = 0;
  // Taken since the file was last known to follow: any of them may stand in it by now, written by
  // us, though the daemon died before it could record that. Each status once, with its last change.
  std::vector<StatusTaken> unmirrored;
  bool started = false;
  Instant timeout_at = never;  // while active
  Duration timeout_left{0};    // while paused
  std::map<AgentId, Agent> agents;
  std::map<TaskId, Task> tasks;
  std::set<TaskId> ready;  // pending, every dependency completed
  std::map<TaskId, std::set<TaskId>> dependents;
  std::size_t open_tasks = 0;  // neither completed nor failed
  Meter meter;
  LAZARET_FIELDS(Cell, definition, status, status_reason, since, started, timeout_at, timeout_left,
                 agents, tasks, ready, dependents, open_tasks, meter, status_changes, unmirrored)
};

struct Approval {
  ApprovalKind kind = ApprovalKind::question;
  std::optional<AgentRef> agent;
  std::optional<TaskRef> task;
  CellId cell;  // where it is about the mission
  std::string account;
  std::string question;
  Stamp opened;
  WallTime deadline{};
  AnswerWord fallback = AnswerWord::no;
  std::optional<AnswerWord> answer;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(Approval, kind, agent, task, cell, question, opened, deadline, fallback, answer,
                 by, reason, account)
};

// An account of a provider that refuses for now.
struct AccountLimit {
  WallTime until{};
  Stamp since;
  std::optional<AgentRef> reporter;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(AccountLimit, until, since, reporter, by, reason)
};
struct Account {
  AccountLimits limits;
  bool was_set = false;  // by an operator: it is kept without agents
  std::optional<AccountLimit> limit;
  std::optional<ApprovalId> alert;           // the open one about the limit
  std::set<AgentRef> running;                // live: starting, running, stopping
  std::map<std::int64_t, AgentRef> waiting;  // by turn_in_line: who has waited longest is first
  Instant next_start{};                      // none before
  LAZARET_FIELDS(Account, limits, was_set, limit, alert, running, waiting, next_start)
};

// What became of a wake; the last receipts are kept.
struct WakeReceipt {
  AgentRef agent;
  Wake wake;
  Stamp accepted;
  Stamp changed;
  WakeFate fate = WakeFate::waiting;
  std::string detail;
  LAZARET_FIELDS(WakeReceipt, agent, wake, accepted, changed, fate, detail)
};

struct Fleet {
  std::uint64_t seed = 0;   // of all chance in here
  std::uint64_t epoch = 0;  // of the daemon; grows with each start
  std::string boot_id;
  bool stopping = false;   // the agents are being stopped because the daemon will end
  bool ended_well = true;  // the daemon before this one said goodbye
  bool adopting = false;   // between DaemonStarted and AdoptionFinished
  bool frozen = false;
  std::uint64_t next_wake = 1;
  std::uint64_t next_approval = 1;
  std::uint64_t next_reservation = 1;
  std::map<CellId, Cell> cells;
  std::map<ApprovalId, Approval> approvals;  // open ones, and the last answered_kept answered ones
  std::deque<ApprovalId> answered;
  std::map<WakeId, WakeReceipt> wakes;  // open ones, and the last receipts_kept ended ones
  std::deque<WakeId> ended_wakes;
  Calendar calendar;
  std::map<std::string, Account> accounts;
  std::int64_t next_in_line = 1;
  Timers timers;                                                 // derived: rebuilt with the rest
  std::set<std::pair<WallTime, ApprovalId>> approval_deadlines;  // derived too
  LAZARET_FIELDS(Fleet, seed, epoch, boot_id, stopping, ended_well, adopting, frozen, next_wake,
                 next_approval, next_reservation, cells, approvals, answered, wakes, ended_wakes,
                 calendar, accounts, next_in_line)
};
inline constexpr std::size_t answered_kept = 500;
inline constexpr std::size_t receipts_kept = 2000;

// Null where there is none.
const Cell* find_cell(const Fleet& fleet, const CellId& id);
const Agent* find_agent(const Fleet& fleet, const AgentRef& ref);
const Task* find_task(const Fleet& fleet, const TaskRef& ref);
const Account* find_account(const Fleet& fleet, const std::string& name);

}  // namespace lazaret::core
