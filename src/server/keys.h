// Keys of callers: made here, shown once, known afterwards only by their hash.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/key_store.h"
#include "server/identity.h"

namespace lazaret::server {

inline constexpr std::string_view key_prefix = "lzk_";
inline constexpr std::size_t sessions_most = 20;

struct MadeKey {
  ports::KeyRecord record;
  std::string key;  // the only time it is seen
};

class Keys {
 public:
  // `store` may be null: then there are no keys.
  Keys(ports::KeyStore* store, std::size_t most);

  // `valid` zero = for ever. Errors: invalid_input (scope), too_many, unsupported, and the store's
  // own.
  Result<MadeKey> make(const std::string& name, const std::string& scope, WallTime now,
                       Duration valid = Duration(0));
  // For the browser of `by`, as Identity::name has it: listed as "sign-in of <by>". There are at
  // most `sessions_most` of one name; the oldest gives way. Errors: as make().
  Result<MadeKey> make_session(std::string by, const std::string& scope, WallTime now,
                               Duration valid);
  // The browsers that signed in with it are out, too. Errors: not_found, and the store's own.
  Result<void> remove(const std::string& id);
  // What the key lets its bearer do; nothing if there is no such key, or not any more. Compares in
  // constant time.
  std::optional<Identity> check(std::string_view key, WallTime now) const;
  std::optional<std::string> id_of(std::string_view key) const;
  // Of the key that showed who asks; nothing where none did.
  std::optional<std::string> id_of(const Identity& who) const;

  const std::vector<ports::KeyRecord>& all() const { return records_; }
  // Grows when keys change: what was derived from them must be looked up again.
  std::uint64_t generation() const { return generation_; }
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  const ports::KeyRecord* find(std::string_view key) const;
  Result<void> remove_expired(WallTime now);
  // The oldest ones, so that at most `kept` of this name stay.
  Result<void> remove_sessions(const std::string& name, std::size_t kept);
  ports::KeyStore* store_;
  std::size_t most_;
  std::vector<ports::KeyRecord> records_;
  std::uint64_t generation_ = 1;
  std::optional<Error> trouble_;
};

// 256 bits for a secret. Error: internal, when the system has none.
Result<std::string> random_text();

// "admin", "agent:<cell>/<agent>", …; nothing where the text is no scope.
std::optional<Identity> identity_of_scope(std::string_view scope);

}  // namespace lazaret::server
