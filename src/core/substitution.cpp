#include "core/substitution.h"

#include "core/handoff.h"
#include "core/lifecycle.h"
#include "core/permissions.h"

namespace lazaret::core::substitution {
namespace {

bool is_final(TaskState state) {
  return state == TaskState::completed || state == TaskState::failed;
}

bool is_available(const Agent& agent) {
  return !agent.standing_in && !agent.removed && !agent.withdrawn &&
         agent.process != ProcessState::quarantined &&
         agent.process != ProcessState::awaiting_approval && agent.definition.run;
}

bool belongs_to(const Task& task, const AgentId& agent) {
  return !is_final(task.state) && (task.owner == agent || task.definition.assigned_to == agent);
}

bool may_take_all(const Cell& cell, const AgentId& from, const AgentId& to) {
  for (const auto& [id, task] : cell.tasks) {
    if (belongs_to(task, from) && !permissions::may_stand_in(cell, to, from, id)) return false;
  }
  return true;
}

}  // namespace

std::optional<AgentId> choose(const Cell& cell, const AgentId& from) {
  const auto leaving = cell.agents.find(from);
  if (leaving == cell.agents.end()) return std::nullopt;
  for (const AgentId& id : cell.definition.policies.substitute_agents) {
    const auto found = cell.agents.find(id);
    if (id == from || found == cell.agents.end() || !is_available(found->second)) continue;
    if (found->second.definition.role != leaving->second.definition.role) continue;
    if (may_take_all(cell, from, id)) return id;
  }
  return std::nullopt;
}

bool take_over(Decision& d, const AgentRef& ref, const std::string& reason) {
  const Cell& cell = *d.cell(ref.cell);
  const auto substitute = choose(cell, ref.agent);
  if (!substitute) return false;
  d.record(fact::AgentSubstituted{ref, *substitute, reason});
  for (const auto& [id, task] : cell.tasks) {
    if (!belongs_to(task, ref.agent)) continue;
    if (task.state == TaskState::reported) continue;  // its verification goes on
    handoff::give_up(d, {ref.cell, id}, "a substitute takes over");
    d.record(fact::TaskTransferred{{ref.cell, id}, ref.agent, *substitute, reason, "core"});
  }
  lifecycle::settle(d, ref.cell);
  return true;
}

}  // namespace lazaret::core::substitution
