// When faults have stopped and time has passed, nothing may be stuck.
#pragma once

#include "sim/fake_journal.h"
#include "sim/processes.h"

namespace lazaret::sim {

void check_nothing_stuck(World& world, Processes& processes);

// Facts folded, events replayed, and the living fleet are one and the same.
void check_one_truth(World& world, const FakeJournal& journal);

}  // namespace lazaret::sim
