// Which days a rule's day parts let through (BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY), a
// year at a time. Parts that are not there let every day through.
//
// Weeks are those of RFC 5545 3.3.10: they begin on week_start, and the first one with four days in
// a year is its week 1. A day at the edge of a year is in the week it is in, whichever year that
// week counts for.
#pragma once

#include <bitset>
#include <optional>
#include <vector>

#include "calendar/budget.h"
#include "calendar/rrule.h"

namespace lazaret::calendar {

struct DayFilter {
  std::vector<int> months, weeks, year_days, month_days;
  std::vector<NthWeekday> weekdays;
  bool counted_in_month = false;  // else ordinals count in the year
  int week_start = 0;
  bool lets_all_through() const {
    return months.empty() && weeks.empty() && year_days.empty() && month_days.empty() &&
           weekdays.empty();
  }
};

class DayMask {
 public:
  explicit DayMask(DayFilter filter);
  bool has(Day day);
  // The first such day from `day` on; none when there is none, or the budget is over.
  std::optional<Day> next(Day day, Budget& budget);

 private:
  void load(Day day);
  bool passes(int year, int month, int day_of_month, int day_of_year, Day day) const;
  bool passes_weekday(const Date& date, int day_of_year, Day day) const;

  DayFilter filter_;
  std::uint16_t months_ = 0;
  std::bitset<366> days_;
  Day begin_ = 0;  // the year that is loaded: [begin_, end_)
  Day end_ = 0;
  std::int64_t cost_ = 0;  // of a year, in steps
  bool all_ = false;
};

}  // namespace lazaret::calendar
