// JSON with a memory of where everything stood: every value knows its bytes in the source, so a
// problem can be named by line and column, and a single value can be replaced without touching the
// rest of the file. Input is hostile: all sizes are bounded, and what is refused is said exactly.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"

namespace lazaret::wire {

LAZARET_ENUM(JsonKind, null, boolean, number, string, array, object)

struct JsonBounds {
  std::size_t bytes = 1 << 20;
  int depth = 64;
  std::size_t values = 100'000;
};

// Half-open range of bytes in the source.
struct JsonSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct JsonMember;

struct JsonValue {
  JsonKind kind = JsonKind::null;
  JsonSpan span;
  bool truth = false;               // boolean
  std::string text;                 // string: decoded; number: as it was spelled
  std::vector<JsonMember> members;  // object, in the order of the source; names are unique
  std::vector<JsonValue> items;     // array

  // Null where the object (or the value is none) has no such member.
  const JsonMember* find(std::string_view name) const;
};

struct JsonMember {
  std::string name;
  JsonSpan name_span;
  JsonValue value;
};

// Lines and columns start at 1; columns count characters, not bytes.
struct JsonPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};

struct JsonDocument {
  std::string source;
  JsonValue root;
};

struct JsonFault {
  std::size_t offset = 0;
  JsonPlace place;
  std::string pointer;  // RFC 6901, of the innermost value that was being read
  std::string found;
  std::string expected;
  bool too_large = false;
};

// One JSON text and nothing else. Refused: duplicate names, bad UTF-8, NUL and other control bytes,
// a byte order mark, anything after the value, and what exceeds the bounds.
std::expected<JsonDocument, JsonFault> read_json(std::string source, const JsonBounds& bounds = {});

JsonPlace place_of(std::string_view source, std::size_t offset);

// `name` as one step of a JSON pointer: "/" and "~" escaped, with the leading slash.
std::string pointer_step(std::string_view name);

// `text` as a JSON string, with its quotes.
std::string quoted(std::string_view text);

// A short rendering of a value for messages: strings quoted and cut, "an object", "an array", ….
std::string brief(const JsonValue& value);

}  // namespace lazaret::wire
