// What the explanations of why.h share.
#pragma once

#include <string>

#include "core/why.h"

namespace lazaret::core::why {

struct Reason {
  std::string rule;
  std::string setting;
  std::string place;
  std::string next;
};

inline constexpr const char* policies_place = "config/policies.json";
std::string agent_place(const Agent& agent);
std::string task_place(const Task& task, std::string_view member);

Explanation begin(std::string subject, std::string state, Stamp since, std::string reason);
void give(Explanation& it, const Reason& reason);
// A line of evidence, put at its time.
void tell(Explanation& it, const Stamp& at, std::string kind, std::string text, Stamp now);

// How to answer an open question, until when, and what is answered then. Empty where it is none.
std::string how_to_answer(const Fleet& fleet, const std::optional<ApprovalId>& id, Stamp now);

// The budget that keeps this agent and this task (either may be null) of the mission from going on,
// with what was spent and how to answer. None where none does.
std::optional<Reason> budget_reason(const Fleet& fleet, const Cell& cell, const Agent* agent,
                                    const Task* task, Stamp now);

// A hand-off of the task that is under way, and what it waits for. None where there is none.
std::optional<Reason> handoff_reason(const Fleet& fleet, const Cell& cell, const Task& task,
                                     Stamp now);

// What keeps an agent that stands in line for its account, and what would change it.
Reason account_hold(const Fleet& fleet, const AgentRef& ref, Stamp now);

// Why an agent takes no work and no wake now, and what would change that; empty = it would.
struct Obstacle {
  std::string text;  // "is paused"
  std::string setting;
  std::string place;
  std::string remedy;
};
std::optional<Obstacle> mission_obstacle(const Fleet& fleet, const Cell& cell);
std::optional<Obstacle> obstacle(const Fleet& fleet, const AgentRef& ref, Stamp now);

}  // namespace lazaret::core::why
