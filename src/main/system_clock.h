// The machine's two clocks in the fleet's terms.
#pragma once

#include <string>

#include "ports/clock.h"

namespace lazaret::main {

// Fleet time is CLOCK_MONOTONIC plus an offset. Within one boot the offset stays; after a reboot it
// is chosen so that fleet time goes on where the journal ends.
class SystemClock : public ports::Clock {
 public:
  explicit SystemClock(Duration offset) : offset_(offset) {}
  Stamp now() const override;
  // Fleet time without an offset.
  static Instant machine_now();

 private:
  Duration offset_;
};

// /proc/sys/kernel/random/boot_id, or "unknown".
std::string read_boot_id();

}  // namespace lazaret::main
