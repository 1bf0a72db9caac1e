#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/rfc3339.h"
#include "harborforge/choose.h"
#include "harborforge/client_impl.h"

namespace lazaret::harborforge {
namespace {

constexpr std::string_view nobody_speaks = "offline";
constexpr std::string_view exhausted = "exhausted";

// As a part of a query.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("._-~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

bool is_good(const Result<ports::HttpAnswer>& answer) {
  return answer && answer->status >= 200 && answer->status < 300;
}

std::string text_of(const Error& error) {
  return error.place.empty() ? error.message : error.place + ": " + error.message;
}

}  // namespace

void Client::Impl::refresh_agents() {
  std::set<std::string> named;
  for (AgentState& agent : world_.host.agents()) {
    const bool fits =
        !agent.id.empty() && agent.id.size() <= 200 && std::ranges::none_of(agent.id, [](char c) {
          return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
        });
    if (!fits || named.size() >= agents_most) continue;
    named.insert(agent.id);
    Lane& lane = lanes_[agent.id];
    if (!lane.present) {
      lane.beat_due = true;
      ready_.insert(agent.id);
      // What was told before was not kept for it.
      sync_token_.clear();
      if (settings_.contract == Contract::sync) server_due_ = true;
    }
    lane.present = true;
    lane.agent = std::move(agent);
  }
  for (auto one = lanes_.begin(); one != lanes_.end();) {
    Lane& lane = one->second;
    if (!named.contains(one->first)) {
      lane.present = false;
      lane.beat_due = false;
    }
    const bool idle = !lane.present && !lane.in_flight && !state_.active.contains(one->first) &&
                      !state_.outbox.contains(one->first);
    one = idle ? lanes_.erase(one) : std::next(one);
  }
}

void Client::Impl::on_agents_changed(const Stamp& now) {
  if (!started_ || !calendar_on()) return;
  refresh_agents();
  settle(now);
}

void Client::Impl::tick(const Stamp& now) {
  // A tick that was slept through is not made up for.
  tick_at_ = std::max(tick_at_ + tick_interval(), now.mono);
  refresh_agents();
  server_due_ = settings_.contract != Contract::per_agent;
  for (auto& [agent, lane] : lanes_) {
    lane.beat_due = lane.present;
    ready_.insert(agent);
  }
}

void Client::Impl::pump(const Stamp& now) {
  if (!started_ || !calendar_on()) return;
  if (server_due_ && !server_in_flight_) {
    if (settings_.contract == Contract::sync)
      send_sync();
    else
      send_server_beat(now);
  }
  if (dirty_) return;  // nothing is told that is not recorded
  for (auto one = ready_.begin(); one != ready_.end() && in_flight_ < requests_most;) {
    const auto lane = lanes_.find(*one);
    if (lane != lanes_.end() && !lane->second.in_flight) pump_lane(*one, lane->second, now);
    const bool more =
        lane != lanes_.end() && (lane->second.in_flight || has_more(*one, lane->second));
    one = more ? std::next(one) : ready_.erase(one);
  }
}

bool Client::Impl::has_more(const std::string& agent, const Lane& lane) const {
  return state_.outbox.contains(agent) || !lane.deferrals.empty() ||
         (lane.beat_due && settings_.contract == Contract::per_agent);
}

void Client::Impl::pump_lane(const std::string& agent, Lane& lane, const Stamp& now) {
  const bool may_report = now.mono >= lane.retry_at;
  if (may_report && state_.outbox.contains(agent)) return send_report(agent, lane);
  const bool per_agent = settings_.contract == Contract::per_agent;
  if (per_agent && may_report && !lane.deferrals.empty()) return send_deferral(agent, lane);
  if (!lane.beat_due || !per_agent) return;
  lane.beat_due = false;
  if (lane.agent.status == nobody_speaks) return;
  const std::string recovery = lane.agent.status != exhausted ? std::string()
                               : lane.agent.recovery_at       ? to_rfc3339(*lane.agent.recovery_at)
                                                              : "unknown";
  if (!recovery.empty() && recovery != lane.reported_exhausted) {
    lane.beat_due = true;  // the heartbeat follows
    lane.reported_exhausted = recovery;
    return send_exhausted(agent, lane);
  }
  lane.reported_exhausted = recovery;
  send_beat(agent, lane);
}

void Client::Impl::send_beat(const std::string& agent, Lane& lane) {
  lane.in_flight = true;
  send(request("POST", wire::route::agent_heartbeat, agent,
               wire::to_json(wire::CalendarHeartbeat{settings_.identifier, agent})),
       agent, [this, agent](const auto& answer, const Stamp& now) { on_beat(agent, answer, now); });
}

void Client::Impl::send_exhausted(const std::string& agent, Lane& lane) {
  lane.in_flight = true;
  const wire::AgentStatusReport report{settings_.identifier, agent, core::CalendarStatus::exhausted,
                                       lane.agent.reason, lane.agent.recovery_at};
  send(request("POST", wire::route::agent_status, agent, wire::to_json(report)), agent,
       [this, agent](const auto& answer, const Stamp&) {
         Lane& one = lanes_[agent];
         const bool final = answer && answer->status < 500;
         if (!final) one.reported_exhausted.clear();  // told again with the next tick
         if (!is_good(answer)) {
           one.beat_due = false;
           set_error(one.last_error, "its exhaustion is not reported: " + reason_of(answer), agent);
         }
       });
}

void Client::Impl::on_beat(const std::string& agent, const Result<ports::HttpAnswer>& answer,
                           const Stamp& now) {
  Lane& lane = lanes_[agent];
  if (!is_good(answer)) return set_error(lane.last_error, reason_of(answer), agent);
  const auto read = wire::read_calendar_answer(answer->body);
  if (!read) return set_error(lane.last_error, text_of(read.error()), agent);
  lane.last_heartbeat = now;
  lane.agent_status = to_word(read->agent_status);
  if (read->refused.empty())
    clear_error(lane.last_error, agent);
  else
    set_error(lane.last_error, text_of(read->refused.front()), agent);
  on_slots(agent, lane, read->slots, true, now);
}

void Client::Impl::on_slots(const std::string& agent, Lane& lane,
                            const std::vector<wire::SlotView>& slots, bool whole,
                            const Stamp& now) {
  for (const wire::SlotView& slot : slots) reconcile(agent, lane, slot, now);
  const auto own = state_.active.find(agent);
  if (whole && own != state_.active.end() && own->second.disputed) {
    // The backend refused to hear of it, and does not list it: it is no slot any more.
    const bool listed = std::ranges::any_of(
        slots, [&](const wire::SlotView& slot) { return slot.ident() == own->second.ident; });
    if (!listed) drop(agent, core::SlotStatus::aborted, "the backend no longer knows it", now);
  }
  lane.deferrals.clear();
  const Choice choice = choose(slots, state_, now.wall);
  if (!choice.winner || lane.agent_status == exhausted || !may_begin(agent)) return;
  lane.deferrals.assign(choice.deferred.begin(), choice.deferred.end());
  ready_.insert(agent);
  begin({agent, choice.winner->ident(), occurrence_of(*choice.winner), choice.winner->scheduled_at,
         wire::wake_message(*choice.winner), wire::wake_source(*choice.winner)},
        now);
}

// ---- server-wide --------------------------------------------------------------------------------

void Client::Impl::send_server_beat(const Stamp& now) {
  server_due_ = false;
  server_in_flight_ = true;
  wire::ServerHeartbeat beat{settings_.identifier,
                             settings_.api_key,
                             settings_.plugin_name,
                             settings_.version,
                             "lazaret",
                             now.wall,
                             {}};
  for (const auto& [agent, lane] : lanes_) {
    if (lane.present) beat.agents.push_back({agent, lane.agent.model, lane.agent.status});
  }
  send(request("POST", wire::route::server_heartbeat, "", wire::to_json(beat)), "",
       [this](const auto& answer, const Stamp& then) { on_server_beat(answer, then); });
}

void Client::Impl::on_server_beat(const Result<ports::HttpAnswer>& answer, const Stamp& now) {
  server_in_flight_ = false;
  if (!is_good(answer)) return set_error(server_error_, reason_of(answer), "calendar");
  const auto read = wire::read_server_answer(answer->body);
  if (!read) return set_error(server_error_, text_of(read.error()), "calendar");
  server_heard_ = now;
  restart_pending_ = read->restart_pending;
  for (auto& [agent, lane] : lanes_) {
    if (lane.present) lane.last_heartbeat = now;
  }
  if (read->refused.empty())
    clear_error(server_error_, "calendar");
  else
    set_error(server_error_, text_of(read->refused.front()), "calendar");
  for (const wire::SlotToFire& slot : read->slots_to_fire) {
    const auto lane = lanes_.find(slot.agent_id);
    const bool known = lane != lanes_.end() && lane->second.present;
    if (was_fired(state_, slot.id, "")) continue;
    if (!known) {
      set_error(server_error_,
                fmt::format("slot {} is for {}, which is no agent here", slot.id, slot.agent_id),
                "calendar");
    } else if (may_begin(slot.agent_id)) {
      begin({slot.agent_id, slot.id, "", "", wire::wake_message(slot), "calendar:" + slot.id}, now);
    }
  }
}

// ---- sync ---------------------------------------------------------------------------------------

void Client::Impl::send_sync() {
  server_due_ = false;
  server_in_flight_ = true;
  std::string path =
      fmt::format("{}?claw_identifier={}", wire::route::sync, escaped(settings_.identifier));
  if (!sync_token_.empty()) path += "&since=" + escaped(sync_token_);
  send(request("GET", path, "", {}), "",
       [this](const auto& answer, const Stamp& now) { on_sync(answer, now); });
}

void Client::Impl::on_sync(const Result<ports::HttpAnswer>& answer, const Stamp& now) {
  server_in_flight_ = false;
  const bool refused = answer && answer->status >= 400 && answer->status < 500;
  if (refused) sync_token_.clear();  // perhaps it is too old: all of it, the next time
  if (!is_good(answer)) return set_error(server_error_, reason_of(answer), "calendar");
  const auto read = wire::read_sync_answer(answer->body);
  if (!read) return set_error(server_error_, text_of(read.error()), "calendar");
  server_heard_ = now;
  // Who came while this was asked has to hear all of it, too.
  sync_token_ = server_due_ ? std::string() : read->sync_token;
  if (read->refused.empty())
    clear_error(server_error_, "calendar");
  else
    set_error(server_error_, text_of(read->refused.front()), "calendar");
  for (auto& [agent, lane] : lanes_) {
    if (!lane.present) continue;
    lane.last_heartbeat = now;
    const auto found = read->schedules.find(agent);
    if (read->full) lane.slots.clear();
    if (found == read->schedules.end()) continue;
    for (const wire::SlotView& slot : found->second) {
      reconcile(agent, lane, slot, now);
      std::erase_if(lane.slots, [&](const wire::SlotView& old) {
        return old.ident() == slot.ident() ||
               (!slot.plan_id.empty() && occurrence_of(old) == occurrence_of(slot));
      });
      if (core::is_open(slot.status) && lane.slots.size() < wire::calendar_slots_most)
        lane.slots.push_back(slot);
    }
  }
  dispatch_due(now);
}

void Client::Impl::dispatch_due(const Stamp& now) {
  for (auto& [agent, lane] : lanes_) {
    if (!lane.present || lane.slots.empty() || !may_begin(agent)) continue;
    const Choice choice = choose(lane.slots, state_, now.wall);
    if (!choice.winner) continue;
    const wire::SlotView winner = *choice.winner;
    std::erase_if(lane.slots,
                  [&](const wire::SlotView& one) { return one.ident() == winner.ident(); });
    begin({agent, winner.ident(), occurrence_of(winner), winner.scheduled_at,
           wire::wake_message(winner), wire::wake_source(winner)},
          now);
  }
}

}  // namespace lazaret::harborforge
