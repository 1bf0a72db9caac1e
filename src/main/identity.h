// What makes this state directory this one, and this daemon the next on it.
#pragma once

#include <string>

#include "adapters/sqlite/journal_store.h"

namespace lazaret::main {

struct Identity {
  std::string secret;  // 32 random bytes, hex: signs the tokens of agents
  std::uint64_t seed = 0;
  std::string boot_id;
  Duration clock_offset{0};  // fleet time minus CLOCK_MONOTONIC
};

// Reads it, and makes what is missing. `last`: the newest recorded moment, from which fleet time
// goes on after a reboot.
Result<Identity> read_identity(sqlite::JournalStore& store, Stamp last);

// `bytes` random bytes as hex, from the kernel.
std::string random_hex(std::size_t bytes);

}  // namespace lazaret::main
