#include "calendar/rule_parts.h"

#include <algorithm>

namespace lazaret::calendar {

DayFilter day_filter(const Rrule& rule, const RuleStart& start) {
  DayFilter out{.months = rule.months,
                .weeks = rule.weeks,
                .year_days = rule.year_days,
                .month_days = rule.month_days,
                .weekdays = rule.weekdays,
                .counted_in_month = rule.freq == Freq::monthly || !rule.months.empty(),
                .week_start = rule.week_start};
  if (rule.freq < Freq::weekly) return out;
  const bool no_day = rule.month_days.empty() && rule.weekdays.empty() && rule.year_days.empty();
  if (!no_day) return out;
  const Date date = date_of(day_of(start.local));
  const int weekday = weekday_of(day_of(start.local));
  if (rule.freq == Freq::weekly || (rule.freq == Freq::yearly && !rule.weeks.empty())) {
    out.weekdays = {{0, weekday}};
  } else if (rule.weeks.empty()) {
    out.month_days = {date.day};
    if (rule.freq == Freq::yearly && rule.months.empty()) out.months = {date.month};
  }
  return out;
}

std::int64_t TimesOfDay::at(std::int64_t index) const {
  const auto s = static_cast<std::size_t>(index) % seconds.size();
  const auto rest = static_cast<std::size_t>(index) / seconds.size();
  return hours[rest / minutes.size()] * 3600 + minutes[rest % minutes.size()] * 60 + seconds[s];
}

TimesOfDay times_of_day(const Rrule& rule, const RuleStart& start) {
  const auto of_day = static_cast<int>(second_of_day(start.local));
  TimesOfDay out{{of_day / 3600}, {of_day / 60 % 60}, {of_day % 60}};
  if (start.date_only) return out;
  if (!rule.hours.empty()) out.hours = rule.hours;
  if (!rule.minutes.empty()) out.minutes = rule.minutes;
  if (!rule.seconds.empty()) out.seconds = rule.seconds;
  return out;
}

std::vector<std::int64_t> picked(const std::vector<int>& positions, std::int64_t size) {
  std::vector<std::int64_t> out;
  for (int position : positions) {
    const std::int64_t index = position > 0 ? position - 1 : size + position;
    if (index >= 0 && index < size) out.push_back(index);
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::unique_ptr<Source> walk_rule(const Rrule& rule, const RuleStart& start, const ZonePtr& zone,
                                  SysTime from) {
  return rule.freq < Freq::daily ? walk_steps(rule, start, zone, from)
                                 : walk_days(rule, start, zone, from);
}

}  // namespace lazaret::calendar
