// The one door of the core. Pure: the same fleet and event give the same outcome, everywhere.
#pragma once

#include <optional>
#include <vector>

#include "core/command.h"
#include "core/event.h"
#include "core/fact.h"
#include "core/fleet.h"

namespace lazaret::core {

struct Outcome {
  std::vector<Fact> facts;        // already applied to the fleet, in this order
  std::vector<Command> commands;  // to be started once the facts are recorded
  std::optional<Answer> answer;   // for event::Requested
};

Outcome decide(Fleet& fleet, const Event& event);

// The next deadline on the wall clock; WallTime::max() = none. It moves when the clock is set.
WallTime next_wall_deadline(const Fleet& fleet);

// When decide() wants to hear TimePassed next; `now` places wall-clock deadlines.
Instant next_deadline(const Fleet& fleet, Stamp now);

}  // namespace lazaret::core
