// Runs one simulated world from a seed and tells what it found.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/scenario.h"
#include "sim/world.h"

namespace lazaret::sim {

struct Options {
  std::uint64_t seed = 1;
  Scenario scenario;
  bool vary = true;    // let the seed change the scenario's rates
  bool trace = false;  // print every decision

  // Missions of somebody's own in place of the scenario's (mission_run.h): the run ends when they
  // are over, without a calm time and what is checked at its end.
  std::vector<core::CellDefinition> missions{};
  bool keeps_work = false;
  std::function<void(const ports::Decision&)> watch{};
};

// What a run ended with. A crash is seen from outside: a broken invariant ends the process.
enum class Outcome : std::uint8_t { ok, crash, liveness, correctness };

struct Report {
  std::uint64_t hash = 0;    // of every fact and its time
  std::uint64_t events = 0;  // that happened in the world
  std::uint64_t decisions = 0;
  std::uint64_t facts = 0;
  std::uint64_t restarts = 0;  // of the daemon
  double virtual_hours = 0;
  FaultCounts faults;
  std::vector<Violation> violations;
  std::vector<std::string> trace_tail;  // the last decisions, when there is a violation
  Outcome outcome() const;
};

Report run(const Options& options);

}  // namespace lazaret::sim
