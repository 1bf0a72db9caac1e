// The texts of /proc that tell how a host does. Pure: bytes in, numbers out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lazaret::procfs {

// CPU time of all processors since boot, in clock ticks. Guest time is inside user time already.
struct CpuTicks {
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
};

// Bytes / 1024, as /proc/meminfo has them.
struct MemoryKib {
  std::uint64_t total = 0;
  std::uint64_t available = 0;
  std::uint64_t swap_total = 0;
  std::uint64_t swap_free = 0;
};

// Each: nothing where the text is not what the kernel documents (proc(5)).
std::optional<CpuTicks> parse_cpu_ticks(std::string_view stat);
std::optional<MemoryKib> parse_memory(std::string_view meminfo);
std::optional<std::array<double, 3>> parse_load(std::string_view loadavg);
// "some avg10=0.12 …", and "full …" in a second line; 0 where that is missing.
struct Stall {
  double some = 0;
  double full = 0;
};
std::optional<Stall> parse_stall(std::string_view pressure);
std::optional<double> parse_uptime(std::string_view uptime);

// Share of `part` in `whole` as a percentage in [0, 100] with one decimal; 0 of nothing is 0.
double percent(double part, double whole);

}  // namespace lazaret::procfs
