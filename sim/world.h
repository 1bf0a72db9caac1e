// What all parts of one simulated world share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "runtime/loop.h"
#include "sim/fault.h"
#include "sim/scenario.h"
#include "sim/schedule.h"

namespace lazaret::sim {

// A promise that did not hold.
struct Violation {
  bool liveness = false;  // something is stuck; else something is wrong
  std::string rule;
  std::string detail;
  Instant at{};
};

struct World {
  World(Scenario chosen, std::uint64_t seed_of_run);

  // Missions of somebody's own, in place of those that the scenario would make.
  std::vector<core::CellDefinition> own_missions;
  bool keeps_work = false;  // an agent goes on from its last checkpoint after a death
  Scenario scenario;
  std::uint64_t seed;
  VirtualClock clock;
  Schedule schedule;
  FaultCounts faults;
  std::vector<Violation> violations;
  runtime::Loop* loop = nullptr;  // null while no daemon runs
  bool calm = false;              // faults have stopped
  // Happens once, when the journal has committed and the daemon has not heard of it.
  Schedule::Action at_commit;

  // One generator for each concern: a change in one leaves the chances of the others as they were.
  Rng workload;
  Rng life;  // of agents
  Rng messages;
  Rng people;
  Rng disk;
  Rng daemon;
  Rng checkpoints;
  Rng planning;
  Rng bounds;  // budgets, hand-offs, strategies
  Rng accounts;

  Instant now() const { return clock.now().mono; }
  void after(Duration delay, Schedule::Action action) {
    schedule.at(now() + delay, std::move(action));
  }
  void count(Fault fault) { ++faults[fault]; }
  void violate(bool liveness, std::string_view rule, std::string detail) {
    violations.push_back({liveness, std::string(rule), std::move(detail), now()});
  }
  // A fault that happens with this chance, only while faults are on.
  bool strikes(Rng& rng, double chance, Fault fault) {
    if (calm || chance <= 0 || !rng.chance(chance)) return false;
    count(fault);
    return true;
  }
};

// Uniform.
inline Duration between(Rng& rng, Duration low, Duration high) {
  const auto width = static_cast<std::uint64_t>((high - low).count()) + 1;
  return low + Duration(static_cast<Duration::rep>(rng.below(width)));
}

// The time to the next of events that happen so often in an hour; never for 0.
inline Duration next_of(Rng& rng, double an_hour) {
  if (an_hour <= 0) return Duration::max();
  return Duration(1) + seconds_of(2 * rng.unit() * 3600 / an_hour);
}

// So often an hour, until all is calm; when, is chance of that kind.
template <class Act>
void again_and_again(World& world, Rng World::* kind, double an_hour, Act act) {
  const Duration when = next_of(world.*kind, an_hour);
  if (when == Duration::max()) return;
  world.after(when, [&world, kind, an_hour, act] {
    if (world.calm) return;
    act();
    again_and_again(world, kind, an_hour, act);
  });
}

inline std::string name(const AgentRef& ref) { return qualified(ref); }
inline std::string name(const TaskRef& ref) {
  return ref.cell.value.substr(0, 8) + "/" + ref.task.value;
}

}  // namespace lazaret::sim
