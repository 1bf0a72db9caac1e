// Does a mission's work go on by itself, and if not: what has to happen, and who has to do it?
//
// Work goes on while somebody works on a task, a report is verified, or somebody who runs, or comes
// back by itself, may take what is ready. Waiting for a person's answer is no going on.
#pragma once

#include <optional>
#include <string>

#include "core/fleet.h"

namespace lazaret::core {

struct Standstill {
  std::string rule;     // why nothing goes on: one clause
  std::string setting;  // what would change it: name and value, and where that is; may be empty
  std::string place;
  std::string remedy;                  // the command line for whoever mends it
  std::optional<ApprovalId> approval;  // the question that everything waits for
  std::optional<AgentId> agent;        // who is quarantined, stopped, paused …
};

// None where the mission is not active, or its work goes on, or nothing is left to do. The texts
// tell no durations: they stay the same while things stay as they are.
std::optional<Standstill> standstill_of(const Fleet& fleet, const Cell& cell);

// What a list of missions shows: "nothing goes on until r-3 is answered: …; lazaret inbox approve
// r-3". Empty where no person is needed.
std::string needs_of(const Fleet& fleet, const Cell& cell);

}  // namespace lazaret::core
