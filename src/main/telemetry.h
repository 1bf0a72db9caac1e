// Host and agents together, for /telemetry and /metrics.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "adapters/process/process_adapter.h"
#include "adapters/procfs/host_sampler.h"
#include "core/fleet.h"
#include "ports/telemetry.h"

namespace lazaret::main {

class Telemetry : public ports::Telemetry {
 public:
  using Now = std::function<Instant()>;
  using UsageOf = std::function<process::Usage(const AgentRef&)>;
  // `disk`: a path on the file system whose use is reported.
  Telemetry(UsageOf usage, std::function<const core::Fleet&()> fleet, Now now,
            const std::string& disk);
  Result<ports::HostSample> host() override;
  std::vector<ports::AgentUsage> agents() override;

 private:
  struct Reading {
    Instant at{};
    std::int64_t cpu_ns = 0;
  };
  std::optional<double> cpu_percent(const AgentRef& agent, std::int64_t cpu_ns);
  UsageOf usage_;
  std::function<const core::Fleet&()> fleet_;
  Now now_;
  Result<procfs::HostSampler> host_;
  std::map<AgentRef, Reading> last_;
};

}  // namespace lazaret::main
