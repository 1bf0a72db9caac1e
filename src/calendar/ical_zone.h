// The zones of an iCalendar file: by name, or made of what its VTIMEZONE says.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "calendar/ical_lines.h"
#include "calendar/icalendar.h"

namespace lazaret::calendar {

// A STANDARD or DAYLIGHT of a VTIMEZONE.
struct Observance {
  ContentLine start;                 // DTSTART
  std::vector<ContentLine> repeats;  // RRULE and RDATE
  seconds before{0};
  seconds after{0};
  bool daylight = false;
  std::string name;
};

inline constexpr std::size_t most_observances = 200;
inline constexpr std::size_t most_onsets = 1'000;      // of one observance
inline constexpr std::int64_t steps_of_an_onset = 12;  // it is sorted, written and read again
// Different (offset, daylight, name): each is an observance when it is written again.
inline constexpr std::size_t most_kinds_of_time = 14;

class IcalZones {
 public:
  // `steps` pays for what a zone takes; null = each observance has its own bound only.
  IcalZones(ReadZone read_zone, ZonePtr floating, Budget* steps)
      : read_zone_(std::move(read_zone)), floating_(std::move(floating)), steps_(steps) {}
  // `lines` from BEGIN:VTIMEZONE to its END.
  Result<void> add(std::span<const ContentLine> lines);
  // Empty name: floating.
  Result<ZonePtr> find(const std::string& name, int line);

 private:
  ReadZone read_zone_;
  ZonePtr floating_;
  Budget* steps_;
  std::map<std::string, std::vector<Observance>> described_;
  std::map<std::string, ZonePtr> known_;
};

}  // namespace lazaret::calendar
