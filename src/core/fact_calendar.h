// Facts about the calendar; see fact.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/calendar_state.h"

namespace lazaret::core::fact {

// The bytes of a time zone, as the machine has them now.
struct ZoneKnown {
  std::string name;
  std::string data;  // hex
  LAZARET_FIELDS(ZoneKnown, name, data)
};
struct CalendarAgentRegistered {
  CalendarAgent registered;
  std::string by;
  LAZARET_FIELDS(CalendarAgentRegistered, registered, by)
};
struct CalendarAgentRemoved {
  std::string id;
  std::string by;
  LAZARET_FIELDS(CalendarAgentRemoved, id, by)
};
struct CalendarAgentChanged {
  std::string id;
  CalendarStatus status = CalendarStatus::idle;
  WallTime recovery_at{};  // of an exhausted one
  std::string reason;
  std::string by;
  LAZARET_FIELDS(CalendarAgentChanged, id, status, recovery_at, reason, by)
};
// New or edited: the whole of it.
struct PlanDefined {
  Plan plan;
  std::string by;
  LAZARET_FIELDS(PlanDefined, plan, by)
};
struct PlanRemoved {
  std::int64_t plan = 0;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(PlanRemoved, plan, by, reason)
};
struct PlanPaused {
  std::int64_t plan = 0;
  bool paused = true;
  std::string by;
  std::string reason;
  LAZARET_FIELDS(PlanPaused, plan, paused, by, reason)
};
// What became of nominal times of a plan, all of them up to `judged`.
struct TimesJudged {
  std::int64_t plan = 0;
  std::vector<TimeFate> outcomes;  // at most fates_kept, the newest
  std::int64_t more = 0;           // earlier ones, all missed
  WallTime judged{};
  LAZARET_FIELDS(TimesJudged, plan, outcomes, more, judged)
};
// New, touched for the first time, or edited: the whole of it.
struct SlotDefined {
  Slot slot;
  std::string by;
  LAZARET_FIELDS(SlotDefined, slot, by)
};
struct SlotChanged {
  std::int64_t slot = 0;
  std::optional<AgentRef> own;
  SlotStatus status = SlotStatus::not_started;
  std::int64_t priority = 0;
  WallTime started_at{};
  std::int64_t actual_minutes = 0;
  std::optional<WakeId> wake;
  bool failed = false;  // counts against its plan
  std::string by;
  std::string reason;
  LAZARET_FIELDS(SlotChanged, slot, own, status, priority, started_at, actual_minutes, wake, failed,
                 by, reason)
};

}  // namespace lazaret::core::fact
