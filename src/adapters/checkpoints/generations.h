// An agent's checkpoints on the disk.
//
//   checkpoints/<agent>/
//     staging/                 the agent writes here: state.json, context.json, artifacts/
//     generations/<id>/        manifest.json and the same files, as they were saved; never changed
//     current                  -> generations/<id> of the newest
//     state.json, context.json, artifacts   -> current/…
//
// A generation counts once the core has recorded it; until then, and after a crash in between, it
// is only rubbish that keep() removes. Files are not shared between generations, so that one bad
// block costs one of them. Blocking; for the worker's thread.
#pragma once

#include <string>
#include <vector>

#include "adapters/checkpoints/tree.h"
#include "core/command.h"
#include "core/event.h"
#include "wire/checkpoint_manifest.h"

namespace lazaret::checkpoints {

struct Place {
  std::string cell;  // absolute directory
  AgentId agent;
};

struct Wish {
  Place place;
  std::int64_t number = 1;
  Incarnation incarnation;
  std::optional<TaskId> task;
  std::string workspace;
  std::int64_t bytes_most = 0;
};

// Of a checkpoint's name; 0 where it is none.
std::int64_t number_of(const std::string& id);

// Copies what is staged into a new generation; it is on the disk, fsynced, when this returns.
// Errors: invalid_input, too_large, conflict name the file; unavailable: the disk refuses.
Result<core::CheckpointInfo> save(const Wish& wish);

// Error: invalid_input says what does not verify; unavailable: the disk refuses.
Result<wire::Manifest> verify(const std::string& cell, const core::CheckpointRef& checkpoint);

// The first candidate that verifies is what is staged from now on; without any, nothing is.
struct Restored {
  std::optional<core::CheckpointRef> restored;
  std::vector<core::BrokenCheckpoint> broken;
};
Result<Restored> restore(const Place& place, const std::vector<core::CheckpointRef>& candidates);

// Into a scratch directory, which is removed again; the copy is compared with the manifest.
Result<void> rehearse(const Place& place, const core::CheckpointRef& checkpoint);

// Removes every generation that is neither in `kept` nor in `spared`, and shows the last of `kept`.
Result<void> keep(const Place& place, const std::vector<std::string>& kept,
                  const std::vector<std::string>& spared);

}  // namespace lazaret::checkpoints
