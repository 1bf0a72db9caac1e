// The nominal times of a recurrence rule, in order. Two walks: days and what is longer than a day
// go by the calendar; hours, minutes and seconds go by instant, so that "every 3 hours" stays three
// hours through a change of the clock.
#pragma once

#include <memory>

#include "calendar/rrule.h"
#include "calendar/source.h"
#include "calendar/zone.h"

namespace lazaret::calendar {

struct RuleStart {
  LocalTime local{};       // DTSTART
  SysTime instant{};       // the same
  bool date_only = false;  // then BYHOUR, BYMINUTE and BYSECOND say nothing (3.3.10)
};

// Gives what lies at or after `from`; earlier ones count towards COUNT. What DTSTART has to fill in
// (3.3.10: "derived from the Start Time") is filled in. UNTIL is left to the caller, apart from
// stopping a day after it.
std::unique_ptr<Source> walk_rule(const Rrule& rule, const RuleStart& start, const ZonePtr& zone,
                                  SysTime from);

}  // namespace lazaret::calendar
