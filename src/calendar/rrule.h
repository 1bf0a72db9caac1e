// A recurrence rule of RFC 5545 3.3.10, as written: every part of it.
//
// Read strictly where a slip would fire at a wrong time (unknown parts, values out of range, an
// ordinal weekday where the standard has no period to count in, COUNT beside UNTIL), and liberally
// where the meaning is plain (lower case, "RRULE:" in front, a semicolon at the end, a value said
// twice). Parts that 3.3.10 bars from a frequency although they could limit it (BYMONTHDAY in a
// weekly rule, BYWEEKNO in a monthly one) do limit it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calendar/time_text.h"

namespace lazaret::calendar {

LAZARET_ENUM(Freq, secondly, minutely, hourly, daily, weekly, monthly, yearly)

// 0 as ordinal means every one; Monday is weekday 0.
struct NthWeekday {
  int ordinal = 0;
  int weekday = 0;
  friend auto operator<=>(const NthWeekday&, const NthWeekday&) = default;
};

// Lists are sorted and say nothing twice; an empty one was not written.
struct Rrule {
  Freq freq = Freq::daily;
  std::int64_t interval = 1;
  std::optional<std::int64_t> count;
  std::optional<TimeText> until;
  int week_start = 0;
  std::vector<int> seconds, minutes, hours;
  std::vector<NthWeekday> weekdays;
  std::vector<int> month_days, year_days, weeks, months, positions;
};

inline constexpr std::size_t most_rule_chars = 4'096;
inline constexpr std::int64_t most_interval = 1'000'000'000;

// Error: invalid_input, place is the part ("BYMONTH"), remedy is what it may say.
Result<Rrule> parse_rrule(std::string_view text);

}  // namespace lazaret::calendar
