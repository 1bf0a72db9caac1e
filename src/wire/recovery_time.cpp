#include "wire/recovery_time.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

#include "wire/loose_fields.h"

namespace lazaret::wire {
namespace {

constexpr std::size_t text_most = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return static_cast<char>(std::tolower(c & 0x7f)); });
  return out;
}

void skip_blanks(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto read =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (text.empty() || !is_digit(text.front()) || read.ec != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return value;
}

std::string_view take_word(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_letter);
  const auto size = static_cast<std::size_t>(end - text.begin());
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

std::optional<double> seconds_in(std::string_view unit) {
  struct Unit {
    std::array<std::string_view, 5> names;
    double seconds;
  };
  static constexpr std::array<Unit, 4> units{{{{"s", "sec", "secs", "second", "seconds"}, 1},
                                              {{"m", "min", "mins", "minute", "minutes"}, 60},
                                              {{"h", "hr", "hrs", "hour", "hours"}, 3600},
                                              {{"d", "day", "days", "day", "days"}, 86400}}};
  for (const Unit& one : units) {
    if (std::ranges::find(one.names, unit) != one.names.end()) return one.seconds;
  }
  return std::nullopt;
}

// "3 hours", "1h 30m", "1 hour and 30 minutes", "20s": seconds.
std::optional<double> span_at(std::string_view text) {
  std::optional<double> sum;
  for (;;) {
    skip_blanks(text);
    if (sum && (text.starts_with("and ") || text.starts_with(", "))) {
      text.remove_prefix(text.find(' '));
      skip_blanks(text);
    }
    const auto number = take_number(text);
    if (!number) return sum;
    skip_blanks(text);
    const auto unit = seconds_in(take_word(text));
    if (!unit) return sum;
    sum = sum.value_or(0) + *number * *unit;
  }
}

// What follows the word "in", wherever a span does.
std::optional<double> span_in(const std::string& text) {
  for (auto at = text.find("in "); at != std::string::npos; at = text.find("in ", at + 1)) {
    const bool is_word = at == 0 || !is_letter(text[at - 1]);
    if (const auto span = is_word ? span_at(std::string_view(text).substr(at + 3)) : std::nullopt) {
      return span;
    }
  }
  return std::nullopt;
}

std::optional<WallTime> rfc3339_in(std::string_view text) {
  constexpr std::size_t shortest = 19;  // 2026-11-22T10:00:00
  for (std::size_t at = 0; at + shortest <= text.size(); ++at) {
    if (!is_digit(text[at]) || text[at + 4] != '-' || text[at + 10] != 'T') continue;
    const auto rest = text.substr(at);
    auto size = rest.find_first_not_of("0123456789-:TZtz.+");
    if (size == std::string_view::npos) size = rest.size();
    for (; size >= shortest; --size) {  // the full stop of the sentence is none of it
      if (const auto time = loose_time(rest.substr(0, size))) return time;
    }
  }
  return std::nullopt;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the form that HTTP says is to be written.
std::optional<WallTime> http_date_in(std::string_view text) {
  static constexpr std::array<std::string_view, 12> months{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::size_t size = 24;  // 06 Nov 1994 08:49:37 GMT
  const auto end = text.find(" GMT");
  if (end == std::string_view::npos || end + 4 < size) return std::nullopt;
  const std::string_view date = text.substr(end + 4 - size, size);
  const auto month = std::ranges::find(months, date.substr(3, 3));
  if (month == months.end()) return std::nullopt;
  const auto number = static_cast<int>(month - months.begin()) + 1;
  std::string iso(date.substr(7, 4));
  iso += (number < 10 ? "-0" : "-") + std::to_string(number) + "-";
  iso.append(date.substr(0, 2)).append("T").append(date.substr(12, 8)).append("Z");
  return loose_time(iso);
}

std::size_t first_of(std::string_view text, std::span<const std::string_view> phrases) {
  std::size_t first = std::string_view::npos;
  for (const std::string_view phrase : phrases) first = std::min(first, text.find(phrase));
  return first;
}

// "…|1795342800": the end of a line, in seconds since 1970.
std::optional<WallTime> epoch_at_end(std::string_view line, WallTime now) {
  const auto bar = line.rfind('|');
  if (bar == std::string_view::npos) return std::nullopt;
  const std::string_view digits = line.substr(bar + 1);
  std::int64_t seconds = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (digits.size() != 10 || read.ptr != digits.data() + digits.size()) return std::nullopt;
  const auto latest = std::chrono::floor<std::chrono::seconds>(now + recovery_most);
  if (seconds > latest.time_since_epoch().count()) return std::nullopt;
  return std::max(WallTime(std::chrono::seconds(seconds)), now);
}

// "retry-after: 120"
std::optional<WallTime> after_colon(std::string_view text, WallTime now, const ZoneOffset& zones) {
  const auto colon = text.find(':');
  return colon == std::string_view::npos ? std::nullopt
                                         : recovery_time(text.substr(colon + 1), now, zones);
}

// What stands before the phrase may be the time at which the line was written.
std::optional<WallTime> time_after(std::string_view line, std::size_t phrase, WallTime now,
                                   const ZoneOffset& zones) {
  if (const auto epoch = epoch_at_end(line, now)) return epoch;
  if (const auto time = recovery_time(line.substr(phrase), now, zones)) return time;
  const bool dated = is_digit(line.front()) || line.front() == '[';
  return dated ? std::nullopt : recovery_time(line, now, zones);
}

}  // namespace

std::optional<WallTime> recovery_time(std::string_view text, WallTime now,
                                      const ZoneOffset& zones) {
  text = text.substr(0, text_most);
  std::optional<WallTime> time;
  std::optional<double> seconds;
  std::string_view rest = text;
  skip_blanks(rest);
  const auto number = take_number(rest);
  skip_blanks(rest);
  if (number && rest.empty()) {
    seconds = number;
  } else if (!(time = rfc3339_in(text)) && !(time = http_date_in(text))) {
    seconds = span_in(lower(text));
    if (!seconds) time = clock_time_in(text, now, zones);
  }
  if (seconds && *seconds <= in_seconds(recovery_most)) time = now + seconds_of(*seconds);
  if (!time || *time > now + recovery_most) return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(std::max(*time, now));  // as it is written
}

std::optional<core::LimitSeen> limit_in(std::span<const std::string> last_lines, WallTime now,
                                        const ZoneOffset& zones) {
  static constexpr std::array<std::string_view, 12> limits{
      "rate limit",    "rate-limit",     "rate_limit",        "ratelimit",
      "usage limit",   "session limit",  "weekly limit",      "hour limit",
      "limit reached", "hit your limit", "too many requests", "quota exceeded"};
  static constexpr std::array<std::string_view, 4> returns{"retry", "try again", "reset",
                                                           "available"};
  std::optional<core::LimitSeen> seen;
  std::optional<WallTime> elsewhere;
  for (auto line = last_lines.rbegin(); line != last_lines.rend(); ++line) {
    const std::string low = lower(*line);
    if (const auto at = first_of(low, limits); at != std::string::npos && !seen) {
      seen = core::LimitSeen{time_after(*line, at, now, zones), *line};
    } else if (const auto again = first_of(low, returns);
               again != std::string::npos && !elsewhere) {
      elsewhere = time_after(*line, again, now, zones);
      if (!elsewhere) elsewhere = after_colon(low.substr(again), now, zones);
    }
  }
  if (seen && !seen->until) seen->until = elsewhere;
  return seen;
}

std::optional<core::LimitSeen> limit_stated(std::span<const std::string> newest_lines,
                                            WallTime printed, const ZoneOffset& zones) {
  static constexpr std::array<std::string_view, 9> statements{
      "limit reached",  "limit exceeded",    "limit hit",      "hit your ",       "reached your ",
      "exceeded your ", "too many requests", "quota exceeded", "limit will reset"};
  for (auto line = newest_lines.rbegin(); line != newest_lines.rend(); ++line) {
    const std::string low = lower(*line);
    const auto at = first_of(low, statements);
    const bool speaks_of_it = low.contains("limit") || low.contains("quota") || low.contains("429");
    if (at == std::string::npos || !speaks_of_it) continue;
    if (const auto until = time_after(*line, at, printed, zones); until && *until > printed) {
      return core::LimitSeen{until, *line};
    }
  }
  return std::nullopt;
}

}  // namespace lazaret::wire
