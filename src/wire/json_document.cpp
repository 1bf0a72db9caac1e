#include "wire/json_document.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

#include "base/utf8.h"

namespace lazaret::wire {

namespace {

// Boost writes 0.2 as 2E-1. The shortest digits that read back as the same number, as people write
// them; with an exponent only where there would be many zeros.
std::string text_of(double number) {
  if (!std::isfinite(number)) return "null";  // JSON has no word for it
  if (number == 0) return "0";                // "-0" would read back as the whole number 0
  char digits[32];
  const double size = std::abs(number);
  const bool plain = size >= 1e-6 && size < 1e16;
  const auto end = std::to_chars(digits, digits + sizeof digits, number,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  return {digits, end};
}

void write(const boost::json::value& value, std::string& out);

void write(const boost::json::object& object, std::string& out) {
  char before = '{';
  for (const auto& member : object) {
    out += before;
    out += boost::json::serialize(member.key());
    out += ':';
    write(member.value(), out);
    before = ',';
  }
  out += object.empty() ? "{}" : "}";
}

void write(const boost::json::value& value, std::string& out) {
  if (value.is_object()) {
    write(value.get_object(), out);
  } else if (value.is_array()) {
    char before = '[';
    for (const auto& one : value.get_array()) {
      out += before;
      write(one, out);
      before = ',';
    }
    out += value.get_array().empty() ? "[]" : "]";
  } else {
    out += value.is_double() ? text_of(value.get_double()) : boost::json::serialize(value);
  }
}

template <class Json>
std::string document(const Json& json) {
  std::string text;
  write(json, text);
  return valid_utf8(std::move(text));
}

}  // namespace

std::string json_document(const boost::json::value& value) { return document(value); }

std::string json_document(const boost::json::object& value) { return document(value); }

boost::json::value json_of(std::string_view text) {
  if (utf8_valid_prefix(text) == text.size()) {
    return boost::json::parse({text.data(), text.size()});
  }
  return boost::json::parse(valid_utf8(std::string(text)));
}

}  // namespace lazaret::wire
