// How busy this host is. The files stay open; a sample is one pread of each and never waits.
//
// CPU use is the difference to the last kept reading of /proc/stat. A reading is kept for a while
// (kept_ticks), so that two askers in a row do not leave each other a meaningless sliver of time:
// within it, they get the same figure again. There is no figure before the second reading.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/procfs/proc_text.h"
#include "base/result.h"
#include "ports/telemetry.h"

namespace lazaret::procfs {

class HostSampler {
 public:
  struct Places {
    std::string proc = "/proc";
    std::string disk = "/";  // the file system whose use is reported
  };

  // Takes the first reading. Error: unsupported, names the file that cannot be used.
  static Result<HostSampler> open(Places places);

  HostSampler(HostSampler&& other) noexcept;
  HostSampler& operator=(HostSampler&&) = delete;
  ~HostSampler();

  // Percentages have one decimal. Memory in use is what is not available to new programs; disk use
  // is counted as df does, of what an ordinary user could have.
  Result<ports::HostSample> sample();

 private:
  // The pressures may be missing.
  enum Source : std::size_t {
    cpu_wait,
    memory_wait,
    io_wait,
    stat,
    meminfo,
    loadavg,
    uptime,
    disk,
    sources
  };
  HostSampler() { files_.fill(-1); }
  Result<std::string_view> read(Source source);
  Result<std::optional<double>> cpu_percent();
  Result<void> read_memory(ports::HostSample& sample);
  void read_pressure(ports::HostSample& sample);
  Result<void> read_disk(ports::HostSample& sample);

  static constexpr std::uint64_t kept_ticks = 20;  // of all processors together; 0.2 s of one
  std::array<int, sources> files_;
  std::array<char, 4096> buffer_;  // the fields that count stand in the first page of each file
  CpuTicks kept_;
  std::optional<double> last_cpu_;
};

}  // namespace lazaret::procfs
