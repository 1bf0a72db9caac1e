#include "server/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <cstring>

namespace lazaret::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int accepts_at_once = 64;  // then the other sockets have their turn

std::unexpected<Error> failed(const std::string& where, const std::string& what) {
  return fail(ErrorCode::unavailable, "cannot " + what + ": " + std::strerror(errno), where);
}

std::unexpected<Error> no_listening(const std::string& host, std::uint16_t port) {
  const std::string where = host + ":" + std::to_string(port);
  switch (errno) {
    case EADDRINUSE:
      return fail(ErrorCode::conflict, "port " + std::to_string(port) + " is in use", where,
                  "another --port; 0 takes any that is free");
    case EADDRNOTAVAIL:
      return fail(ErrorCode::invalid_input, "this machine has no address " + host, where,
                  "127.0.0.1 for this machine only, 0.0.0.0 or :: for every network");
    case EACCES:
      return fail(ErrorCode::refused, "port " + std::to_string(port) + " is not for this user",
                  where, "a --port from 1024 on");
  }
  return failed(where, "listen");
}

bool is_loopback(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return v6.sin6_addr.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::tcp(asio::io_context& io, const std::string& host,
                                                std::uint16_t port, int backlog) {
  const std::string where = host + ":" + std::to_string(port);
  error_code bad;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, bad);
  if (bad) {
    return fail(ErrorCode::invalid_input, "\"" + host + "\" is no IP address to listen on", where);
  }
  const int family = address.is_v4() ? AF_INET : AF_INET6;
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return failed(where, "make a socket");
  std::unique_ptr<Listener> listener(new Listener(io, descriptor, false));
  const int yes = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);  // accepted ones inherit it
  sockaddr_storage at{};
  socklen_t size = 0;
  if (address.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(at);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(address.to_v4().to_uint());
    size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(at);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    const auto bytes = address.to_v6().to_bytes();
    std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
    size = sizeof v6;
  }
  const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&at), size) == 0;
  if (!bound || ::listen(descriptor, backlog) != 0) return no_listening(host, port);
  size = sizeof at;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&at), &size);
  listener->port_ = ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in&>(at).sin_port
                                            : reinterpret_cast<sockaddr_in6&>(at).sin6_port);
  return listener;
}

Result<std::unique_ptr<Listener>> Listener::unix(asio::io_context& io, const std::string& path,
                                                 int backlog) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (path.size() >= sizeof at.sun_path) {
    return fail(ErrorCode::invalid_input, "the path of a unix socket has at most 107 bytes", path);
  }
  std::memcpy(at.sun_path, path.data(), path.size());
  struct stat there{};
  const bool exists = ::lstat(path.c_str(), &there) == 0;
  if (exists && !S_ISSOCK(there.st_mode)) {
    return fail(ErrorCode::unavailable, "there is something that is no socket", path);
  }
  if (exists)
    ::unlink(path.c_str());  // a daemon's before; two daemons exclude each other by a lock
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return failed(path, "make a socket");
  std::unique_ptr<Listener> listener(new Listener(io, descriptor, true));
  // Before bind, so that the file never has another mode.
  ::fchmod(descriptor, 0600);
  const mode_t before = ::umask(0177);
  const int bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&at), sizeof at);
  ::umask(before);
  if (bound != 0) return failed(path, "bind");
  if (::listen(descriptor, backlog) != 0) return failed(path, "listen");
  return listener;
}

void Listener::start(Take take, FreeOne free_one) {
  take_ = std::move(take);
  free_one_ = std::move(free_one);
  wait();
}

void Listener::stop() {
  error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
}

void Listener::wait() {
  if (!socket_.is_open()) return;
  socket_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
    if (!error) accept_all();
  });
}

void Listener::accept_all() {
  for (int i = 0; i < accepts_at_once && socket_.is_open(); ++i) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    Accepted accepted{.over_unix = over_unix_};
    accepted.descriptor = ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&peer),
                                    &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted.descriptor < 0) {
      if (errno == ECONNABORTED || errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      if (free_one_()) continue;  // out of descriptors or memory
      pause_.expires_after(std::chrono::milliseconds(20));
      return pause_.async_wait([this](error_code error) {
        if (!error) wait();
      });
    }
    if (over_unix_) {
      ucred credentials{};
      socklen_t length = sizeof credentials;
      ::getsockopt(accepted.descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length);
      accepted.user = credentials.uid;
      accepted.pid = credentials.pid;
    } else {
      accepted.loopback = is_loopback(peer);
    }
    take_(accepted);
  }
  wait();
}

}  // namespace lazaret::server
