#include "core/permissions.h"

#include <algorithm>

namespace lazaret::core::permissions {
namespace {

bool lists(const std::vector<std::string>& ids, const std::string& id) {
  return std::any_of(ids.begin(), ids.end(),
                     [&](const std::string& entry) { return entry == "*" || entry == id; });
}

const Permission* permission_of(const Cell& cell, const AgentId& agent) {
  const auto found = cell.definition.permissions.find(agent);
  return found == cell.definition.permissions.end() ? nullptr : &found->second;
}

bool hands_over_by_default(const Cell& cell, const AgentId& agent) {
  const auto found = cell.agents.find(agent);
  if (found == cell.agents.end()) return false;
  const Role role = found->second.definition.role;
  return role == Role::lead || role == Role::write;
}

}  // namespace

bool may_execute(const Cell& cell, const AgentId& agent, const TaskId& task) {
  const Permission* permission = permission_of(cell, agent);
  // An empty list says nothing about tasks that are made later, so only a filled one restricts.
  return !permission || permission->execute.empty() || lists(permission->execute, task.value);
}

bool may_publish(const Cell& cell, const AgentId& agent) {
  if (const Permission* permission = permission_of(cell, agent)) {
    if (lists(permission->write, "*")) return true;
  }
  const auto found = cell.agents.find(agent);
  return found != cell.agents.end() && found->second.definition.role == Role::lead;
}

bool may_checkpoint(Role role) { return role == Role::lead || role == Role::write; }

bool may_hand_to(const Cell& cell, const AgentId& agent, const AgentId& to) {
  if (const Permission* permission = permission_of(cell, agent)) {
    return lists(permission->handoff_to, to.value);
  }
  return hands_over_by_default(cell, agent);
}

bool may_take_from(const Cell& cell, const AgentId& agent, const AgentId& from) {
  if (const Permission* permission = permission_of(cell, agent)) {
    return lists(permission->handoff_from, from.value);
  }
  return hands_over_by_default(cell, agent);
}

bool may_stand_in(const Cell& cell, const AgentId& agent, const AgentId& from, const TaskId& task) {
  if (may_execute(cell, agent, task)) return true;
  const Permission* permission = permission_of(cell, agent);
  return permission && lists(permission->handoff_from, from.value);
}

}  // namespace lazaret::core::permissions
