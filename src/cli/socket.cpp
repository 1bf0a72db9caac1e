#include "cli/socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace lazaret::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds longest_sleep{250};  // so that a cancel is seen soon
constexpr std::size_t receive_step = 64 * 1024;

std::unexpected<Error> broken(std::string_view doing, int error) {
  return fail(ErrorCode::unavailable, fmt::format("{} failed: {}", doing, std::strerror(error)));
}

// Waits for `events`; an error when the deadline passes or the wait is cancelled.
Result<void> wait_for(int fd, short events, Deadline deadline, const Cancelled& cancelled,
                      std::string_view doing) {
  for (;;) {
    if (cancelled && cancelled()) return fail(ErrorCode::unavailable, "cancelled", "cancelled");
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) {
      return fail(ErrorCode::unavailable, fmt::format("{} took too long", doing), "time-out");
    }
    pollfd one{fd, events, 0};
    const int ready = poll(&one, 1, static_cast<int>(std::min(left, longest_sleep).count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return broken(doing, errno);
  }
}

Result<Socket> connect_to(int family, const sockaddr* address, socklen_t length,
                          Deadline deadline) {
  Socket owner(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!owner.open()) return broken("making a socket", errno);
  // A unix socket whose backlog is full says EAGAIN: there is nothing to poll for, so ask again.
  for (;;) {
    if (connect(owner.fd(), address, length) == 0) return owner;
    if (errno != EAGAIN && errno != EINTR) break;
    if (steady_clock::now() >= deadline) return broken("connecting", EAGAIN);
    poll(nullptr, 0, 10);
  }
  if (errno != EINPROGRESS) return broken("connecting", errno);
  auto ready = wait_for(owner.fd(), POLLOUT, deadline, {}, "connecting");
  if (!ready) return std::unexpected(ready.error());
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(owner.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return broken("connecting", error);
  return owner;
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<Socket> Socket::to_path(const std::string& path, Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::invalid_input, fmt::format("the socket path {} is too long", path));
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  return connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline);
}

Result<Socket> Socket::to_host(const std::string& host, const std::string& port,
                               Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return fail(ErrorCode::unavailable,
                fmt::format("no address for {}: {}", host, gai_strerror(error)));
  }
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  Result<Socket> last = fail(ErrorCode::unavailable, fmt::format("no address for {}", host));
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    last = connect_to(one->ai_family, one->ai_addr, one->ai_addrlen, deadline);
    if (!last) continue;
    const int on = 1;
    setsockopt(last->fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    break;
  }
  return last;
}

Result<void> Socket::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return broken("sending", errno);
    auto ready = wait_for(fd_, POLLOUT, deadline, {}, "sending");
    if (!ready) return ready;
  }
  return {};
}

Result<std::size_t> Socket::receive(std::string& bytes, Deadline deadline,
                                    const Cancelled& cancelled) {
  const std::size_t before = bytes.size();
  for (;;) {
    bytes.resize(before + receive_step);
    const auto got = ::recv(fd_, bytes.data() + before, receive_step, 0);
    const int error = errno;
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (error == EINTR) continue;
    if (error != EAGAIN) return broken("receiving", error);
    auto ready = wait_for(fd_, POLLIN, deadline, cancelled, "waiting for the answer");
    if (!ready) return std::unexpected(ready.error());
  }
}

}  // namespace lazaret::cli
