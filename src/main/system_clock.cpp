#include "main/system_clock.h"

#include <time.h>

#include <fstream>

namespace lazaret::main {
namespace {

Duration read(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Instant SystemClock::machine_now() { return Instant(read(CLOCK_MONOTONIC)); }

Stamp SystemClock::now() const { return {machine_now() + offset_, WallTime(read(CLOCK_REALTIME))}; }

std::string read_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id.empty() ? "unknown" : id;
}

}  // namespace lazaret::main
