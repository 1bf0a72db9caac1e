#include "harborforge/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "harborforge/client_impl.h"
#include "wire/json_document.h"

namespace lazaret::harborforge {

namespace json = boost::json;

Result<void> check(const ClientSettings& settings) {
  const auto wrong = [](std::string what, std::string place) {
    return fail(ErrorCode::invalid_input, std::move(what), std::move(place));
  };
  const std::string& url = settings.backend_url;
  const bool scheme = url.starts_with("http://") || url.starts_with("https://");
  if (!url.empty() && (!scheme || url.ends_with('/') || url.find_first_of(" ?#\r\n") != url.npos)) {
    return wrong("\"" + url +
                     "\" is no address, expected http://host:port without a slash, query "
                     "or fragment at its end",
                 "backend_url");
  }
  const auto header = [](const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
  };
  if (!url.empty() && (settings.identifier.empty() || !header(settings.identifier)))
    return wrong("expected a name without blanks and control characters", "identifier");
  if (!header(settings.api_key))
    return wrong("a key has no blanks and control characters", "api_key");
  if (settings.calendar_interval < 1s || settings.sync_interval < 1s)
    return wrong("expected at least 1 s", "calendar_interval");
  if (settings.monitor_push_interval < 1s)
    return wrong("expected at least 1 s", "monitor_push_interval");
  return {};
}

Duration backoff(int failures, Duration first, Duration most, Rng& rng) {
  const int doublings = std::clamp(failures - 1, 0, 16);
  const Duration full = std::min(most, first * (std::int64_t{1} << doublings));
  return full / 2 + seconds_of(in_seconds(full / 2) * rng.unit());
}

std::string reason_of(const Result<ports::HttpAnswer>& answer) {
  if (!answer) return answer.error().message;
  std::string detail;
  try {
    const json::value body = wire::json_of(answer->body.substr(0, 4'000));
    if (const json::value* text = body.as_object().if_contains("detail"))
      detail = text->is_string() ? std::string(text->get_string()) : wire::json_document(*text);
  } catch (const std::exception&) {
    detail.clear();  // not every server answers JSON
  }
  const std::string all = detail.empty() ? fmt::format("the backend answered {}", answer->status)
                                         : fmt::format("{}: {}", answer->status, detail);
  return std::string(utf8_cut(valid_utf8(all), error_bytes_most));
}

Client::Impl::Impl(ClientSettings settings, World world)
    : settings_(std::move(settings)), world_(std::move(world)), rng_(settings_.seed) {}

Result<void> Client::Impl::start(const Stamp& now) {
  if (auto good = check(settings_); !good) return good;
  auto text = world_.store.load();
  if (!text) return std::unexpected(text.error());
  auto state = read_state(*text);
  if (!state) return std::unexpected(state.error());
  state_ = std::move(*state);
  if (state_.instance.empty()) {
    const auto wall = static_cast<std::uint64_t>(now.wall.time_since_epoch().count());
    state_.instance = fmt::format("{:016x}", mix(wall ^ settings_.seed));
    dirty_ = true;
  }
  started_ = true;
  if (calendar_on()) {
    tick_at_ = now.mono;
    for (const auto& [agent, reports] : state_.outbox) {
      lanes_[agent].agent.id = agent;
      ready_.insert(agent);
    }
    std::vector<std::string> waking;
    for (const auto& [agent, active] : state_.active) {
      lanes_[agent].agent.id = agent;
      if (active.phase == Phase::waking) waking.push_back(agent);
    }
    for (const std::string& agent : waking) {
      if (world_.host.wakes_once()) {
        lanes_[agent].wake_until = now.mono + wake_deadline;
        after_save_.emplace_back([this, agent] { wake(agent); });
      } else {
        abort_unbegun(agent, "the client was ended while it woke the agent", now);
      }
    }
  }
  if (monitor_on()) {
    // Use of the processors is a difference: this is the first of two readings.
    (void)world_.host.sample();
    push_at_ = now.mono;
  }
  settle(now);
  return {};
}

Duration Client::Impl::tick_interval() const {
  return settings_.contract == Contract::sync ? settings_.sync_interval
                                              : settings_.calendar_interval;
}

void Client::Impl::on_time(const Stamp& now) {
  if (!started_) return;
  if (now.mono >= tick_at_) tick(now);
  give_up_wakes(now);
  if (now.mono >= push_at_ && !push_in_flight_) push(now);
  settle(now);
}

void Client::Impl::beat_now(const Stamp& now) {
  if (calendar_on()) tick_at_ = now.mono;
  if (monitor_on()) push_at_ = now.mono;
  on_time(now);
}

Instant Client::Impl::next_deadline() const {
  if (!started_) return never;
  Instant at = std::min(tick_at_, push_in_flight_ ? never : push_at_);
  if (dirty_) at = std::min(at, save_at_);
  for (const auto& [agent, active] : state_.active) {
    const auto lane = lanes_.find(agent);
    if (active.phase == Phase::waking && lane != lanes_.end())
      at = std::min(at, lane->second.wake_until);
  }
  // Whoever waits for something else than time is looked at when that happens.
  if (!dirty_ && in_flight_ < requests_most) {
    for (const std::string& agent : ready_) {
      const auto lane = lanes_.find(agent);
      if (lane == lanes_.end() || lane->second.in_flight) continue;
      if (state_.outbox.contains(agent) || !lane->second.deferrals.empty())
        at = std::min(at, lane->second.retry_at);
    }
  }
  return settings_.contract == Contract::sync ? std::min(at, next_slot()) : at;
}

// Sync: when the next slot of an agent without an active one is due.
Instant Client::Impl::next_slot() const {
  Instant at = never;
  const Stamp now = world_.clock.now();
  for (const auto& [agent, lane] : lanes_) {
    if (state_.active.contains(agent)) continue;
    for (const wire::SlotView& slot : lane.slots) {
      if (core::is_open(slot.status) && slot.due() > now.wall)
        at = std::min(at, now.mono + (slot.due() - now.wall));
    }
  }
  return at;
}

void Client::Impl::settle(const Stamp& now) {
  if (started_ && calendar_on() && settings_.contract == Contract::sync) dispatch_due(now);
  settling_ = true;  // a host may answer during the call
  while (dirty_ || !after_save_.empty()) {
    if (dirty_ && !save(now)) break;
    auto actions = std::move(after_save_);
    after_save_.clear();
    for (const auto& action : actions) action();
  }
  settling_ = false;
  pump(now);
}

bool Client::Impl::save(const Stamp& now) {
  if (now.mono < save_at_) return false;
  const auto saved = world_.store.save(to_text(state_));
  if (!saved) {
    save_at_ = now.mono + backoff(++save_failures_, retry_first, retry_most, rng_);
    set_error(save_error_, "the state cannot be saved: " + saved.error().message, "calendar");
    return false;
  }
  dirty_ = false;
  save_failures_ = 0;
  save_at_ = {};
  clear_error(save_error_, "calendar: the state");
  return true;
}

ports::HttpRequest Client::Impl::request(std::string method, std::string_view path,
                                         const std::string& agent, const json::object& body) const {
  ports::HttpRequest request;
  request.method = std::move(method);
  request.url = settings_.backend_url + std::string(path);
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Accept", "application/json");
  if (!settings_.api_key.empty()) request.headers.emplace_back("X-API-Key", settings_.api_key);
  request.headers.emplace_back("X-Claw-Identifier", settings_.identifier);
  if (!agent.empty()) request.headers.emplace_back("X-Agent-ID", agent);
  if (request.method != "GET") request.body = wire::json_document(body);
  return request;
}

void Client::Impl::send(ports::HttpRequest request, const std::string& agent, Handler handler) {
  Lane* lane = agent.empty() ? nullptr : &lanes_[agent];
  if (lane) lane->in_flight = true;
  ++in_flight_;
  world_.http.send(std::move(request), settings_.request_deadline,
                   [this, agent, alive = std::weak_ptr<int>(alive_),
                    handler = std::move(handler)](const Result<ports::HttpAnswer>& answer) {
                     if (alive.expired()) return;
                     --in_flight_;
                     if (!agent.empty()) lanes_[agent].in_flight = false;
                     const Stamp now = world_.clock.now();
                     handler(answer, now);
                     settle(now);
                     if (world_.rearm) world_.rearm();
                   });
}

void Client::Impl::set_error(std::string& slot, std::string text, const std::string& who) {
  text = std::string(utf8_cut(valid_utf8(std::move(text)), error_bytes_most));
  // One line when it begins, not one for each try.
  if (slot.empty() && world_.log) world_.log(fmt::format("{}: {}", who, text));
  slot = std::move(text);
}

void Client::Impl::clear_error(std::string& slot, const std::string& who) {
  if (slot.empty()) return;
  slot.clear();
  if (world_.log) world_.log(who + ": it works again");
}

Client::Client(ClientSettings settings, World world)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(world))) {}
Client::~Client() = default;

Result<void> Client::start(const Stamp& now) { return impl_->start(now); }
void Client::on_time(const Stamp& now) { impl_->on_time(now); }
Instant Client::next_deadline() const { return impl_->next_deadline(); }
void Client::beat_now(const Stamp& now) { impl_->beat_now(now); }
void Client::on_agents_changed(const Stamp& now) { impl_->on_agents_changed(now); }
void Client::wake_lost(const std::string& source, const std::string& reason, const Stamp& now) {
  impl_->wake_lost(source, reason, now);
}
void Client::wake_done(const std::string& source, const std::string& summary, const Stamp& now) {
  impl_->wake_done(source, summary, now);
}
void Client::act(Verb verb, const std::optional<std::string>& agent, const std::string& text,
                 const Stamp& now, const Acted& done) {
  impl_->act(verb, agent, text, now, done);
}
json::object Client::calendar_status() const { return impl_->calendar_status(); }
json::object Client::restart_status(const Stamp& now) const { return impl_->restart_status(now); }
Result<json::object> Client::telemetry(const Stamp& now) { return impl_->telemetry(now); }
json::object Client::monitor_status() const { return impl_->monitor_status(); }
json::object Client::config() const { return impl_->config(); }

}  // namespace lazaret::harborforge
