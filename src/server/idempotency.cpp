#include "server/idempotency.h"

namespace lazaret::server {
namespace {

Answer replayed(Answer answer) {
  answer.headers += "Idempotency-Replayed: true\r\n";
  return answer;
}

const Error& gone_unanswered() {
  static const Error error{ErrorCode::unavailable, "the first request with this key got no answer",
                           "Idempotency-Key", "try again in a moment"};
  return error;
}

}  // namespace

Once::~Once() {
  if (const auto owner = owner_.lock()) owner->drop({who_, key_}, begun_);
}

std::optional<ports::Receipt> Once::receipt(const Answer& answer) const {
  const auto owner = owner_.lock();
  if (!owner || !owner->is_kept(answer)) return std::nullopt;
  return ports::Receipt{who_,          key_,           fingerprint_,        begun_,
                        answer.status, answer.headers, answer.content_type, answer.body};
}

void Once::finish(const Answer& answer) {
  if (const auto owner = owner_.lock()) owner->finish({who_, key_}, answer);
}

void Once::delay(const Error& error) {
  const auto owner = owner_.lock();
  if (!owner) return;
  const auto found = owner->entries_.find({who_, key_});
  if (found == owner->entries_.end()) return;
  for (const Reply& one : std::exchange(found->second.joined, {})) one.fail(error);
}

std::string Once::name() const { return who_ + '\n' + key_ + '\n' + std::to_string(fingerprint_); }

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
    return {
        Verdict::fresh, {}, std::make_shared<Once>(weak_from_this(), who, key, fingerprint, now)};
  }
  if (entry.fingerprint != fingerprint) return {Verdict::other_request, {}, nullptr};
  if (!entry.finished) return {Verdict::in_progress, {}, nullptr};
  return {Verdict::replay, replayed(entry.answer), nullptr};
}

void Idempotency::join(const std::string& who, const std::string& key, const Reply& reply) {
  const auto found = entries_.find({who, key});
  if (found == entries_.end()) return reply.fail(gone_unanswered());
  found->second.joined.push_back(reply);
}

bool Idempotency::is_kept(const Answer& answer) const {
  const bool try_again = answer.status >= 500 || answer.status == 429;
  return !try_again && answer.body.size() <= bounds_.idempotency_body_bytes;
}

void Idempotency::finish(const Name& name, const Answer& answer) {
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.finished) return;
  const auto joined = std::exchange(found->second.joined, {});
  if (is_kept(answer)) {
    found->second.finished = true;
    found->second.answer = answer;
    bytes_ += answer.body.size();
  } else {
    entries_.erase(found);
  }
  for (const Reply& one : joined) one.send(replayed(answer));
}

void Idempotency::drop(const Name& name, Instant begun) {
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.finished || found->second.begun != begun) return;
  erase(found, gone_unanswered());
}

void Idempotency::erase(Entries::iterator entry, const Error& why) {
  const auto joined = std::exchange(entry->second.joined, {});
  bytes_ -= entry->second.answer.body.size();
  entries_.erase(entry);
  for (const Reply& one : joined) one.fail(why);
}

void Idempotency::restore(const std::vector<ports::Receipt>& receipts) {
  for (const ports::Receipt& one : receipts) {
    const Name name{one.who, one.key};
    Answer answer{one.status, one.body, one.content_type, one.headers};
    bytes_ += answer.body.size();
    entries_.insert_or_assign(name, Entry{one.fingerprint, one.at, true, std::move(answer), {}});
    order_.emplace_back(one.at, name);
  }
}

void Idempotency::trim(Instant now) {
  while (!order_.empty()) {
    const auto& [begun, name] = order_.front();
    const bool old = now - begun > bounds_.idempotency_kept;
    const bool full =
        order_.size() >= bounds_.idempotency_keys || bytes_ > bounds_.idempotency_bytes;
    if (!old && !full) return;
    const auto found = entries_.find(name);
    if (found != entries_.end() && found->second.begun == begun) erase(found, gone_unanswered());
    order_.pop_front();
  }
}

}  // namespace lazaret::server
