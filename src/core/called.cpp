#include "core/called.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::core {
namespace {

template <class Has>
bool is_unique(const Fleet& fleet, Has has) {
  return std::ranges::count_if(fleet.cells, [&](const auto& entry) { return has(entry.second); }) <=
         1;
}

}  // namespace

std::string short_id(const CellId& id) { return id.value.substr(0, 8); }

std::string mission_called(const Cell& cell) {
  return fmt::format("mission {} ({})", cell.definition.mission_name, short_id(cell.definition.id));
}

std::string agent_called(const Fleet& fleet, const AgentRef& ref) {
  const auto has = [&](const Cell& cell) { return cell.agents.contains(ref.agent); };
  if (ref.cell.value == "external" || is_unique(fleet, has)) return ref.agent.value;
  return short_id(ref.cell) + "." + ref.agent.value;
}

std::string task_called(const Fleet& fleet, const TaskRef& ref) {
  const auto has = [&](const Cell& cell) { return cell.tasks.contains(ref.task); };
  if (is_unique(fleet, has)) return ref.task.value;
  return short_id(ref.cell) + "." + ref.task.value;
}

}  // namespace lazaret::core
