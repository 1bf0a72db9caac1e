#include "adapters/process/shim_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "shim/protocol.h"

namespace lazaret::process {
namespace {

constexpr int backlog = 8;
constexpr int lock_tries_most = 100;
constexpr auto sweep_pause = std::chrono::milliseconds(20);

Result<Descriptor> bound_socket(const fs::path& path, int type) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::invalid_input,
                fmt::format("the socket path {} is longer than {} bytes", text,
                            sizeof address.sun_path - 1),
                text, "choose a shorter run directory");
  }
  std::memcpy(address.sun_path, text.data(), text.size());
  ::unlink(text.c_str());
  Descriptor fd(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* target = reinterpret_cast<const sockaddr*>(&address);
  if (!fd || ::bind(fd.get(), target, sizeof address) != 0) {
    return fail(ErrorCode::unavailable,
                fmt::format("the socket {} cannot be made: {}", text, errno_text(errno)));
  }
  ::chmod(text.c_str(), 0600);
  return fd;
}

// From descriptor numbers that the next dup2 cannot overwrite.
Descriptor above_standard(const Descriptor& fd) {
  return Descriptor(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 10));
}

}  // namespace

Result<pid_t> start_shim(const ShimPlace& place) {
  Result<Descriptor> listener = bound_socket(place.socket, SOCK_SEQPACKET);
  if (!listener) return std::unexpected(listener.error());
  Result<Descriptor> notify = bound_socket(place.notify, SOCK_DGRAM);
  if (!notify) return std::unexpected(notify.error());
  if (::listen(listener->get(), backlog) != 0) {
    return fail(ErrorCode::unavailable, fmt::format("nobody can listen on {}: {}",
                                                    place.socket.string(), errno_text(errno)));
  }
  const Descriptor from_listener = above_standard(*listener);
  const Descriptor from_notify = above_standard(*notify);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, from_listener.get(), shim::listener_fd);
  posix_spawn_file_actions_adddup2(&actions, from_notify.get(), shim::notify_fd);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t every;
  sigfillset(&every);
  posix_spawnattr_setsigdefault(&attributes, &every);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::string program = place.program.string();
  std::string mode = "shim";
  std::string directory = place.directory.string();
  char* arguments[] = {program.data(), mode.data(), directory.data(), nullptr};
  char* no_environment[] = {nullptr};
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments, no_environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error == 0) return pid;
  return fail(ErrorCode::unavailable,
              fmt::format("the shim {} cannot be started: {}", program, errno_text(error)), program,
              "install lazaret-shim beside lazaret");
}

bool free_lock(const fs::path& slot_directory) {
  const fs::path file = slot_directory / "shim.lock";
  const Descriptor fd(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return errno == ENOENT;
  for (int tries = 0; tries < lock_tries_most; ++tries) {
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return true;
    const auto pid = to_number(read_text(file).value_or("")).value_or(0);
    const std::string name = read_text(fmt::format("/proc/{}/comm", pid)).value_or("");
    if (tries == 0 && pid > 0 && name == "lazaret-shim\n") ::kill(static_cast<pid_t>(pid), SIGKILL);
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
  return false;
}

void ShimReaper::ended(pid_t pid) {
  if (pid <= 0) return;
  pids_.insert(pid);
  sweep();
}

void ShimReaper::sweep() {
  std::erase_if(pids_, [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; });
  if (pids_.empty()) return;
  timer_.expires_after(sweep_pause);
  timer_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (*alive && !error) sweep();
  });
}

}  // namespace lazaret::process
