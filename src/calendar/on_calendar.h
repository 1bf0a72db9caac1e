// systemd's OnCalendar expressions (systemd.time(7), "Calendar Events") → Pattern.
//
//   [weekdays] [[year-]month-day] [hour:minute[:second]] [zone]
//   Mon..Fri 09:00    *-*-01 00:00    *-02~01    Sat,Sun 8..20/2:30    *:0/15    Mon *-05~07/1
//   minutely hourly daily weekly monthly quarterly semiannually yearly
//
// Our own addition: "weekdays" is Mon..Fri, "weekends" is Sat,Sun. Times are whole seconds; years
// are 1970 to 2199, as there.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "calendar/pattern.h"

namespace lazaret::calendar {

struct OnCalendar {
  Pattern pattern;
  std::string zone;  // "Europe/Berlin" where one was written, not checked
};

inline constexpr std::size_t most_on_calendar_chars = 1'024;

// Error: invalid_input, place is the part, remedy is what it may say.
Result<OnCalendar> parse_on_calendar(std::string_view text);

}  // namespace lazaret::calendar
