// For tests: a server whose every word the test chooses, on real sockets, with a thread for each
// connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace lazaret::http_client {

// One accepted connection.
class Peer {
 public:
  Peer(int socket, int number, SSL* tls) : number(number), socket_(socket), tls_(tls) {}
  const int number;  // 0 for the first connection
  // The next request with its body; empty at the end of the connection.
  std::string request() {
    std::size_t end = 0;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return {};
    }
    std::size_t length = 0;
    if (const auto at = in_.find("Content-Length: "); at < end)
      length = std::stoul(in_.substr(at + 16));
    while (in_.size() < end + 4 + length) {
      if (!fill()) return {};
    }
    std::string whole = in_.substr(0, end + 4 + length);
    in_.erase(0, whole.size());
    return whole;
  }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  bool answer(std::string_view body, std::string_view headers = "") {
    return send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
                std::string(headers) + "\r\n" + std::string(body));
  }
  // Until the other side closes.
  void wait_for_end() {
    while (fill()) {
    }
  }
  // Sends nothing more; returns when the other side's kernel knows.
  void end_sending() {
    shutdown(socket_, SHUT_WR);
    tcp_info info{};
    do {
      socklen_t size = sizeof info;
      getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size);
      std::this_thread::yield();
    } while (info.tcpi_state == TCP_FIN_WAIT1);
  }
  // With RST instead of an orderly end.
  void reset() {
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

 private:
  bool fill() {
    char bytes[4096];
    const ssize_t got =
        tls_ ? SSL_read(tls_, bytes, sizeof bytes) : recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    in_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
  int socket_;
  SSL* tls_;
  std::string in_;
};

class TestServer {
 public:
  using Serve = std::function<void(Peer&)>;
  explicit TestServer(Serve serve, SSL_CTX* tls = nullptr) : serve_(std::move(serve)), tls_(tls) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof at;
    bind(listener_, reinterpret_cast<sockaddr*>(&at), size);
    listen(listener_, 1000);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~TestServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    close(listener_);
    {
      const std::lock_guard hold(guard_);
      for (const int one : sockets_) shutdown(one, SHUT_RDWR);
    }
    for (std::thread& one : threads_) one.join();
  }
  std::string url(const std::string& path = "/") const {
    return (tls_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port_) + path;
  }
  int connections() const { return connections_; }

 private:
  void accept_all() {
    while (true) {
      const int taken = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (taken < 0) return;
      const std::lock_guard hold(guard_);
      sockets_.push_back(taken);
      threads_.emplace_back([this, taken, number = connections_++] { serve(taken, number); });
    }
  }
  void serve(int taken, int number) {
    SSL* tls = tls_ ? SSL_new(tls_) : nullptr;
    if (tls) {
      SSL_set_fd(tls, taken);
      if (SSL_accept(tls) <= 0) number = -1;
    }
    Peer peer(taken, number, tls);
    if (number >= 0) serve_(peer);
    if (tls) {
      if (number >= 0) SSL_shutdown(tls);
      SSL_free(tls);
    }
    const std::lock_guard hold(guard_);
    sockets_.remove(taken);
    close(taken);
  }

  Serve serve_;
  SSL_CTX* tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex guard_;
  std::list<int> sockets_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace lazaret::http_client
