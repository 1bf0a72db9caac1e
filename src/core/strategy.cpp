#include "core/strategy.h"

#include <fmt/format.h>

#include "core/lifecycle.h"

namespace lazaret::core::strategy {
namespace {

bool goes_with(Strategy strategy, const AgentId& dead, const AgentId& other) {
  switch (strategy) {
    case Strategy::one_for_one:
      return false;
    case Strategy::rest_for_one:
      return other > dead;
    case Strategy::one_for_all:
      return other != dead;
  }
  return false;
}

}  // namespace

void on_counted_death(Decision& d, const AgentRef& ref) {
  const Cell& cell = *d.cell(ref.cell);
  const Strategy strategy = cell.definition.policies.strategy;
  if (strategy == Strategy::one_for_one) return;
  const std::string reason =
      fmt::format("restarted with {} (strategy {})", ref.agent.value, to_word(strategy));
  for (const auto& [id, agent] : cell.agents) {
    if (!goes_with(strategy, ref.agent, id) || !is_live(agent.process)) continue;
    if (agent.definition.run->adapter != AdapterKind::process) continue;
    if (!lifecycle::should_run(d.fleet(), cell, agent)) continue;
    lifecycle::stop(d, {ref.cell, id}, reason);
  }
}

}  // namespace lazaret::core::strategy
