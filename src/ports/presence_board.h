// A board of presences: what each agent of a chat system was said to do last.
#pragma once

#include <functional>
#include <string>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::ports {

struct PresenceEntry {
  std::string fabric_user_id;
  std::string status;
  std::string source;  // who said so
  WallTime updated_at{};
};

class PresenceBoard {
 public:
  virtual ~PresenceBoard() = default;
  // Null where nothing was ever said. Good until the next call.
  virtual const PresenceEntry* find(const std::string& fabric_user_id) const = 0;
  // `done` is called in a later turn of the loop, when the entry is durable; find() knows it from
  // then on. Puts are carried out in their order, first ones like later ones. Errors: too_many,
  // where the board is full; unavailable.
  using Done = std::function<void(Result<void>)>;
  virtual void put(PresenceEntry entry, Done done) = 0;
};

}  // namespace lazaret::ports
