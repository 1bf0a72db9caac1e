#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "harborforge/client_impl.h"

namespace lazaret::harborforge {

namespace json = boost::json;
using core::SlotStatus;

bool Client::Impl::may_begin(const std::string& agent) const {
  const auto waiting = state_.outbox.find(agent);
  const std::size_t reports = waiting == state_.outbox.end() ? 0 : waiting->second.size();
  return !state_.active.contains(agent) && save_failures_ == 0 &&
         reports + reports_of_a_slot <= reports_most;
}

void Client::Impl::begin(Dispatch dispatch, const Stamp& now) {
  Active active;
  active.ident = dispatch.ident;
  active.occurrence = dispatch.occurrence;
  active.scheduled_at = std::move(dispatch.scheduled_at);
  active.source = std::move(dispatch.source);
  active.message = std::move(dispatch.message);
  state_.active[dispatch.agent] = std::move(active);
  note_fired(state_, {dispatch.ident, dispatch.occurrence});
  dirty_ = true;
  lanes_[dispatch.agent].wake_until = now.mono + wake_deadline;
  after_save_.emplace_back([this, agent = dispatch.agent] { wake(agent); });
}

void Client::Impl::wake(const std::string& agent) {
  const auto own = state_.active.find(agent);
  if (own == state_.active.end() || own->second.phase != Phase::waking) return;
  const Active active = own->second;
  world_.host.wake(agent, active.message, active.source,
                   [this, agent, source = active.source,
                    alive = std::weak_ptr<int>(alive_)](const Result<void>& result) {
                     if (!alive.expired()) on_woken(agent, source, result);
                   });
}

void Client::Impl::on_woken(const std::string& agent, const std::string& source,
                            const Result<void>& result) {
  const auto own = state_.active.find(agent);
  const bool waits = own != state_.active.end() && own->second.source == source &&
                     own->second.phase == Phase::waking;
  if (!waits) return;  // it was given up, or the agent was quicker than its host
  const Stamp now = world_.clock.now();
  if (result)
    activate(agent, own->second, now);
  else
    abort_unbegun(agent, "the agent could not be woken: " + result.error().message, now);
  if (settling_) return;
  settle(now);
  if (world_.rearm) world_.rearm();
}

void Client::Impl::activate(const std::string& agent, Active& active, const Stamp& now) {
  active.phase = Phase::active;
  active.status = SlotStatus::ongoing;
  active.message.clear();
  active.started_at = now.wall;
  lanes_[agent].wake_until = never;
  const Duration clock = now.wall - std::chrono::floor<std::chrono::days>(now.wall);
  report(agent, active.ident, {SlotStatus::ongoing, clock, {}, "", ""}, true);
}

void Client::Impl::abort_unbegun(const std::string& agent, const std::string& reason,
                                 const Stamp& now) {
  lanes_[agent].wake_until = never;
  set_error(lanes_[agent].last_error, reason, agent);
  end(agent, {SlotStatus::aborted, {}, {}, reason, ""}, now);
}

// Its fate is recorded, and reported.
void Client::Impl::end(const std::string& agent, wire::SlotUpdate update, const Stamp& now) {
  const auto own = state_.active.find(agent);
  const Active active = own->second;
  state_.active.erase(own);
  lanes_[agent].wake_until = never;
  const bool begun = active.phase == Phase::active;
  note_resolved(state_, {active.ident, active.occurrence, agent, update,
                         begun ? std::optional(active.started_at) : std::nullopt, now.wall,
                         Delivery::waiting, ""});
  report(agent, active.ident, std::move(update), false);
}

// The backend has ended it already.
void Client::Impl::drop(const std::string& agent, SlotStatus status, const std::string& why,
                        const Stamp& now) {
  const auto own = state_.active.find(agent);
  const Active active = own->second;
  state_.active.erase(own);
  note_resolved(state_, {active.ident,
                         active.occurrence,
                         agent,
                         {status, {}, {}, why, ""},
                         active.started_at,
                         now.wall,
                         Delivery::accepted,
                         ""});
  dirty_ = true;
}

void Client::Impl::give_up_wakes(const Stamp& now) {
  std::vector<std::string> late;
  for (const auto& [agent, lane] : lanes_) {
    if (now.mono >= lane.wake_until) late.push_back(agent);
  }
  for (const std::string& agent : late) {
    lanes_[agent].wake_until = never;
    const auto own = state_.active.find(agent);
    if (own == state_.active.end() || own->second.phase != Phase::waking) continue;
    abort_unbegun(
        agent, fmt::format("the host did not answer the wake within {}", to_human(wake_deadline)),
        now);
  }
}

void Client::Impl::wake_lost(const std::string& source, const std::string& reason,
                             const Stamp& now) {
  const auto own = std::ranges::find_if(
      state_.active, [&](const auto& one) { return one.second.source == source; });
  if (!started_ || own == state_.active.end()) return;
  const std::string agent = own->first;
  std::optional<std::int64_t> minutes;
  if (own->second.phase == Phase::active) minutes = minutes_worked(own->second, now.wall);
  end(agent, {SlotStatus::aborted, {}, minutes, reason, ""}, now);
  if (!settling_) settle(now);
}

void Client::Impl::wake_done(const std::string& source, const std::string& summary,
                             const Stamp& now) {
  const auto own = std::ranges::find_if(
      state_.active, [&](const auto& one) { return one.second.source == source; });
  if (!started_ || own == state_.active.end() || own->second.status == SlotStatus::paused) return;
  const std::string agent = own->first;
  if (own->second.phase == Phase::waking) activate(agent, own->second, now);
  const std::int64_t minutes = minutes_worked(own->second, now.wall);
  end(agent, {SlotStatus::finished, {}, minutes, "", summary}, now);
  if (!settling_) settle(now);
}

void Client::Impl::act(Verb verb, const std::optional<std::string>& agent, const std::string& text,
                       const Stamp& now, const Acted& done) {
  const auto none = [&] {
    done(fail(ErrorCode::not_found, "no active slot for agent", agent.value_or("")));
  };
  if (!started_) return none();
  std::string who = agent.value_or("");
  if (!agent) {
    if (state_.active.empty()) return none();
    if (state_.active.size() > 1) {
      std::string names;
      for (const auto& one : state_.active) {
        if (names.size() > error_bytes_most) break;
        names += (names.empty() ? "" : ", ") + one.first;
      }
      return done(fail(ErrorCode::conflict, "several agents have an active slot", "agent",
                       "name one of " + names));
    }
    who = state_.active.begin()->first;
  }
  if (!state_.active.contains(who)) return none();
  const State before = state_;
  const bool was_dirty = dirty_;
  save_at_ = {};  // somebody waits: it is tried at once
  auto result = apply(verb, who, text, now);
  if (result && dirty_ && !save(now)) {
    state_ = before;
    dirty_ = was_dirty;
    result = fail(ErrorCode::unavailable, "it cannot be recorded: " + save_error_, "",
                  "try again when the disk takes it");
  }
  done(std::move(result));
  settle(now);
}

Result<json::object> Client::Impl::apply(Verb verb, const std::string& agent,
                                         const std::string& text, const Stamp& now) {
  Active& active = state_.active.find(agent)->second;
  if (active.phase == Phase::waking) activate(agent, active, now);
  const std::int64_t minutes = minutes_worked(active, now.wall);
  json::object answer{{"slot_id", active.ident}, {"agent_id", agent}};
  const auto is_now = [&](SlotStatus status) {
    answer["status"] = to_word(status);
    return answer;
  };
  const auto refuse = [&]() -> Result<json::object> {
    return fail(ErrorCode::conflict,
                fmt::format("slot {} is {}", active.ident, to_word(active.status)), agent);
  };
  switch (verb) {
    case Verb::complete:
      answer["actual_duration"] = minutes;
      end(agent, {SlotStatus::finished, {}, minutes, "", text}, now);
      return is_now(SlotStatus::finished);
    case Verb::abort:
      answer["actual_duration"] = minutes;
      end(agent, {SlotStatus::aborted, {}, minutes, text, ""}, now);
      return is_now(SlotStatus::aborted);
    case Verb::pause:
      if (active.status != SlotStatus::ongoing) return refuse();
      active.status = SlotStatus::paused;
      active.paused_at = now.wall;
      report(agent, active.ident, {SlotStatus::paused, {}, {}, text, ""}, false);
      return is_now(SlotStatus::paused);
    case Verb::resume:
      if (active.status != SlotStatus::paused) return refuse();
      active.status = SlotStatus::ongoing;
      if (active.paused_at) active.paused_for += now.wall - *active.paused_at;
      active.paused_at.reset();
      report(agent, active.ident, {SlotStatus::ongoing, {}, {}, text, ""}, false);
      return is_now(SlotStatus::ongoing);
  }
  return refuse();
}

}  // namespace lazaret::harborforge
