// RFC 3339 timestamps, always written in UTC with milliseconds: 2026-01-31T09:00:00.000Z.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret {

std::string to_rfc3339(WallTime time);

// Accepts any offset and any fraction up to nanoseconds; error: invalid_input, says what was
// expected.
Result<WallTime> from_rfc3339(std::string_view text);

// "2s", "4m 10s", "6d 02:11": how long, for people.
std::string to_human(Duration duration);

}  // namespace lazaret
