// Whose presence is kept where: the file that the setting presence.file names.
//
//   {"identities": [{"agent": "scout", "fabric_user_id": "u-7", "api_key_file": "scout.key"}],
//    "bindings":   [{"agent": "scout", "guild": "node-1", "channel": "general"}]}
//
// A key stands in the file itself (api_key), in a file of its own (api_key_file, beside this one)
// or in the environment (api_key_env). `enabled: false` leaves an identity out.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lazaret::presence {

inline constexpr std::size_t identities_most = 10'000;
inline constexpr std::size_t bindings_most = 50'000;

struct Identity {
  std::string agent;           // as people write it: its id, or "<first 8 of the cell's id>.<id>"
  std::string fabric_user_id;  // may be missing
  std::string api_key;
  std::string api_key_file;
  std::string api_key_env;
  bool enabled = true;
};

struct Config {
  std::vector<Identity> identities;  // one for each agent at most
  // (agent, guild's node id): many channels of one guild are one.
  std::set<std::pair<std::string, std::string>> bindings;
};

// Errors: invalid_input with file:line:column and what was expected; a key is never shown.
Result<Config> read_config(const std::string& file, std::string text);

}  // namespace lazaret::presence
