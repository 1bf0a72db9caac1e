// What people and agents ask for through the doors. A request is answered once, after its facts are
// safely recorded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/one_of.h"
#include "base/result.h"
#include "core/calendar_state.h"
#include "core/definition.h"

namespace lazaret::core {

LAZARET_ENUM(CallerKind, admin, operator_, viewer, agent)

// Who asks, as the door has proven it.
struct Caller {
  CallerKind kind = CallerKind::admin;
  std::string name;  // "cli:alice", "key:ci", the agent's id
  std::optional<AgentRef> agent;
  Incarnation incarnation;  // of the agent's token; 0 for an external agent
  LAZARET_FIELDS(Caller, kind, name, agent, incarnation)
};

// What one checkpoint holds; the files themselves are in the cell.
struct CheckpointInfo {
  std::string id;                      // see CheckpointRef
  std::string manifest_hash;           // sha256, hex
  std::string context_hash;            // of context.json; empty = it has none
  std::vector<std::string> artifacts;  // paths below artifacts/, sorted
  std::int64_t bytes = 0;              // of all its files
  std::int64_t files = 0;
  std::string workspace;  // the git commit that holds the workspace; empty = not captured
  LAZARET_FIELDS(CheckpointInfo, id, manifest_hash, context_hash, artifacts, bytes, files,
                 workspace)
};

namespace op {

struct StartAgent {
  AgentRef agent;
  LAZARET_FIELDS(StartAgent, agent)
};
struct StopAgent {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(StopAgent, agent, reason)
};
struct KillAgent {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(KillAgent, agent, reason)
};
struct PauseAgent {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(PauseAgent, agent, reason)
};
struct ResumeAgent {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(ResumeAgent, agent, reason)
};
struct FreezeAgent {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(FreezeAgent, agent, reason)
};
struct ThawAgent {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(ThawAgent, agent, reason)
};

struct DefineAgent {
  CellId cell;
  AgentDefinition definition;
  LAZARET_FIELDS(DefineAgent, cell, definition)
};

struct WakeAgent {
  AgentRef agent;
  std::string message;
  std::string source;
  LAZARET_FIELDS(WakeAgent, agent, message, source)
};

// The agent says what it is doing. rate_limited_until overrides everything until then.
struct ReportActivity {
  AgentRef agent;
  std::optional<WallTime> rate_limited_until;
  std::string reason;
  LAZARET_FIELDS(ReportActivity, agent, rate_limited_until, reason)
};

// What an account bears; what is not named stays as it is.
struct SetAccount {
  std::string account;
  std::optional<int> at_once;
  std::optional<Duration> stagger;
  LAZARET_FIELDS(SetAccount, account, at_once, stagger)
};
// A person knows better: it is limited until then, or (none) no longer.
struct LimitAccount {
  std::string account;
  std::optional<WallTime> until;
  std::string reason;
  LAZARET_FIELDS(LimitAccount, account, until, reason)
};

// All or none; ids must be new, dependencies known (or in the same request), without a cycle.
struct AddTasks {
  CellId cell;
  std::vector<TaskDefinition> tasks;
  LAZARET_FIELDS(AddTasks, cell, tasks)
};

// The best task that this agent may take now, or the one it already has. task: only this one.
struct ClaimTask {
  AgentRef agent;
  std::optional<TaskId> task;
  LAZARET_FIELDS(ClaimTask, agent, task)
};

struct CheckpointTask {
  TaskRef task;
  std::string cursor;  // JSON text of the agent's own making, bounded by the door
  LAZARET_FIELDS(CheckpointTask, task, cursor)
};

// The files lie on the disk, verified and fsynced; this makes them a checkpoint of the agent.
struct SaveCheckpoint {
  AgentRef agent;
  CheckpointInfo checkpoint;
  LAZARET_FIELDS(SaveCheckpoint, agent, checkpoint)
};
// The agent is asked to save one.
struct AskCheckpoint {
  AgentRef agent;
  std::string reason;
  LAZARET_FIELDS(AskCheckpoint, agent, reason)
};
// The next start goes on from this one, as if it were the newest.
struct PickCheckpoint {
  AgentRef agent;
  std::string checkpoint;  // id
  LAZARET_FIELDS(PickCheckpoint, agent, checkpoint)
};

struct ReportDone {
  TaskRef task;
  std::string result;
  LAZARET_FIELDS(ReportDone, task, result)
};
struct ReportFailed {
  TaskRef task;
  std::string reason;
  LAZARET_FIELDS(ReportFailed, task, reason)
};
struct ReleaseTask {
  TaskRef task;
  std::string reason;
  LAZARET_FIELDS(ReleaseTask, task, reason)
};
struct RetryTask {
  TaskRef task;
  std::string reason;
  LAZARET_FIELDS(RetryTask, task, reason)
};
struct VerifyAgain {
  TaskRef task;
  LAZARET_FIELDS(VerifyAgain, task)
};
struct AssignTask {
  TaskRef task;
  std::optional<AgentId> agent;
  LAZARET_FIELDS(AssignTask, task, agent)
};
struct AddDependency {
  TaskRef task;
  TaskId on;
  LAZARET_FIELDS(AddDependency, task, on)
};

// From the agent that has it (or is to get it) to another one; see handoff.h.
struct HandOffTask {
  TaskRef task;
  AgentId to;
  std::string reason;
  LAZARET_FIELDS(HandOffTask, task, to, reason)
};

// What an agent spent, or (reserve) is about to spend; reservation: the one that this settles.
struct ReportSpend {
  AgentRef agent;
  Amounts amounts;
  bool reserve = false;
  std::string reservation;
  LAZARET_FIELDS(ReportSpend, agent, amounts, reserve, reservation)
};

// A question for a person. wall deadline; after it the default is the answer.
struct AskPerson {
  std::optional<AgentRef> agent;
  std::optional<TaskRef> task;
  std::string question;
  Duration deadline = 3600s;
  AnswerWord fallback = AnswerWord::no;
  LAZARET_FIELDS(AskPerson, agent, task, question, deadline, fallback)
};
struct AnswerPerson {
  ApprovalId approval;
  AnswerWord answer = AnswerWord::no;
  std::string reason;
  LAZARET_FIELDS(AnswerPerson, approval, answer, reason)
};

struct SetMission {
  CellId cell;
  MissionStatus status = MissionStatus::active;
  std::string reason;
  LAZARET_FIELDS(SetMission, cell, status, reason)
};
struct RemoveMission {
  CellId cell;
  std::string reason;
  LAZARET_FIELDS(RemoveMission, cell, reason)
};
struct FreezeFleet {
  bool frozen = true;
  std::string reason;
  LAZARET_FIELDS(FreezeFleet, frozen, reason)
};
// Stop every agent in good order before the daemon ends (`lazaret down`); the next daemon starts
// them.
struct StopFleet {
  std::string reason;
  LAZARET_FIELDS(StopFleet, reason)
};
// zone_data: the bytes of the named zone's file in hex, as read by who asks; empty for UTC.
struct RegisterCalendarAgent {
  std::string id;
  std::string claw;
  std::string zone = "UTC";
  std::string zone_data;
  LAZARET_FIELDS(RegisterCalendarAgent, id, claw, zone, zone_data)
};
struct RemoveCalendarAgent {
  std::string id;
  LAZARET_FIELDS(RemoveCalendarAgent, id)
};
struct SetCalendarStatus {
  std::string id;
  CalendarStatus status = CalendarStatus::idle;
  std::optional<WallTime> recovery_at;  // none: exhausted_usually from now
  std::string reason;
  LAZARET_FIELDS(SetCalendarStatus, id, status, recovery_at, reason)
};
struct DefinePlan {
  std::int64_t plan = 0;  // 0 = a new one
  PlanDefinition definition;
  std::string zone_data;
  LAZARET_FIELDS(DefinePlan, plan, definition, zone_data)
};
struct RemovePlan {
  std::int64_t plan = 0;
  std::string reason;
  LAZARET_FIELDS(RemovePlan, plan, reason)
};
struct PausePlan {
  std::int64_t plan = 0;
  bool paused = true;
  std::string reason;
  LAZARET_FIELDS(PausePlan, plan, paused, reason)
};
// The machine's zone files have changed.
struct RefreshZone {
  std::string name;
  std::string zone_data;
  LAZARET_FIELDS(RefreshZone, name, zone_data)
};
// ident: empty = a new one; else the number or the virtual id of one that nobody has begun.
struct DefineSlot {
  std::string ident;
  SlotWork work;
  WallTime at{};
  LAZARET_FIELDS(DefineSlot, ident, work, at)
};
// by_agent: the calendar agent that says so; empty = a person. heard: its last heartbeat but one
// raise of a deferred slot belongs to each.
struct ChangeSlot {
  std::string ident;
  std::string by_agent;
  SlotStatus status = SlotStatus::finished;
  std::optional<WallTime> started_at;
  std::int64_t actual_minutes = 0;
  WallTime heard{};
  std::string reason;
  LAZARET_FIELDS(ChangeSlot, ident, by_agent, status, started_at, actual_minutes, heard, reason)
};
// One event of an iCalendar file, as it is wanted; see calendar_import.h.
struct ImportedEvent {
  std::int64_t line = 0;  // where it begins in the file
  std::string uid;
  std::string whole;  // the event that it takes an occurrence out of; empty = it stands alone
  // Of a plan of ours, which one it stays, as its virtual id ends: "2026-01-31T090000". Empty: it
  // becomes a slot of its own.
  std::string occurrence;
  bool cancelled = false;
  bool recurs = false;   // a plan; else a slot at `at`
  bool is_ours = false;  // all of `plan` is said; else what a calendar program knows
  PlanDefinition plan;
  WallTime at{};
  LAZARET_FIELDS(ImportedEvent, line, uid, whole, occurrence, cancelled, recurs, is_ours, plan, at)
};
// zones: the bytes of each zone that is named, in hex. All of it, or nothing.
struct ImportCalendar {
  std::vector<ImportedEvent> events;
  std::map<std::string, std::string> zones;
  LAZARET_FIELDS(ImportCalendar, events, zones)
};
struct RecordNote {
  CellId cell;
  std::string text;
  LAZARET_FIELDS(RecordNote, cell, text)
};

}  // namespace op

#define LAZARET_ALL_OPERATIONS                                                                    \
  op::StartAgent, op::StopAgent, op::KillAgent, op::PauseAgent, op::ResumeAgent, op::FreezeAgent, \
      op::ThawAgent, op::DefineAgent, op::WakeAgent, op::ReportActivity, op::AddTasks,            \
      op::ClaimTask, op::CheckpointTask, op::ReportDone, op::ReportFailed, op::ReleaseTask,       \
      op::RetryTask, op::VerifyAgain, op::AssignTask, op::AddDependency, op::AskPerson,           \
      op::AnswerPerson, op::SetMission, op::RemoveMission, op::FreezeFleet, op::StopFleet,        \
      op::RecordNote, op::SaveCheckpoint, op::AskCheckpoint, op::PickCheckpoint, op::HandOffTask, \
      op::ReportSpend, op::RegisterCalendarAgent, op::RemoveCalendarAgent, op::SetCalendarStatus, \
      op::DefinePlan, op::RemovePlan, op::PausePlan, op::RefreshZone, op::DefineSlot,             \
      op::ChangeSlot, op::ImportCalendar, op::SetAccount, op::LimitAccount

LAZARET_ONE_OF(Operation, LAZARET_ALL_OPERATIONS)

struct Request {
  std::uint64_t id = 0;  // of the door's own counting; comes back with the answer
  Caller caller;
  Operation operation;
  LAZARET_FIELDS(Request, id, caller, operation)
};

// What a granted request made: the id of a wake, approval or task, and for a claim the task.
struct Granted {
  std::string id;
  std::optional<TaskRef> task;
  LAZARET_FIELDS(Granted, id, task)
};

using Answer = Result<Granted>;

}  // namespace lazaret::core
