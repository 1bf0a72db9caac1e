// A checkpoint of 1 MiB as the daemon commits it (copied out of the staging directory, hashed,
// fsynced with its manifest and folders), in turn with its baseline: a plain write of the same
// bytes with one fsync.
//   bench_checkpoint_loop DIRECTORY COUNT    prints "plain NS" and "commit NS" lines
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "adapters/checkpoints/generations.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t size = 1 << 20;

long long since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count();
}

bool plain_write(const std::string& path, const std::string& bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool done = file >= 0 &&
                    write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(size) &&
                    fsync(file) == 0;
  if (file >= 0) close(file);
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  namespace fs = std::filesystem;
  namespace checkpoints = lazaret::checkpoints;
  const fs::path cell = argv[1];
  const fs::path staging = cell / "checkpoints" / "a" / "staging";
  fs::create_directories(staging);
  std::mt19937 random(1);
  std::string bytes(size, 'x');
  for (int round = 1; round <= std::atoi(argv[2]); ++round) {
    for (char& byte : bytes) byte = static_cast<char>(random());
    std::ofstream(staging / "state.json", std::ios::binary) << bytes;
    const auto plain = Clock::now();
    if (!plain_write(cell / ("plain-" + std::to_string(round)), bytes)) {
      std::perror(argv[1]);
      return 1;
    }
    std::printf("plain %lld\n", since(plain));
    const auto begin = Clock::now();
    const auto saved = checkpoints::save(
        {{cell, lazaret::AgentId("a")}, round, lazaret::Incarnation{1}, {}, {}, 2 * size});
    if (!saved) {
      std::fprintf(stderr, "%s\n", saved.error().message.c_str());
      return 1;
    }
    std::printf("commit %lld\n", since(begin));
  }
}
