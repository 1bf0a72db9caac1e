// What the composition root tells the process adapter.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "adapters/process/system_files.h"
#include "base/ids.h"
#include "wire/clock_words.h"

namespace lazaret::process {

struct Settings {
  fs::path state_dir;       // slots live in <state_dir>/slots
  fs::path run_dir;         // sockets; at most 80 bytes, because a socket's path has 107
  fs::path shim_path;       // the program lazaret-shim
  std::uint64_t epoch = 0;  // of this daemon; grows with each start
  std::string boot_id;
  std::string url;                                                     // LAZARET_URL
  std::function<std::string(const AgentRef&, Incarnation)> token_for;  // LAZARET_TOKEN
  std::int64_t log_bytes_most = 10 * 1024 * 1024;  // a log is turned over at this size
  int logs_kept = 3;                               // besides the current one
  wire::ZoneOffset zones;                          // for the times of day that programs print
};

}  // namespace lazaret::process
