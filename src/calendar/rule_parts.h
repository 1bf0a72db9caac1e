// What both walks of a rule share: the day parts completed from DTSTART, the times of a day, and
// BYSETPOS.
#pragma once

#include <vector>

#include "calendar/day_mask.h"
#include "calendar/rule_walk.h"

namespace lazaret::calendar {

DayFilter day_filter(const Rrule& rule, const RuleStart& start);

// hours × minutes × seconds, in order, without writing them out: there may be 86,400.
struct TimesOfDay {
  std::vector<int> hours, minutes, seconds;
  std::int64_t size() const {
    return static_cast<std::int64_t>(hours.size() * minutes.size() * seconds.size());
  }
  std::int64_t at(std::int64_t index) const;  // second of the day
};

// Parts that were not written come from DTSTART.
TimesOfDay times_of_day(const Rrule& rule, const RuleStart& start);

// The indexes that BYSETPOS picks out of `size`, in order, each once.
std::vector<std::int64_t> picked(const std::vector<int>& positions, std::int64_t size);

std::unique_ptr<Source> walk_days(const Rrule& rule, const RuleStart& start, const ZonePtr& zone,
                                  SysTime from);
std::unique_ptr<Source> walk_steps(const Rrule& rule, const RuleStart& start, const ZonePtr& zone,
                                   SysTime from);

}  // namespace lazaret::calendar
