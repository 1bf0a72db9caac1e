// What was spent, and what may be: the arithmetic of budgets, for apply() and for who decides.
#pragma once

#include <string_view>
#include <vector>

#include "core/fleet.h"

namespace lazaret::core {

// The start of an agent that was decided, among its reservations.
inline constexpr std::string_view spawn_reservation = "start";

// AgentFrozen::by of a freeze for a budget.
inline constexpr std::string_view budget_freezer = "budget";

// What a budget belongs to. agent and task are empty where the scope is wider; a task's agent is
// who works on it.
struct BudgetPlace {
  BudgetScope scope = BudgetScope::mission;
  CellId cell;
  AgentId agent;
  TaskId task;
  friend bool operator==(const BudgetPlace&, const BudgetPlace&) = default;
};

std::int64_t part(const Amounts& amounts, BudgetKind kind);
void set_part(Amounts& amounts, BudgetKind kind, std::int64_t value);
// Sums stop at the bounds of the type.
Amounts sum(const Amounts& a, const Amounts& b);
Amounts difference(const Amounts& a, const Amounts& b);  // never below zero

// "90s", "1500 tokens", "0.25 usd"
std::string describe(BudgetKind kind, std::int64_t amount);
// "60 tokens", "60 tokens and set aside 50 tokens"
std::string describe_used(BudgetKind kind, std::int64_t spent, std::int64_t reserved);

// "agent scout", "task t-41", "mission survey (1f0a7b22)"
std::string called(const Fleet& fleet, const BudgetPlace& place);

// An empty one where nothing was ever spent.
const Meter& meter_at(const Fleet& fleet, const BudgetPlace& place);
// The definition's cap and what was added to it; 0 = no cap.
std::int64_t cap_at(const Fleet& fleet, const BudgetPlace& place, BudgetKind kind);
// With wall time up to now.
Amounts spent_at(const Fleet& fleet, const BudgetPlace& place, Instant now);

// The agent, its task if it has one, its mission.
std::vector<BudgetPlace> places_of(const Fleet& fleet, const AgentRef& ref);
std::vector<BudgetPlace> places_of(const AgentRef& ref, const std::optional<TaskId>& task);

// The hold that keeps this agent from going on, or null.
const BudgetHold* hold_on(const Cell& cell, const Agent& agent);
bool is_held(const Cell& cell, const Agent& agent);

// Does anything count the CPU time of this agent?
bool counts_cpu(const Cell& cell, const Agent& agent);

}  // namespace lazaret::core
