// Single occurrences of plans that are not as their plan says: moved, with other work, or called
// off before they were due. A calendar program has to be told of them one by one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/calendar_state.h"

namespace lazaret::core {

inline constexpr std::size_t changes_most = 500;  // of one plan: the newest

struct PlanChange {
  const Slot* slot = nullptr;  // what the occurrence has become
  calendar::LocalTime nominal{};
  bool second = false;        // of a folded hour
  calendar::SysTime usual{};  // when it would have been
  bool called_off = false;
};

// By plan, in the order of their nominal times.
std::map<std::int64_t, std::vector<PlanChange>> plan_changes(const Calendar& calendar);

}  // namespace lazaret::core
