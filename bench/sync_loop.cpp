// Baseline of a durable task: one small record appended and forced to the disk, again and again.
//   bench_sync_loop FILE COUNT     prints the seconds it took
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::string record(200, 'x');
  const auto begin = std::chrono::steady_clock::now();
  for (int left = std::atoi(argv[2]); left > 0; --left) {
    if (write(file, record.data(), record.size()) < 0 || fdatasync(file) != 0) {
      std::perror(argv[1]);
      return 1;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.6f\n", took.count());
}
