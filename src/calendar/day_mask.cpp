#include "calendar/day_mask.h"

#include <algorithm>
#include <bit>

namespace lazaret::calendar {
namespace {

bool lists(const std::vector<int>& list, int value) {
  return std::ranges::binary_search(list, value);
}

struct Week {
  int number = 0;
  int of = 0;  // how many the year has
};

Week week_of(Day day, int week_start) {
  const auto middle = [week_start](Day d) { return d - (weekday_of(d) - week_start + 7) % 7 + 3; };
  const Day fourth = middle(day);
  const int year = date_of(fourth).year;
  const Day new_year = day_of(year, 1, 1);
  return {static_cast<int>((fourth - new_year) / 7) + 1,
          static_cast<int>((middle(day_of(year, 12, 28)) - new_year) / 7) + 1};
}

// Position from the front and from the back: the first of 30 is 1 and -30.
bool lists_either(const std::vector<int>& list, int position, int of) {
  return lists(list, position) || lists(list, position - of - 1);
}

}  // namespace

DayMask::DayMask(DayFilter filter) : filter_(std::move(filter)) {
  for (int month : filter_.months) months_ |= static_cast<std::uint16_t>(1U << month);
  all_ = filter_.lets_all_through();
  const int months = months_ == 0 ? 12 : std::popcount(months_);
  cost_ = 2 + months * 31 / (filter_.weeks.empty() ? 10 : 5);
}

bool DayMask::passes_weekday(const Date& date, int day_of_year, Day day) const {
  const int weekday = weekday_of(day);
  for (const NthWeekday& wanted : filter_.weekdays) {
    if (wanted.weekday != weekday) continue;
    const int position = filter_.counted_in_month ? date.day - 1 : day_of_year;
    const int length =
        filter_.counted_in_month ? month_length(date.year, date.month) : year_length(date.year);
    if (wanted.ordinal == 0 || wanted.ordinal == position / 7 + 1 ||
        wanted.ordinal == -((length - 1 - position) / 7 + 1)) {
      return true;
    }
  }
  return false;
}

bool DayMask::passes(int year, int month, int day_of_month, int day_of_year, Day day) const {
  const DayFilter& f = filter_;
  if (!f.month_days.empty() &&
      !lists_either(f.month_days, day_of_month, month_length(year, month))) {
    return false;
  }
  if (!f.year_days.empty() && !lists_either(f.year_days, day_of_year + 1, year_length(year))) {
    return false;
  }
  if (!f.weekdays.empty() && !passes_weekday({year, month, day_of_month}, day_of_year, day)) {
    return false;
  }
  if (f.weeks.empty()) return true;
  const Week week = week_of(day, f.week_start);
  return lists_either(f.weeks, week.number, week.of);
}

void DayMask::load(Day day) {
  const int year = date_of(day).year;
  begin_ = day_of(year, 1, 1);
  end_ = begin_ + year_length(year);
  days_.reset();
  int day_of_year = 0;
  for (int month = 1; month <= 12; ++month) {
    const int length = month_length(year, month);
    const bool in = months_ == 0 || (months_ >> month & 1) != 0;
    for (int d = 1; in && d <= length; ++d) {
      const int index = day_of_year + d - 1;
      if (passes(year, month, d, index, begin_ + index)) {
        days_.set(static_cast<std::size_t>(index));
      }
    }
    day_of_year += length;
  }
}

bool DayMask::has(Day day) {
  if (all_) return true;
  if (day < begin_ || day >= end_) load(day);
  return days_.test(static_cast<std::size_t>(day - begin_));
}

std::optional<Day> DayMask::next(Day day, Budget& budget) {
  int empty_years = 0;
  while (day <= last_day) {
    if (all_) return day;
    if (day < begin_ || day >= end_) {
      if (!budget.take(cost_)) return std::nullopt;
      load(day);
      if (days_.none()) {
        // What 400 years do not have, no year has: the calendar repeats.
        if (++empty_years > 400) return std::nullopt;
        day = end_;
        continue;
      }
    }
    for (; day < end_; ++day) {
      if (days_.test(static_cast<std::size_t>(day - begin_))) return day;
    }
  }
  return std::nullopt;
}

}  // namespace lazaret::calendar
