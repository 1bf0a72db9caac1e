#include "cli/take_over.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "cli/keeper_record.h"

namespace lazaret::cli {
namespace {

constexpr int end_most_ms = 10'000;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

int holder_of(int lock) {
  char text[32] = {};
  const ssize_t size = pread(lock, text, sizeof text - 1, 0);
  int pid = 0;
  if (size > 0) std::from_chars(text, text + size, pid);
  return pid;
}

// By a descriptor of the process: `still` is asked once it is held, so a pid that was given to
// another process meanwhile is never hit.
template <class Still>
Result<void> end_process(int pid, const char* what, const Still& still) {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (process.get() < 0 && errno == ESRCH) return {};
  if (process.get() >= 0 && !still()) return {};
  if (process.get() < 0 ||
      (syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) != 0 && errno != ESRCH)) {
    return fail(
        ErrorCode::unavailable,
        fmt::format("the {} (process {}) cannot be ended: {}", what, pid, std::strerror(errno)), "",
        "end it as its owner, or as root");
  }
  pollfd ended{process.get(), POLLIN, 0};
  if (poll(&ended, 1, end_most_ms) == 1) return {};
  return fail(ErrorCode::unavailable,
              fmt::format("the {} (process {}) was killed and is not gone after {} s", what, pid,
                          end_most_ms / 1000),
              "", "it hangs in the kernel, mostly on a disk; `ps` shows its state");
}

}  // namespace

Result<int> take_over(const Paths& paths) {
  const std::string record = paths.keeper_record();
  if (const int keeper = living_keeper(record); keeper != 0) {
    const auto still = [&] { return living_keeper(record) == keeper; };
    if (auto ended = end_process(keeper, "keeper", still); !ended) {
      return std::unexpected(ended.error());
    }
  }
  const Descriptor lock(open(paths.lock().c_str(), O_RDWR | O_CLOEXEC));
  if (lock.get() < 0) return 0;  // nobody was ever here
  const auto is_held = [&] { return flock(lock.get(), LOCK_EX | LOCK_NB) != 0; };
  if (!is_held()) return 0;
  const int holder = holder_of(lock.get());
  if (holder <= 0) {
    return fail(ErrorCode::unavailable, "somebody holds the lock and does not say who",
                paths.lock(), "`fuser` names the process");
  }
  if (auto ended = end_process(holder, "daemon", is_held); !ended) {
    return std::unexpected(ended.error());
  }
  if (is_held()) {
    return fail(ErrorCode::conflict, "another process took the lock meanwhile", paths.lock(),
                "try again");
  }
  return holder;
}

}  // namespace lazaret::cli
