// Time as the fleet knows it. Nothing here reads a clock: time arrives with each event.
#pragma once

#include <chrono>

#include "base/fields.h"

namespace lazaret {

using Duration = std::chrono::nanoseconds;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

// Monotonic time of the fleet: CLOCK_MONOTONIC, shifted so that it goes on growing over reboots.
struct FleetClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<FleetClock>;
  static constexpr bool is_steady = true;
};
using Instant = FleetClock::time_point;

// Wall clock, UTC.
using WallTime = std::chrono::sys_time<Duration>;

inline constexpr Instant never = Instant::max();

// Both clocks, read together.
struct Stamp {
  Instant mono{};
  WallTime wall{};
  LAZARET_FIELDS(Stamp, mono, wall)
};

constexpr double in_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
constexpr Duration seconds_of(double s) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s));
}

}  // namespace lazaret
