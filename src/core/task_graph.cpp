#include "core/task_graph.h"

#include <algorithm>

#include "core/permissions.h"

namespace lazaret::core::task_graph {
namespace {

enum class Mark : std::uint8_t { unseen, open, closed };

struct Frame {
  TaskId id;
  std::size_t next = 0;
};

std::vector<TaskId> cut_cycle(const std::vector<Frame>& path, const TaskId& back_to) {
  std::vector<TaskId> cycle;
  auto from = std::find_if(path.begin(), path.end(),
                           [&](const Frame& frame) { return frame.id == back_to; });
  for (; from != path.end(); ++from) cycle.push_back(from->id);
  cycle.push_back(back_to);
  return cycle;
}

bool has_all(const std::vector<std::string>& has, const std::vector<std::string>& needed) {
  return std::all_of(needed.begin(), needed.end(), [&](const std::string& one) {
    return std::find(has.begin(), has.end(), one) != has.end();
  });
}

// Lower comes first.
std::int64_t rank(const Task& task, Instant now) {
  const auto level = static_cast<std::int64_t>(task.definition.priority);
  return level - (now - task.since.mono) / ageing_step;
}

}  // namespace

// Depth first without recursion: graphs come from files and may be deep.
std::optional<std::vector<TaskId>> find_cycle(const Edges& tasks) {
  std::map<TaskId, Mark> marks;
  for (const auto& [root, unused] : tasks) {
    if (marks[root] != Mark::unseen) continue;
    std::vector<Frame> path{{root, 0}};
    marks[root] = Mark::open;
    while (!path.empty()) {
      Frame& top = path.back();
      const auto found = tasks.find(top.id);
      if (found == tasks.end() || top.next == found->second.size()) {
        marks[top.id] = Mark::closed;
        path.pop_back();
        continue;
      }
      const TaskId next = found->second[top.next++];
      if (marks[next] == Mark::open) return cut_cycle(path, next);
      if (marks[next] == Mark::closed) continue;
      marks[next] = Mark::open;
      path.push_back({next, 0});
    }
  }
  return std::nullopt;
}

Edges with_ancestors(const Cell& cell, Edges tasks) {
  std::vector<TaskId> open;
  for (const auto& [id, dependencies] : tasks) {
    open.insert(open.end(), dependencies.begin(), dependencies.end());
  }
  while (!open.empty()) {
    const TaskId id = std::move(open.back());
    open.pop_back();
    const auto found = cell.tasks.find(id);
    if (found == cell.tasks.end() || tasks.contains(id)) continue;
    const auto& dependencies = found->second.definition.dependencies;
    tasks.emplace(id, dependencies);
    open.insert(open.end(), dependencies.begin(), dependencies.end());
  }
  return tasks;
}

std::string to_text(const std::vector<TaskId>& path) {
  std::string text;
  for (const TaskId& id : path) text += (text.empty() ? "" : " → ") + id.value;
  return text;
}

bool fits(const Cell& cell, const AgentId& agent, const Task& task) {
  const TaskDefinition& wanted = task.definition;
  if (wanted.assigned_to && *wanted.assigned_to != agent) return false;
  const auto found = cell.agents.find(agent);
  if (found == cell.agents.end()) return false;
  if (task.meter && task.meter->hold) return false;  // a person is asked whether it goes on
  if (!wanted.assigned_to && !meets_needs(found->second, task)) return false;
  const auto& given = task.handed_over;
  if (given && given->to == agent) {
    return permissions::may_stand_in(cell, agent, given->from, wanted.id);
  }
  return permissions::may_execute(cell, agent, wanted.id);
}

bool meets_needs(const Agent& agent, const Task& task) {
  const TaskDefinition& wanted = task.definition;
  if (wanted.needs_role && *wanted.needs_role != agent.definition.role) return false;
  return has_all(agent.definition.capabilities, wanted.needs_capabilities);
}

std::optional<TaskId> best_for(const Cell& cell, const AgentId& agent, Instant now) {
  const Task* best = nullptr;
  for (const TaskId& id : cell.ready) {
    const Task& task = cell.tasks.at(id);
    if (!fits(cell, agent, task)) continue;
    if (best) {
      const auto ours = rank(task, now);
      const auto theirs = rank(*best, now);
      if (ours > theirs || (ours == theirs && task.since.mono >= best->since.mono)) continue;
    }
    best = &task;
  }
  if (!best) return std::nullopt;
  return best->definition.id;
}

bool is_stuck(const Cell& cell) {
  if (cell.open_tasks == 0 || !cell.ready.empty()) return false;
  return std::all_of(cell.tasks.begin(), cell.tasks.end(), [](const auto& entry) {
    const TaskState state = entry.second.state;
    return state != TaskState::in_progress && state != TaskState::reported;
  });
}

}  // namespace lazaret::core::task_graph
