#include "calendar/cron.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>

namespace lazaret::calendar {
namespace {

constexpr std::string_view month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                            "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view weekday_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct Field {
  std::string_view name;
  int least;
  int most;
  std::span<const std::string_view> names;  // of `first_named` and what follows
  int first_named = 0;
  std::string_view remedy;
};
constexpr Field fields[] = {
    {"second", 0, 59, {}, 0, "0 to 59"},
    {"minute", 0, 59, {}, 0, "0 to 59"},
    {"hour", 0, 23, {}, 0, "0 to 23"},
    {"day of month", 1, 31, {}, 0, "1 to 31, L, L-3, 15W or LW"},
    {"month", 1, 12, month_names, 1, "1 to 12 or JAN to DEC"},
    {"weekday", 0, 7, weekday_names, 0, "0 to 7 (Sunday is both), SUN to SAT, FRI#3 or 5L"},
};

std::unexpected<Error> wrong(const Field& field, std::string_view text) {
  return fail(
      ErrorCode::invalid_input,
      fmt::format("\"{}\" is no {} in a cron expression", text.substr(0, 64), field.name),
      std::string(field.name),
      fmt::format("write {}; also *, a-b, a list with commas, or a step like */5", field.remedy));
}

std::optional<int> value_of(const Field& field, std::string_view text) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (text == field.names[i]) return field.first_named + static_cast<int>(i);
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.starts_with('-') ||
      value < field.least || value > field.most) {
    return std::nullopt;
  }
  return value;
}

// *, a, a-b, each with /n.
bool read_range(const Field& field, std::string_view text, std::uint64_t& bits) {
  const std::size_t slash = text.find('/');
  int step = 1;
  if (slash != std::string_view::npos) {
    const std::string_view n = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(n.data(), n.data() + n.size(), step);
    if (error != std::errc() || end != n.data() + n.size() || step < 1 || step > field.most) {
      return false;
    }
    text = text.substr(0, slash);
  }
  std::optional<int> from = field.least;
  std::optional<int> to = field.most;
  if (text != "*" && text != "?") {
    const std::size_t dash = text.find('-');
    from = value_of(field, text.substr(0, dash));
    to = from;
    if (dash != std::string_view::npos) {
      to = value_of(field, text.substr(dash + 1));
      // SAT-SUN: Sunday ends a week, too.
      if (to && *to == 0 && from && *from > 0 && field.most == 7) to = 7;
    } else if (slash != std::string_view::npos) {
      to = field.most;
    }
  }
  // Sunday has two numbers; a step over the whole week meets only one of them.
  if (field.most == 7 && to && *to == 7 && step > 1 &&
      (text == "*" || text.find('-') == text.npos)) {
    to = 6;
  }
  if (!from || !to || *from > *to) return false;
  for (int n = *from; n <= *to; n += step) bits |= std::uint64_t{1} << n;
  return true;
}

// L, L-3, 15W, LW. False: it is none of those, or out of range.
bool read_special_day(std::string_view text, Pattern& out) {
  const Field& field = fields[3];
  if (text == "L") {
    out.days_from_end |= 1U << 1;
    return true;
  }
  if (text == "LW" || text == "WL") return out.last_workday = true;
  if (text.starts_with("L-")) {
    const auto n = value_of(field, text.substr(2));
    if (!n || *n > 30) return false;
    out.days_from_end |= 1U << (*n + 1);
    return true;
  }
  if (!text.ends_with('W')) return false;
  const auto n = value_of(field, text.substr(0, text.size() - 1));
  if (n) out.nearest_workdays |= 1U << *n;
  return n.has_value();
}

