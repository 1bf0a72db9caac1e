#include "server/keys.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "wire/token.h"

namespace lazaret::server {
namespace {

constexpr std::size_t key_bytes = 32;

std::uint64_t number_of(const std::string& id) {
  std::uint64_t number = 0;
  if (id.starts_with("k-")) std::from_chars(id.data() + 2, id.data() + id.size(), number);
  return number;
}

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

Result<MadeKey> Keys::make(const std::string& name, const std::string& scope, WallTime now) {
  if (!store_) return fail(ErrorCode::unsupported, "this daemon keeps no keys");
  if (!identity_of_scope(scope)) {
    return fail(ErrorCode::invalid_input, "\"" + scope + "\" is no scope", "body /scope",
                "admin, operator, viewer, node, agent:<cell>/<agent> or server:<identifier>");
  }
  if (records_.size() >= most_) {
    return fail(ErrorCode::too_many, "there are " + std::to_string(most_) + " keys already", {},
                "remove some: lazaret token rm ID");
  }
  std::array<char, key_bytes> random{};
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), key_bytes) != 1) {
    return fail(ErrorCode::internal, "the system gave no random bytes");
  }
  MadeKey made;
  made.key = std::string(key_prefix) + wire::to_base64url({random.data(), random.size()});
  std::uint64_t last = 0;
  for (const auto& record : records_) last = std::max(last, number_of(record.id));
  made.record = {"k-" + std::to_string(last + 1), name, scope, wire::to_hex(wire::sha256(made.key)),
                 now};
  if (auto added = store_->add(made.record); !added) return std::unexpected(added.error());
  records_.push_back(made.record);
  ++generation_;
  return made;
}

Result<void> Keys::remove(const std::string& id) {
  const auto found = std::ranges::find(records_, id, &ports::KeyRecord::id);
  if (found == records_.end()) {
    return fail(ErrorCode::not_found, "no key \"" + id + "\"", "path id", "lazaret token ls");
  }
  if (auto removed = store_->remove(id); !removed) return removed;
  records_.erase(found);
  ++generation_;
  return {};
}

std::optional<Identity> Keys::check(std::string_view key) const {
  if (!key.starts_with(key_prefix)) return std::nullopt;
  const std::string hash = wire::to_hex(wire::sha256(key));
  const ports::KeyRecord* found = nullptr;
  for (const auto& record : records_) {  // all of them, so that the time says nothing
    if (wire::equal_in_constant_time(hash, record.sha256)) found = &record;
  }
  if (!found) return std::nullopt;
  auto identity = identity_of_scope(found->scope);
  if (!identity) return std::nullopt;
  identity->name = identity->agent ? identity->agent->agent.value : "key:" + found->name;
  identity->account = "key:" + found->sha256;  // names may be given twice, ids again
  return identity;
}

}  // namespace lazaret::server
