// "When the clock shows": what cron and OnCalendar expressions come down to. A local time fits when
// its date and its time of day fit, each part on its own.
//
// A pattern that names every hour is an interval ("every 5 minutes") and runs by instant: in the
// hour that a change of the clock skips there is none, in the hour it repeats they come again. Any
// other pattern names times of day, and each of those keeps its date (see schedule.h).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "calendar/rrule.h"
#include "calendar/source.h"
#include "calendar/zone.h"

namespace lazaret::calendar {

// Bit n is the value n; 0 for days and weekdays = not asked.
struct Pattern {
  std::uint64_t seconds = 1;
  std::uint64_t minutes = 1;
  std::uint32_t hours = 1;
  std::uint16_t months = 0x1ffe;
  std::vector<int> years;  // sorted; empty = any
  std::uint32_t month_days = 0;
  std::uint32_t days_from_end = 0;     // bit 1 is the last day of the month
  std::uint32_t nearest_workdays = 0;  // 15W: the weekday in the month that is nearest
  bool last_workday = false;           // LW
  std::uint8_t weekdays = 0;           // Monday is bit 0
  std::vector<NthWeekday> nth;         // of the month
  bool either_day = false;             // a day of the month OR a weekday suffices (cron)

  bool asks_month_day() const {
    return month_days != 0 || days_from_end != 0 || nearest_workdays != 0 || last_workday;
  }
  bool asks_weekday() const { return weekdays != 0 || !nth.empty(); }
  bool names_every_hour() const { return (hours & 0xffffff) == 0xffffff; }
  bool fits(const Date& date, Day day) const;
  // The first fitting time in [from, end); looks at most 400 years ahead, where the calendar begins
  // to repeat.
  std::optional<LocalTime> next(LocalTime from, LocalTime end, Budget& budget) const;
};

// Gives what lies at or after `from`.
std::unique_ptr<Source> walk_pattern(const Pattern& pattern, const ZonePtr& zone, SysTime from);

}  // namespace lazaret::calendar
