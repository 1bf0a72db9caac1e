// What was decided, decided anew: the same event on the same fleet must give the same facts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/event.h"
#include "core/fact.h"
#include "core/fleet.h"

namespace lazaret::core {

// One decision of a journal.
struct Recorded {
  std::uint64_t number = 0;
  Event event;
  std::vector<Fact> facts;
  std::string build;  // that wrote it
};

// The first fact that is another one; empty on the side that has no more of them.
struct Difference {
  std::optional<Fact> recorded;
  std::optional<Fact> now;
};

struct Replayed {
  std::vector<Fact> facts;               // as decided now
  std::optional<Difference> difference;  // none: the same as recorded
};

// Decides the recorded event on the fleet.
Replayed replay(Fleet& fleet, const Recorded& recorded);

}  // namespace lazaret::core
