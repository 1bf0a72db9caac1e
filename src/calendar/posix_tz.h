// The POSIX TZ rule at the end of a TZif file: "CET-1CEST,M3.5.0,M10.5.0/3".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "calendar/civil.h"

namespace lazaret::calendar {

struct YearlySwitch {
  enum class Form { julian_without_leap, julian, month_week_day };
  Form form = Form::month_week_day;
  int day = 0;   // of the year; or of the week, Sunday is 0
  int week = 0;  // 1 to 5; 5 is the last
  int month = 0;
  seconds time{7200};  // local, by the offset before; may be negative or past a day
  LocalTime in(int year) const;
};

struct PosixTz {
  std::string standard_name;
  seconds standard_offset{};  // east of UTC is positive
  struct Daylight {
    std::string name;
    seconds offset{};
    YearlySwitch begins;
    YearlySwitch ends;
  };
  std::optional<Daylight> daylight;
};

// Error: invalid_input.
Result<PosixTz> parse_posix_tz(std::string_view text);

}  // namespace lazaret::calendar
