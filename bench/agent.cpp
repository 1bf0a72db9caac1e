// The smallest agent: its first act is to say when it began; then it waits to be killed.
//   bench_agent PIPE     one line "<name> <pid> <CLOCK_MONOTONIC ns>" into the named pipe
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (argc > 1) {
    const char* name = std::getenv("LAZARET_AGENT");
    char line[200];
    const int size =
        std::snprintf(line, sizeof line, "%s %d %lld\n", name ? name : "?", getpid(),
                      static_cast<long long>(now.tv_sec) * 1'000'000'000 + now.tv_nsec);
    const int pipe = open(argv[1], O_WRONLY | O_CLOEXEC);
    if (pipe < 0 || write(pipe, line, static_cast<size_t>(size)) != size) return 1;
    close(pipe);
  }
  for (;;) pause();
}
