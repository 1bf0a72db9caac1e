#include "mcp/schema.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/typo.h"
#include "base/utf8.h"
#include "wire/json_document.h"
#include "wire/json_text.h"

namespace lazaret::mcp {
namespace {

constexpr std::size_t most_shown = 60;  // bytes of a value that a message repeats

bool is_whole(const json::value& value) {
  if (value.is_int64() || value.is_uint64()) return true;
  return value.is_double() &&
         value.get_double() == static_cast<double>(static_cast<std::int64_t>(
                                   std::clamp(value.get_double(), -9e18, 9e18)));
}

bool is_of_type(const json::value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  return type == "integer" && is_whole(value);
}

std::string show(const json::value& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  const std::string text = wire::json_document(value);
  const std::string_view cut = utf8_cut(text, most_shown);
  return cut.size() < text.size() ? std::string(cut) + "…" : text;
}

std::string show_types(const json::value& types) {
  if (types.is_string()) return std::string(types.get_string());
  std::string out;
  for (const json::value& one : types.as_array()) {
    out += (out.empty() ? "" : " or ") + std::string(one.as_string());
  }
  return out;
}

std::unexpected<Error> wrong(const std::string& at, const std::string& found,
                             const std::string& expected) {
  return fail(ErrorCode::invalid_input,
              fmt::format("{} is {}; expected {}", at.substr(at.rfind('/') + 1), found, expected),
              at);
}

Result<void> check_type(const json::object& schema, const json::value& value,
                        const std::string& at) {
  const json::value* type = schema.if_contains("type");
  if (type == nullptr) return {};
  const bool good = type->is_string()
                        ? is_of_type(value, type->get_string())
                        : std::ranges::any_of(type->as_array(), [&](const json::value& one) {
                            return is_of_type(value, one.as_string());
                          });
  if (good) return {};
  return wrong(at, show(value), show_types(*type));
}

Result<void> check_words(const json::object& schema, const json::value& value,
                         const std::string& at) {
  if (const json::value* same = schema.if_contains("const"); same != nullptr && *same != value) {
    return wrong(at, show(value), show(*same));
  }
  const json::value* words = schema.if_contains("enum");
  if (words == nullptr || std::ranges::count(words->as_array(), value) > 0) return {};
  std::string known;
  for (const json::value& one : words->as_array()) {
    known += (known.empty() ? "" : ", ") + show(one);
  }
  return wrong(at, show(value), "one of " + known);
}

Result<void> check_bounds(const json::object& schema, double size, std::string_view least,
                          std::string_view most, std::string_view unit, const std::string& at) {
  const json::value* low = schema.if_contains(least);
  const json::value* high = schema.if_contains(most);
  if (low != nullptr && size < low->to_number<double>()) {
    return wrong(at, fmt::format("{}{}", size, unit),
                 fmt::format("at least {}{}", low->to_number<double>(), unit));
  }
  if (high != nullptr && size > high->to_number<double>()) {
    return wrong(at, fmt::format("{}{}", size, unit),
                 fmt::format("at most {}{}", high->to_number<double>(), unit));
  }
  return {};
}

std::vector<std::string> names_of(const json::object& properties) {
  std::vector<std::string> names;
  for (const auto& one : properties) names.emplace_back(one.key());
  return names;
}

Result<void> check_member(const json::object& schema, const json::object& properties,
                          const json::key_value_pair& member, const std::string& at) {
  const std::string name(member.key());
  const std::string place = at + wire::pointer_step(name);
  if (const json::value* one = properties.if_contains(name)) {
    return check(one->as_object(), member.value(), place);
  }
  const json::value* others = schema.if_contains("additionalProperties");
  if (others == nullptr || *others == true) return {};
  if (others->is_object()) return check(others->get_object(), member.value(), place);
  const auto known = names_of(properties);
  return fail(ErrorCode::invalid_input, fmt::format("there is no \"{}\"", utf8_cut(name, 60)),
              place, known.empty() ? "leave it out: there are none" : one_of(name, known));
}

Result<void> check_array(const json::object& schema, const json::array& items,
                         const std::string& at) {
  auto good =
      check_bounds(schema, static_cast<double>(items.size()), "minItems", "maxItems", " items", at);
  const json::value* each = schema.if_contains("items");
  for (std::size_t i = 0; good && each != nullptr && i < items.size(); ++i) {
    good = check(each->as_object(), items[i], fmt::format("{}/{}", at, i));
  }
  return good;
}

Result<void> check_any(const json::object& schema, const json::value& value,
                       const std::string& at) {
  const json::value* ways = schema.if_contains("anyOf");
  if (ways == nullptr) return {};
  Result<void> last;
  for (const json::value& way : ways->as_array()) {
    last = check(way.as_object(), value, at);
    if (last) return {};
  }
  return last;
}

double characters(std::string_view text) {
  return static_cast<double>(
      std::ranges::count_if(text, [](char byte) { return !utf8_is_tail(byte); }));
}

void look_for_keywords(const json::object& schema, const std::string& at,
                       std::vector<std::string>& found);

void look_into(const json::value& value, const std::string& at, std::vector<std::string>& found) {
  if (value.is_object()) look_for_keywords(value.get_object(), at, found);
}

void look_for_keywords(const json::object& schema, const std::string& at,
                       std::vector<std::string>& found) {
  static const std::vector<std::string_view> known = {
      "type",      "enum",        "const",    "required", "minimum", "maximum",
      "minLength", "maxLength",   "minItems", "maxItems", "$schema", "title",
      "format",    "description", "examples", "default"};
  for (const auto& keyword : schema) {
    const std::string place = at + wire::pointer_step(keyword.key());
    if (keyword.key() == "properties") {
      for (const auto& one : keyword.value().as_object()) {
        look_into(one.value(), place + wire::pointer_step(one.key()), found);
      }
    } else if (keyword.key() == "anyOf") {
      for (const json::value& way : keyword.value().as_array()) look_into(way, place, found);
    } else if (keyword.key() == "items" || keyword.key() == "additionalProperties") {
      look_into(keyword.value(), place, found);
    } else if (std::ranges::count(known, std::string_view(keyword.key())) == 0) {
      found.push_back(place);
    }
  }
}

}  // namespace

Result<void> check_object(const json::object& schema, const json::object& object,
                          const std::string& at) {
  static const json::object none;
  const json::value* properties = schema.if_contains("properties");
  const json::object& known = properties != nullptr ? properties->as_object() : none;
  for (const auto& member : object) {
    if (auto good = check_member(schema, known, member, at); !good) return good;
  }
  const json::value* required = schema.if_contains("required");
  if (required == nullptr) return {};
  for (const json::value& name : required->as_array()) {
    if (object.contains(name.as_string())) continue;
    return fail(ErrorCode::invalid_input,
                fmt::format("\"{}\" is missing", std::string_view(name.as_string())),
                at + wire::pointer_step(name.as_string()));
  }
  return {};
}

Result<void> check(const json::object& schema, const json::value& value, const std::string& at) {
  if (auto good = check_type(schema, value, at); !good) return good;
  if (auto good = check_words(schema, value, at); !good) return good;
  if (auto good = check_any(schema, value, at); !good) return good;
  if (value.is_object()) return check_object(schema, value.get_object(), at);
  if (value.is_array()) return check_array(schema, value.get_array(), at);
  if (value.is_string()) {
    return check_bounds(schema, characters(value.get_string()), "minLength", "maxLength",
                        " characters", at);
  }
  if (value.is_number()) {
    return check_bounds(schema, value.to_number<double>(), "minimum", "maximum", "", at);
  }
  return {};
}

std::vector<std::string> keywords_not_checked(const json::object& schema) {
  std::vector<std::string> found;
  look_for_keywords(schema, "", found);
  return found;
}

}  // namespace lazaret::mcp
