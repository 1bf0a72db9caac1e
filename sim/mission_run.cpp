#include "sim/mission_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/simulation.h"

namespace lazaret::sim {
namespace {

using namespace core;

// What an agent costs while it lives and has work.
struct Meter {
  bool alive = false;
  std::set<std::string> work;  // tasks and turns
  Instant since{};
};

class Tally {
 public:
  explicit Tally(const MissionAsk& ask, MissionRun& run) : ask_(ask), run_(run) {}

  void add(const ports::Decision& decision) {
    now_ = decision.event.at.mono;
    if (!began_) began_ = now_;
    for (const Fact& fact : decision.facts) {
      std::visit([this](const auto& one) { note(one); }, fact);
    }
    run_.seconds = in_seconds(now_ - *began_);
  }
  void end() {
    for (auto& [agent, meter] : meters_) settle(meter);
    run_.spend = run_.worked_seconds / 3600 * ask_.hourly_cost +
                 static_cast<double>(claims_) * ask_.task_cost;
  }

 private:
  template <class F>
  void note(const F&) {}
  void note(const fact::MissionStatusChanged& f) {
    run_.status = f.status;
    run_.reason = f.reason;
  }
  void note(const fact::AgentStarting& f) {
    if (f.reason == StartReason::revival) ++run_.revivals;
  }
  void note(const fact::AgentSpawned& f) { live(f.agent.agent, true); }
  void note(const fact::AgentExited& f) {
    live(f.agent.agent, false);
    if (!f.expected) ++run_.deaths;
  }
  void note(const fact::AgentQuarantined&) { ++run_.given_up; }
  void note(const fact::ApprovalOpened&) { ++run_.questions; }
  void note(const fact::WakeStarted& f) { begin(f.agent.agent, f.wake.value); }
  void note(const fact::WakeEnded& f) { finish(f.wake.value); }
  void note(const fact::TaskClaimed& f) {
    begin(f.agent, f.task.task.value);
    ++claims_;
  }
  void note(const fact::TaskReported& f) { finish(f.task.task.value); }
  void note(const fact::TaskFailed& f) { finish(f.task.task.value); }
  void note(const fact::TaskReleased& f) { finish(f.task.task.value); }
  void note(const fact::TaskTransferred& f) { finish(f.task.task.value); }
  void note(const fact::TaskCompleted& f) {
    finish(f.task.task.value);
    ++run_.tasks_done;
  }

  void settle(Meter& meter) {
    if (meter.alive && !meter.work.empty()) run_.worked_seconds += in_seconds(now_ - meter.since);
    meter.since = now_;
  }
  void live(const AgentId& agent, bool alive) {
    Meter& meter = meters_[agent];
    settle(meter);
    meter.alive = alive;
  }
  void begin(const AgentId& agent, const std::string& what) {
    Meter& meter = meters_[agent];
    settle(meter);
    meter.work.insert(what);
  }
  void finish(const std::string& what) {
    for (auto& [agent, meter] : meters_) {
      if (!meter.work.contains(what)) continue;
      settle(meter);
      meter.work.erase(what);
    }
  }

  const MissionAsk& ask_;
  MissionRun& run_;
  Instant now_{};
  std::optional<Instant> began_;
  std::map<AgentId, Meter> meters_;
  std::uint64_t claims_ = 0;
};

Scenario scenario_of(const MissionAsk& ask) {
  Scenario s = without_faults(Scenario{});
  s.agents = static_cast<int>(ask.cell.agents.size());
  s.fault_hours = ask.hours;
  s.task_seconds = ask.task_seconds;
  s.poll_seconds = 5;
  s.new_tasks_an_hour = s.wakes_an_hour = s.questions_an_hour = s.rate_limits_an_hour = 0;
  s.share_beating = 1;
  s.person_silent = 0;
  if (ask.mtbf_seconds > 0) s.kills_an_hour = 3600 / ask.mtbf_seconds;
  return s;
}

bool is_substitute(const CellDefinition& cell, const AgentId& id) {
  return std::ranges::find(cell.policies.substitute_agents, id) !=
         cell.policies.substitute_agents.end();
}

// Agents that do work, and that no task and no other agent names.
std::vector<AgentId> free_ones(const CellDefinition& cell) {
  std::vector<AgentId> free;
  for (const auto& [id, agent] : cell.agents) {
    const bool named = std::ranges::any_of(
        cell.tasks, [&](const auto& entry) { return entry.second.assigned_to == id; });
    if (!named && agent.run && agent.role == Role::write && !is_substitute(cell, id)) {
      free.push_back(id);
    }
  }
  return free;
}

}  // namespace

MissionRun run_mission(const MissionAsk& ask, std::uint64_t seed) {
  MissionRun run;
  run.seed = seed;
  Options options;
  options.seed = seed;
  options.scenario = scenario_of(ask);
  options.vary = false;
  options.keeps_work = ask.keeps_work;
  CellDefinition cell = ask.cell;
  cell.status = MissionStatus::active;
  cell.file_runtime.clear();
  for (auto& [id, word] : cell.task_status) word = "pending";
  options.missions.push_back(std::move(cell));
  Tally tally(ask, run);
  options.watch = [&](const ports::Decision& decision) { tally.add(decision); };
  const Report report = sim::run(options);
  tally.end();
  for (const Violation& one : report.violations) run.broken.push_back(one.rule + ": " + one.detail);
  return run;
}

Result<CellDefinition> with_agents(CellDefinition cell, std::size_t count) {
  std::size_t at_work = 0;
  for (const auto& [id, agent] : cell.agents) at_work += agent.run && !is_substitute(cell, id);
  std::vector<AgentId> free = free_ones(cell);
  if (count > at_work) {
    if (free.empty()) {
      return fail(ErrorCode::invalid_input,
                  "the mission has no writer that could be copied, one that no task is assigned to",
                  "--agents", "leave --agents out");
    }
    const AgentDefinition model = cell.agents.at(free.front());
    for (std::size_t number = 2; at_work < count; ++number) {
      AgentDefinition copy = model;
      copy.id = AgentId(fmt::format("{}-copy-{}", model.id.value, number));
      if (cell.agents.emplace(copy.id, copy).second) ++at_work;
    }
    cell.max_agents = std::max(cell.max_agents, static_cast<int>(cell.agents.size()));
  }
  while (at_work > count && !free.empty()) {
    cell.agents.erase(free.back());
    free.pop_back();
    --at_work;
  }
  if (at_work > count) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("{} agents cannot be left out: tasks are assigned to them, they lead, or"
                    " they run elsewhere",
                    at_work),
        "--agents", fmt::format("--agents {}", at_work));
  }
  return cell;
}

}  // namespace lazaret::sim
