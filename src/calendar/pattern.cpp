#include "calendar/pattern.h"

#include <algorithm>
#include <bit>

namespace lazaret::calendar {
namespace {

bool has_bit(std::uint64_t bits, int n) { return (bits >> n & 1) != 0; }

int first_bit(std::uint64_t bits, int from, int end) {
  if (from >= end) return end;
  const std::uint64_t rest = bits >> from << from;
  return rest == 0 ? end : std::min(std::countr_zero(rest), end);
}

// The weekday of the month that is nearest to its day `wanted`.
int nearest_workday(const Date& month, int wanted) {
  const int length = month_length(month.year, month.month);
  const int day = std::min(wanted, length);
  const int weekday = weekday_of(day_of(month.year, month.month, day));
  if (weekday == 5) return day == 1 ? 3 : day - 1;
  if (weekday == 6) return day == length ? day - 2 : day + 1;
  return day;
}

bool fits_month_day(const Pattern& p, const Date& date) {
  const int length = month_length(date.year, date.month);
  if (has_bit(p.month_days, date.day) || has_bit(p.days_from_end, length - date.day + 1)) {
    return true;
  }
  if (p.last_workday && nearest_workday(date, length) == date.day) return true;
  for (int day = 1; p.nearest_workdays != 0 && day <= length; ++day) {
    if (has_bit(p.nearest_workdays, day) && nearest_workday(date, day) == date.day) return true;
  }
  return false;
}

bool fits_weekday(const Pattern& p, const Date& date, Day day) {
  const int weekday = weekday_of(day);
  if (has_bit(p.weekdays, weekday)) return true;
  const int length = month_length(date.year, date.month);
  return std::ranges::any_of(p.nth, [&](const NthWeekday& nth) {
    return nth.weekday == weekday &&
           (nth.ordinal == (date.day - 1) / 7 + 1 || nth.ordinal == -((length - date.day) / 7 + 1));
  });
}

// The first time of day that fits, from second `from` on; none when the day holds no more.
std::optional<std::int64_t> next_time(const Pattern& p, std::int64_t from) {
  int hour = first_bit(p.hours, static_cast<int>(from / 3600), 24);
  int minute = hour == from / 3600 ? static_cast<int>(from / 60 % 60) : 0;
  int second = hour == from / 3600 ? static_cast<int>(from % 60) : 0;
  while (hour < 24) {
    const int m = first_bit(p.minutes, minute, 60);
    const int s = first_bit(p.seconds, m == minute ? second : 0, 60);
    if (m < 60 && s < 60) return hour * 3600 + m * 60 + s;
    if (m < 60) {
      minute = m + 1;
      second = 0;
      continue;
    }
    hour = first_bit(p.hours, hour + 1, 24);
    minute = 0;
    second = 0;
  }
  return std::nullopt;
}

// The first day at or after `date` whose year and month fit.
std::optional<Date> next_month(const Pattern& p, Date date) {
  while (true) {
    if (!p.years.empty()) {
      const auto year = std::ranges::lower_bound(p.years, date.year);
      if (year == p.years.end()) return std::nullopt;
      if (*year != date.year) date = {*year, 1, 1};
    }
    const int month = first_bit(p.months, date.month, 13);
    if (month == date.month) return date;
    if (month < 13) return Date{date.year, month, 1};
    date = {date.year + 1, 1, 1};
    if (date.year > last_year) return std::nullopt;
  }
}

class PatternWalk : public Source {
 public:
  PatternWalk(const Pattern& pattern, const ZonePtr& zone, SysTime from)
      : pattern_(pattern),
        zone_(zone),
        by_instant_(pattern.names_every_hour()),
        at_(from),
        local_(zone->local(from) - std::chrono::hours(26)) {}

  std::optional<Nominal> next(Budget& budget) override {
    return by_instant_ ? next_instant(budget) : next_local(budget);
  }

 private:
  std::optional<Nominal> next_local(Budget& budget) {
    const auto found = pattern_.next(local_, last_time, budget);
    if (!found) return std::nullopt;
    local_ = *found + seconds(1);
    return Nominal{*found, {}};
  }

  std::optional<Nominal> next_instant(Budget& budget) {
    const LocalTime begin = zone_->local(at_);
    while (budget.take()) {
      if (at_ < span_.begin || at_ >= span_.end) span_ = zone_->span_at(at_);
      const LocalTime from((at_ + span_.offset).time_since_epoch());
      if (from - begin > seconds(gregorian_cycle * day_seconds) || from > last_time) break;
      const LocalTime end =
          std::min(last_time, LocalTime((span_.end + span_.offset).time_since_epoch()));
      const auto found = pattern_.next(from, end, budget);
      if (found) {
        const SysTime t = SysTime(found->time_since_epoch()) - span_.offset;
        at_ = t + seconds(1);
        return Nominal{*found, t};
      }
      if (budget.spent()) break;
      at_ = span_.end;
    }
    return std::nullopt;
  }

  Pattern pattern_;
  ZonePtr zone_;
  bool by_instant_;
  SysTime at_;       // by instant: where to go on
  LocalTime local_;  // by the clock on the wall: the same
  Span span_{};
};

}  // namespace

bool Pattern::fits(const Date& date, Day day) const {
  const bool by_date = asks_month_day();
  const bool by_weekday = asks_weekday();
  if (by_date && by_weekday && either_day) {
    return fits_month_day(*this, date) || fits_weekday(*this, date, day);
  }
  return (!by_date || fits_month_day(*this, date)) &&
         (!by_weekday || fits_weekday(*this, date, day));
}

std::optional<LocalTime> Pattern::next(LocalTime from, LocalTime end, Budget& budget) const {
  Day day = day_of(from);
  std::int64_t second = second_of_day(from);
  const Day give_up = day + gregorian_cycle + 366;
  while (day <= give_up && local_at(day) < end && budget.take()) {
    const Date today = date_of(day);
    const auto date = next_month(*this, today);
    if (!date) return std::nullopt;
    if (*date != today) {
      day = day_of(*date);
      second = 0;
      continue;
    }
    if (fits(today, day)) {
      if (const auto time = next_time(*this, second)) {
        const LocalTime found = local_at(day, *time);
        if (found >= end) return std::nullopt;
        return found;
      }
    }
    ++day;
    second = 0;
  }
  return std::nullopt;
}

std::unique_ptr<Source> walk_pattern(const Pattern& pattern, const ZonePtr& zone, SysTime from) {
  return std::make_unique<PatternWalk>(pattern, zone, from);
}

}  // namespace lazaret::calendar
