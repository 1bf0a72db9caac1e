#include "calendar/on_calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace lazaret::calendar {
namespace {

std::unexpected<Error> wrong(std::string_view part, std::string_view text, std::string remedy) {
  return fail(ErrorCode::invalid_input,
              fmt::format("\"{}\" is no {} in an OnCalendar expression", text.substr(0, 64), part),
              std::string(part), std::move(remedy));
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

// One part of a date or time: everything, or the numbers it lists.
struct Chain {
  bool everything = false;
  std::set<int> values;
};

struct Limits {
  std::string_view part;
  int least;
  int most;
  bool from_end = false;  // days counted from the end of the month: ~3..7, ~7/1
};

std::optional<int> number(std::string_view text, const Limits& limits) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text[0] < '0' || text[0] > '9' || error != std::errc() ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  if (limits.part == "year" && value < 100) value += value < 70 ? 2000 : 1900;
  if (value < limits.least || value > limits.most) return std::nullopt;
  return value;
}

// a, a..b, a/n, a..b/n.
bool read_component(std::string_view text, const Limits& limits, std::set<int>& values) {
  std::optional<int> step = 0;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    step = number(text.substr(slash + 1), {"step", 1, limits.most});
    text = text.substr(0, slash);
  }
  std::optional<int> stop;
  if (const std::size_t dots = text.find(".."); dots != std::string_view::npos) {
    stop = number(text.substr(dots + 2), limits);
    if (!stop) return false;
    if (step == 0) step = 1;
    text = text.substr(0, dots);
  }
  const auto start = number(text, limits);
  if (!start || !step) return false;
  if (*step == 0) {
    values.insert(*start);
  } else if (limits.from_end) {
    // ~3..7/2 are the third, fifth and seventh last day; ~7/2 goes forward from the seventh last.
    for (int n = *start; !stop && n >= 1; n -= *step) values.insert(n);
    for (int n = *start; stop && n <= *stop; n += *step) values.insert(n);
    return stop.value_or(*start) >= *start;
  } else {
    for (int n = *start; n <= stop.value_or(limits.most); n += *step) values.insert(n);
    return *start <= stop.value_or(limits.most);
  }
  return true;
}

Result<Chain> read_chain(std::string_view text, const Limits& limits) {
  Chain out;
  if (text == "*") {
    out.everything = true;
    return out;
  }
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    if (!read_component(rest.substr(0, comma), limits, out.values)) {
      return wrong(limits.part, text,
                   fmt::format("* or numbers from {} to {}, as a list 1,2, a range 1..5, a step "
                               "0/15",
                               limits.least, limits.most));
    }
    if (comma == std::string_view::npos) return out;
    rest.remove_prefix(comma + 1);
  }
}

std::uint64_t bits_of(const Chain& chain, std::uint64_t everything) {
  if (chain.everything) return everything;
  std::uint64_t bits = 0;
  for (int n : chain.values) bits |= std::uint64_t{1} << n;
  return bits;
}

constexpr std::string_view weekday_names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                              "friday", "saturday", "sunday"};

std::optional<int> weekday(std::string_view word) {
  for (int i = 0; i < 7; ++i) {
    if (word == weekday_names[i] || word == weekday_names[i].substr(0, 3)) return i;
  }
  return std::nullopt;
}

// False: this word does not speak of weekdays at all.
bool speaks_of_weekdays(std::string_view word) {
  return word.starts_with("weekday") || word.starts_with("weekend") ||
         weekday(word.substr(0, word.find_first_of(".,-"))).has_value();
}

Result<std::uint8_t> read_weekdays(std::string_view text) {
  if (text == "weekdays" || text == "weekday") return std::uint8_t{0x1f};
  if (text == "weekends" || text == "weekend") return std::uint8_t{0x60};
  std::uint8_t bits = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view one = rest.substr(0, comma);
    const std::size_t name = std::min(one.find_first_of(".-"), one.size());
    const auto from = weekday(one.substr(0, name));
    auto to = from;
    if (name < one.size()) {
      to = weekday(one.substr(std::min(one.find_first_not_of(".-", name), one.size())));
    }
    if (!from || !to || *to < *from) {
      return wrong("weekday", text, "names like Mon, a list Mon,Wed, a range Mon..Fri");
    }
    for (int day = *from; day <= *to; ++day) bits |= static_cast<std::uint8_t>(1U << day);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return bits;
}

