#include "core/meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/rfc3339.h"
#include "core/called.h"

namespace lazaret::core {
namespace {

using Limit = std::numeric_limits<std::int64_t>;

std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (!__builtin_add_overflow(a, b, &out)) return out;
  return b > 0 ? Limit::max() : Limit::min();
}

const Amounts* definition_at(const Fleet& fleet, const BudgetPlace& place) {
  switch (place.scope) {
    case BudgetScope::agent: {
      const Agent* agent = find_agent(fleet, {place.cell, place.agent});
      return agent ? &agent->definition.budget : nullptr;
    }
    case BudgetScope::task: {
      const Task* task = find_task(fleet, {place.cell, place.task});
      return task ? &task->definition.budget : nullptr;
    }
    case BudgetScope::mission: {
      const Cell* cell = find_cell(fleet, place.cell);
      return cell ? &cell->definition.budget : nullptr;
    }
  }
  return nullptr;
}

}  // namespace

std::int64_t part(const Amounts& amounts, BudgetKind kind) {
  switch (kind) {
    case BudgetKind::wall:
      return amounts.wall;
    case BudgetKind::cpu:
      return amounts.cpu;
    case BudgetKind::spawns:
      return amounts.spawns;
    case BudgetKind::tokens:
      return amounts.tokens;
    case BudgetKind::usd:
      return amounts.usd;
  }
  return 0;
}

void set_part(Amounts& amounts, BudgetKind kind, std::int64_t value) {
  switch (kind) {
    case BudgetKind::wall:
      amounts.wall = value;
      return;
    case BudgetKind::cpu:
      amounts.cpu = value;
      return;
    case BudgetKind::spawns:
      amounts.spawns = value;
      return;
    case BudgetKind::tokens:
      amounts.tokens = value;
      return;
    case BudgetKind::usd:
      amounts.usd = value;
      return;
  }
}

Amounts sum(const Amounts& a, const Amounts& b) {
  return {plus(a.wall, b.wall), plus(a.cpu, b.cpu), plus(a.spawns, b.spawns),
          plus(a.tokens, b.tokens), plus(a.usd, b.usd)};
}

Amounts difference(const Amounts& a, const Amounts& b) {
  const auto less = [](std::int64_t x, std::int64_t y) {
    return std::max<std::int64_t>(0, plus(x, -y));
  };
  return {less(a.wall, b.wall), less(a.cpu, b.cpu), less(a.spawns, b.spawns),
          less(a.tokens, b.tokens), less(a.usd, b.usd)};
}

std::string describe(BudgetKind kind, std::int64_t amount) {
  switch (kind) {
    case BudgetKind::wall:
      return to_human(Duration(amount)) + " of wall time";
    case BudgetKind::cpu:
      return to_human(Duration(amount)) + " of CPU time";
    case BudgetKind::spawns:
      return fmt::format("{} {}", amount, amount == 1 ? "start" : "starts");
    case BudgetKind::tokens:
      return fmt::format("{} tokens", amount);
    case BudgetKind::usd:
      return fmt::format("{}.{:02} usd", amount / 1'000'000, amount % 1'000'000 / 10'000);
  }
  return {};
}

std::string describe_used(BudgetKind kind, std::int64_t spent, std::int64_t reserved) {
  const std::string text = describe(kind, spent);
  return reserved == 0 ? text : fmt::format("{} and set aside {}", text, describe(kind, reserved));
}

std::string called(const Fleet& fleet, const BudgetPlace& place) {
  switch (place.scope) {
    case BudgetScope::agent:
      return "agent " + agent_called(fleet, {place.cell, place.agent});
    case BudgetScope::task:
      return "task " + task_called(fleet, {place.cell, place.task});
    case BudgetScope::mission:
      return mission_called(*find_cell(fleet, place.cell));
  }
  return {};
}

const Meter& meter_at(const Fleet& fleet, const BudgetPlace& place) {
  static const Meter none;
  switch (place.scope) {
    case BudgetScope::agent: {
      const Agent* agent = find_agent(fleet, {place.cell, place.agent});
      return agent ? agent->meter : none;
    }
    case BudgetScope::task: {
      const Task* task = find_task(fleet, {place.cell, place.task});
      return task && task->meter ? *task->meter : none;
    }
    case BudgetScope::mission: {
      const Cell* cell = find_cell(fleet, place.cell);
      return cell ? cell->meter : none;
    }
  }
  return none;
}

std::int64_t cap_at(const Fleet& fleet, const BudgetPlace& place, BudgetKind kind) {
  const Amounts* caps = definition_at(fleet, place);
  if (!caps || part(*caps, kind) <= 0) return 0;
  return plus(part(*caps, kind), part(meter_at(fleet, place).raised, kind));
}

Amounts spent_at(const Fleet& fleet, const BudgetPlace& place, Instant now) {
  const Meter& meter = meter_at(fleet, place);
  Amounts spent = meter.spent;
  if (meter.running_since != never && now > meter.running_since) {
    spent.wall = plus(spent.wall, (now - meter.running_since).count());
  }
  return spent;
}

std::vector<BudgetPlace> places_of(const Fleet& fleet, const AgentRef& ref) {
  const Agent* agent = find_agent(fleet, ref);
  return places_of(ref, agent ? agent->task : std::nullopt);
}

std::vector<BudgetPlace> places_of(const AgentRef& ref, const std::optional<TaskId>& task) {
  std::vector<BudgetPlace> places{{BudgetScope::agent, ref.cell, ref.agent, {}}};
  if (task) places.push_back({BudgetScope::task, ref.cell, ref.agent, *task});
  places.push_back({BudgetScope::mission, ref.cell, {}, {}});
  return places;
}

const BudgetHold* hold_on(const Cell& cell, const Agent& agent) {
  if (agent.meter.hold) return &*agent.meter.hold;
  if (cell.meter.hold) return &*cell.meter.hold;
  if (!agent.task) return nullptr;
  const auto task = cell.tasks.find(*agent.task);
  if (task == cell.tasks.end() || !task->second.meter || !task->second.meter->hold) return nullptr;
  return &*task->second.meter->hold;
}

bool is_held(const Cell& cell, const Agent& agent) { return hold_on(cell, agent) != nullptr; }

bool counts_cpu(const Cell& cell, const Agent& agent) {
  if (agent.definition.budget.cpu > 0 || cell.definition.budget.cpu > 0) return true;
  if (!agent.task) return false;
  const auto task = cell.tasks.find(*agent.task);
  return task != cell.tasks.end() && task->second.definition.budget.cpu > 0;
}

}  // namespace lazaret::core
