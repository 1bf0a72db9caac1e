#include "core/ended.h"

#include <fmt/format.h>

#include "core/called.h"

namespace lazaret::core {

bool is_over(MissionStatus status) {
  return status == MissionStatus::completed || status == MissionStatus::failed;
}

std::string why_mission_ended(const Fleet& fleet, const CellId& id) {
  const Cell* cell = find_cell(fleet, id);
  if (!cell) return "its mission is gone";
  if (!is_over(cell->status)) return {};
  const std::string why = cell->status_reason.empty() ? "" : ": " + cell->status_reason;
  return fmt::format("{} is {}{}", mission_called(*cell), to_word(cell->status), why);
}

std::string why_agent_ended(const Fleet& fleet, const AgentRef& ref) {
  if (std::string why = why_mission_ended(fleet, ref.cell); !why.empty()) return why;
  const Agent* agent = find_agent(fleet, ref);
  if (!agent || agent->removed) return agent_called(fleet, ref) + " is gone";
  if (!agent->wanted) return agent_called(fleet, ref) + " was stopped for good";
  if (agent->finished) return agent_called(fleet, ref) + " has finished";
  return {};
}

std::string why_task_ended(const Fleet& fleet, const TaskRef& ref) {
  if (std::string why = why_mission_ended(fleet, ref.cell); !why.empty()) return why;
  const Task* task = find_task(fleet, ref);
  if (!task) return fmt::format("task {} is gone", task_called(fleet, ref));
  if (task->state != TaskState::completed && task->state != TaskState::failed) return {};
  return fmt::format("task {} is {}", task_called(fleet, ref), to_word(task->state));
}

}  // namespace lazaret::core
