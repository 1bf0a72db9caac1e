#include <boost/json/array.hpp>

#include "base/rfc3339.h"
#include "harborforge/client_impl.h"

namespace lazaret::harborforge {
namespace {

namespace json = boost::json;

constexpr Duration fresh_for = 120s;  // a backend counts an agent as offline after it

json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return json::string(text);
}

json::value time_or_null(const std::optional<WallTime>& time) {
  if (!time) return nullptr;
  return json::string(to_rfc3339(*time));
}

json::value heard(const std::optional<Stamp>& heartbeat) {
  return time_or_null(heartbeat ? std::optional(heartbeat->wall) : std::nullopt);
}

json::object view(const std::string& agent, const Active& active) {
  const bool begun = active.phase == Phase::active;
  json::object out{{"slot_id", active.ident},
                   {"agent_id", agent},
                   {"status", begun ? to_word(active.status) : to_word(active.phase)},
                   {"source", active.source}};
  out["scheduled_at"] = text_or_null(active.scheduled_at);
  out["started_at"] = time_or_null(begun ? std::optional(active.started_at) : std::nullopt);
  return out;
}

json::object view(const Resolved& one) {
  json::object out{{"slot_id", one.ident},
                   {"agent_id", one.agent},
                   {"status", to_word(one.update.status)},
                   {"ended_at", to_rfc3339(one.ended_at)},
                   {"report", to_word(one.delivery)}};
  out["started_at"] = time_or_null(one.started_at);
  out["actual_duration"] =
      one.update.actual_duration ? json::value(*one.update.actual_duration) : json::value(nullptr);
  out["reason"] = text_or_null(one.update.reason);
  out["summary"] = text_or_null(one.update.summary);
  out["error"] = text_or_null(one.error);
  return out;
}

}  // namespace

json::object Client::Impl::calendar_status() const {
  json::array agents;
  json::array active;
  json::array history;
  std::size_t waiting = 0;
  for (const auto& [agent, lane] : lanes_) {
    const auto own = state_.active.find(agent);
    json::object one{{"agent_id", agent}};
    one["last_heartbeat"] = heard(lane.last_heartbeat);
    one["last_error"] = text_or_null(lane.last_error);
    one["agent_status"] = text_or_null(lane.agent_status);
    one["active"] = own == state_.active.end() ? nullptr : json::value(own->second.ident);
    agents.push_back(std::move(one));
  }
  for (const auto& [agent, slot] : state_.active) active.push_back(view(agent, slot));
  for (auto one = state_.history.rbegin(); one != state_.history.rend(); ++one)
    history.push_back(view(*one));
  for (const auto& [agent, reports] : state_.outbox) waiting += reports.size();
  json::object out{{"enabled", calendar_on()},
                   {"contract", to_word(settings_.contract)},
                   {"interval_seconds", in_seconds(tick_interval())}};
  out["agents"] = std::move(agents);
  out["active"] = std::move(active);
  out["history"] = std::move(history);
  out["outbox"] = json::object{{"waiting", waiting}};
  out["last_error"] = text_or_null(save_error_.empty() ? server_error_ : save_error_);
  return out;
}

json::object Client::Impl::restart_status(const Stamp& now) const {
  json::object out;
  const bool older = settings_.contract == Contract::server_wide;
  out["restart_pending"] = older ? json::value(restart_pending_) : json::value(nullptr);
  json::array heartbeats;
  for (const auto& [agent, lane] : lanes_) {
    if (!lane.present) continue;
    json::object one{{"agent_id", agent}};
    one["last_heartbeat"] = heard(lane.last_heartbeat);
    one["age_seconds"] = nullptr;
    one["fresh"] = false;
    if (lane.last_heartbeat) {
      const Duration age = now.mono - lane.last_heartbeat->mono;
      one["age_seconds"] = static_cast<double>(age / 1ms) / 1000;
      one["fresh"] = age <= std::max(fresh_for, 2 * tick_interval());
    }
    heartbeats.push_back(std::move(one));
  }
  out["heartbeats"] = std::move(heartbeats);
  return out;
}

json::object Client::Impl::config() const {
  json::object out;
  out["backend_url"] = text_or_null(settings_.backend_url);
  out["identifier"] = text_or_null(settings_.identifier);
  out["api_key"] = settings_.api_key.empty() ? json::value(nullptr) : json::value("***");
  out["calendar_enabled"] = settings_.calendar_enabled;
  out["calendar_heartbeat_interval_seconds"] = in_seconds(settings_.calendar_interval);
  out["monitor_push_enabled"] = settings_.monitor_push_enabled;
  out["monitor_push_interval_seconds"] = in_seconds(settings_.monitor_push_interval);
  out["contract"] = to_word(settings_.contract);
  out["version"] = text_or_null(settings_.version);
  return out;
}

}  // namespace lazaret::harborforge
