#include "cli/json_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/rfc3339.h"
#include "wire/json_document.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

std::string number_text(const json::value& value) {
  if (!value.is_double()) return json::serialize(value);
  const double number = value.get_double();
  std::string text = fmt::format("{:.3f}", number);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

void write_pretty(const json::value& value, int depth, std::string& out) {
  const std::string inner(static_cast<std::size_t>(depth + 1) * 2, ' ');
  const std::string outer(static_cast<std::size_t>(depth) * 2, ' ');
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += "{";
    const char* comma = "\n";
    for (const auto& member : *object) {
      out += comma + inner + json::serialize(member.key()) + ": ";
      write_pretty(member.value(), depth + 1, out);
      comma = ",\n";
    }
    out += "\n" + outer + "}";
  } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    out += "[";
    const char* comma = "\n";
    for (const auto& element : *array) {
      out += comma + inner;
      write_pretty(element, depth + 1, out);
      comma = ",\n";
    }
    out += "\n" + outer + "]";
  } else {
    out += wire::json_document(value);
  }
}

}  // namespace

const json::value* find(const json::value& value, std::string_view path) {
  const json::value* at = &value;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto* object = at->if_object();
    if (object == nullptr) return nullptr;
    at = object->if_contains(path.substr(0, dot));
    if (at == nullptr) return nullptr;
    path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  }
  return at->is_null() ? nullptr : at;
}

std::string in_words(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_number()) return number_text(value);
  if (!value.is_array()) return wire::json_document(value);
  std::string all;
  for (const auto& one : value.get_array()) {
    if (!all.empty()) all += ", ";
    all += in_words(one);
  }
  return all;
}

std::string text_at(const json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  return found == nullptr ? "" : in_words(*found);
}

std::optional<double> number_at(const json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->to_number<double>();
}

bool flag_at(const json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  return found != nullptr && found->is_bool() && found->get_bool();
}

const json::array& list_at(const json::value& value, std::string_view path) {
  static const json::array none;
  const auto* found = find(value, path);
  return found != nullptr && found->is_array() ? found->get_array() : none;
}

std::string pretty(const json::value& value) {
  std::string out;
  write_pretty(value, 0, out);
  return out + "\n";
}

std::string short_age(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds < 0) return "0s";
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (seconds < 120 * 60) return fmt::format("{}m", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

std::string age_at(const json::value& value, std::string_view path, WallTime now) {
  const std::string text = text_at(value, path);
  if (text.empty()) return "";
  const auto time = from_rfc3339(text);
  return time ? short_age(now - *time) : "";
}

std::string in_bytes(double bytes) {
  constexpr std::array<std::string_view, 5> units = {"B", "KB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  if (bytes < 10 && unit > 0) return fmt::format("{:.1f} {}", bytes, units[unit]);
  return fmt::format("{:.0f} {}", bytes, units[unit]);
}

Result<json::value> parse_json(std::string_view text, std::string_view place) {
  boost::system::error_code bad;
  auto value = json::parse(text, bad);
  if (!bad) return value;
  return fail(ErrorCode::invalid_input, fmt::format("this is no JSON: {}", bad.message()),
              std::string(place));
}

}  // namespace lazaret::cli
