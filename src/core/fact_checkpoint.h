// Facts about what agents save of their state (checkpoint.h).
#pragma once

#include "core/command.h"
#include "core/request.h"

namespace lazaret::core {

// Why an agent is asked for a checkpoint: what goes on once it is saved, or will not be.
LAZARET_ENUM(CheckpointFor, interval, stop, handoff, person)

namespace fact {

struct CheckpointSaved {
  AgentRef agent;
  Incarnation incarnation;
  std::optional<TaskId> task;
  CheckpointInfo checkpoint;
  LAZARET_FIELDS(CheckpointSaved, agent, incarnation, task, checkpoint)
};
struct CheckpointWanted {
  AgentRef agent;
  Incarnation incarnation;
  CheckpointFor before = CheckpointFor::interval;
  std::string reason;
  Instant deadline{};
  LAZARET_FIELDS(CheckpointWanted, agent, incarnation, before, reason, deadline)
};
// It was asked for and not saved in time, or at all.
struct CheckpointMissed {
  AgentRef agent;
  Incarnation incarnation;
  CheckpointFor before = CheckpointFor::interval;
  std::string reason;
  LAZARET_FIELDS(CheckpointMissed, agent, incarnation, before, reason)
};
struct CheckpointRestored {
  AgentRef agent;
  Incarnation incarnation;
  std::optional<CheckpointRef> restored;
  std::vector<BrokenCheckpoint> broken;
  LAZARET_FIELDS(CheckpointRestored, agent, incarnation, restored, broken)
};
struct CheckpointRehearsed {
  AgentRef agent;
  std::string checkpoint;  // id
  Rehearsal outcome = Rehearsal::begun;
  std::string detail;
  LAZARET_FIELDS(CheckpointRehearsed, agent, checkpoint, outcome, detail)
};
struct CheckpointPicked {
  AgentRef agent;
  std::string checkpoint;  // id
  std::string by;
  LAZARET_FIELDS(CheckpointPicked, agent, checkpoint, by)
};

}  // namespace fact
}  // namespace lazaret::core