Result<void> read_date(std::string_view text, Pattern& out) {
  const std::size_t last = text.find_last_of("-~");
  const bool from_end = text[last] == '~';
  const std::string_view before = text.substr(0, last);
  const std::size_t dash = before.find('-');
  const bool has_year = dash != std::string_view::npos;
  Result<Chain> year = Chain{true, {}};
  if (has_year) year = read_chain(before.substr(0, dash), {"year", 1970, 2199});
  const auto month = read_chain(has_year ? before.substr(dash + 1) : before, {"month", 1, 12});
  // Further back than the shortest month is long makes no sense.
  const auto day = read_chain(text.substr(last + 1), {"day", 1, from_end ? 28 : 31, from_end});
  for (const Result<Chain>* part :
       std::initializer_list<const Result<Chain>*>{&year, &month, &day}) {
    if (!*part) return std::unexpected(part->error());
  }
  out.years.assign(year->values.begin(), year->values.end());
  out.months = static_cast<std::uint16_t>(bits_of(*month, 0x1ffe));
  (from_end ? out.days_from_end : out.month_days) = static_cast<std::uint32_t>(bits_of(*day, 0));
  return {};
}

Result<void> read_time(std::string_view text, Pattern& out) {
  const std::size_t first = text.find(':');
  const std::string_view rest = text.substr(first + 1);
  const std::size_t second = rest.find(':');
  const auto hours = read_chain(text.substr(0, first), {"hour", 0, 23});
  const auto minutes = read_chain(rest.substr(0, second), {"minute", 0, 59});
  Result<Chain> seconds = Chain{false, {0}};
  if (second != std::string_view::npos) {
    seconds = read_chain(rest.substr(second + 1), {"second", 0, 59});
  }
  for (const Result<Chain>* part :
       std::initializer_list<const Result<Chain>*>{&hours, &minutes, &seconds}) {
    if (!*part) return std::unexpected(part->error());
  }
  out.hours = static_cast<std::uint32_t>(bits_of(*hours, 0xffffff));
  out.minutes = bits_of(*minutes, (std::uint64_t{1} << 60) - 1);
  out.seconds = bits_of(*seconds, (std::uint64_t{1} << 60) - 1);
  return {};
}

std::string_view shorthand(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"minutely", "*-*-* *:*:00"},
      {"hourly", "*-*-* *:00:00"},
      {"daily", "*-*-* 00:00:00"},
      {"weekly", "mon *-*-* 00:00:00"},
      {"monthly", "*-*-01 00:00:00"},
      {"quarterly", "*-01,04,07,10-01 00:00:00"},
      {"semiannually", "*-01,07-01 00:00:00"},
      {"semi-annually", "*-01,07-01 00:00:00"},
      {"biannually", "*-01,07-01 00:00:00"},
      {"bi-annually", "*-01,07-01 00:00:00"},
      {"yearly", "*-01-01 00:00:00"},
      {"annually", "*-01-01 00:00:00"},
  };
  for (const auto& [name, meaning] : words) {
    if (word == name) return meaning;
  }
  return {};
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

// A zone is a name with a letter that is no weekday; "UTC", "Europe/Berlin".
bool is_zone(std::string_view word) {
  const char c = word[0];
  return ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) && word.find(':') == word.npos &&
         !speaks_of_weekdays(lower(word));
}

}  // namespace

Result<OnCalendar> parse_on_calendar(std::string_view text) {
  const auto whole = [&] {
    return fail(ErrorCode::invalid_input,
                fmt::format("\"{}\" is not an OnCalendar expression", text.substr(0, 64)),
                "oncalendar", "write one like Mon..Fri 09:00 or *-*-01 00:00:00");
  };
  if (text.size() > most_on_calendar_chars) return whole();
  OnCalendar out;
  std::string zone;
  auto words = words_of(text);
  std::string meaning;
  if (!words.empty()) meaning = shorthand(lower(words[0]));
  if (words.size() > 1 && is_zone(words.back())) {
    out.zone = words.back();
    words.pop_back();
  }
  if (!meaning.empty()) {
    if (words.size() > 1) return whole();
    words = words_of(meaning);
  }
  if (words.empty() || words.size() > 3) return whole();
  std::size_t at = 0;
  if (const std::string first = lower(words[0]); speaks_of_weekdays(first)) {
    const auto days = read_weekdays(first);
    if (!days) return std::unexpected(days.error());
    out.pattern.weekdays = *days;
    ++at;
  }
  if (at < words.size() && words[at].find(':') == std::string_view::npos) {
    if (words[at].find_first_of("-~") == std::string_view::npos) return whole();
    if (auto date = read_date(words[at++], out.pattern); !date)
      return std::unexpected(date.error());
  }
  if (at < words.size()) {
    if (words[at].find(':') == std::string_view::npos) return whole();
    if (auto time = read_time(words[at++], out.pattern); !time)
      return std::unexpected(time.error());
  }
  if (at != words.size()) return whole();
  return out;
}

}  // namespace lazaret::calendar
