// Who is started again after an end, and who is not: exit codes, strategies, and the fleet's
// freeze. Kept from the facts and from the exits that the simulated world itself made.
#pragma once

#include <map>
#include <set>

#include "core/decision.h"
#include "ports/journal.h"
#include "sim/processes.h"

namespace lazaret::sim {

class Restarts {
 public:
  Restarts(World& world, Processes& processes) : world_(world), processes_(processes) {}

  void on_decided(const ports::Decision& decision, const core::Fleet& fleet);
  // Called once a minute or so.
  void look_around(const core::Fleet& fleet);

 private:
  struct Account {
    bool at_work = false;     // started, and not asked to end
    bool stays_down = false;  // it ended for good, until somebody wants it again
    bool by_person = false;   // frozen alone, by a person
    Incarnation incarnation;
    std::optional<Instant> differs_since;  // whether it is frozen: the record and the process
  };
  struct Facts;  // one function a fact; restarts.cpp

  void take_stock(const core::Fleet& fleet);
  void check_strategy(const ports::Decision& decision, std::size_t death, const core::Fleet& fleet);
  std::vector<AgentId> members(const core::Cell& cell, const AgentId& dead,
                               const core::Fleet& fleet) const;
  void check_frozen(const AgentRef& ref, const core::Agent& agent, const core::Fleet& fleet);
  void wrong(std::string_view rule, const std::string& detail) {
    world_.violate(false, rule, detail);
  }

  World& world_;
  Processes& processes_;
  std::map<AgentRef, Account> agents_;
  bool frozen_ = false;  // the fleet
};

}  // namespace lazaret::sim
