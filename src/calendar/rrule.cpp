#include "calendar/rrule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/typo.h"

namespace lazaret::calendar {
namespace {

std::unexpected<Error> wrong(std::string_view part, std::string_view value, std::string remedy) {
  return fail(ErrorCode::invalid_input,
              fmt::format("{}={} is not valid in a recurrence rule", part, value.substr(0, 64)),
              std::string(part), std::move(remedy));
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::optional<std::int64_t> whole(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class Visit>
void split(std::string_view text, char by, Visit&& visit) {
  while (true) {
    const std::size_t at = text.find(by);
    visit(text.substr(0, at));
    if (at == std::string_view::npos) return;
    text.remove_prefix(at + 1);
  }
}

template <class T>
void sort_unique(std::vector<T>& list) {
  std::ranges::sort(list);
  list.erase(std::ranges::unique(list).begin(), list.end());
}

constexpr std::string_view weekday_words[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

std::optional<int> weekday(std::string_view word) {
  const auto found = std::ranges::find(weekday_words, word);
  if (found == std::end(weekday_words)) return std::nullopt;
  return static_cast<int>(found - std::begin(weekday_words));
}

struct ListPart {
  std::string_view name;
  std::vector<int> Rrule::* list;
  int least;
  int most;
  bool counts_back;  // -1 is the last; 0 is none
};
constexpr ListPart list_parts[] = {
    {"BYSECOND", &Rrule::seconds, 0, 60, false},    {"BYMINUTE", &Rrule::minutes, 0, 59, false},
    {"BYHOUR", &Rrule::hours, 0, 23, false},        {"BYMONTHDAY", &Rrule::month_days, 1, 31, true},
    {"BYYEARDAY", &Rrule::year_days, 1, 366, true}, {"BYWEEKNO", &Rrule::weeks, 1, 53, true},
    {"BYMONTH", &Rrule::months, 1, 12, false},      {"BYSETPOS", &Rrule::positions, 1, 366, true},
};

Result<void> read_list(Rrule& rule, const ListPart& part, std::string_view value) {
  auto& list = rule.*part.list;
  bool fine = true;
  split(value, ',', [&](std::string_view one) {
    const auto n = whole(one);
    const auto size = n && part.counts_back ? std::abs(*n) : n.value_or(-1);
    if (!n || size < part.least || size > part.most) {
      fine = false;
    } else {
      // There are no leap seconds in POSIX time: 60 is 59 (3.3.12).
      list.push_back(std::min(static_cast<int>(*n), part.most == 60 ? 59 : part.most));
    }
  });
  if (!fine) {
    return wrong(
        part.name, value,
        fmt::format("whole numbers from {} to {}{}, with commas between", part.least, part.most,
                    part.counts_back ? fmt::format(" or from -{} to -1", part.most) : ""));
  }
  sort_unique(list);
  return {};
}

Result<void> read_weekdays(Rrule& rule, std::string_view value) {
  bool fine = true;
  split(value, ',', [&](std::string_view one) {
    NthWeekday day;
    const std::size_t letters = one.size() < 2 ? 0 : one.size() - 2;
    const auto which = weekday(one.substr(letters));
    const auto n = letters == 0 ? std::optional<std::int64_t>(0) : whole(one.substr(0, letters));
    if (!which || !n || std::abs(*n) > 53 || (letters != 0 && *n == 0)) {
      fine = false;
      return;
    }
    day.weekday = *which;
    day.ordinal = static_cast<int>(*n);
    rule.weekdays.push_back(day);
  });
  if (!fine) return wrong("BYDAY", value, "weekdays like MO,TU or, counted, 1MO,-1FR");
  sort_unique(rule.weekdays);
  return {};
}

Result<void> read_number(std::string_view part, std::string_view value, std::int64_t most,
                         std::int64_t& out) {
  const auto n = whole(value);
  if (!n || *n < 1 || *n > most) {
    return wrong(part, value, fmt::format("a whole number from 1 to {}", most));
  }
  out = *n;
  return {};
}

Result<void> read_part(Rrule& rule, std::string_view part, std::string_view value) {
  for (const ListPart& list : list_parts) {
    if (list.name == part) return read_list(rule, list, value);
  }
  if (part == "BYDAY") return read_weekdays(rule, value);
  if (part == "INTERVAL") return read_number(part, value, most_interval, rule.interval);
  if (part == "COUNT") return read_number(part, value, most_interval, rule.count.emplace());
  if (part == "FREQ") {
    std::string word(value);
    for (char& c : word) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    const auto freq = from_word<Freq>(word);
    if (!freq) {
      return wrong(part, value, "SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY");
    }
    rule.freq = *freq;
    return {};
  }
  if (part == "WKST") {
    const auto day = weekday(value);
    if (!day) return wrong(part, value, "MO, TU, WE, TH, FR, SA or SU");
    rule.week_start = *day;
    return {};
  }
  if (part == "UNTIL") {
    auto until = parse_time(value, part);
    if (!until) return std::unexpected(until.error());
    rule.until = *until;
    return {};
  }
  static const std::vector<std::string> known = {
      "FREQ",   "INTERVAL",   "COUNT",     "UNTIL",    "WKST",    "BYSECOND", "BYMINUTE",
      "BYHOUR", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYDAY",    "BYSETPOS"};
  return fail(ErrorCode::invalid_input,
              fmt::format("a recurrence rule has no part {}", part.substr(0, 32)),
              std::string(part.substr(0, 32)), one_of(part.substr(0, 32), known));
}

Result<void> check_whole(const Rrule& rule) {
  if (rule.count && rule.until) {
    return fail(ErrorCode::invalid_input, "a rule ends by COUNT or by UNTIL, not by both", "UNTIL",
                "leave one of them out (RFC 5545 3.3.10)");
  }
  const bool counted = std::ranges::any_of(rule.weekdays, [](auto d) { return d.ordinal != 0; });
  if (counted && rule.freq != Freq::monthly && rule.freq != Freq::yearly) {
    return fail(ErrorCode::invalid_input,
                "a counted weekday needs a month or a year to be counted in", "BYDAY",
                "use FREQ=MONTHLY or FREQ=YEARLY, or leave the number out (RFC 5545 3.3.10)");
  }
  const bool any = !rule.seconds.empty() || !rule.minutes.empty() || !rule.hours.empty() ||
                   !rule.weekdays.empty() || !rule.month_days.empty() || !rule.year_days.empty() ||
                   !rule.weeks.empty() || !rule.months.empty();
  if (!rule.positions.empty() && !any) {
    return fail(ErrorCode::invalid_input, "BYSETPOS picks out of what another BY part gives",
                "BYSETPOS", "add BYDAY or another BY part, or leave it out (RFC 5545 3.3.10)");
  }
  return {};
}

}  // namespace

Result<Rrule> parse_rrule(std::string_view written) {
  if (written.size() > most_rule_chars) {
    return fail(ErrorCode::invalid_input, fmt::format("a rule of {} characters; at most {}",
                                                      written.size(), most_rule_chars));
  }
  const std::string text = upper(written);
  std::string_view rest = text;
  if (rest.starts_with("RRULE:")) rest.remove_prefix(6);
  while (rest.ends_with(';')) rest.remove_suffix(1);
  Rrule rule;
  std::set<std::string_view> seen;
  Result<void> outcome;
  split(rest, ';', [&](std::string_view one) {
    if (!outcome) return;
    const std::size_t equals = one.find('=');
    const std::string_view part = one.substr(0, equals);
    if (equals == std::string_view::npos || equals + 1 == one.size()) {
      outcome =
          fail(ErrorCode::invalid_input, fmt::format("\"{}\" is not NAME=VALUE", one.substr(0, 64)),
               "RRULE", "write a rule like FREQ=WEEKLY;BYDAY=MO,WE");
    } else if (!seen.insert(part).second) {
      outcome = fail(ErrorCode::invalid_input, fmt::format("{} is said twice", part),
                     std::string(part), "say it once");
    } else {
      outcome = read_part(rule, part, one.substr(equals + 1));
    }
  });
  if (!outcome) return std::unexpected(outcome.error());
  if (!seen.contains("FREQ")) {
    return fail(ErrorCode::invalid_input, "the rule does not say how often", "FREQ",
                "write a rule like FREQ=WEEKLY;BYDAY=MO,WE");
  }
  if (auto whole_rule = check_whole(rule); !whole_rule) return std::unexpected(whole_rule.error());
  return rule;
}

}  // namespace lazaret::calendar
