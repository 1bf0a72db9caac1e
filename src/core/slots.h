// What becomes of slots: the calendar's time, whom it wakes, and what agents say of theirs.
//
// The fleet's own agents are woken through the wake queue, with the source "calendar:slot-<n>" (a
// backend's slots, which the daemon follows as its client, are "calendar:<ident>"): the slot is
// ongoing while the wake's turn runs, and ends with it. Others ask for their slots and report what
// they made of them; an occurrence that none of them took up in time is missed.
#pragma once

#include "core/decision.h"

namespace lazaret::core::slots {

inline constexpr std::string_view wake_source = "calendar:slot-";

// Judges the times that are due, fires slots, lets exhausted agents recover.
void on_time(Decision& d);
// Slots follow the wakes that were recorded in this decision.
void follow_wakes(Decision& d);

// Of a calendar agent: a heartbeat after silence; heard_most without one.
void on_heard(Decision& d, const std::string& agent);
void on_silent(Decision& d, const std::string& agent);

// Why `from` may not become `to`; empty = it may. An exhausted agent recovers at its time.
std::string refusal(const CalendarAgent& from, CalendarStatus to, WallTime now);
void set_status(Decision& d, const std::string& agent, CalendarStatus status, WallTime recovery_at,
                const std::string& reason, const std::string& by);

// A change of a slot, and what follows from it for its plan and its agent.
struct Change {
  SlotStatus status = SlotStatus::not_started;
  std::string by;
  std::string reason;
  std::optional<WakeId> wake;
  std::optional<WallTime> started_at;
  std::int64_t actual_minutes = 0;  // 0: counted from the start, where that is known
  bool failed = false;
  bool raises = false;  // the priority, by one
};
void change(Decision& d, std::int64_t slot, const Change& change);

// Makes a slot of a virtual one; its number.
std::int64_t touch(Decision& d, Slot slot, const std::string& by);

// The message that wakes an agent for its slot.
std::string message_of(const Slot& slot);

}  // namespace lazaret::core::slots
