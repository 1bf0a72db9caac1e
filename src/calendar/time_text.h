// Dates and times as RFC 5545 and RFC 3339 write them, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "calendar/zone.h"

namespace lazaret::calendar {

// What was written: 20260101, 20260101T090000, 20260101T090000Z, 2026-01-01T09:00:00+01:00.
struct TimeText {
  LocalTime local{};
  bool date_only = false;
  std::optional<SysTime> instant;  // set where an offset or Z was written
};

// `what` names it in the error: "DTSTART". A second of 60 counts as 59 (RFC 5545 3.3.12).
Result<TimeText> parse_time(std::string_view text, std::string_view what);

// The instant that is meant; a local time is one of `zone`, by the offset before a gap and the
// first of a fold (RFC 5545 3.3.5).
SysTime instant_of(const TimeText& time, const Zone& zone);
LocalTime local_of(const TimeText& time, const Zone& zone);

std::string compact(LocalTime t);                      // 20260101T090000
std::string compact_date(Day day);                     // 20260101
std::string with_offset(LocalTime t, seconds offset);  // 2026-01-01T09:00:00+01:00
std::string offset_text(seconds offset, bool colon);   // +01:00, +0100; seconds where there are

}  // namespace lazaret::calendar
