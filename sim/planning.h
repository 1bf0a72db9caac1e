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
  // When faults stop, plans do too: else something would be under way at every end.
  void put_right();
  // No slot wakes its agent twice, none comes back from its end, and each nominal time has one
  // fate.
  void on_decided(const ports::Decision& decision, const core::Fleet& fleet);
  // When faults have stopped and time has passed: nothing that is due still waits.
  void check_nothing_stuck() const;

 private:
  // A daemon began: what a power cut has taken never happened.
  void take_stock(const core::Fleet& fleet);
  void plan_something();
  void ask(core::Operation operation);
  std::optional<AgentRef> some_agent();
  void on_wake(const core::fact::WakeAccepted& f);
  void on_changed(const core::fact::SlotChanged& f, const core::Fleet& fleet);
  void on_judged(const core::fact::TimesJudged& f);

  World& world_;
  struct Judged {
    std::int64_t plan = 0;
    WallTime at{};
  };
  std::map<std::int64_t, core::SlotStatus> slots_;
  std::set<std::int64_t> woken_;          // slots
  std::set<std::int64_t> lines_;          // slots that are their agent's own to end
  std::map<std::string, Judged> judged_;  // by virtual id
};

}  // namespace lazaret::sim
