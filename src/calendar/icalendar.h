// Plans as an iCalendar file (RFC 5545) and back: what calendar programs subscribe to, and what
// they hand us.
//
// Out: one VEVENT for each plan, with its rule, dates and exceptions, and a VTIMEZONE for each zone
// in use. DTSTART is written as the first occurrence, because other programs take it for one; the
// rule means the same from there. A pattern (cron, OnCalendar) has no rule to write: its next
// occurrences are written as dates.
//
// In: VEVENTs. A zone is looked up by its name, also behind a vendor's prefix; an unknown one is
// made of its VTIMEZONE. What is no event (VTODO, VALARM, …) is left out; what is wrong is an Error
// with its line.
//
// An event with a RECURRENCE-ID takes the place of that one occurrence of another event, or takes
// it out where it is cancelled. It is an event of its own here, and an exception of the other one.
//
// What iCalendar has no words for travels as X-LAZARET, which other programs keep or drop.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/budget.h"
#include "calendar/schedule.h"

namespace lazaret::calendar {

struct CalendarEvent {
  std::string uid;
  std::string summary;
  std::string description;
  Schedule schedule;
  seconds duration{0};
  bool cancelled = false;
  std::string whole;  // UID of the event that it takes an occurrence out of; empty = none
  std::optional<TimeText> replaces;   // of `whole`: which; a local time is one of its own zone
  std::size_t replaced = 0;           // the last so many exceptions are what others take out of it
  std::vector<LocalTime> called_off;  // out: exceptions beside those of the schedule
  std::string extra;                  // X-LAZARET
  int line = 0;                       // in: where it begins
};

inline constexpr std::size_t most_events = 5'000;
inline constexpr std::size_t most_dates_of_a_pattern = 400;
inline constexpr std::size_t most_event_text_bytes = 64 * 1024;  // each of its texts
inline constexpr seconds longest_event{10'000 * 366 * day_seconds};

struct ExportSettings {
  std::string name;  // of the calendar
  SysTime now{};     // DTSTAMP; a pattern's dates begin here
};
std::string to_icalendar(const std::vector<CalendarEvent>& events, const ExportSettings& settings);

using ReadZone = std::function<Result<ZonePtr>(const std::string& name)>;
// Local times without a zone are of `floating`. `others`: the parts of the file that are no events.
struct OtherPart {
  int line = 0;
  std::string name;  // "VTODO"
};
// `steps`: what working out its time zones may take; the line of the zone is in the error.
Result<std::vector<CalendarEvent>> from_icalendar(std::string_view text, const ReadZone& read_zone,
                                                  const ZonePtr& floating,
                                                  std::vector<OtherPart>* others = nullptr,
                                                  Budget* steps = nullptr);

}  // namespace lazaret::calendar
