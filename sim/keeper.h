// Starts the daemon (a Loop over the simulated ports), kills it, cuts the power, and starts it
// again.
#pragma once

#include <memory>

#include "sim/fake_journal.h"
#include "sim/people.h"
#include "sim/processes.h"

namespace lazaret::sim {

class Keeper {
 public:
  Keeper(World& world, FakeJournal& journal, Processes& processes, Workload& workload,
         People& people)
      : world_(world),
        journal_(journal),
        processes_(processes),
        workload_(workload),
        people_(people) {}

  void start();
  // Kills, power cuts, clock jumps, stalls and disk errors begin to happen.
  void begin_faults();
  // A decision to act may be the last one of its daemon: before it is recorded, before it is acted
  // on, before the act is over.
  void on_decided(const ports::Decision& decision);
  // The daemon dies now, and the next one is started a while later.
  void kill(bool with_power);
  std::uint64_t restarts() const { return epoch_ - 1; }

 private:
  // Kills the daemon that runs now, if it still does.
  Schedule::Action death();
  void die_within(Duration most);
  void follow(const core::fact::MissionStatusChanged& changed);
  void mirror_later(const CellId& id);
  void stall();

  World& world_;
  FakeJournal& journal_;
  Processes& processes_;
  Workload& workload_;
  People& people_;
  std::unique_ptr<runtime::Loop> loop_;
  std::uint64_t epoch_ = 0;
  std::uint64_t boots_ = 1;
};

}  // namespace lazaret::sim
