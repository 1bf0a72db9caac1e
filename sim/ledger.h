// A second book of what agents, tasks and missions spent, kept from the facts alone, and compared
// with the fleet's own. It is told what the core decided, never how.
#pragma once

#include <map>
#include <set>
#include <tuple>

#include "core/decision.h"
#include "core/meter.h"
#include "ports/journal.h"
#include "sim/processes.h"

namespace lazaret::sim {

class Ledger {
 public:
  Ledger(World& world, Processes& processes) : world_(world), processes_(processes) {}

  void on_decided(const ports::Decision& decision, const core::Fleet& fleet);
  // Called once a minute or so.
  void look_around(const core::Fleet& fleet);

 private:
  struct Account {
    core::Amounts spent;  // without wall time, which no fact tells
    core::Amounts raised;
    bool held = false;  // a person is asked, and has not answered
  };
  struct Aside {
    core::Amounts amounts;
    std::optional<TaskId> task;
  };
  struct CpuSeen {
    Incarnation incarnation;
    std::int64_t ns = 0;
  };
  using Place = std::tuple<core::BudgetScope, CellId, std::string>;  // of an agent or task, or ""
  struct Facts;  // one function a fact; ledger.cpp

  static Place place_of(const core::BudgetPlace& place);
  void take_stock(const core::Fleet& fleet);
  void take_stock(const core::BudgetPlace& place, const core::Fleet& fleet);
  void spend(const AgentRef& agent, const std::optional<TaskId>& task,
             const core::Amounts& amounts);
  std::int64_t cap(const core::BudgetPlace& place, core::BudgetKind kind, const core::Fleet& fleet);
  core::Amounts set_aside_at(const core::BudgetPlace& place) const;
  void check_granted(const AgentRef& agent, const std::optional<TaskId>& task,
                     core::BudgetKind kind, const core::Fleet& fleet);
  void compare(const core::BudgetPlace& place, const core::Fleet& fleet);
  void compare(const AgentRef& agent, const core::Fleet& fleet);
  void check_wall(const core::BudgetPlace& place, const core::Fleet& fleet);
  bool is_held(const AgentRef& agent, const std::optional<TaskId>& task);
  void wrong(std::string_view rule, const std::string& detail) {
    world_.violate(false, rule, detail);
  }

  World& world_;
  Processes& processes_;
  std::map<Place, Account> accounts_;
  std::map<AgentRef, std::map<std::string, Aside>> aside_;
  std::map<AgentRef, CpuSeen> cpu_;
  std::set<AgentRef> run_here_;  // what they set aside ends with that run
};

}  // namespace lazaret::sim
