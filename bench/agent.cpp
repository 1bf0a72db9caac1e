// The smallest agent: its first act is to say when it began; then it waits to be killed.
//   bench_agent PIPE     one line "<name> <pid> <CLOCK_MONOTONIC ns> <token>" into the named pipe
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
    const char* token = std::getenv("LAZARET_TOKEN");
    char line[1000];
    const int size =
        std::snprintf(line, sizeof line, "%s %d %lld %s\n", name ? name : "?", getpid(),
                      now.tv_sec * 1'000'000'000LL + now.tv_nsec, token ? token : "-");
    const int pipe = open(argv[1], O_WRONLY | O_CLOEXEC);
    if (pipe < 0 || write(pipe, line, static_cast<size_t>(size)) != size) return 1;
    close(pipe);
  }
  for (;;) pause();
}