// 5#3, FRI#L, 5L.
bool read_special_weekday(std::string_view text, Pattern& out) {
  const std::size_t hash = text.find('#');
  std::string_view day = text.substr(0, hash);
  int ordinal = -1;
  if (hash != std::string_view::npos) {
    const std::string_view n = text.substr(hash + 1);
    if (n.size() != 1) return false;
    if (n != "L") ordinal = n[0] - '0';
    if (n != "L" && (ordinal < 1 || ordinal > 5)) return false;
  } else if (day.size() > 1 && day.ends_with('L')) {
    day.remove_suffix(1);
  } else {
    return false;
  }
  const auto weekday = value_of(fields[5], day);
  if (weekday) out.nth.push_back({ordinal, (*weekday + 6) % 7});
  return weekday.has_value();
}

Result<std::uint64_t> read_field(const Field& field, std::string_view text, Pattern& out) {
  std::uint64_t bits = 0;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    const bool special = (&field == &fields[3] && read_special_day(one, out)) ||
                         (&field == &fields[5] && read_special_weekday(one, out));
    if (!special && !read_range(field, one, bits)) return wrong(field, one);
    if (comma == std::string_view::npos) return bits;
    rest.remove_prefix(comma + 1);
  }
}

Result<Pattern> read_fields(std::span<const std::string> words) {
  Pattern out;
  std::array<std::uint64_t, 6> bits{1};
  const std::size_t left_out = 6 - words.size();
  for (std::size_t i = left_out; i < 6; ++i) {
    const auto read = read_field(fields[i], words[i - left_out], out);
    if (!read) return std::unexpected(read.error());
    bits[i] = *read;
  }
  const auto any = [&](std::size_t i) {
    const std::string& word = words[i - left_out];
    return word == "*" || word == "?";
  };
  out.seconds = bits[0];
  out.minutes = bits[1];
  out.hours = static_cast<std::uint32_t>(bits[2]);
  out.months = static_cast<std::uint16_t>(bits[4]);
  out.either_day = !any(3) && !any(5);
  if (!any(3)) out.month_days = static_cast<std::uint32_t>(bits[3]);
  const std::uint64_t sunday = (bits[5] | bits[5] >> 7) & 1;
  if (!any(5)) out.weekdays = static_cast<std::uint8_t>((bits[5] >> 1 & 0x3f) | sunday << 6);
  return out;
}

std::string_view macro(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> macros[] = {
      {"@YEARLY", "0 0 1 1 *"}, {"@ANNUALLY", "0 0 1 1 *"}, {"@MONTHLY", "0 0 1 * *"},
      {"@WEEKLY", "0 0 * * 0"}, {"@DAILY", "0 0 * * *"},    {"@MIDNIGHT", "0 0 * * *"},
      {"@HOURLY", "0 * * * *"},
  };
  for (const auto& [name, meaning] : macros) {
    if (word == name) return meaning;
  }
  return {};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool within = false;
  for (char c : text) {
    const bool space = c == ' ' || c == '\t';
    if (!space && !within) words.emplace_back();
    if (!space) words.back() += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    within = !space;
  }
  return words;
}

}  // namespace

Result<Pattern> parse_cron(std::string_view text) {
  if (text.size() > most_cron_chars) {
    return fail(ErrorCode::invalid_input,
                fmt::format("a cron expression of {} characters; at most {}", text.size(),
                            most_cron_chars));
  }
  std::vector<std::string> words = words_of(text);
  if (words.size() == 1 && words[0].starts_with('@')) {
    const std::string_view meaning = macro(words[0]);
    if (meaning.empty()) {
      return fail(ErrorCode::invalid_input, fmt::format("there is no {}", text), "cron",
                  "@yearly, @monthly, @weekly, @daily, @midnight or @hourly");
    }
    words = words_of(meaning);
  }
  if (words.size() != 5 && words.size() != 6) {
    return fail(ErrorCode::invalid_input,
                fmt::format("a cron expression has 5 or 6 fields, not {}", words.size()), "cron",
                "[second] minute hour day-of-month month weekday, such as 0 9 * * MON-FRI");
  }
  return read_fields(words);
}

}  // namespace lazaret::calendar
