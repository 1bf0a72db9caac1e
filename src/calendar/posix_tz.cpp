#include "calendar/posix_tz.h"

#include <fmt/format.h>

namespace lazaret::calendar {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  char peek() const { return done() ? '\0' : text_[at_]; }

  std::optional<int> number(int most) {
    int value = 0;
    const std::size_t begin = at_;
    while (!done() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - begin < 4) {
      value = value * 10 + (text_[at_++] - '0');
    }
    if (at_ == begin || value > most) return std::nullopt;
    return value;
  }

  // Letters, or anything within <>.
  std::optional<std::string> name() {
    const bool quoted = take('<');
    const std::size_t begin = at_;
    while (!done() && at_ - begin < 32) {
      const char c = text_[at_];
      const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      const bool more = (c >= '0' && c <= '9') || c == '+' || c == '-';
      if (!letter && !(quoted && more)) break;
      ++at_;
    }
    std::string found(text_.substr(begin, at_ - begin));
    if (found.size() < 3 || (quoted && !take('>'))) return std::nullopt;
    return found;
  }

  // [+-]hh[:mm[:ss]]
  std::optional<seconds> time(int most_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(most_hours);
    if (!hours) return std::nullopt;
    std::optional<int> minutes = 0;
    std::optional<int> secs = 0;
    if (take(':')) {
      minutes = number(59);
      if (minutes && take(':')) secs = number(59);
    }
    if (!minutes || !secs) return std::nullopt;
    const seconds all(*hours * 3600 + *minutes * 60 + *secs);
    return negative ? -all : all;
  }

  std::optional<YearlySwitch> yearly() {
    YearlySwitch out;
    std::optional<int> day;
    if (take('M')) {
      const auto month = number(12);
      if (!month || *month < 1 || !take('.')) return std::nullopt;
      const auto week = number(5);
      if (!week || *week < 1 || !take('.')) return std::nullopt;
      day = number(6);
      out.month = *month;
      out.week = *week;
    } else if (take('J')) {
      out.form = YearlySwitch::Form::julian_without_leap;
      day = number(365);
      if (day && *day < 1) return std::nullopt;
    } else {
      out.form = YearlySwitch::Form::julian;
      day = number(365);
    }
    if (!day) return std::nullopt;
    out.day = *day;
    if (take('/')) {
      const auto at = time(167);
      if (!at) return std::nullopt;
      out.time = *at;
    }
    return out;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

Day switch_day(const YearlySwitch& s, int year) {
  const Day new_year = day_of(year, 1, 1);
  switch (s.form) {
    case YearlySwitch::Form::julian:
      return new_year + s.day;
    case YearlySwitch::Form::julian_without_leap:
      return new_year + s.day - 1 + (is_leap(year) && s.day > 59 ? 1 : 0);
    case YearlySwitch::Form::month_week_day:
      break;
  }
  const Day first = day_of(year, s.month, 1);
  const int wanted = (s.day + 6) % 7;  // Sunday is 0 there, 6 with us
  Day day = first + (wanted - weekday_of(first) + 7) % 7 + (s.week - 1) * 7;
  while (day >= first + month_length(year, s.month)) day -= 7;
  return day;
}

}  // namespace

LocalTime YearlySwitch::in(int year) const { return local_at(switch_day(*this, year)) + time; }

Result<PosixTz> parse_posix_tz(std::string_view text) {
  const auto wrong = fail(
      ErrorCode::invalid_input,
      fmt::format("\"{}\" is not a TZ rule like CET-1CEST,M3.5.0,M10.5.0/3", text.substr(0, 64)));
  Reader in(text);
  PosixTz out;
  const auto name = in.name();
  const auto offset = name ? in.time(24) : std::nullopt;
  if (!offset) return wrong;
  out.standard_name = *name;
  out.standard_offset = -*offset;
  if (in.done()) return out;
  PosixTz::Daylight daylight;
  const auto daylight_name = in.name();
  if (!daylight_name) return wrong;
  daylight.name = *daylight_name;
  daylight.offset = out.standard_offset + seconds(3600);
  if (in.peek() != ',') {
    const auto other = in.time(24);
    if (!other) return wrong;
    daylight.offset = -*other;
  }
  const auto begins = in.take(',') ? in.yearly() : std::nullopt;
  const auto ends = begins && in.take(',') ? in.yearly() : std::nullopt;
  if (!ends || !in.done()) return wrong;
  daylight.begins = *begins;
  daylight.ends = *ends;
  out.daylight = daylight;
  return out;
}

}  // namespace lazaret::calendar
