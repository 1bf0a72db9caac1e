#include "main/state_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace lazaret::main {
namespace {

std::string read_holder(int descriptor) {
  char text[32] = {};
  const ssize_t size = pread(descriptor, text, sizeof(text) - 1, 0);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : "unknown";
}

}  // namespace

Result<StateLock> StateLock::take(const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return fail(ErrorCode::unavailable,
                fmt::format("cannot open the lock: {}", std::strerror(errno)), file,
                "the state directory must be writable by you, or choose another with --state");
  }
  StateLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::conflict,
                fmt::format("another daemon (pid {}) works on this state", read_holder(descriptor)),
                file,
                "use it, stop it with `lazaret down`, end it with `lazaret up --take-over` if it "
                "hangs, or choose another --state");
  }
  const std::string pid = std::to_string(getpid());
  if (ftruncate(descriptor, 0) != 0 ||
      pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return fail(ErrorCode::unavailable,
                fmt::format("cannot write the lock: {}", std::strerror(errno)), file,
                "free space on this file system");
  }
  return lock;
}

StateLock::StateLock(StateLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StateLock::~StateLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace lazaret::main
