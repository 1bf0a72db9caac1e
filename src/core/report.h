// What the world tells about a process: how it ended, and what it was seen doing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"

namespace lazaret::core {

LAZARET_ENUM(ExitKind,
             exited,         // code says how
             signalled,      // signal says which
             out_of_memory,  // killed by the kernel at its memory limit
             never_started,  // no process came to be; detail says why
             lost)           // it ended while nobody could watch (reboot, shim gone)

// Its last words were of a rate limit. No time: they named none.
struct LimitSeen {
  std::optional<WallTime> until;
  std::string line;
  LAZARET_FIELDS(LimitSeen, until, line)
};

struct ExitReport {
  ExitKind kind = ExitKind::exited;
  int code = 0;
  int signal = 0;
  std::string detail;                   // for never_started and lost
  std::vector<std::string> last_lines;  // of its log, at most 10 of at most 200 bytes
  std::optional<LimitSeen> limit;
  LAZARET_FIELDS(ExitReport, kind, code, signal, detail, last_lines, limit)
};

// "exit 3", "SIGKILL", "out of memory", …
std::string describe(const ExitReport& exit);

LAZARET_ENUM(RunState, running, stopped, gone)

// One sample of everything that moves when an agent is alive. Numbers only grow while it works.
struct Evidence {
  RunState state = RunState::running;
  std::int64_t cpu_ns = 0;
  std::int64_t io_bytes = 0;
  std::int64_t log_bytes = 0;
  std::int64_t files_changed_at_ns = 0;  // newest change below its work directory, wall clock
  std::int64_t children = 0;
  std::uint64_t progress = 0;  // the beat's own counter
  LAZARET_FIELDS(Evidence, state, cpu_ns, io_bytes, log_bytes, files_changed_at_ns, children,
                 progress)
};

}  // namespace lazaret::core
