// Dependencies and order. Pure questions about a cell's tasks.
#pragma once

#include <optional>
#include <vector>

#include "core/fleet.h"

namespace lazaret::core::task_graph {

// Of each task, those that it depends on.
using Edges = std::map<TaskId, std::vector<TaskId>>;

// A cycle through the dependencies of `tasks` (closed: first == last), or nullopt.
std::optional<std::vector<TaskId>> find_cycle(const Edges& tasks);

// New or changed tasks, and all those in the cell that they depend on, however indirectly: a cycle
// that they close is in there, however large the rest of the cell is.
Edges with_ancestors(const Cell& cell, Edges tasks);

// "a → b → a"
std::string to_text(const std::vector<TaskId>& path);

// Assigned to it, or to nobody and of its role and capabilities; and permitted.
bool fits(const Cell& cell, const AgentId& agent, const Task& task);

// Of the role and with the capabilities that the task needs.
bool meets_needs(const Agent& agent, const Task& task);

// The ready task that `agent` should take next: the highest priority first, each minute of waiting
// raises a task by one level, so none starves; ties by time, then id.
std::optional<TaskId> best_for(const Cell& cell, const AgentId& agent, Instant now);
inline constexpr Duration ageing_step = 60s;

// Open tasks exist, but nothing can move any more: everything open waits for something that failed.
bool is_stuck(const Cell& cell);

}  // namespace lazaret::core::task_graph
