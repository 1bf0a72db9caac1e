// Host and agents together, for /telemetry and /metrics.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "adapters/process/process_adapter.h"
#include "adapters/procfs/host_sampler.h"
#include "core/event.h"
#include "core/fleet.h"
#include "ports/telemetry.h"

namespace lazaret::main {

class Telemetry : public ports::Telemetry {
 public:
  using Now = std::function<Instant()>;
  using UsageOf = std::function<process::Usage(const AgentRef&)>;
  using Later = std::function<void(std::function<void()>)>;  // runs it in a later turn of the loop
  // `disk`: a path on the file system whose use is reported.
  Telemetry(UsageOf usage, std::function<const core::Fleet&()> fleet, Now now, Later later,
            const std::string& disk);
  Result<ports::HostSample> host() override;
  std::vector<ports::AgentUsage> agents() override;
  // CPU time of each living agent that has a budget of it; at most `most` of them, the others next
  // time.
  std::vector<core::event::CpuUsed> cpu_of_budgeted(std::size_t most);

 private:
  struct Reading {
    Instant at{};
    ports::AgentUsage usage;
    std::int64_t cpu_ns = 0;
  };
  void begin_round();  // of all agents once a second, else of those never read
  void go_on();
  void read(const AgentRef& agent);
  const core::Agent* living(const AgentRef& agent) const;

  UsageOf usage_;
  std::function<const core::Fleet&()> fleet_;
  Now now_;
  Later later_;
  Result<procfs::HostSampler> host_;
  std::map<AgentRef, Reading> last_;
  std::vector<AgentRef> to_read_;  // of the round under way, the next one last
  Instant round_began_{};
  // The group of an agent counts over its incarnations, its processes alone each from zero: what is
  // told is the sum of the steps.
  struct CpuCount {
    Incarnation incarnation;
    std::int64_t raw = 0;
    std::int64_t counted = 0;  // of the incarnation
  };
  std::int64_t count_cpu(const AgentRef& ref, const core::Agent& agent);
  std::map<AgentRef, CpuCount> cpu_;
  AgentRef budgeted_last_;
};

}  // namespace lazaret::main
