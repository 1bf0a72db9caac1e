// Reads the members of an object that another program wrote: its names and words in any spelling,
// unknown members passed over. The first thing that does not fit is kept, with its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "wire/json_text.h"

namespace lazaret::wire {

// "not_started", "NotStarted", "notStarted", "not started", "Not-Started" are one word.
bool same_word(std::string_view a, std::string_view b);

template <HasWords E>
std::optional<E> any_spelling(std::string_view word) {
  constexpr auto words = enum_words(E{});
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (same_word(words[i], word)) return static_cast<E>(i);
  }
  return std::nullopt;
}

// One line of text: no control characters, at most `most` bytes.
bool is_plain_line(std::string_view text, std::size_t most);

// RFC 3339, to the millisecond; without an offset it is UTC.
std::optional<WallTime> loose_time(std::string_view text);

class LooseFields {
 public:
  // `what` names the document in errors: "heartbeat". `value` and `source` live longer.
  LooseFields(std::string what, std::string_view source, const JsonValue& value,
              std::string pointer);

  // The member in any spelling; null where it is absent or null.
  const JsonValue* find(std::string_view name) const;
  LooseFields inside(const JsonValue& value, std::string_view step) const;

  // Each leaves `out` alone where the member is absent or null, or of a wrong kind (a fault).
  void line(std::string_view name, std::string& out, std::size_t most = 1'000);
  void text(std::string_view name, std::string& out, std::size_t most);
  // A number or a line of text, as text.
  void id(std::string_view name, std::string& out);
  void whole(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most);
  void whole(std::string_view name, std::optional<std::int64_t>& out, std::int64_t least,
             std::int64_t most);
  void number(std::string_view name, std::optional<double>& out, double least, double most);
  void truth(std::string_view name, std::optional<bool>& out);
  void time(std::string_view name, std::optional<WallTime>& out);
  // An array; null where it is absent, null, too long or none.
  const JsonValue* array(std::string_view name, std::size_t most);
  const JsonValue* object(std::string_view name, std::size_t most);

  void wrong(const JsonValue& at, std::string_view step, std::string expected);
  void missing(std::string_view name, std::string expected);
  // The fault of fields inside becomes this one's, unless it has one.
  void adopt(const Error& fault);
  bool failed() const { return fault_.has_value(); }
  const Error& fault() const { return *fault_; }
  std::string_view source() const { return source_; }

 private:
  void set_fault(const JsonValue& at, std::string_view step, std::string found,
                 std::string expected);

  std::string what_;
  std::string_view source_;
  const JsonValue& value_;
  std::string pointer_;
  std::optional<Error> fault_;
};

// A whole document whose root is an object. An empty text is an empty object where `may_be_empty`.
Result<JsonDocument> read_object(std::string text, std::string_view what, std::size_t most,
                                 bool may_be_empty = false);

}  // namespace lazaret::wire
