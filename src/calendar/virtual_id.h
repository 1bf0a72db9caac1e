// The name of an occurrence that nobody has touched yet: plan-<id>-<YYYY-MM-DD>T<HHMMSS>, by its
// nominal local time; with a b at the end it is the second of a folded hour.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "calendar/schedule.h"

namespace lazaret::calendar {

struct VirtualId {
  std::string plan;
  LocalTime nominal{};
  bool second = false;
  LAZARET_FIELDS(VirtualId, plan, nominal, second)
};

// Which occurrence of its plan: "2026-01-31T090000", and a b for the second of a folded hour.
std::string occurrence_name(LocalTime nominal, bool second);
std::string virtual_id(std::string_view plan, const Occurrence& occurrence);
std::string to_text(const VirtualId& id);
// Accepts what virtual_id writes and nothing else. Error: invalid_input.
Result<VirtualId> parse_virtual_id(std::string_view text);

// The occurrence of that name, if the schedule has it.
Result<Occurrence> find_occurrence(const Schedule& schedule, const VirtualId& id,
                                   Budget budget = Budget());

}  // namespace lazaret::calendar
