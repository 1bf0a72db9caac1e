// When something recurs, in a zone: rules, single dates, exceptions, or a pattern of the clock; and
// its occurrences, in order of time.
//
// The nominal local time is what an occurrence is known by. DST, by default:
//   gap   the local time does not exist: it happens once, counted by the offset before the gap
//         (02:30 when 02:00 jumps to 03:00 is 03:30);
//   fold  the local time comes twice: it happens once, at the first.
// Both can be set. What runs by instant (intervals below a day; patterns that name every hour) has
// neither: it goes on ticking.
//
// An expansion ends after a bounded number of steps, whatever the rule says; `stop` tells why it
// ended. Going on to the year 9999 (patterns: 400 years, where the calendar repeats) without
// having found anything shows that there is nothing.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "calendar/pattern.h"
#include "calendar/rrule.h"
#include "calendar/zone.h"

namespace lazaret::calendar {

LAZARET_ENUM(GapRule, offset_before, offset_after, skip)
LAZARET_ENUM(FoldRule, first, second, both)

inline constexpr std::size_t most_rules = 16;
inline constexpr std::size_t most_dates = 4'096;  // RDATE, and EXDATE

struct Recurrence {
  TimeText start;            // DTSTART; its local time counts, unless an offset was written
  std::vector<Rrule> rules;  // none: DTSTART itself is the first date
  std::vector<TimeText> dates;
  std::vector<TimeText> exceptions;  // a date alone takes out the whole day
};

struct Schedule {
  ZonePtr zone;  // never null
  std::variant<Recurrence, Pattern> when;
  GapRule gap = GapRule::offset_before;
  FoldRule fold = FoldRule::first;
};

struct Occurrence {
  LocalTime nominal{};
  bool second = false;  // of a fold
  bool in_gap = false;  // the local time does not exist
  SysTime at{};
  seconds offset{};  // at == nominal - offset
  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

// enough: as many as were asked for. over: there is none after these. gave_up: the steps are used
// up, there may be more.
LAZARET_ENUM(Stop, enough, over, gave_up)

struct Expansion {
  std::vector<Occurrence> times;
  Stop stop = Stop::over;
};

// What is at or after `from`, at most `most` of them.
Expansion occurrences(const Schedule& schedule, SysTime from, std::size_t most,
                      Budget budget = Budget());
// In [from, to), at most `most`.
Expansion between(const Schedule& schedule, SysTime from, SysTime to, std::size_t most,
                  Budget budget = Budget());

// 2026-03-29T02:30:00+01:00: the nominal time and the offset that makes it the instant.
std::string to_text(const Occurrence& occurrence);

}  // namespace lazaret::calendar
