#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "harborforge/client_impl.h"

namespace lazaret::harborforge {

namespace json = boost::json;

Result<wire::MonitorHeartbeat> Client::Impl::heartbeat_of_host() {
  auto sample = world_.host.sample();
  if (!sample) return std::unexpected(sample.error());
  wire::MonitorHeartbeat beat;
  beat.identifier = settings_.identifier;
  beat.cpu_pct = sample->cpu_percent;
  beat.mem_pct = sample->memory_percent;
  beat.disk_pct = sample->disk_percent;
  beat.swap_pct = sample->swap_percent;
  beat.load_avg = sample->load;
  beat.uptime_seconds = sample->uptime_seconds;
  beat.plugin_version = settings_.version;
  beat.openclaw_version = settings_.host_version;
  for (const AgentState& agent : world_.host.agents()) {
    if (beat.agents.size() == agents_most) break;
    beat.agents.push_back({agent.id, agent.model, agent.status});
  }
  return beat;
}

void Client::Impl::push(const Stamp& now) {
  auto beat = heartbeat_of_host();
  if (beat && !beat->cpu_pct && push_first_) {
    push_first_ = false;  // once: a host that never knows its use is told of without it
    push_at_ = now.mono + 1s;
    return;
  }
  push_first_ = false;
  // The cadence is that of the clock, not of the answers; what was slept through is left out.
  push_at_ += settings_.monitor_push_interval;
  if (push_at_ <= now.mono) push_at_ = now.mono + settings_.monitor_push_interval;
  if (!beat) {
    ++failed_pushes_;
    return set_error(push_error_, beat.error().message, "monitor");
  }
  push_in_flight_ = true;
  ++pushes_;
  send(request("POST", wire::route::monitor_heartbeat, "", wire::to_json(*beat)), "",
       [this](const auto& answer, const Stamp& then) { on_pushed(answer, then); });
}

void Client::Impl::on_pushed(const Result<ports::HttpAnswer>& answer, const Stamp& now) {
  push_in_flight_ = false;
  if (answer && answer->status >= 200 && answer->status < 300) {
    push_failures_ = 0;
    last_push_ = now.wall;
    return clear_error(push_error_, "monitor");
  }
  ++failed_pushes_;
  set_error(push_error_, reason_of(answer), "monitor");
  // Sooner than the interval at first; each try takes a fresh sample.
  const Duration wait =
      backoff(++push_failures_, retry_first, settings_.monitor_push_interval, rng_);
  push_at_ = now.mono + wait;
}

Result<json::object> Client::Impl::telemetry(const Stamp& now) {
  const auto beat = heartbeat_of_host();
  if (!beat) return std::unexpected(beat.error());
  json::object out = wire::to_json(*beat);
  out["captured_at"] = to_rfc3339(now.wall);
  return out;
}

json::object Client::Impl::monitor_status() const {
  json::object out;
  out["enabled"] = monitor_on();
  out["interval_seconds"] = in_seconds(settings_.monitor_push_interval);
  out["last_push"] =
      last_push_ ? json::value(json::string(to_rfc3339(*last_push_))) : json::value(nullptr);
  out["last_error"] =
      push_error_.empty() ? json::value(nullptr) : json::value(json::string(push_error_));
  out["pushes"] = pushes_;
  out["failures"] = failed_pushes_;
  return out;
}

}  // namespace lazaret::harborforge
