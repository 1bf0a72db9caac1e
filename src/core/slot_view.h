// What of the calendar is to be seen: an agent's slots, virtual ones too.
#pragma once

#include <optional>
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
// Where a slot stands among those of all agents; text for cursors, in no order of its own.
struct SlotPlace {
  WallTime at{};
  std::int64_t id = 0;
  std::string virtual_id;
  friend auto operator<=>(const SlotPlace&, const SlotPlace&) = default;
};
SlotPlace place_of(const Slot& slot);
std::string to_text(const SlotPlace& place);
std::optional<SlotPlace> read_place(std::string_view text);

struct SlotsPage {
  std::vector<Slot> slots;        // in the order of their places
  std::optional<SlotPlace> next;  // there are more behind it, or may be
};
// Those in [from, to) behind `after`, at most `most`; empty `agent`: of all.
SlotsPage slots_between(const Calendar& calendar, const std::string& agent, WallTime from,
                        WallTime to, std::size_t most, const std::optional<SlotPlace>& after);

std::string local_text(calendar::LocalTime time);  // 2026-11-21T09:00:00

}  // namespace lazaret::core
