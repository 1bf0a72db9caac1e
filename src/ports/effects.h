// The world's hands. The loop calls start() only after the command's facts are recorded.
#pragma once

#include <functional>

#include "core/command.h"
#include "core/event.h"

namespace lazaret::ports {

// Where adapters put what happened. Called on the loop's thread only.
using EventSink = std::function<void(core::EventBody)>;

class Effects {
 public:
  virtual ~Effects() = default;
  // Begins one command and returns at once; its one terminal event goes to the EventSink later.
  // Idempotent by (agent, incarnation): a command that is already under way or done is not
  // repeated.
  virtual void start(const core::Command& command) = 0;
};

}  // namespace lazaret::ports
