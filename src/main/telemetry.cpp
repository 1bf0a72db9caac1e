#include "main/telemetry.h"

namespace lazaret::main {

Telemetry::Telemetry(UsageOf usage, std::function<const core::Fleet&()> fleet, Now now,
                     const std::string& disk)
    : usage_(std::move(usage)),
      fleet_(std::move(fleet)),
      now_(std::move(now)),
      host_(procfs::HostSampler::open({"/proc", disk})) {}

Result<ports::HostSample> Telemetry::host() {
  if (!host_) return std::unexpected(host_.error());
  return host_->sample();
}

std::optional<double> Telemetry::cpu_percent(const AgentRef& agent, std::int64_t cpu_ns) {
  Reading& last = last_[agent];
  const Reading now{now_(), cpu_ns};
  std::optional<double> percent;
  const Duration passed = now.at - last.at;
  if (last.at != Instant{} && passed > Duration(0) && cpu_ns >= last.cpu_ns) {
    percent =
        100.0 * static_cast<double>(cpu_ns - last.cpu_ns) / static_cast<double>(passed.count());
  }
  last = now;
  return percent;
}

std::vector<ports::AgentUsage> Telemetry::agents() {
  std::vector<ports::AgentUsage> all;
  for (const auto& [cell_id, cell] : fleet_().cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (agent.pid == 0) continue;
      const AgentRef ref{cell_id, id};
      const process::Usage usage = usage_(ref);
      ports::AgentUsage one;
      one.agent = ref;
      one.cpu_seconds = in_seconds(Duration(usage.cpu_ns));
      one.cpu_percent = cpu_percent(ref, usage.cpu_ns);
      one.memory_bytes = static_cast<std::uint64_t>(usage.memory_bytes);
      one.processes = static_cast<std::uint64_t>(usage.pids);
      const auto limits = agent.definition.limits.value_or(cell.definition.isolation.limits);
      one.memory_limit_bytes = static_cast<std::uint64_t>(limits.memory_bytes);
      all.push_back(one);
    }
  }
  std::erase_if(last_, [&](const auto& entry) {
    const core::Agent* agent = core::find_agent(fleet_(), entry.first);
    return !agent || agent->pid == 0;
  });
  return all;
}

}  // namespace lazaret::main
