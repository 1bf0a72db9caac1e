// Changes single fields of a JSON text and leaves every other byte as it was: key order,
// indentation, line ends, the spelling of numbers, fields nobody here knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/json_text.h"

namespace lazaret::wire {

struct JsonChange {
  std::vector<std::string> path;  // names from the root down; every step but the last is an object
  std::string value;              // JSON text
  bool only_if_present = false;   // replace, never insert
  bool remove = false;            // take the member out, if it is there; value is not looked at
};

// A change to what already means the same (white space, escapes and order of names aside) does
// nothing. A missing member is appended to its object in the style of the member before it; missing
// objects on the way are made. Errors: invalid_input, when the text is not JSON, a step is not an
// object, or a new value is not JSON.
Result<std::string> patch_json(std::string text, const std::vector<JsonChange>& changes,
                               const JsonBounds& bounds = {});

}  // namespace lazaret::wire
