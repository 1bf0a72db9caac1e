// Times of day as programs write them for people: "resets 3am (Europe/Berlin)".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace lazaret::wire {

// What a zone's clocks are ahead of UTC at that time; the empty name is the machine's own zone.
// Nothing for a name that there is not.
using ZoneOffset = std::function<std::optional<Duration>(const std::string& zone, WallTime at)>;

// A time that is over for no longer than this is now, not tomorrow's: the words took their way.
inline constexpr Duration just_over = std::chrono::minutes(5);

// The next time that the words name, where they name one behind "reset", "again", "until" or
// "available": "3am", "at 3:30 PM", "at 15:00", "Monday at 9am", "Oct 3, 5pm", "tomorrow at 8am".
// The zone stands behind it, "(Europe/Berlin)" or UTC; without one it is the machine's.
std::optional<WallTime> clock_time_in(std::string_view text, WallTime now, const ZoneOffset& zones);

}  // namespace lazaret::wire
