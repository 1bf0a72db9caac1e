#include "server/idempotency.h"

namespace lazaret::server {

Idempotency::Seen Idempotency::begin(const std::string& who, const std::string& key,
                                     std::uint64_t fingerprint, Instant now) {
  trim(now);
  const Name name{who, key};
  const auto [found, is_new] = entries_.try_emplace(name);
  Entry& entry = found->second;
  if (is_new) {
    entry.fingerprint = fingerprint;
    entry.begun = now;
    order_.emplace_back(now, name);
    return {};
  }
  if (entry.fingerprint != fingerprint) return {Verdict::other_request, {}};
  if (!entry.finished) return {Verdict::in_progress, {}};
  Answer answer = entry.answer;
  answer.headers += "Idempotency-Replayed: true\r\n";
  return {Verdict::replay, std::move(answer)};
}

void Idempotency::finish(const std::string& who, const std::string& key, const Answer& answer) {
  const auto found = entries_.find({who, key});
  if (found == entries_.end()) return;
  const bool try_again = answer.status >= 500 || answer.status == 429;
  if (try_again || answer.body.size() > bounds_.idempotency_body_bytes) {
    entries_.erase(found);
    return;
  }
  found->second.finished = true;
  found->second.answer = answer;
}

void Idempotency::trim(Instant now) {
  while (!order_.empty()) {
    const auto& [begun, name] = order_.front();
    const bool old = now - begun > bounds_.idempotency_kept;
    if (!old && order_.size() < bounds_.idempotency_keys) return;
    const auto found = entries_.find(name);
    if (found != entries_.end() && found->second.begun == begun) entries_.erase(found);
    order_.pop_front();
  }
}

}  // namespace lazaret::server
