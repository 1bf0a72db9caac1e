#include "wire/loose_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/rfc3339.h"

namespace lazaret::wire {
namespace {

constexpr int depth_most = 32;
constexpr std::size_t values_most = 200'000;
constexpr std::size_t id_most = 200;

bool is_separator(char c) { return c == '_' || c == '-' || c == ' '; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::optional<double> double_of(const JsonValue& value) {
  if (value.kind != JsonKind::number && value.kind != JsonKind::string) return std::nullopt;
  double number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto read = std::from_chars(value.text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> whole_of(const JsonValue& value) {
  if (value.kind != JsonKind::number && value.kind != JsonKind::string) return std::nullopt;
  std::int64_t number = 0;
  const char* end = value.text.data() + value.text.size();
  const auto read = std::from_chars(value.text.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end) return number;
  const auto real = double_of(value);  // 30.0
  if (!real || *real != std::floor(*real) || std::abs(*real) > 1e15) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (true) {
    while (i < a.size() && is_separator(a[i])) ++i;
    while (j < b.size() && is_separator(b[j])) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (lower(a[i++]) != lower(b[j++])) return false;
  }
}

bool is_plain_line(std::string_view text, std::size_t most) {
  return text.size() <= most && std::ranges::none_of(text, is_control);
}

std::optional<WallTime> loose_time(std::string_view text) {
  if (text.size() > 64) return std::nullopt;
  auto time = from_rfc3339(text);
  if (!time) time = from_rfc3339(std::string(text) + "Z");
  // Milliseconds are what is written, so that what is read comes back the same.
  return time ? std::optional<WallTime>(std::chrono::floor<std::chrono::milliseconds>(*time))
              : std::nullopt;
}

LooseFields::LooseFields(std::string what, std::string_view source, const JsonValue& value,
                         std::string pointer)
    : what_(std::move(what)), source_(source), value_(value), pointer_(std::move(pointer)) {
  if (value.kind != JsonKind::object) wrong(value, "", "an object");
}

const JsonValue* LooseFields::find(std::string_view name) const {
  const JsonMember* member = value_.find(name);
  if (!member) {
    const auto found = std::ranges::find_if(
        value_.members, [&](const JsonMember& one) { return same_word(one.name, name); });
    if (found != value_.members.end()) member = &*found;
  }
  return member && member->value.kind != JsonKind::null ? &member->value : nullptr;
}

LooseFields LooseFields::inside(const JsonValue& value, std::string_view step) const {
  return {what_, source_, value, pointer_ + std::string(step)};
}

void LooseFields::set_fault(const JsonValue& at, std::string_view step, std::string found,
                            std::string expected) {
  if (fault_) return;
  const JsonPlace place = place_of(source_, at.span.begin);
  const std::string pointer = pointer_ + std::string(step);
  fault_ = Error{.code = ErrorCode::invalid_input,
                 .message = fmt::format("found {}, expected {}", found, expected),
                 .place = fmt::format("{}:{}:{}{}{}", what_, place.line, place.column,
                                      pointer.empty() ? "" : " ", pointer),
                 .remedy = {}};
}

void LooseFields::adopt(const Error& fault) {
  if (!fault_) fault_ = fault;
}

void LooseFields::wrong(const JsonValue& at, std::string_view step, std::string expected) {
  set_fault(at, step, brief(at), std::move(expected));
}

void LooseFields::missing(std::string_view name, std::string expected) {
  set_fault(value_, pointer_step(name), "nothing", std::move(expected));
}

void LooseFields::line(std::string_view name, std::string& out, std::size_t most) {
  const JsonValue* value = find(name);
  if (!value) return;
  if (value->kind != JsonKind::string || !is_plain_line(value->text, most)) {
    return wrong(*value, pointer_step(name), fmt::format("a line of at most {} bytes", most));
  }
  out = value->text;
}

void LooseFields::text(std::string_view name, std::string& out, std::size_t most) {
  const JsonValue* value = find(name);
  if (!value) return;
  if (value->kind != JsonKind::string || value->text.size() > most) {
    return wrong(*value, pointer_step(name), fmt::format("a text of at most {} bytes", most));
  }
  out = value->text;
}

void LooseFields::id(std::string_view name, std::string& out) {
  const JsonValue* value = find(name);
  if (!value) return;
  const bool fits = value->kind == JsonKind::string || value->kind == JsonKind::number;
  if (!fits || !is_plain_line(value->text, id_most)) {
    return wrong(*value, pointer_step(name), fmt::format("an id of at most {} bytes", id_most));
  }
  out = value->text;
}

void LooseFields::whole(std::string_view name, std::optional<std::int64_t>& out, std::int64_t least,
                        std::int64_t most) {
  const JsonValue* value = find(name);
  if (!value) return;
  const auto number = whole_of(*value);
  if (!number || *number < least || *number > most) {
    return wrong(*value, pointer_step(name),
                 fmt::format("a whole number from {} to {}", least, most));
  }
  out = *number;
}

void LooseFields::whole(std::string_view name, std::int64_t& out, std::int64_t least,
                        std::int64_t most) {
  std::optional<std::int64_t> number;
  whole(name, number, least, most);
  if (number) out = *number;
}

void LooseFields::number(std::string_view name, std::optional<double>& out, double least,
                         double most) {
  const JsonValue* value = find(name);
  if (!value) return;
  const auto number = double_of(*value);
  if (!number || *number < least || *number > most) {
    return wrong(*value, pointer_step(name), fmt::format("a number from {} to {}", least, most));
  }
  out = *number;
}

void LooseFields::truth(std::string_view name, std::optional<bool>& out) {
  const JsonValue* value = find(name);
  if (!value) return;
  if (value->kind != JsonKind::boolean) return wrong(*value, pointer_step(name), "true or false");
  out = value->truth;
}

void LooseFields::time(std::string_view name, std::optional<WallTime>& out) {
  const JsonValue* value = find(name);
  if (!value) return;
  const auto time =
      value->kind == JsonKind::string ? loose_time(value->text) : std::optional<WallTime>();
  if (!time)
    return wrong(*value, pointer_step(name), "an RFC 3339 time such as 2026-01-31T09:00:00Z");
  out = *time;
}

const JsonValue* LooseFields::array(std::string_view name, std::size_t most) {
  const JsonValue* value = find(name);
  if (!value) return nullptr;
  if (value->kind == JsonKind::array && value->items.size() <= most) return value;
  set_fault(
      *value, pointer_step(name),
      value->kind == JsonKind::array ? fmt::format("{} items", value->items.size()) : brief(*value),
      fmt::format("a list of at most {}", most));
  return nullptr;
}

const JsonValue* LooseFields::object(std::string_view name, std::size_t most) {
  const JsonValue* value = find(name);
  if (!value) return nullptr;
  if (value->kind == JsonKind::object && value->members.size() <= most) return value;
  set_fault(*value, pointer_step(name),
            value->kind == JsonKind::object ? fmt::format("{} members", value->members.size())
                                            : brief(*value),
            fmt::format("an object of at most {} members", most));
  return nullptr;
}

Result<JsonDocument> read_object(std::string text, std::string_view what, std::size_t most,
                                 bool may_be_empty) {
  const bool empty = text.find_first_not_of(" \t\r\n") == std::string::npos;
  if (empty && may_be_empty) text = "{}";
  auto document =
      read_json(std::move(text), {.bytes = most, .depth = depth_most, .values = values_most});
  if (!document) {
    const JsonFault& fault = document.error();
    return fail(fault.too_large ? ErrorCode::too_large : ErrorCode::invalid_input,
                fmt::format("found {}, expected {}", fault.found, fault.expected),
                fmt::format("{}:{}:{}{}{}", what, fault.place.line, fault.place.column,
                            fault.pointer.empty() ? "" : " ", fault.pointer));
  }
  if (document->root.kind != JsonKind::object) {
    return fail(ErrorCode::invalid_input,
                fmt::format("found {}, expected an object", brief(document->root)),
                fmt::format("{}:1:1", what));
  }
  return std::move(*document);
}

}  // namespace lazaret::wire
