// The body of a heartbeat, read without allocating: {"metadata": {...}, "progress": 17,
// "response_time": 0.2, "error": "…"}. Other fields are passed over. Input is hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lazaret::wire {

inline constexpr std::size_t beat_metadata_most = 8 * 1024;
inline constexpr std::size_t beat_error_most = 2000;

struct BeatBody {
  std::string_view metadata;  // JSON text within the body; empty = none
  std::optional<std::uint64_t> progress;
  std::optional<double> response_time;
  std::string error;  // decoded; empty = all is well
};

// An empty body is a beat without news. Errors: invalid_input with the place, too_large.
Result<BeatBody> read_beat(std::string_view body);

}  // namespace lazaret::wire
