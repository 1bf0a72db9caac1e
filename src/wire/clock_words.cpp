#include "wire/clock_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <vector>

namespace lazaret::wire {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using LocalDay = std::chrono::local_days;

constexpr std::size_t zone_name_most = 64;
// Between the word that says what comes and the time itself: "again on Monday, Oct 3, at".
constexpr int words_between_most = 6;

constexpr std::array<std::string_view, 7> weekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return out;
}

struct Words {
  std::string_view rest;

  bool take(std::string_view word) {
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  }
  void skip_blanks() {
    while (take(" ") || take(",")) {
    }
  }
  std::optional<int> take_number(std::size_t digits_most) {
    std::size_t size = 0;
    int value = 0;
    while (size < rest.size() && size <= digits_most && is_digit(rest[size])) {
      value = value * 10 + (rest[size++] - '0');
    }
    if (size == 0 || size > digits_most) return std::nullopt;
    rest.remove_prefix(size);
    return value;
  }
  std::string_view take_letters() {
    std::size_t size = 0;
    while (size < rest.size() && is_letter(rest[size])) ++size;
    const std::string_view word = rest.substr(0, size);
    rest.remove_prefix(size);
    return word;
  }
};

struct Named {
  std::optional<std::chrono::weekday> weekday;
  std::optional<std::chrono::month> month;
  int day = 0;  // of the month
  bool tomorrow = false;
  minutes clock{};
};

// "mon", "monday", "sept"; its place in the list.
template <std::size_t count>
std::optional<unsigned> place_of(const std::array<std::string_view, count>& names,
                                 std::string_view word) {
  if (word.size() < 3) return std::nullopt;
  const auto found = std::ranges::find(names, word.substr(0, 3));
  if (found == names.end()) return std::nullopt;
  return static_cast<unsigned>(found - names.begin());
}

// "am", "p.m."; 0 is none.
char take_half(Words& words) {
  for (const std::string_view half : {"am", "pm", "a.m.", "p.m."}) {
    Words after = words;
    after.take(" ");
    if (!after.take(half) || (!after.rest.empty() && is_letter(after.rest.front()))) continue;
    words = after;
    return half.front();
  }
  return 0;
}

// "3am", "3:30 pm", "15:00": a bare number is no time.
std::optional<minutes> take_clock(Words& words) {
  Words at = words;
  auto hour = at.take_number(2);
  if (!hour) return std::nullopt;
  int minute = 0;
  const bool exact = at.take(":");
  if (exact) {
    const auto given = at.take_number(2);
    if (!given || *given > 59) return std::nullopt;
    minute = *given;
    if (at.take(":") && !at.take_number(2)) return std::nullopt;
  }
  const char half = take_half(at);
  if (half == 0 && !exact) return std::nullopt;
  if (half != 0 && (*hour < 1 || *hour > 12)) return std::nullopt;
  if (*hour > 23) return std::nullopt;
  if (half == 'a' && *hour == 12) hour = 0;
  if (half == 'p' && *hour != 12) *hour += 12;
  words = at;
  return hours(*hour) + minutes(minute);
}

// One word before the time: false if it is none that may stand there.
bool take_word(Words& words, Named& named) {
  const std::string_view word = words.take_letters();
  if (const auto month = place_of(months, word)) {
    words.skip_blanks();
    const auto day = words.take_number(2);
    if (!day || *day < 1 || *day > 31) return false;
    for (const std::string_view end : {"st", "nd", "rd", "th"}) words.take(end);
    named.month = std::chrono::month(*month + 1);
    named.day = *day;
    return true;
  }
  if (const auto weekday = place_of(weekdays, word)) {
    named.weekday = std::chrono::weekday(*weekday);
    return true;
  }
  if (word == "tomorrow") named.tomorrow = true;
  static constexpr std::array<std::string_view, 7> others{"at",    "on",       "after", "by",
                                                          "today", "tomorrow", "around"};
  return std::ranges::find(others, word) != others.end();
}

std::optional<Named> named_at(Words& words) {
  Named named;
  words.take(":");
  for (int i = 0; i <= words_between_most; ++i) {
    words.skip_blanks();
    if (const auto clock = take_clock(words)) {
      named.clock = *clock;
      return named;
    }
    if (!take_word(words, named)) break;
  }
  return std::nullopt;
}

// "(Europe/Berlin)", "UTC"; `original` is the same text as it was written.
std::string zone_at(std::string_view original) {
  Words words{original};
  words.take(" ");
  if (words.take("UTC") || words.take("GMT") || words.take("(UTC)") || words.take("(GMT)")) {
    return "UTC";
  }
  if (!words.take("(")) return {};
  const auto end = words.rest.find(')');
  if (end == std::string_view::npos || end > zone_name_most) return {};
  return std::string(words.rest.substr(0, end));
}

// Days on which it may be, the earliest first.
std::vector<LocalDay> days_of(const Named& named, LocalDay today) {
  using namespace std::chrono;
  std::vector<LocalDay> found;
  if (named.month) {
    const year_month_day now(today);
    for (const year one : {now.year(), now.year() + years(1)}) {
      const year_month_day date(one, *named.month, day(static_cast<unsigned>(named.day)));
      if (date.ok()) found.emplace_back(LocalDay(date));
    }
    return found;
  }
  for (int i = named.tomorrow ? 1 : 0; i <= (named.weekday ? 7 : 1); ++i) {
    const LocalDay one = today + days(i);
    if (!named.weekday || weekday(one) == *named.weekday) found.push_back(one);
  }
  return found;
}

std::optional<WallTime> next_of(const Named& named, const std::string& zone, WallTime now,
                                const ZoneOffset& zones) {
  const auto ahead = zones(zone, now);
  if (!ahead) return std::nullopt;
  const auto today = std::chrono::floor<days>(
      std::chrono::local_time<Duration>((now + *ahead).time_since_epoch()));
  for (const LocalDay day : days_of(named, today)) {
    const WallTime as_utc((day + named.clock).time_since_epoch());
    const WallTime near = as_utc - *ahead;
    const WallTime time = as_utc - zones(zone, near).value_or(*ahead);  // the clocks may change
    if (time + just_over >= now) return std::max(time, now);
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> clock_time_in(std::string_view text, WallTime now,
                                      const ZoneOffset& zones) {
  if (!zones) return std::nullopt;
  const std::string low = lower(text);
  for (const std::string_view word : {"resets", "reset", "again", "until", "available"}) {
    for (auto at = low.find(word); at != std::string::npos; at = low.find(word, at + 1)) {
      Words words{std::string_view(low).substr(at + word.size())};
      const bool ends = !words.rest.empty() && !is_letter(words.rest.front());
      const auto named = ends ? named_at(words) : std::nullopt;
      if (!named) continue;
      return next_of(*named, zone_at(text.substr(text.size() - words.rest.size())), now, zones);
    }
  }
  return std::nullopt;
}

}  // namespace lazaret::wire
