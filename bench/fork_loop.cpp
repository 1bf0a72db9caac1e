// Baseline of revival: the least that can notice a death and start the program again. A pidfd for
// each child, one epoll, fork, exec. Records nothing, decides nothing.
//   bench_fork_loop COUNT PROGRAM ARGUMENT...     names its children a0, a1, …
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

struct Child {
  std::string name;
  int pidfd = -1;
};

void start(Child& child, std::uint32_t index, int poll, char** command) {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    setenv("LAZARET_AGENT", child.name.c_str(), 1);
    execv(command[0], command);
    _exit(127);
  }
  child.pidfd = pid < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  epoll_event event{.events = EPOLLIN, .data = {.u32 = index}};
  if (child.pidfd < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, child.pidfd, &event) != 0) {
    std::perror("bench_fork_loop");
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Child> children(static_cast<std::size_t>(std::atoi(argv[1])));
  for (std::uint32_t i = 0; i < children.size(); ++i) {
    children[i].name = "a" + std::to_string(i);
    start(children[i], i, poll, argv + 2);
  }
  std::vector<epoll_event> events(64);
  for (;;) {
    const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const std::uint32_t index = events[static_cast<std::size_t>(i)].data.u32;
      Child& child = children[index];
      siginfo_t info{};
      waitid(P_PIDFD, static_cast<id_t>(child.pidfd), &info, WEXITED);
      // A child between fork and exec still holds the descriptor: closing alone would leave it in.
      epoll_ctl(poll, EPOLL_CTL_DEL, child.pidfd, nullptr);
      close(child.pidfd);
      start(child, index, poll, argv + 2);
    }
  }
}
