#include "server/fact_filter.h"

#include "server/names.h"

namespace lazaret::server {

Result<ports::FactQuery> fact_filter(const core::Fleet& fleet, const FactWords& words,
                                     const Identity& who) {
  ports::FactQuery filter;
  filter.kind = words.kind;
  filter.task = words.task;
  if (!words.cell.empty()) {
    const auto cell = cell_named(fleet, words.cell, who);
    if (!cell && cell.error().code != ErrorCode::not_found) return std::unexpected(cell.error());
    filter.cell = cell ? cell->value : words.cell;
  }
  if (!words.agent.empty() && !filter.cell.empty()) {
    // Within a mission the bare id is enough, however many others have it too.
    const AgentRef there{CellId(filter.cell), AgentId(words.agent)};
    if (core::find_agent(fleet, there) && may_see(who, there)) filter.agent = words.agent;
  }
  if (!words.agent.empty() && filter.agent.empty()) {
    const auto agent = agent_named(fleet, words.agent, who);
    if (!agent && agent.error().code != ErrorCode::not_found) return std::unexpected(agent.error());
    filter.agent = agent ? agent->agent.value : words.agent;
    if (agent && filter.cell.empty()) filter.cell = agent->cell.value;
  }
  if (who.right == Right::agent) {
    filter.cell = who.agent->cell.value;
    if (who.agent->cell == external_cell) filter.agent = who.agent->agent.value;
  }
  return filter;
}

}  // namespace lazaret::server
