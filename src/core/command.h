// What the core wants done to the world. One command is one procedure of one adapter and ends in
// exactly one event (named beside it); every command carries the incarnation it is meant for.
#pragma once

#include <optional>
#include <string>

#include "base/one_of.h"
#include "core/definition.h"

namespace lazaret::core {

LAZARET_ENUM(StartReason, first, revival, substitution, wake, operator_asked, restart_asked)

// Where a checkpoint lies: the agent that saved it (a substitute may go on from another's) and its
// name there.
struct CheckpointRef {
  AgentId agent;
  std::string id;             // "<number>-<first 16 digits of manifest_hash>"
  std::string manifest_hash;  // sha256, hex
  LAZARET_FIELDS(CheckpointRef, agent, id, manifest_hash)
};

// One that was looked at and found wanting.
struct BrokenCheckpoint {
  CheckpointRef checkpoint;
  std::string reason;
  LAZARET_FIELDS(BrokenCheckpoint, checkpoint, reason)
};

// impossible: the disk refused, so nothing is known.
LAZARET_ENUM(Rehearsal, begun, passed, failed, impossible)

// A message for an agent, with the reason it is sent.
struct Wake {
  WakeId id;
  std::string message;
  std::string source;  // who or what: "cli", "task:<id>", "calendar:<ident>"
  LAZARET_FIELDS(Wake, id, message, source)
};

namespace command {

// cgroup, clone, ready. → event::AgentSpawned or event::SpawnFailed; later event::AgentExited.
struct SpawnAgent {
  AgentRef agent;
  Incarnation incarnation;
  StartReason reason = StartReason::first;
  AgentDefinition definition;  // definition.run is set
  std::string cell_path;
  IsolationSpec isolation;  // asked for; limits already resolved for this agent
  std::optional<TaskId> task;
  std::optional<Wake> wake;  // `turn`: what the turn is about
  std::string checkpoint;    // the one it finds restored; empty = none
  LAZARET_FIELDS(SpawnAgent, agent, incarnation, reason, definition, cell_path, isolation, task,
                 wake, checkpoint)
};

// Ask with a signal. → event::AgentExited.
struct StopAgent {
  AgentRef agent;
  Incarnation incarnation;
  std::string signal;
  LAZARET_FIELDS(StopAgent, agent, incarnation, signal)
};

// SIGKILL for everything in the agent's group, until nothing is left. → event::AgentExited.
struct KillAgent {
  AgentRef agent;
  Incarnation incarnation;
  LAZARET_FIELDS(KillAgent, agent, incarnation)
};

// Freeze or thaw the whole group. No event.
struct FreezeAgent {
  AgentRef agent;
  Incarnation incarnation;
  bool frozen = true;
  LAZARET_FIELDS(FreezeAgent, agent, incarnation, frozen)
};

// One JSON line on the agent's stdin. → event::LineSent when `wake` is set, else none.
struct SendLine {
  AgentRef agent;
  Incarnation incarnation;
  std::string line;  // without the newline
  std::optional<WakeId> wake;
  LAZARET_FIELDS(SendLine, agent, incarnation, line, wake)
};

// A signal that asks for something else than its end. No event.
struct SignalAgent {
  AgentRef agent;
  Incarnation incarnation;
  std::string signal;
  LAZARET_FIELDS(SignalAgent, agent, incarnation, signal)
};

// Put the first of `candidates` that verifies into the agent's staging directory.
// → event::CheckpointRestored.
struct RestoreCheckpoint {
  AgentRef agent;
  Incarnation incarnation;
  std::string cell_path;
  std::vector<CheckpointRef> candidates;  // best first
  LAZARET_FIELDS(RestoreCheckpoint, agent, incarnation, cell_path, candidates)
};

// Restore it into a scratch directory and look whether it is what was saved.
// → event::CheckpointRehearsed.
struct RehearseCheckpoint {
  AgentRef agent;
  std::string cell_path;
  CheckpointRef checkpoint;
  LAZARET_FIELDS(RehearseCheckpoint, agent, cell_path, checkpoint)
};

// Show the last of `kept` as the agent's newest, and remove all others. No event.
struct KeepCheckpoints {
  AgentRef agent;
  std::string cell_path;
  std::vector<std::string> kept;  // ids, oldest first
  LAZARET_FIELDS(KeepCheckpoints, agent, cell_path, kept)
};

// → event::EvidenceTaken.
struct TakeEvidence {
  AgentRef agent;
  Incarnation incarnation;
  LAZARET_FIELDS(TakeEvidence, agent, incarnation)
};

// Run the task's verify command outside the agent. → event::VerifyFinished.
struct VerifyTask {
  TaskRef task;
  std::uint64_t claim = 0;
  VerifySpec verify;
  AgentRef assignee;
  std::string cell_path;
  LAZARET_FIELDS(VerifyTask, task, claim, verify, assignee, cell_path)
};

// Nothing of this agent is wanted any longer: end its shim, remove its group. No event.
struct RetireAgent {
  AgentRef agent;
  LAZARET_FIELDS(RetireAgent, agent)
};

}  // namespace command

#define LAZARET_ALL_COMMANDS                                                               \
  command::SpawnAgent, command::StopAgent, command::KillAgent, command::FreezeAgent,       \
      command::SendLine, command::TakeEvidence, command::VerifyTask, command::RetireAgent, \
      command::SignalAgent, command::RestoreCheckpoint, command::RehearseCheckpoint,       \
      command::KeepCheckpoints

LAZARET_ONE_OF(Command, LAZARET_ALL_COMMANDS)

}  // namespace lazaret::core
