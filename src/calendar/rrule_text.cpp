#include "calendar/rrule_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::calendar {
namespace {

void add_list(std::string& out, std::string_view name, const std::vector<int>& list) {
  if (!list.empty()) out += fmt::format(";{}={}", name, fmt::join(list, ","));
}

void add_weekdays(std::string& out, const std::vector<NthWeekday>& days) {
  constexpr std::string_view words[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  for (std::size_t i = 0; i < days.size(); ++i) {
    out += i == 0 ? ";BYDAY=" : ",";
    if (days[i].ordinal != 0) out += std::to_string(days[i].ordinal);
    out += words[days[i].weekday];
  }
}

std::string until_text(const TimeText& until, const Zone& zone) {
  if (until.date_only) return compact_date(day_of(until.local));
  const SysTime at = instant_of(until, zone);
  return compact(LocalTime(at.time_since_epoch())) + "Z";
}

}  // namespace

std::string to_text(const Rrule& rule, const Zone& zone) {
  std::string freq(to_word(rule.freq));
  std::ranges::transform(freq, freq.begin(), [](char c) { return static_cast<char>(c - 32); });
  std::string out = "FREQ=" + freq;
  if (rule.interval != 1) out += fmt::format(";INTERVAL={}", rule.interval);
  if (rule.count) out += fmt::format(";COUNT={}", *rule.count);
  if (rule.until) out += ";UNTIL=" + until_text(*rule.until, zone);
  add_list(out, "BYMONTH", rule.months);
  add_list(out, "BYWEEKNO", rule.weeks);
  add_list(out, "BYYEARDAY", rule.year_days);
  add_list(out, "BYMONTHDAY", rule.month_days);
  add_weekdays(out, rule.weekdays);
  add_list(out, "BYHOUR", rule.hours);
  add_list(out, "BYMINUTE", rule.minutes);
  add_list(out, "BYSECOND", rule.seconds);
  add_list(out, "BYSETPOS", rule.positions);
  constexpr std::string_view starts[] = {"", "TU", "WE", "TH", "FR", "SA", "SU"};
  if (rule.week_start != 0) out += fmt::format(";WKST={}", starts[rule.week_start]);
  return out;
}

}  // namespace lazaret::calendar
