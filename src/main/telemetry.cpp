#include "main/telemetry.h"

#include <algorithm>

#include "core/meter.h"

namespace lazaret::main {
namespace {

constexpr Duration round_every = std::chrono::seconds(1);
// CPU time is told in steps of at least so much: few facts for much work.
constexpr std::int64_t cpu_step = 100'000'000;
constexpr Duration slice_most = std::chrono::milliseconds(5);

}  // namespace

Telemetry::Telemetry(UsageOf usage, std::function<const core::Fleet&()> fleet, Now now, Later later,
                     const std::string& disk)
    : usage_(std::move(usage)),
      fleet_(std::move(fleet)),
      now_(std::move(now)),
      later_(std::move(later)),
      host_(procfs::HostSampler::open({"/proc", disk})) {}

Result<ports::HostSample> Telemetry::host() {
  if (!host_) return std::unexpected(host_.error());
  return host_->sample();
}

// An agent costs about 0.1 ms, so a thousand of them must not be read in one turn of the loop: what
// does not fit into a slice is read in later turns, and doors show what was read last.
std::vector<ports::AgentUsage> Telemetry::agents() {
  if (to_read_.empty()) begin_round();
  std::vector<ports::AgentUsage> all;
  for (const auto& [agent, reading] : last_) {
    if (living(agent)) all.push_back(reading.usage);
  }
  return all;
}

std::int64_t Telemetry::count_cpu(const AgentRef& ref, const core::Agent& agent) {
  const std::int64_t raw = usage_(ref).cpu_ns;
  const auto [entry, is_new] = cpu_.try_emplace(ref);
  CpuCount& count = entry->second;
  if (is_new) {
    const bool all_its_own = agent.incarnation.value == 1 && agent.cpu_seen == 0;
    count = {agent.incarnation, raw, all_its_own ? raw : agent.cpu_seen};
  } else if (count.incarnation != agent.incarnation) {
    count = {agent.incarnation, raw, raw >= count.raw ? raw - count.raw : raw};
  } else {
    count.counted += std::max<std::int64_t>(0, raw - count.raw);
    count.raw = raw;
  }
  return count.counted;
}

std::vector<core::event::CpuUsed> Telemetry::cpu_of_budgeted(std::size_t most) {
  std::erase_if(cpu_, [&](const auto& one) { return !core::find_agent(fleet_(), one.first); });
  std::vector<AgentRef> refs;
  for (const auto& [cell_id, cell] : fleet_().cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (agent.pid != 0 && core::counts_cpu(cell, agent)) refs.push_back({cell_id, id});
    }
  }
  const auto after = std::ranges::upper_bound(refs, budgeted_last_);
  std::ranges::rotate(refs, after);
  if (refs.size() > most) refs.resize(most);
  std::vector<core::event::CpuUsed> used;
  for (const AgentRef& ref : refs) {
    const core::Agent& agent = *living(ref);
    const std::int64_t cpu = count_cpu(ref, agent);
    if (cpu - agent.cpu_seen < cpu_step) continue;
    used.push_back({ref, agent.incarnation, cpu});
  }
  if (!refs.empty()) budgeted_last_ = refs.back();
  return used;
}

void Telemetry::begin_round() {
  const bool all = round_began_ == Instant{} || now_() - round_began_ >= round_every;
  if (all) round_began_ = now_();
  std::erase_if(last_, [&](const auto& entry) { return !living(entry.first); });
  for (const auto& [cell_id, cell] : fleet_().cells) {
    for (const auto& [id, agent] : cell.agents) {
      const AgentRef ref{cell_id, id};
      if (agent.pid != 0 && (all || !last_.contains(ref))) to_read_.push_back(ref);
    }
  }
  go_on();
}

void Telemetry::go_on() {
  const Instant began = now_();
  while (!to_read_.empty() && now_() - began < slice_most) {
    read(to_read_.back());
    to_read_.pop_back();
  }
  if (!to_read_.empty()) later_([this] { go_on(); });
}

void Telemetry::read(const AgentRef& agent) {
  const core::Agent* found = living(agent);
  if (!found) return;
  const process::Usage usage = usage_(agent);
  Reading& last = last_[agent];
  const Instant now = now_();
  ports::AgentUsage& one = last.usage;
  one.agent = agent;
  one.cpu_percent.reset();
  if (last.at != Instant{} && now > last.at && usage.cpu_ns >= last.cpu_ns) {
    one.cpu_percent = 100.0 * static_cast<double>(usage.cpu_ns - last.cpu_ns) /
                      static_cast<double>((now - last.at).count());
  }
  last.at = now;
  last.cpu_ns = usage.cpu_ns;
  one.cpu_seconds = in_seconds(Duration(usage.cpu_ns));
  one.memory_bytes = static_cast<std::uint64_t>(usage.memory_bytes);
  one.processes = static_cast<std::uint64_t>(usage.pids);
  one.io_bytes = static_cast<std::uint64_t>(usage.io_bytes);
  const auto limits = found->definition.limits.value_or(
      core::find_cell(fleet_(), agent.cell)->definition.isolation.limits);
  one.memory_limit_bytes = static_cast<std::uint64_t>(limits.memory_bytes);
}

const core::Agent* Telemetry::living(const AgentRef& agent) const {
  const core::Agent* found = core::find_agent(fleet_(), agent);
  return found && found->pid != 0 ? found : nullptr;
}

}  // namespace lazaret::main
