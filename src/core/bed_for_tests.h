// A small fleet on a bench: feeds events to decide() on a clock of its own, and keeps what came
// out.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/decide.h"
#include "core/decision.h"

namespace lazaret::core::testing {

using namespace std::chrono_literals;

inline const CellId the_cell("11111111-0000-4000-8000-000000000001");

inline AgentDefinition process_agent(const std::string& id) {
  AgentDefinition agent;
  agent.id = AgentId(id);
  agent.capabilities = {"any"};
  agent.run = RunSpec{};
  agent.run->command = {"true"};
  return agent;
}

inline AgentDefinition turn_agent(const std::string& id) {
  AgentDefinition agent = process_agent(id);
  agent.run->adapter = AdapterKind::turn;
  return agent;
}

inline TaskDefinition task_of(const std::string& id, std::vector<std::string> after = {}) {
  TaskDefinition task;
  task.id = TaskId(id);
  task.title = id;
  for (const std::string& one : after) task.dependencies.push_back(TaskId(one));
  return task;
}

inline CellDefinition cell_of(std::vector<AgentDefinition> agents,
                              std::vector<TaskDefinition> tasks = {}) {
  CellDefinition cell;
  cell.id = the_cell;
  cell.path = "/missions/one";
  cell.mission_name = "one";
  cell.digest = "1";
  cell.timeout = Duration(0);
  for (AgentDefinition& agent : agents) cell.agents.emplace(agent.id, std::move(agent));
  for (TaskDefinition& task : tasks) cell.tasks.emplace(task.id, std::move(task));
  return cell;
}

inline ExitReport exit_code(int code) {
  ExitReport exit;
  exit.code = code;
  return exit;
}

class Bed {
 public:
  Fleet fleet;
  Stamp now{Instant(1000s), WallTime(std::chrono::sys_days(std::chrono::year(2026) / 9 / 1))};
  std::vector<std::pair<Stamp, Fact>> facts;
  std::vector<Command> commands;

  Bed() { fleet.seed = 42; }
  explicit Bed(const CellDefinition& cell) : Bed() {
    post(event::DaemonStarted{1, "boot", "test"});
    post(event::AdoptionFinished{});
    post(event::CellObserved{cell});
  }

  Outcome post(EventBody body) {
    Outcome outcome = decide(fleet, {now, std::move(body)});
    for (const Fact& fact : outcome.facts) facts.emplace_back(now, fact);
    commands.insert(commands.end(), outcome.commands.begin(), outcome.commands.end());
    return outcome;
  }

  // Time passes; every deadline on the way rings at its moment.
  void wait(Duration time) {
    const Instant until = now.mono + time;
    for (int rings = 0; next_deadline(fleet, now) <= until; ++rings) {
      ASSERT_LT(rings, 10'000) << "a timer rings without end";
      move_to(std::max(now.mono, next_deadline(fleet, now)));
      post(event::TimePassed{});
    }
    move_to(until);
  }
  void move_to(Instant when) {
    now.wall += when - now.mono;
    now.mono = when;
  }

  Answer ask(Operation operation) {
    return ask(Caller{CallerKind::operator_, "ann", std::nullopt, {}}, std::move(operation));
  }
  Answer ask(Caller caller, Operation operation) {
    return *post(event::Requested{Request{1, std::move(caller), std::move(operation)}}).answer;
  }
  Answer ask_as(const std::string& agent_id, Operation operation) {
    return ask(self(agent_id, agent(agent_id).incarnation), std::move(operation));
  }
  static Caller self(const std::string& agent_id, Incarnation incarnation) {
    return Caller{CallerKind::agent, agent_id, ref(agent_id), incarnation};
  }

  static AgentRef ref(const std::string& id) { return {the_cell, AgentId(id)}; }
  static TaskRef task_ref(const std::string& id) { return {the_cell, TaskId(id)}; }
  const Agent& agent(const std::string& id) const { return *find_agent(fleet, ref(id)); }
  const Task& task(const std::string& id) const { return *find_task(fleet, task_ref(id)); }
  const Cell& cell() const { return *find_cell(fleet, the_cell); }

  void spawned(const std::string& id) {
    post(event::AgentSpawned{ref(id), agent(id).incarnation, 100, 1});
  }
  void exited(const std::string& id, const ExitReport& exit) {
    post(event::AgentExited{ref(id), agent(id).incarnation, exit});
  }

  template <class F>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(facts.begin(), facts.end(), [](const auto& one) {
      return std::holds_alternative<F>(one.second);
    }));
  }
  template <class F>
  const F& last() const {
    for (auto it = facts.rbegin(); it != facts.rend(); ++it) {
      if (const auto* found = std::get_if<F>(&it->second)) return *found;
    }
    static const F none{};
    ADD_FAILURE() << "no such fact";
    return none;
  }
  template <class C>
  std::size_t count_commands() const {
    return static_cast<std::size_t>(
        std::count_if(commands.begin(), commands.end(),
                      [](const Command& one) { return std::holds_alternative<C>(one); }));
  }
};

}  // namespace lazaret::core::testing
