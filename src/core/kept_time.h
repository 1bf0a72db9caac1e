// Times as they are kept. A rule may name any year; nanoseconds in 64 bits reach from 1678 to 2261.
#pragma once

#include <algorithm>

#include "base/instant.h"
#include "calendar/civil.h"

namespace lazaret::core {

// The nearest that can be kept.
inline WallTime wall_of(calendar::SysTime at) {
  using std::chrono::year;
  constexpr calendar::SysTime first{std::chrono::sys_days(year(1678) / 1 / 1)};
  constexpr calendar::SysTime last =
      std::chrono::sys_days(year(2262) / 1 / 1) - std::chrono::seconds(1);
  return std::clamp(at, first, last);
}

inline bool can_be_kept(calendar::SysTime at) {
  return std::chrono::floor<std::chrono::seconds>(wall_of(at)) == at;
}

}  // namespace lazaret::core
