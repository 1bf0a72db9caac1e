// A flag whose value is a whole number within bounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/verb.h"

namespace lazaret::cli {

struct WholeNumber {
  std::string_view flag;   // without the dashes
  std::int64_t usual = 0;  // where it was left out
  std::int64_t least = 0;
  std::int64_t most = INT64_MAX;
};

// Error: invalid_input, which says what is expected. To be read before anything is done.
Result<std::int64_t> read_whole_number(const Arguments& arguments, const WholeNumber& wanted);

}  // namespace lazaret::cli
