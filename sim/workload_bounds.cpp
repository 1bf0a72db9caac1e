// Budgets, strategies and who may hand work to whom, in the files of the simulated world.
#include "sim/pools.h"
#include "sim/workload.h"

namespace lazaret::sim {
namespace {

using namespace core;

std::int64_t minutes(Rng& rng, std::uint64_t low, std::uint64_t high) {
  const Duration time = std::chrono::minutes(low + rng.below(high - low));
  return time.count();
}

constexpr std::int64_t a_dollar = 1'000'000;

std::int64_t some(Rng& rng, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(high - low)));
}

// Of one kind, now and then of two.
Amounts some_caps(Rng& rng, std::int64_t scale) {
  Amounts caps;
  do {
    switch (static_cast<BudgetKind>(rng.below(5))) {
      case BudgetKind::wall:
        caps.wall = minutes(rng, 20, 90) * scale;
        break;
      case BudgetKind::cpu:
        caps.cpu = minutes(rng, 10, 60) * scale;
        break;
      case BudgetKind::spawns:
        caps.spawns = some(rng, 2, 8) * scale;
        break;
      case BudgetKind::tokens:
        caps.tokens = some(rng, 5'000, 50'000) * scale;
        break;
      case BudgetKind::usd:
        caps.usd = some(rng, a_dollar, 10 * a_dollar) * scale;
        break;
    }
  } while (rng.chance(0.3));
  return caps;
}

Permission some_permission(Rng& rng, const std::map<AgentId, AgentDefinition>& agents) {
  const auto some_ids = [&] {
    if (rng.chance(0.3)) return std::vector<std::string>{"*"};
    std::vector<std::string> ids;
    for (const auto& [id, agent] : agents) {
      if (rng.chance(0.3)) ids.push_back(id.value);
    }
    return ids;
  };
  Permission permission;
  permission.handoff_to = some_ids();
  permission.handoff_from = some_ids();
  return permission;
}

// Some mission or agent is on one of the accounts.
std::string some_account(World& world, double share) {
  if (!world.accounts.chance(share)) return {};
  return pool_name(world.accounts.below(pools));
}

}  // namespace

void Workload::bound(AgentDefinition& agent) {
  Rng& rng = world_.bounds;
  agent.account = some_account(world_, world_.scenario.share_pooled / 4);
  agent.budget = {};
  if (rng.chance(world_.scenario.share_budgeted)) agent.budget = some_caps(rng, 1);
}

void Workload::bound(TaskDefinition& task) {
  Rng& rng = world_.bounds;
  if (rng.chance(world_.scenario.share_budgeted / 4)) task.budget = some_caps(rng, 1);
}

void Workload::bound(CellDefinition& cell) {
  Rng& rng = world_.bounds;
  const Scenario& s = world_.scenario;
  cell.account = some_account(world_, s.share_pooled);
  cell.budget = {};
  if (rng.chance(s.share_budgeted / 2)) cell.budget = some_caps(rng, 4);
  if (rng.chance(s.share_strategies)) {
    cell.policies.strategy = rng.chance(0.5) ? Strategy::rest_for_one : Strategy::one_for_all;
  }
  if (s.handoffs_an_hour <= 0) return;
  cell.policies.handoff_allowed = !rng.chance(0.1);
  if (rng.chance(0.4)) cell.policies.handoff_approval = HandoffApproval::manual;
  for (const auto& [id, agent] : cell.agents) {
    if (rng.chance(0.15)) cell.permissions[id] = some_permission(rng, cell.agents);
  }
}

}  // namespace lazaret::sim
