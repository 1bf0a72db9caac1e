// Reports of slots: kept until they are accepted or refused, one after the other for each agent.
#include <fmt/format.h>

#include <algorithm>

#include "harborforge/client_impl.h"

namespace lazaret::harborforge {
namespace {

// The caller is refused, or the moment, and not the report.
bool may_be_tried_again(int status) {
  return status == 401 || status == 407 || status == 408 || status == 425 || status == 429 ||
         status < 200 || (status >= 300 && status < 400) || status >= 500;
}

bool is_virtual(const std::string& ident) {
  return ident.find_first_not_of("0123456789") != std::string::npos;
}

}  // namespace

void Client::Impl::report(const std::string& agent, const std::string& ident,
                          wire::SlotUpdate update, bool first) {
  const auto lane = lanes_.find(agent);
  const bool on_its_way = lane != lanes_.end() && lane->second.in_flight && lane->second.sent != 0;
  add_report(state_, agent, {0, ident, std::move(update), first},
             on_its_way ? std::optional(lane->second.sent) : std::nullopt);
  ready_.insert(agent);
  dirty_ = true;
}

void Client::Impl::send_report(const std::string& agent, Lane& lane) {
  const Report one = state_.outbox[agent].front();
  auto body = wire::to_json(one.update);
  std::string path = wire::route::agent_update(one.ident);
  if (settings_.contract == Contract::server_wide) {
    path = wire::route::server_update(one.ident);
    // Of the statuses that are reported each has an older word.
    if (auto older = wire::to_server_json(one.update)) body = std::move(*older);
  }
  ports::HttpRequest patch = request("PATCH", path, agent, body);
  patch.headers.emplace_back("Idempotency-Key", fmt::format("{}-{}", state_.instance, one.number));
  lane.sent = one.number;
  send(std::move(patch), agent, [this, agent, one](const auto& answer, const Stamp& now) {
    on_reported(agent, one, answer, now);
  });
}

// True where it has to be tried again.
bool Client::Impl::retry(Lane& lane, const std::string& agent,
                         const Result<ports::HttpAnswer>& answer, const Stamp& now) {
  if (answer && !may_be_tried_again(answer->status)) {
    lane.failures = 0;
    lane.retry_at = {};
    return false;
  }
  lane.retry_at = now.mono + backoff(++lane.failures, retry_first, retry_most, rng_);
  set_error(lane.last_error, reason_of(answer), agent);
  return true;
}

void Client::Impl::on_reported(const std::string& agent, const Report& report,
                               const Result<ports::HttpAnswer>& answer, const Stamp& now) {
  Lane& lane = lanes_[agent];
  lane.sent = 0;
  const bool unknown_virtual = answer && answer->status == 404 && is_virtual(report.ident);
  if (unknown_virtual && lane.failures < tries_of_unknown_virtual) {
    lane.retry_at = now.mono + backoff(++lane.failures, retry_first, retry_most, rng_);
    return set_error(lane.last_error, reason_of(answer), agent);
  }
  if (retry(lane, agent, answer, now)) return;
  auto waiting = state_.outbox.find(agent);
  if (waiting == state_.outbox.end() || waiting->second.front().number != report.number) return;
  const Report known = waiting->second.front();  // its ident may have changed meanwhile
  waiting->second.pop_front();
  if (waiting->second.empty()) state_.outbox.erase(waiting);
  dirty_ = true;
  if (answer->status < 300)
    accepted(agent, known, answer->body);
  else
    refused(agent, known, answer->status, reason_of(answer), now);
}

void Client::Impl::accepted(const std::string& agent, const Report& report,
                            const std::string& body) {
  mark(report, Delivery::accepted, "");
  if (!is_virtual(report.ident)) return;
  // Made real by it: from now on it goes by its id.
  if (const auto slot = wire::read_slot(body); slot && slot->id)
    rename(agent, report.ident, slot->ident());
}

void Client::Impl::refused(const std::string& agent, const Report& report, int status,
                           const std::string& why, const Stamp& now) {
  set_error(lanes_[agent].last_error, fmt::format("slot {}: {}", report.ident, why), agent);
  mark(report, Delivery::refused, why);
  const auto own = state_.active.find(agent);
  if (own == state_.active.end() || own->second.ident != report.ident) return;
  if (status == 404 || status == 410)
    drop(agent, core::SlotStatus::aborted, "the backend does not know it: " + why, now);
  else
    own->second.disputed = true;
}

void Client::Impl::mark(const Report& report, Delivery delivery, const std::string& why) {
  if (!core::is_over(report.update.status)) return;
  for (Resolved& one : state_.history) {
    if (one.ident != report.ident) continue;
    one.delivery = delivery;
    one.error = why;
  }
}

void Client::Impl::send_deferral(const std::string& agent, Lane& lane) {
  const std::string ident = lane.deferrals.front();
  const wire::SlotUpdate update{core::SlotStatus::deferred, {}, {}, "", ""};
  send(request("PATCH", wire::route::agent_update(ident), agent, wire::to_json(update)), agent,
       [this, agent, ident](const auto& answer, const Stamp& now) {
         Lane& one = lanes_[agent];
         if (retry(one, agent, answer, now)) return;
         // Refused or not, it was told; the next heartbeat chooses anew.
         std::erase(one.deferrals, ident);
       });
}

}  // namespace lazaret::harborforge
