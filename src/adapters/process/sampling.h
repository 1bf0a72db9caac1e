// What /proc tells about a process and what it has started. One call costs a few system calls for
// each process; all lists are bounded.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "adapters/process/slot.h"
#include "core/report.h"

namespace lazaret::process {

inline constexpr std::size_t processes_most = 4096;     // of one agent
inline constexpr std::size_t entries_looked_at = 2000;  // of its work directory

struct Usage {
  std::int64_t cpu_ns = 0;        // since the slot's group began, or of the living processes
  std::int64_t memory_bytes = 0;  // as its memory group counts, else resident
  std::int64_t io_bytes = 0;  // read and written by calls, of the living and those they waited for
  std::int64_t pids = 0;
};

// From /proc/<pid>/stat.
struct ProcessStat {
  char state = 'X';
  pid_t parent = 0;
  std::int64_t cpu_ticks = 0;  // its own, and of children it has waited for
  std::int64_t start = 0;      // ticks since boot
};
std::optional<ProcessStat> read_stat(std::int64_t pid);
bool is_same_process(std::int64_t pid, std::int64_t start);

// Everything below `ancestor`, without it.
std::vector<pid_t> descendants(std::int64_t ancestor);

Usage sample_usage(const Slot& slot);
core::Evidence take_evidence(const Slot& slot, const fs::path& work_directory);

}  // namespace lazaret::process
