// What the core wants done to the world. One command is one procedure of one adapter and ends in
// exactly one event (named beside it); every command carries the incarnation it is meant for.
#pragma once

#include <optional>
#include <string>

#include "base/one_of.h"
#include "core/definition.h"

namespace lazaret::core {

LAZARET_ENUM(StartReason, first, revival, substitution, wake, operator_asked, restart_asked)

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
  LAZARET_FIELDS(SpawnAgent, agent, incarnation, reason, definition, cell_path, isolation, task,
                 wake)
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

#define LAZARET_ALL_COMMANDS                                                         \
  command::SpawnAgent, command::StopAgent, command::KillAgent, command::FreezeAgent, \
      command::SendLine, command::TakeEvidence, command::VerifyTask, command::RetireAgent

LAZARET_ONE_OF(Command, LAZARET_ALL_COMMANDS)

}  // namespace lazaret::core
