// A slot: one stretch of time in an agent's calendar, in the terms of the HarborForge contracts.
//
//   not_started ─► ongoing ⇄ paused ─► finished │ aborted
//        │  ▲         ▲
//        ▼  │         │            aborted and skipped are also reached from not_started, deferred
//      deferred ──────┘
#pragma once

#include "base/fields.h"

namespace lazaret::core {

LAZARET_ENUM(SlotStatus, not_started, deferred, ongoing, paused, finished, aborted, skipped)
LAZARET_ENUM(SlotType, work, on_call, entertainment, system)
LAZARET_ENUM(SlotEvent, none, job, entertainment, system_event)
// Of an agent in the calendar.
LAZARET_ENUM(CalendarStatus, idle, on_call, busy, exhausted, offline)

constexpr bool is_over(SlotStatus status) {
  return status == SlotStatus::finished || status == SlotStatus::aborted ||
         status == SlotStatus::skipped;
}
constexpr bool is_active(SlotStatus status) {
  return status == SlotStatus::ongoing || status == SlotStatus::paused;
}
// Nobody has begun it.
constexpr bool is_open(SlotStatus status) { return !is_over(status) && !is_active(status); }

// deferred → deferred is a change too: it raises the priority once more.
constexpr bool is_legal(SlotStatus from, SlotStatus to) {
  if (is_over(from)) return false;
  if (is_active(from)) {
    return to == SlotStatus::finished || to == SlotStatus::aborted || (is_active(to) && to != from);
  }
  return to == SlotStatus::ongoing || to == SlotStatus::aborted || to == SlotStatus::skipped ||
         to == SlotStatus::deferred;
}

}  // namespace lazaret::core
