// cron expressions → Pattern.
//
//   minute hour day-of-month month weekday            five fields
//   second minute hour day-of-month month weekday     six
//   @yearly @annually @monthly @weekly @daily @midnight @hourly
//
// A field is *, ?, a value, a range a-b, a step */n, a-b/n or a/n (from a on), or a list of those.
// Months and weekdays have English names; Sunday is 0 and 7. Day of month: L (last), L-3 (three
// before it), 15W (the nearest weekday), LW (the last weekday). Weekday: 5L or FRI#L (the last
// Friday of the month), 5#3 (the third).
//
// When day of month and weekday are both asked for (neither is * or ?), either suffices, as POSIX
// says of crontab.
#pragma once

#include <string_view>

#include "base/result.h"
#include "calendar/pattern.h"

namespace lazaret::calendar {

inline constexpr std::size_t most_cron_chars = 1'024;

// Error: invalid_input, place is the field ("hour"), remedy is what it may say.
Result<Pattern> parse_cron(std::string_view text);

}  // namespace lazaret::calendar
