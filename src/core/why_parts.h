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

// "scout" where that is unique in the fleet, else "<first 8 of the cell's id>.scout".
std::string address_of(const Fleet& fleet, const AgentRef& ref);

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
