#include "wire/cell_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/rfc3339.h"
#include "wire/cell_quantity.h"

namespace lazaret::wire {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string listed(const std::vector<std::string_view>& words) {
  if (words.size() == 1) return fmt::format("\"{}\"", words.front());
  return fmt::format("one of {}", fmt::join(words, ", "));
}

// Some of the fixed names end in their unit and some do not.
bool differ_by_unit(std::string_view a, std::string_view b) {
  constexpr std::string_view unit = "_seconds";
  if (a.size() < b.size()) std::swap(a, b);
  return a.size() == b.size() + unit.size() && a.starts_with(b) && a.ends_with(unit);
}

}  // namespace

bool is_safe_id(std::string_view text) {
  if (text.empty() || text.size() > id_bytes_most) return false;
  if (!is_letter_or_digit(text.front()) && text.front() != '_') return false;
  return std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || std::string_view("._-@+:").find(c) != std::string_view::npos;
  });
}

bool is_inner_path(std::string_view text) {
  if (text.empty() || text.size() > line_bytes_most || text.front() == '/') return false;
  if (text.find('\0') != std::string_view::npos) return false;
  while (true) {
    const std::size_t slash = text.find('/');
    const std::string_view step = text.substr(0, slash);
    if (step == ".." || step == "." || (step.empty() && !text.empty())) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

Fields::Fields(const Findings& findings, const JsonValue& value, std::string pointer)
    : findings_(findings), value_(value), pointer_(std::move(pointer)) {}

const JsonValue* Fields::find(std::string_view name, Needed needed) {
  if (std::ranges::find(known_, name) == known_.end()) known_.push_back(name);
  if (const JsonMember* member = value_.find(name)) return &member->value;
  if (needed == Needed::required) {
    findings_.error(value_.span, pointer_, fmt::format("no \"{}\"", name),
                    fmt::format("the field \"{}\"", name));
  }
  return nullptr;
}

void Fields::wrong(const JsonValue& value, std::string_view name, std::string expected) const {
  findings_.error(value.span, pointer_to(name), brief(value), std::move(expected));
}

const JsonValue* Fields::of_kind(std::string_view name, JsonKind kind, std::string_view expected,
                                 Needed needed) {
  const JsonValue* value = find(name, needed);
  if (value == nullptr || value->kind == kind) return value;
  wrong(*value, name, std::string(expected));
  return nullptr;
}

void Fields::line(std::string_view name, std::string& out, Needed needed) {
  const JsonValue* value = of_kind(name, JsonKind::string, "a string", needed);
  if (value == nullptr) return;
  if (value->text.size() > line_bytes_most) {
    wrong(*value, name, fmt::format("at most {} bytes", line_bytes_most));
  } else if (needed == Needed::required && value->text.empty()) {
    wrong(*value, name, "a string that is not empty");
  } else {
    out = value->text;
  }
}

void Fields::text(std::string_view name, std::string& out) {
  const JsonValue* value = of_kind(name, JsonKind::string, "a string");
  if (value == nullptr) return;
  if (value->text.size() > text_bytes_most) {
    return wrong(*value, name, fmt::format("at most {} bytes", text_bytes_most));
  }
  out = value->text;
}

void Fields::truth(std::string_view name, bool& out) {
  if (const JsonValue* value = of_kind(name, JsonKind::boolean, "true or false"))
    out = value->truth;
}

std::optional<double> Fields::number(const JsonValue& value) const {
  double number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto parsed = std::from_chars(value.text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

void Fields::whole(std::string_view name, std::int64_t& out, std::int64_t least,
                   std::int64_t most) {
  const std::string expected = fmt::format("a whole number from {} to {}", least, most);
  const JsonValue* value = of_kind(name, JsonKind::number, expected);
  if (value == nullptr) return;
  const auto parsed = number(*value);
  if (!parsed || *parsed != std::floor(*parsed) || *parsed < static_cast<double>(least) ||
      *parsed > static_cast<double>(most)) {
    return wrong(*value, name, expected);
  }
  out = static_cast<std::int64_t>(*parsed);
}

void Fields::whole(std::string_view name, int& out, int least, int most) {
  std::int64_t wide = out;
  whole(name, wide, std::int64_t{least}, std::int64_t{most});
  out = static_cast<int>(wide);
}

void Fields::seconds(std::string_view name, Duration& out, double least) {
  const std::string expected =
      least > 0 ? fmt::format("a number of seconds, at least {}", least)
                : fmt::format("a number of seconds from 0 to {:.0f}", seconds_most);
  const JsonValue* value = of_kind(name, JsonKind::number, expected);
  if (value == nullptr) return;
  const auto parsed = number(*value);
  if (!parsed || *parsed < least || *parsed > seconds_most) return wrong(*value, name, expected);
  out = seconds_of(*parsed);
}

void Fields::time(std::string_view name, WallTime& out, Needed needed) {
  static constexpr std::string_view expected = "an RFC 3339 time such as 2026-01-31T09:00:00Z";
  const JsonValue* value = of_kind(name, JsonKind::string, expected, needed);
  if (value == nullptr) return;
  const auto parsed = from_rfc3339(value->text);
  // Nanoseconds since 1970 fit the years 1678 to 2261.
  const bool fits = value->text >= "1700" && value->text < "2200";
  if (!parsed || !fits) return wrong(*value, name, std::string(expected));
  out = *parsed;
}

void Fields::time_or_null(std::string_view name) {
  const JsonMember* member = value_.find(name);
  if (member != nullptr && member->value.kind == JsonKind::null) {
    known_.push_back(name);
    return;
  }
  WallTime ignored{};
  time(name, ignored);
}

const std::string* Fields::string_item(const JsonValue& item, std::string_view name,
                                       std::size_t index, std::size_t most) const {
  const std::string pointer = pointer_to(name) + fmt::format("/{}", index);
  if (item.kind != JsonKind::string) {
    findings_.error(item.span, pointer, brief(item), "a string");
  } else if (item.text.size() > most) {
    findings_.error(item.span, pointer, fmt::format("{} bytes", item.text.size()),
                    fmt::format("at most {} bytes", most));
  } else {
    return &item.text;
  }
  return nullptr;
}

void Fields::lines(std::string_view name, std::vector<std::string>& out) {
  const JsonValue* value = of_kind(name, JsonKind::array, "a list of strings");
  if (value == nullptr) return;
  if (value->items.size() > list_items_most) {
    return wrong(*value, name, fmt::format("at most {} entries", list_items_most));
  }
  out.clear();
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const auto* item = string_item(value->items[i], name, i, text_bytes_most);
    if (item != nullptr) out.push_back(*item);
  }
}

void Fields::inner_paths(std::string_view name, std::vector<std::string>& out) {
  lines(name, out);
  const JsonMember* member = value_.find(name);
  if (member == nullptr || member->value.kind != JsonKind::array) return;
  for (std::size_t i = 0; i < member->value.items.size(); ++i) {
    const JsonValue& item = member->value.items[i];
    if (item.kind != JsonKind::string || is_inner_path(item.text)) continue;
    findings_.error(item.span, pointer_to(name) + fmt::format("/{}", i), brief(item),
                    std::string(inner_path_expected));
  }
}

void Fields::exits(std::string_view name, std::vector<int>& out) {
  static constexpr std::string_view expected = "a list of exit codes from 0 to 255";
  const JsonValue* value = of_kind(name, JsonKind::array, expected);
  if (value == nullptr) return;
  out.clear();
  for (std::size_t i = 0; i < value->items.size() && i < 256; ++i) {
    const JsonValue& item = value->items[i];
    const auto parsed = item.kind == JsonKind::number ? number(item) : std::nullopt;
    if (parsed && *parsed == std::floor(*parsed) && *parsed >= 0 && *parsed <= 255) {
      out.push_back(static_cast<int>(*parsed));
    } else {
      findings_.error(item.span, pointer_to(name) + fmt::format("/{}", i), brief(item),
                      "an exit code from 0 to 255");
    }
  }
  if (value->items.size() > 256) wrong(*value, name, "at most 256 exit codes");
}

void Fields::texts_by_name(std::string_view name, std::map<std::string, std::string>& out) {
  const JsonValue* value = object(name);
  if (value == nullptr) return;
  out.clear();
  for (const JsonMember& member : value->members) {
    const std::string pointer = pointer_to(name) + pointer_step(member.name);
    if (member.name.empty() || member.name.find('=') != std::string::npos) {
      findings_.error(member.name_span, pointer, quoted(member.name),
                      "the name of a variable, not empty and without =");
    } else if (member.value.kind != JsonKind::string) {
      findings_.error(member.value.span, pointer, brief(member.value), "a string");
    } else {
      out[member.name] = member.value.text;
    }
  }
}

void Fields::id(std::string_view name, std::string& out, Needed needed) {
  const JsonValue* value = of_kind(name, JsonKind::string, safe_id_expected, needed);
  if (value == nullptr) return;
  if (!is_safe_id(value->text)) return wrong(*value, name, std::string(safe_id_expected));
  out = value->text;
}

void Fields::id_or_null(std::string_view name, std::optional<std::string>& out) {
  const JsonMember* member = value_.find(name);
  if (member != nullptr && member->value.kind == JsonKind::null) {
    known_.push_back(name);
    out.reset();
    return;
  }
  std::string text;
  id(name, text);
  if (!text.empty()) out = text;
}

void Fields::ids(std::string_view name, std::vector<std::string>& out, bool star) {
  const JsonValue* value = of_kind(name, JsonKind::array, "a list of ids");
  if (value == nullptr) return;
  if (value->items.size() > list_items_most) {
    return wrong(*value, name, fmt::format("at most {} entries", list_items_most));
  }
  out.clear();
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const JsonValue& item = value->items[i];
    const std::string pointer = pointer_to(name) + fmt::format("/{}", i);
    const bool fits =
        item.kind == JsonKind::string && (is_safe_id(item.text) || (star && item.text == "*"));
    if (!fits) {
      findings_.error(item.span, pointer, brief(item), std::string(safe_id_expected));
    } else if (std::ranges::find(out, item.text) != out.end()) {
      findings_.warning(item.span, pointer, brief(item) + " a second time", "each id once");
    } else {
      out.push_back(item.text);
    }
  }
}

void Fields::one_of(std::string_view name, std::string& out,
                    const std::vector<std::string_view>& words, Needed needed) {
  const JsonValue* value = of_kind(name, JsonKind::string, listed(words), needed);
  if (value == nullptr) return;
  if (std::ranges::find(words, value->text) == words.end())
    return wrong(*value, name, listed(words));
  out = value->text;
}

void Fields::limits(std::string_view name, core::Limits& out, bool with_pids) {
  const JsonValue* value = object(name);
  if (value == nullptr) return;
  Fields inner(findings_, *value, pointer_to(name));
  const auto amount = [&](std::string_view field, std::int64_t& target, auto read, double scale,
                          std::string_view expected) {
    const JsonValue* found = inner.find(field);
    if (found == nullptr) return;
    if (found->kind == JsonKind::string) {
      const auto parsed = read(found->text);
      if (parsed) target = *parsed;
      if (!parsed) inner.wrong(*found, field, std::string(expected));
      return;
    }
    const auto plain = found->kind == JsonKind::number ? number(*found) : std::nullopt;
    if (!plain || !(*plain * scale >= 1) || *plain * scale > 1e15) {
      return inner.wrong(*found, field, std::string(expected));
    }
    target = static_cast<std::int64_t>(std::round(*plain * scale));
  };
  amount("cpu", out.milli_cpus, read_cpus, 1000, cpus_expected);
  amount("memory", out.memory_bytes, read_bytes, 1, bytes_expected);
  amount("disk", out.disk_bytes, read_bytes, 1, bytes_expected);
  if (with_pids) inner.whole("pids", out.pids, std::int64_t{1}, std::int64_t{4'194'304});
  inner.finish(with_pids);
}

const JsonValue* Fields::object(std::string_view name) {
  return of_kind(name, JsonKind::object, "an object");
}

void Fields::misplaced(std::span<const std::string_view> names, std::string_view where) {
  for (const std::string_view name : names) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    const JsonMember* member = value_.find(name);
    if (member == nullptr) continue;
    misplaced_.push_back(name);
    findings_.warning(member->name_span, pointer_to(name),
                      fmt::format("{} where it does not count", quoted(name)),
                      fmt::format("it in {}", where));
  }
}

void Fields::finish(bool strict) {
  for (const JsonMember& member : value_.members) {
    if (std::ranges::find(known_, member.name) != known_.end()) continue;
    if (std::ranges::find(misplaced_, member.name) != misplaced_.end()) continue;
    std::string_view nearest;
    int least = strict ? 4 : 3;  // our own names are few, so a guess may be bolder
    for (const std::string_view name : known_) {
      const int far = differ_by_unit(member.name, name) ? 0 : distance(member.name, name);
      const bool taken = value_.find(name) != nullptr;
      if (!taken && far < least && far * 3 <= static_cast<int>(name.size())) {
        least = far;
        nearest = name;
      }
    }
    const std::string found = fmt::format("the unknown field {}", quoted(member.name));
    if (!nearest.empty()) {
      findings_.warning(member.name_span, pointer_to(member.name), found,
                        fmt::format("perhaps \"{}\"", nearest));
    } else if (strict) {
      findings_.warning(member.name_span, pointer_to(member.name), found,
                        fmt::format("one of {}", fmt::join(known_, ", ")));
    }
  }
}

int distance(std::string_view a, std::string_view b) {
  constexpr int far = 4;
  if (a.size() > b.size() + 3 || b.size() > a.size() + 3 || a.size() > 64 || b.size() > 64)
    return far;
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = static_cast<int>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int change = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return std::min(d[a.size()][b.size()], far);
}

}  // namespace lazaret::wire
