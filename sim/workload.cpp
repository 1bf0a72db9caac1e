#include "sim/workload.h"

#include <fmt/format.h>

namespace lazaret::sim {
namespace {

using namespace core;

constexpr std::size_t external_agents = 3;

}  // namespace

Workload::Workload(World& world) : world_(world) {
  for (const CellDefinition& own : world.own_missions) cells_.emplace(own.id, own);
  if (!cells_.empty()) {
    cells_most_ = cells_.size();
    return;
  }
  const auto agents = static_cast<std::size_t>(world.scenario.agents);
  const auto a_cell = static_cast<std::size_t>(std::max(2, world.scenario.agents_a_cell));
  for (; next_cell_ * a_cell < agents; ++next_cell_) {
    CellDefinition cell = make_cell(next_cell_, std::min(a_cell, agents - next_cell_ * a_cell));
    const CellId id = cell.id;
    cells_.emplace(id, std::move(cell));
  }
  cells_most_ = cells_.size();
  for (std::size_t i = 0; i < external_agents; ++i) {
    AgentDefinition agent;
    agent.id = AgentId(fmt::format("outside-{}", i));
    external_.push_back(std::move(agent));
  }
}

AgentDefinition Workload::make_agent(std::size_t index, std::size_t place) {
  const Scenario& s = world_.scenario;
  AgentDefinition agent;
  const bool lead = place == 0;
  agent.role = lead ? Role::lead : Role::write;
  agent.id = AgentId(fmt::format("{}-{}-{}", to_word(agent.role), index, place));
  agent.name = agent.id.value;
  agent.beat_interval = seconds_of(s.agents > 100 ? 30 : 10);
  agent.beat_timeout = agent.beat_interval * 10;
  agent.capabilities = {"any"};
  bound(agent);
  if (!lead && chance(s.share_external)) return agent;
  agent.run = make_run(lead);
  if (chance(0.15)) agent.auto_revive = static_cast<AutoRevive>(world_.workload.below(4));
  static constexpr HangPolicy policies[] = {HangPolicy::by_beats, HangPolicy::by_beats,
                                            HangPolicy::revive, HangPolicy::ask,
                                            HangPolicy::observe};
  agent.hang = policies[world_.workload.below(std::size(policies))];
  return agent;
}

RunSpec Workload::make_run(bool lead) {
  const bool turn = !lead && chance(world_.scenario.share_turn);
  RunSpec run;
  run.command = {"agent"};
  run.adapter = turn ? AdapterKind::turn : AdapterKind::process;
  run.stop_grace = seconds_of(2 + static_cast<double>(world_.workload.below(10)));
  run.ready = static_cast<ReadyWhen>(world_.workload.below(4));
  if (run.ready == ReadyWhen::settled) run.settle = 2s;
  if (chance(0.1)) run.restart = Restart::always;
  return run;
}

CellDefinition Workload::make_cell(std::size_t index, std::size_t agents) {
  const Scenario& s = world_.scenario;
  CellDefinition cell;
  cell.id = CellId(fmt::format("{:08x}-0000-4000-8000-{:012x}", mix(index) >> 32, index));
  cell.path = fmt::format("/missions/{}", index);
  cell.mission_name = fmt::format("mission {}", index);
  cell.max_agents = static_cast<int>(agents) + 4;
  cell.complete_when_tasks_done = chance(s.share_mortal);
  cell.timeout =
      cell.complete_when_tasks_done && chance(0.3) ? Duration(std::chrono::hours(2)) : Duration(0);
  cell.policies.auto_revive = chance(0.2) ? AutoRevive::ask : AutoRevive::yes;
  cell.policies.approval_deadline = std::chrono::minutes(5 + world_.workload.below(60));
  cell.policies.max_retries = static_cast<int>(1 + world_.workload.below(5));
  cell.policies.checkpoint_required = index % 3 == 0;
  cell.policies.checkpoint_interval = seconds_of(60.0 * static_cast<double>(1 + index % 10));
  cell.policies.rehearsal_interval = seconds_of(600.0 * static_cast<double>(index % 4));
  std::vector<AgentId> doers;
  for (std::size_t place = 0; place < agents; ++place) {
    AgentDefinition agent = make_agent(index, place);
    const bool substitute = place + 1 == agents && agents > 2 && agent.run;
    if (substitute) {
      agent.run->adapter = AdapterKind::process;
      cell.policies.substitute_agents.push_back(agent.id);
    } else {
      doers.push_back(agent.id);
    }
    cell.agents.emplace(agent.id, agent);
  }
  std::vector<TaskId> existing;
  for (std::size_t i = 0; i < agents * static_cast<std::size_t>(s.tasks_an_agent); ++i) {
    TaskDefinition task = make_task(fmt::format("f{}", i), doers, existing);
    existing.push_back(task.id);
    cell.tasks.emplace(task.id, task);
  }
  bound(cell);
  touch(cell);
  return cell;
}

TaskDefinition Workload::make_task(const std::string& id, const std::vector<AgentId>& agents,
                                   const std::vector<TaskId>& existing) {
  TaskDefinition task;
  task.id = TaskId(id);
  task.title = "task " + id;
  task.priority = static_cast<Priority>(world_.workload.below(3));
  task.timeout = std::max<Duration>(60s, seconds_of(world_.scenario.task_seconds * 5));
  task.max_tries = static_cast<int>(1 + world_.workload.below(5));
  if (chance(0.1)) task.on_failure = OnTaskFailure::fail;
  if (chance(0.4)) task.assigned_to = pick(agents);
  if (chance(0.3)) task.needs_capabilities = {"any"};
  if (chance(world_.scenario.share_verified)) task.verify = VerifySpec{{"check"}, 60s};
  for (int i = 0; i < 3 && !existing.empty(); ++i) {
    if (!chance(0.25)) continue;
    const TaskId& on = pick(existing);
    if (std::find(task.dependencies.begin(), task.dependencies.end(), on) ==
        task.dependencies.end()) {
      task.dependencies.push_back(on);
    }
  }
  bound(task);
  return task;
}

std::vector<TaskDefinition> Workload::new_tasks(const Cell& cell, std::size_t count) {
  std::vector<AgentId> doers;
  for (const auto& [id, agent] : cell.agents) {
    const auto& substitutes = cell.definition.policies.substitute_agents;
    if (std::find(substitutes.begin(), substitutes.end(), id) == substitutes.end())
      doers.push_back(id);
  }
  if (doers.empty()) return {};
  std::vector<TaskId> existing;
  for (const auto& [id, task] : cell.tasks) {
    if (existing.size() < 50) existing.push_back(id);
  }
  std::vector<TaskDefinition> tasks;
  for (std::size_t i = 0; i < count; ++i) {
    tasks.push_back(make_task(fmt::format("n{}", next_task_++), doers, existing));
    existing.push_back(tasks.back().id);
  }
  return tasks;
}

void Workload::touch(CellDefinition& cell) { cell.digest = fmt::format("digest-{}", ++edits_); }

void Workload::mirror(const CellId& id, MissionStatus status) {
  const auto found = cells_.find(id);
  if (found != cells_.end()) found->second.status = status;
  if (!is_by_hand(id, status)) by_hand_.erase(id);
}

void Workload::read_all() {
  for (const auto& [id, cell] : cells_) known_[id] = cell.status;
}

bool Workload::is_by_hand(const CellId& id, MissionStatus status) const {
  const auto found = by_hand_.find(id);
  return found != by_hand_.end() && found->second == status;
}

const CellDefinition* Workload::add() {
  if (cells_.size() >= cells_most_) return nullptr;
  CellDefinition cell =
      make_cell(next_cell_++, static_cast<std::size_t>(std::max(2, world_.scenario.agents_a_cell)));
  const CellId id = cell.id;
  known_[id] = cell.status;
  return &cells_.emplace(id, std::move(cell)).first->second;
}

CellDefinition Workload::edit(const CellId& id) {
  CellDefinition& cell = cells_.at(id);
  std::vector<AgentId> agents;
  for (const auto& [agent_id, agent] : cell.agents) agents.push_back(agent_id);
  std::vector<TaskId> tasks;
  for (const auto& [task_id, task] : cell.tasks) tasks.push_back(task_id);
  const AgentId agent = pick(agents);
  switch (world_.workload.below(8)) {
    case 0: {
      const AgentDefinition fresh = make_agent(edits_ + 100, 1);
      if (cell.agents.size() < static_cast<std::size_t>(cell.max_agents)) {
        cell.agents.emplace(fresh.id, fresh);
      }
      break;
    }
    case 1:
      if (cell.agents.size() > 4) cell.agents.erase(agent);
      break;
    case 2: {
      auto& run = cell.agents.at(agent).run;
      if (run) {
        run.reset();
      } else {
        run = make_run(false);
      }
      break;
    }
    case 3:
      if (cell.status == MissionStatus::completed || cell.status == MissionStatus::failed) break;
      cell.status =
          cell.status == MissionStatus::active ? MissionStatus::paused : MissionStatus::active;
      by_hand_[id] = known_[id] = cell.status;
      break;
    case 4:
      cell.policies.max_retries = static_cast<int>(world_.workload.below(6));
      cell.policies.auto_revive = static_cast<AutoRevive>(world_.workload.below(4));
      break;
    case 5:
      bound(cell);
      bound(cell.agents.at(agent));
      break;
    case 6: {
      const TaskDefinition task = make_task(fmt::format("e{}", edits_), agents, tasks);
      cell.tasks.emplace(task.id, task);
      break;
    }
    default:
      if (tasks.empty()) break;
      cell.tasks.at(pick(tasks)).verify.reset();
      break;
  }
  touch(cell);
  CellDefinition seen = cell;
  seen.status = known_.try_emplace(id, cell.status).first->second;
  return seen;
}

}  // namespace lazaret::sim
