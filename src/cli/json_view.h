// Reading answers without ceremony: what is absent, null or of another type is empty.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::cli {

// `path` is "a.b.c", members of objects only. Null where there is none.
const boost::json::value* find(const boost::json::value& value, std::string_view path);

// Strings as they are, numbers and booleans written out, null as "".
std::string text_at(const boost::json::value& value, std::string_view path);
std::optional<double> number_at(const boost::json::value& value, std::string_view path);
bool flag_at(const boost::json::value& value, std::string_view path);
const boost::json::array& list_at(const boost::json::value& value, std::string_view path);

// One value as text for people: a list becomes "a, b", an object its JSON.
std::string in_words(const boost::json::value& value);

// For machines and files: two spaces of indentation, a newline at the end, members in their order.
std::string pretty(const boost::json::value& value);

// How long ago the time at `path` was, "11m", empty without a time.
std::string age_at(const boost::json::value& value, std::string_view path, WallTime now);

// In at most five characters or so: "7s", "11m", "3h", "6d".
std::string short_age(Duration duration);

// "38 MB".
std::string in_bytes(double bytes);

Result<boost::json::value> parse_json(std::string_view text, std::string_view place);

}  // namespace lazaret::cli
