// The calendar of the simulated fleet: people who plan, and what may never happen to their slots.
#pragma once

#include <map>
#include <set>
#include <string>

#include "ports/journal.h"
#include "sim/world.h"

namespace lazaret::sim {

class Planning {
 public:
  explicit Planning(World& world) : world_(world) {}

  void begin();
  // No slot wakes its agent twice, none comes back from its end, and each nominal time has one
  // fate.
  void on_decided(const ports::Decision& decision);
  // When faults have stopped and time has passed: nothing that is due still waits.
  void check_nothing_stuck() const;

 private:
  void plan_something();
  void ask(core::Operation operation);
  std::optional<AgentRef> some_agent();
  void on_wake(const core::fact::WakeAccepted& f);
  void on_changed(const core::fact::SlotChanged& f);
  void on_judged(const core::fact::TimesJudged& f);

  World& world_;
  std::set<std::string> woken_;  // sources of wakes
  std::map<std::int64_t, core::SlotStatus> slots_;
  std::set<std::string> judged_;  // virtual ids
};

}  // namespace lazaret::sim
