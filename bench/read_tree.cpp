// Baseline of the scan: visits every file below a folder and reads its bytes, nothing more.
//   bench_read_tree FOLDER     prints {"files":…,"bytes":…,"seconds":…}
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto begin = std::chrono::steady_clock::now();
  std::size_t files = 0;
  std::size_t bytes = 0;
  std::vector<char> buffer(1 << 16);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (!entry.is_regular_file()) continue;
    const int file = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    for (ssize_t got = 0; (got = read(file, buffer.data(), buffer.size())) > 0;) {
      bytes += static_cast<std::size_t>(got);
    }
    close(file);
    ++files;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("{\"files\":%zu,\"bytes\":%zu,\"seconds\":%.6f}\n", files, bytes, took.count());
}
