// Checks what somebody sent against an operation's row of the table: nothing unknown, nothing
// missing, everything of its type and within its bounds.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "wire/json_text.h"
#include "wire/operations.h"

namespace lazaret::wire {

// The inputs of one call, checked. Absent ones are empty.
class Inputs {
 public:
  bool has(std::string_view name) const { return find(name) != nullptr; }
  bool is_null(std::string_view name) const;
  std::string text(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;
  std::optional<std::uint64_t> whole(std::string_view name) const;
  std::optional<bool> truth(std::string_view name) const;
  std::optional<WallTime> time(std::string_view name) const;
  // The value's own bytes, as they were sent; empty = absent.
  std::string_view raw(std::string_view name) const;
  std::string_view body() const { return document_.source; }

 private:
  friend class InputCheck;
  const JsonValue* find(std::string_view name) const;
  std::map<std::string, JsonValue, std::less<>> from_target_;  // path and query
  JsonDocument document_;                                      // body; its root is an object
};

// What arrived. `path`: decoded values in the order of the template; `query`: after the "?",
// encoded.
struct Received {
  std::span<const std::string> path;
  std::string_view query;
  std::string_view body;
  std::string_view content_type;
};

struct InputFault {
  int status = 422;  // 400: not even readable; 413; 415
  Error error;
};
std::expected<Inputs, InputFault> check_inputs(const Operation& operation,
                                               const Received& received);

// Percent-decoded; "+" stays. Error: invalid_input (bad escapes, control characters, bad UTF-8).
Result<std::string> percent_decoded(std::string_view text);

}  // namespace lazaret::wire
