#include "base/rfc3339.h"

#include <fmt/format.h>

#include <charconv>

namespace lazaret {
namespace {

using std::chrono::days;
using std::chrono::duration_cast;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Reads exactly `digits` decimal digits at `at` and moves past them.
bool read_number(std::string_view text, std::size_t& at, std::size_t digits, int& out) {
  if (at + digits > text.size()) return false;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[at + i] < '0' || text[at + i] > '9') return false;
  }
  std::from_chars(text.data() + at, text.data() + at + digits, out);
  at += digits;
  return true;
}

bool read_char(std::string_view text, std::size_t& at, std::string_view choices) {
  if (at >= text.size() || choices.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

Duration read_fraction(std::string_view text, std::size_t& at) {
  std::int64_t nanos = 0;
  std::int64_t unit = 100'000'000;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    nanos += (text[at++] - '0') * unit;
    unit /= 10;
  }
  return Duration(nanos);
}

std::unexpected<Error> not_a_time(std::string_view text) {
  return fail(
      ErrorCode::invalid_input,
      fmt::format("\"{}\" is not an RFC 3339 time; expected a form like 2026-01-31T09:00:00Z",
                  text.substr(0, 64)));
}

// A WallTime counts nanoseconds in 64 bits: 1677-09-21 … 2262-04-11, and an offset may add a day.
constexpr int first_year = 1678;
constexpr int last_year = 2261;

}  // namespace

std::string to_rfc3339(WallTime time) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const auto of_day = floor<milliseconds>(time - day);
  const auto ms = of_day.count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

Result<WallTime> from_rfc3339(std::string_view text) {
  std::size_t at = 0;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!read_number(text, at, 4, year) || !read_char(text, at, "-") ||
      !read_number(text, at, 2, month) || !read_char(text, at, "-") ||
      !read_number(text, at, 2, day) || !read_char(text, at, "Tt ") ||
      !read_number(text, at, 2, hour) || !read_char(text, at, ":") ||
      !read_number(text, at, 2, minute) || !read_char(text, at, ":") ||
      !read_number(text, at, 2, second)) {
    return not_a_time(text);
  }
  Duration fraction{0};
  if (read_char(text, at, ".,")) fraction = read_fraction(text, at);
  Duration offset{0};
  if (!read_char(text, at, "Zz")) {
    if (at >= text.size()) return not_a_time(text);
    const int sign = text[at] == '-' ? -1 : 1;
    int offset_hour = 0, offset_minute = 0;
    if (!read_char(text, at, "+-") || !read_number(text, at, 2, offset_hour) ||
        !read_char(text, at, ":") || !read_number(text, at, 2, offset_minute) || offset_hour > 23 ||
        offset_minute > 59) {
      return not_a_time(text);
    }
    offset = sign * (hours(offset_hour) + minutes(offset_minute));
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (at != text.size() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return not_a_time(text);
  }
  if (year < first_year || year > last_year) {
    return fail(ErrorCode::invalid_input,
                fmt::format("\"{}\" is no time that can be kept; expected a year from {} to {}",
                            text.substr(0, 64), first_year, last_year));
  }
  return WallTime(std::chrono::sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) +
         fraction - offset;
}

std::string to_human(Duration duration) {
  const auto total = duration_cast<seconds>(duration).count();
  if (total < 0) return "0s";
  if (duration < std::chrono::seconds(10) && duration >= milliseconds(1)) {
    const double s = in_seconds(duration);
    return s < 1 ? fmt::format("{:.0f}ms", s * 1000) : fmt::format("{:.1f}s", s);
  }
  if (total < 60) return fmt::format("{}s", total);
  if (total < 3600) return fmt::format("{}m {:02}s", total / 60, total % 60);
  if (total < 86'400) return fmt::format("{}h {:02}m", total / 3600, total / 60 % 60);
  return fmt::format("{}d {:02}:{:02}", total / 86'400, total / 3600 % 24, total / 60 % 60);
}

}  // namespace lazaret
