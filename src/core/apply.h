// The only code that changes a Fleet. Folding the journal's facts with it gives the state after a
// restart; decide() uses the same function, so the two cannot disagree.
#pragma once

#include "core/fact.h"
#include "core/fleet.h"

namespace lazaret::core {

void apply(Fleet& fleet, const Stamp& at, const Fact& fact);

}  // namespace lazaret::core
