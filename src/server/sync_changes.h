// Which agents' slots have changed since a token was given: HarborForge's third contract. Kept in
// memory; a token of another daemon means nothing here, and its bearer gets everything.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lazaret::server {

class SyncChanges {
 public:
  // Told what an agent's slots are now; gives when they changed last.
  std::uint64_t note(const std::string& agent, std::uint64_t state) {
    Seen& seen = agents_[agent];
    if (seen.changed == 0 || seen.state != state) seen = {state, ++now_};
    return seen.changed;
  }
  std::string token(std::uint64_t epoch) const {
    return std::to_string(epoch) + "." + std::to_string(now_);
  }
  // Nothing where the token is not one of ours.
  std::optional<std::uint64_t> read(std::string_view token, std::uint64_t epoch) const;

 private:
  struct Seen {
    std::uint64_t state = 0;
    std::uint64_t changed = 0;
  };
  std::map<std::string, Seen> agents_;
  std::uint64_t now_ = 0;
};

}  // namespace lazaret::server
