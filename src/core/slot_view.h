// What of the calendar is to be seen: an agent's slots, virtual ones too.
#pragma once

#include <vector>

#include "core/calendar_state.h"

namespace lazaret::core {

// One of the fleet's own, which nobody has begun or sent for.
inline bool waits_for_its_time(const Slot& slot) {
  return slot.work.own && slot.status == SlotStatus::not_started && !slot.wake;
}

// When the fate of an occurrence is decided: for one of the fleet's own agents when it is due, for
// others when it is too late to take it up.
WallTime judged_at(const Plan& plan, const calendar::Occurrence& occurrence);
// Sets plan_due.
void arm_plan(Calendar& calendar, const Plan& plan);

// An occurrence as the slot that it would be; its id is 0.
Slot virtual_slot(const Plan& plan, const calendar::Occurrence& occurrence);

// The slot of that number, or that an occurrence of that virtual id has become; null = none.
const Slot* find_slot(const Calendar& calendar, std::string_view ident);
// Errors: invalid_input, not_found. `ident` is a virtual id that nobody has touched.
Result<Slot> find_virtual_slot(const Calendar& calendar, const std::string& ident);

// The agent's slots of one day of its zone and those before it that are not over, in their order;
// occurrences whose fate is decided without a slot are left out.
std::vector<Slot> slots_for(const Calendar& calendar, const std::string& agent, WallTime now,
                            const calendar::Zone& zone);
// All of one agent in [from, to); at most `most`.
std::vector<Slot> slots_between(const Calendar& calendar, const std::string& agent, WallTime from,
                                WallTime to, std::size_t most);

std::string local_text(calendar::LocalTime time);  // 2026-11-21T09:00:00

}  // namespace lazaret::core
