// Where keys of callers are kept. The key itself is never stored, only its SHA-256.
#pragma once

#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::ports {

struct KeyRecord {
  std::string id;    // "k-3", unique
  std::string name;  // whose it is
  std::string
      scope;  // admin | operator | viewer | node | agent:<cell>/<agent> | server:<identifier>
  std::string sha256;  // of the whole key text, 64 lower-case hex digits
  WallTime created_at{};
  WallTime expires_at{};  // zero = never
};

class KeyStore {
 public:
  virtual ~KeyStore() = default;
  // In the order of their making.
  virtual Result<std::vector<KeyRecord>> list() = 0;
  // Durable when they return. add: the id is new; remove: an unknown id is not an error.
  virtual Result<void> add(const KeyRecord& key) = 0;
  virtual Result<void> remove(const std::string& id) = 0;
};

}  // namespace lazaret::ports
