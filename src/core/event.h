// What happened in the world: the inputs of decide(). Past tense; each carries the incarnation it
// is about, and the core drops what does not match the live one.
#pragma once

#include "base/one_of.h"
#include "core/command.h"
#include "core/report.h"
#include "core/request.h"

namespace lazaret::core {
namespace event {

struct TimePassed {
  LAZARET_FIELDS(TimePassed)
};

// First event of every daemon. Agents are judged only after AdoptionFinished.
struct DaemonStarted {
  std::uint64_t epoch = 0;
  std::string boot_id;
  std::string build;
  LAZARET_FIELDS(DaemonStarted, epoch, boot_id, build)
};
struct AdoptionFinished {
  LAZARET_FIELDS(AdoptionFinished)
};
// Last event of a daemon that ends in an orderly way.
struct DaemonStopping {
  LAZARET_FIELDS(DaemonStopping)
};

struct CellObserved {
  CellDefinition cell;
  bool edited = false;     // a person changed runtime fields of agents or tasks since the last look
  bool elsewhere = false;  // seen for the first time, and not made by this daemon
  bool first = false;      // this daemon's first look at it
  LAZARET_FIELDS(CellObserved, cell, edited, elsewhere, first)
};
// The status now stands in cell.json, written there by us, as it was after that many changes
// (Cell::status_changes).
struct CellMirrored {
  CellId cell;
  MissionStatus status = MissionStatus::active;
  std::uint64_t change = 0;
  LAZARET_FIELDS(CellMirrored, cell, status, change)
};
struct CellGone {
  CellId cell;
  LAZARET_FIELDS(CellGone, cell)
};

struct AgentSpawned {
  AgentRef agent;
  Incarnation incarnation;
  std::int64_t pid = 0;
  std::int64_t process_start = 0;  // clock ticks since boot, /proc/<pid>/stat field 22
  LAZARET_FIELDS(AgentSpawned, agent, incarnation, pid, process_start)
};
struct SpawnFailed {
  AgentRef agent;
  Incarnation incarnation;
  std::string reason;
  bool permanent =
      false;  // trying again cannot help (missing interpreter, isolation not available)
  LAZARET_FIELDS(SpawnFailed, agent, incarnation, reason, permanent)
};
// READY=1, or the first beat.
struct AgentSaidReady {
  AgentRef agent;
  Incarnation incarnation;
  std::string how;
  LAZARET_FIELDS(AgentSaidReady, agent, incarnation, how)
};
struct AgentSaidStopping {
  AgentRef agent;
  Incarnation incarnation;
  LAZARET_FIELDS(AgentSaidStopping, agent, incarnation)
};
// EXTEND_TIMEOUT_USEC: start or stop may take so much longer, counted from now.
struct AgentAskedTime {
  AgentRef agent;
  Incarnation incarnation;
  Duration extension{0};
  LAZARET_FIELDS(AgentAskedTime, agent, incarnation, extension)
};
struct AgentExited {
  AgentRef agent;
  Incarnation incarnation;
  ExitReport exit;
  LAZARET_FIELDS(AgentExited, agent, incarnation, exit)
};
// Somebody else stopped (state T) or continued it.
struct AgentStopSeen {
  AgentRef agent;
  Incarnation incarnation;
  bool stopped = true;
  LAZARET_FIELDS(AgentStopSeen, agent, incarnation, stopped)
};

// Found alive at the start of the daemon. Not found is AgentExited with kind lost.
struct AgentAdopted {
  AgentRef agent;
  Incarnation incarnation;
  std::int64_t pid = 0;
  std::int64_t process_start = 0;
  bool ready = false;
  LAZARET_FIELDS(AgentAdopted, agent, incarnation, pid, process_start, ready)
};

// Edges of the beat table: the beats themselves never come here.
struct BeatsBegan {
  AgentRef agent;
  Incarnation incarnation;
  LAZARET_FIELDS(BeatsBegan, agent, incarnation)
};
struct BeatMissed {
  AgentRef agent;
  Incarnation incarnation;
  int in_a_row = 1;
  Duration silent_for{0};
  LAZARET_FIELDS(BeatMissed, agent, incarnation, in_a_row, silent_for)
};
struct BeatRecovered {
  AgentRef agent;
  Incarnation incarnation;
  LAZARET_FIELDS(BeatRecovered, agent, incarnation)
};
// The agent itself reported a failure with its beat.
struct FailureReported {
  AgentRef agent;
  Incarnation incarnation;
  std::string message;
  LAZARET_FIELDS(FailureReported, agent, incarnation, message)
};

struct EvidenceTaken {
  AgentRef agent;
  Incarnation incarnation;
  Evidence evidence;
  LAZARET_FIELDS(EvidenceTaken, agent, incarnation, evidence)
};
struct LineSent {
  AgentRef agent;
  Incarnation incarnation;
  WakeId wake;
  bool delivered = true;
  LAZARET_FIELDS(LineSent, agent, incarnation, wake, delivered)
};
struct VerifyFinished {
  TaskRef task;
  std::uint64_t claim = 0;
  bool passed = false;
  std::string output;  // at most 64 KiB, the last part
  LAZARET_FIELDS(VerifyFinished, task, claim, passed, output)
};

// The staging directory holds `restored`, or nothing where none verified.
struct CheckpointRestored {
  AgentRef agent;
  Incarnation incarnation;
  std::optional<CheckpointRef> restored;
  std::vector<BrokenCheckpoint> broken;  // those before it
  std::string trouble;  // not empty: the disk refused; nothing is known about the checkpoints
  LAZARET_FIELDS(CheckpointRestored, agent, incarnation, restored, broken, trouble)
};
struct CheckpointRehearsed {
  AgentRef agent;
  std::string checkpoint;  // id
  Rehearsal outcome = Rehearsal::passed;
  std::string detail;
  LAZARET_FIELDS(CheckpointRehearsed, agent, checkpoint, outcome, detail)
};

// CPU time of the incarnation so far, all of its processes. Sampled now and then, and only where a
// budget is concerned.
struct CpuUsed {
  AgentRef agent;
  Incarnation incarnation;
  std::int64_t cpu_ns = 0;
  LAZARET_FIELDS(CpuUsed, agent, incarnation, cpu_ns)
};

struct Requested {
  Request request;
  LAZARET_FIELDS(Requested, request)
};

}  // namespace event

#define LAZARET_ALL_EVENTS                                                                        \
  event::TimePassed, event::DaemonStarted, event::AdoptionFinished, event::DaemonStopping,        \
      event::CellObserved, event::CellMirrored, event::CellGone, event::AgentSpawned,             \
      event::SpawnFailed, event::AgentSaidReady, event::AgentSaidStopping, event::AgentAskedTime, \
      event::AgentExited, event::AgentStopSeen, event::AgentAdopted, event::BeatsBegan,           \
      event::BeatMissed, event::BeatRecovered, event::FailureReported, event::EvidenceTaken,      \
      event::LineSent, event::VerifyFinished, event::Requested, event::CheckpointRestored,        \
      event::CheckpointRehearsed, event::CpuUsed

LAZARET_ONE_OF(EventBody, LAZARET_ALL_EVENTS)

struct Event {
  Stamp at;
  EventBody body;
  LAZARET_FIELDS(Event, at, body)
};

}  // namespace lazaret::core
