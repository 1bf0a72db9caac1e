// Which of an agent's slots begins now. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harborforge/state.h"

namespace lazaret::harborforge {

struct Choice {
  const wire::SlotView* winner = nullptr;
  std::vector<std::string> deferred;  // idents of the others that were due
};

// Among the open slots that are due and were never begun the highest priority wins; of equals the
// earlier, then the lower ident. Slots listed twice count once.
Choice choose(const std::vector<wire::SlotView>& slots, const State& state, WallTime now);

// a before b: real ids by number and before virtual ones, those by their text.
bool ident_before(const wire::SlotView& a, const wire::SlotView& b);

}  // namespace lazaret::harborforge
