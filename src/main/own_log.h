// daemon.log: what a daemon in the background says, and its keeper.
#pragma once

#include <cstdint>
#include <string>

namespace lazaret::main {

inline constexpr std::int64_t own_log_most = 4 << 20;  // bytes; as many again are in daemon.log.1

// Where `fd` writes to the file `path` and that holds more than `most` bytes: its end becomes
// "<path>.1", and it begins anew. Who else appends to it (the keeper) goes on in the same file, so
// that is emptied and not replaced. True if it was turned over.
bool turn_over(int fd, const std::string& path, std::int64_t most = own_log_most);

// From now on log() bounds this file, where standard error is it.
void bound_own_log(const std::string& path);
// One line, with the time, to standard error. From any thread.
void log(const std::string& line);

}  // namespace lazaret::main
