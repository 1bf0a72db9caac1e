#include "server/keys.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "wire/token.h"

namespace lazaret::server {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::string_view session_prefix = "sign-in of ";

std::uint64_t number_of(const std::string& id) {
  std::uint64_t number = 0;
  if (id.starts_with("k-")) std::from_chars(id.data() + 2, id.data() + id.size(), number);
  return number;
}

// Names may be given twice, and ids again.
std::string account_of(const ports::KeyRecord& record) { return "key:" + record.sha256; }

}  // namespace

std::optional<Identity> identity_of_scope(std::string_view scope) {
  Identity identity;
  if (scope == "admin")
    identity.right = Right::admin;
  else if (scope == "operator")
    identity.right = Right::operator_;
  else if (scope == "viewer")
    identity.right = Right::viewer;
  else if (scope == "node")
    identity.right = Right::nobody;
  else if (scope.starts_with("server:") && scope.size() > 7)
    identity.right = Right::nobody;
  else if (scope.starts_with("agent:")) {
    const auto slash = scope.find('/');
    if (slash == std::string_view::npos || slash == 6 || slash + 1 == scope.size())
      return std::nullopt;
    identity.right = Right::agent;
    identity.agent = AgentRef{CellId(std::string(scope.substr(6, slash - 6))),
                              AgentId(std::string(scope.substr(slash + 1)))};
  } else {
    return std::nullopt;
  }
  return identity;
}

Keys::Keys(ports::KeyStore* store, std::size_t most) : store_(store), most_(most) {
  if (!store_) return;
  auto records = store_->list();
  if (records)
    records_ = std::move(*records);
  else
    trouble_ = records.error();
}

Result<std::string> random_text() {
  std::array<char, key_bytes> random{};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), key_bytes) != 1) {
    return fail(ErrorCode::internal, "the system gave no random bytes");
  }
  return wire::to_base64url({random.data(), random.size()});
}

Result<void> Keys::remove_expired(WallTime now) {
  const auto is_over = [now](const ports::KeyRecord& one) {
    return one.expires_at != WallTime{} && one.expires_at <= now;
  };
  for (auto at = std::ranges::find_if(records_, is_over); at != records_.end();
       at = std::ranges::find_if(records_, is_over)) {
    if (auto removed = store_->remove(at->id); !removed) return removed;
    records_.erase(at);
  }
  return {};
}

Result<MadeKey> Keys::make(const std::string& name, const std::string& scope, WallTime now,
                           Duration valid) {
  if (!store_) return fail(ErrorCode::unsupported, "this daemon keeps no keys");
  if (!identity_of_scope(scope)) {
    return fail(ErrorCode::invalid_input, "\"" + scope + "\" is no scope", "body /scope",
                "admin, operator, viewer, node, agent:<cell>/<agent> or server:<identifier>");
  }
  if (auto removed = remove_expired(now); !removed) return std::unexpected(removed.error());
  if (records_.size() >= most_) {
    return fail(ErrorCode::too_many, "there are " + std::to_string(most_) + " keys already", {},
                "remove some: lazaret token rm ID");
  }
  const auto random = random_text();
  if (!random) return std::unexpected(random.error());
  MadeKey made;
  made.key = std::string(key_prefix) + *random;
  std::uint64_t last = 0;
  for (const auto& record : records_) last = std::max(last, number_of(record.id));
  made.record = {
      "k-" + std::to_string(last + 1),      name, scope,
      wire::to_hex(wire::sha256(made.key)), now,  valid > Duration(0) ? now + valid : WallTime{}};
  if (auto added = store_->add(made.record); !added) return std::unexpected(added.error());
  records_.push_back(made.record);
  ++generation_;
  return made;
}

Result<void> Keys::remove_sessions(const std::string& name, std::size_t kept) {
  const auto is_session = [&](const ports::KeyRecord& one) {
    return one.name == name && one.expires_at != WallTime{};
  };
  auto count = static_cast<std::size_t>(std::ranges::count_if(records_, is_session));
  for (; count > kept; --count) {
    const auto oldest = std::ranges::find_if(records_, is_session);
    if (auto removed = store_->remove(oldest->id); !removed) return removed;
    records_.erase(oldest);
    ++generation_;
  }
  return {};
}

Result<MadeKey> Keys::make_session(std::string by, const std::string& scope, WallTime now,
                                   Duration valid) {
  // A browser that lets another one in lends the name that it has itself.
  const std::string of_a_session = "key:" + std::string(session_prefix);
  if (by.starts_with(of_a_session)) by.erase(0, of_a_session.size());
  const std::string name = std::string(session_prefix) + by;
  if (auto room = remove_sessions(name, sessions_most - 1); !room) {
    return std::unexpected(room.error());
  }
  return make(name, scope, now, valid);
}

Result<void> Keys::remove(const std::string& id) {
  auto found = std::ranges::find(records_, id, &ports::KeyRecord::id);
  if (found == records_.end()) {
    return fail(ErrorCode::not_found, "no key \"" + id + "\"", "path id", "lazaret token ls");
  }
  const std::string sessions = std::string(session_prefix) + "key:" + found->name;
  if (auto removed = remove_sessions(sessions, 0); !removed) return removed;
  found = std::ranges::find(records_, id, &ports::KeyRecord::id);
  if (auto removed = store_->remove(id); !removed) return removed;
  records_.erase(found);
  ++generation_;
  return {};
}

const ports::KeyRecord* Keys::find(std::string_view key) const {
  if (!key.starts_with(key_prefix)) return nullptr;
  const std::string hash = wire::to_hex(wire::sha256(key));
  const ports::KeyRecord* found = nullptr;
  for (const auto& record : records_) {  // all of them, so that the time says nothing
    if (wire::equal_in_constant_time(hash, record.sha256)) found = &record;
  }
  return found;
}

std::optional<std::string> Keys::id_of(std::string_view key) const {
  const ports::KeyRecord* found = find(key);
  return found ? std::optional(found->id) : std::nullopt;
}

std::optional<std::string> Keys::id_of(const Identity& who) const {
  for (const auto& record : records_)
    if (who.account == account_of(record)) return record.id;
  return std::nullopt;
}

std::optional<Identity> Keys::check(std::string_view key, WallTime now) const {
  const ports::KeyRecord* found = find(key);
  if (!found || (found->expires_at != WallTime{} && found->expires_at <= now)) return std::nullopt;
  auto identity = identity_of_scope(found->scope);
  if (!identity) return std::nullopt;
  identity->name = identity->agent ? identity->agent->agent.value : "key:" + found->name;
  identity->account = account_of(*found);
  identity->until = found->expires_at;
  return identity;
}

}  // namespace lazaret::server
