// The promises of the core, checked after every decision against the facts it recorded, the fleet
// it left behind, and the truth that only the simulated world knows. It keeps its own small account
// of each agent and task, so that a wrong rule in the core is not simply asked to judge itself.
#pragma once

#include <map>
#include <set>

#include "core/decision.h"
#include "ports/journal.h"
#include "sim/processes.h"

namespace lazaret::sim {

class Checker {
 public:
  Checker(World& world, Processes& processes) : world_(world), processes_(processes) {}

  void on_decided(const ports::Decision& decision, const core::Fleet& fleet);
  // Called once a minute or so.
  void look_around(const core::Fleet& fleet);

 private:
  struct AgentAccount {
    core::ProcessState process = core::ProcessState::stopped;
    Incarnation incarnation;
    int tries = 0;
    bool died = false;  // its last end was a failure that nobody has forgiven
    Instant spawned{};
    bool spawn_seen = false;
    bool to_be_found = false;  // live when the daemon started, so adoption has to say
    std::set<WakeId> open_wakes;
    std::set<WakeId> started_wakes;
    std::optional<Instant> wake_due;               // since when a wake waits for no reason
    std::vector<core::CheckpointRef> checkpoints;  // in the order in which they were acknowledged
  };
  struct TaskAccount {
    std::optional<AgentId> owner;
    int tries = 0;
  };
  struct Facts;  // one function a fact; checker_facts.cpp

  void take_stock(const core::Fleet& fleet);
  void check_adoption(const core::Fleet& fleet);
  void check_agent(const AgentRef& ref, const core::Fleet& fleet);
  void check_wakes(const AgentRef& ref, const core::Agent& agent, const core::Fleet& fleet);
  void check_task(const TaskRef& ref, const core::Fleet& fleet);
  void check_graph(const CellId& id, const core::Fleet& fleet);
  void wrong(std::string_view rule, const std::string& detail) {
    world_.violate(false, rule, detail);
  }

  World& world_;
  Processes& processes_;
  std::map<AgentRef, AgentAccount> agents_;
  std::map<TaskRef, TaskAccount> tasks_;
  std::uint64_t checks_ = 0;
};

}  // namespace lazaret::sim
