// How busy the host and each agent are. Sampling never waits.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/result.h"

namespace lazaret::ports {

// Share of the last ten seconds in which somebody waited (some), or everybody did (full), in
// percent.
struct Pressure {
  double cpu_some = 0;
  double memory_some = 0;
  double memory_full = 0;
  double io_some = 0;
  double io_full = 0;
};

// Percentages are 0-100. Byte counts of 0 mean "not known".
struct HostSample {
  std::optional<double> cpu_percent;  // none before the second reading
  double memory_percent = 0;
  double swap_percent = 0;
  double disk_percent = 0;
  std::array<double, 3> load{};  // 1, 5, 15 minutes
  double uptime_seconds = 0;
  std::optional<Pressure> pressure;  // none where the kernel does not tell
  std::uint64_t memory_total_bytes = 0;
  std::uint64_t memory_available_bytes = 0;
  std::uint64_t disk_total_bytes = 0;
  std::uint64_t disk_available_bytes = 0;
};

struct HostMoment {
  WallTime at{};
  HostSample host;
};

// All processes of one agent together.
struct AgentUsage {
  AgentRef agent;
  double cpu_seconds = 0;             // since its start
  std::optional<double> cpu_percent;  // of one processor
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_limit_bytes = 0;  // 0 = none
  std::uint64_t processes = 0;
  std::uint64_t io_bytes = 0;  // read and written by system calls of the living
};

class Telemetry {
 public:
  virtual ~Telemetry() = default;
  virtual Result<HostSample> host() = 0;
  // At most some seconds old. With very many agents some are missing the first time.
  virtual std::vector<AgentUsage> agents() = 0;
};

}  // namespace lazaret::ports
