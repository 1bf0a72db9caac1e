// One HTTP/1.1 request over a plain or a TLS connection, with a deadline and without blocking
// longer than a moment at a time.
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <memory>

#include "adapters/notify/sender.h"

namespace lazaret::notify {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int moment_ms = 100;

struct Trouble {
  std::string what;
};

struct Waiting {
  Clock::time_point until = Clock::now() + exchange_most;
  const std::atomic<bool>& cancelled;

  // Until the socket can be read or written; throws when it takes too long.
  void wait(int fd, short events) const {
    while (true) {
      if (cancelled) throw Trouble{"the daemon goes down"};
      if (Clock::now() >= until) throw Trouble{"no answer in time"};
      pollfd one{fd, events, 0};
      if (poll(&one, 1, moment_ms) > 0) return;
    }
  }
};

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(fd_); }
  int fd() const { return fd_; }

 private:
  int fd_;
};

std::unique_ptr<Socket> connect_to(const Url& url, const Waiting& waiting) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int bad = getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found); bad != 0) {
    throw Trouble{url.host + ": " + gai_strerror(bad)};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, freeaddrinfo);
  std::string why = "no address";
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) continue;
    auto socket = std::make_unique<Socket>(fd);
    if (connect(fd, one->ai_addr, one->ai_addrlen) != 0 && errno != EINPROGRESS) {
      why = std::strerror(errno);
      continue;
    }
    waiting.wait(fd, POLLOUT);
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) return socket;
    why = std::strerror(error);
  }
  throw Trouble{url.authority() + ": " + why};
}

// Bytes over a connection; read() returns an empty text at its end.
class Line {
 public:
  Line(const Socket& socket, const Waiting& waiting) : socket_(socket), waiting_(waiting) {}
  virtual ~Line() = default;
  virtual void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN || errno == EINTR) {
        waiting_.wait(socket_.fd(), POLLOUT);
      } else {
        throw Trouble{std::strerror(errno)};
      }
    }
  }
  virtual std::string read() {
    char buffer[4096];
    while (true) {
      const ssize_t got = recv(socket_.fd(), buffer, sizeof buffer, 0);
      if (got >= 0) return {buffer, static_cast<std::size_t>(got)};
      if (errno != EAGAIN && errno != EINTR) throw Trouble{std::strerror(errno)};
      waiting_.wait(socket_.fd(), POLLIN);
    }
  }

 protected:
  const Socket& socket_;
  const Waiting& waiting_;
};

class SecureLine : public Line {
 public:
  SecureLine(const Socket& socket, const Waiting& waiting, const std::string& host)
      : Line(socket, waiting), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_set_default_verify_paths(context_.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_tlsext_host_name(ssl_.get(), host.c_str());
    SSL_set1_host(ssl_.get(), host.c_str());
    SSL_set_fd(ssl_.get(), socket.fd());
    while (step([&] { return SSL_connect(ssl_.get()); }) <= 0) {
    }
  }
  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const int sent =
          step([&] { return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())); });
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  std::string read() override {
    char buffer[4096];
    while (true) {
      const int got = step([&] { return SSL_read(ssl_.get(), buffer, sizeof buffer); });
      if (got > 0) return {buffer, static_cast<std::size_t>(got)};
      if (ended_) return {};
    }
  }

 private:
  template <class Act>
  int step(Act act) {
    ERR_clear_error();
    const int done = act();
    if (done > 0) return done;
    switch (SSL_get_error(ssl_.get(), done)) {
      case SSL_ERROR_WANT_READ:
        waiting_.wait(socket_.fd(), POLLIN);
        return 0;
      case SSL_ERROR_WANT_WRITE:
        waiting_.wait(socket_.fd(), POLLOUT);
        return 0;
      case SSL_ERROR_ZERO_RETURN:
        ended_ = true;
        return 0;
      default:
        throw Trouble{why()};
    }
  }
  std::string why() const {
    if (const long bad = SSL_get_verify_result(ssl_.get()); bad != X509_V_OK) {
      return std::string("its certificate: ") + X509_verify_cert_error_string(bad);
    }
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    return std::string("TLS: ") + (reason ? reason : "the connection ended");
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  bool ended_ = false;
};

std::string request_text(const Url& url, const Post& post) {
  std::string text = "POST " + url.target + " HTTP/1.1\r\nHost: " + url.authority() +
                     "\r\nUser-Agent: lazaret\r\nConnection: close\r\nContent-Length: " +
                     std::to_string(post.body.size()) + "\r\n";
  for (const auto& [name, value] : post.headers) text += name + ": " + value + "\r\n";
  return text + "\r\n" + post.body;
}

// "HTTP/1.1 204 No Content" → 204
int status_of(const std::string& answer) {
  if (!answer.starts_with("HTTP/1.") || answer.size() < 12 || answer[8] != ' ') return 0;
  int status = 0;
  for (std::size_t i = 9; i < 12; ++i) {
    if (answer[i] < '0' || answer[i] > '9') return 0;
    status = status * 10 + (answer[i] - '0');
  }
  return status;
}

}  // namespace

Delivery send(const Url& url, const Post& post, const std::atomic<bool>& cancelled) {
  try {
    const Waiting waiting{.cancelled = cancelled};
    const auto socket = connect_to(url, waiting);
    const std::unique_ptr<Line> line =
        url.secure ? std::unique_ptr<Line>(new SecureLine(*socket, waiting, url.host))
                   : std::make_unique<Line>(*socket, waiting);
    line->write(request_text(url, post));
    std::string answer;
    while (answer.find('\n') == std::string::npos && answer.size() < answer_bytes_most) {
      const std::string more = line->read();
      if (more.empty()) break;
      answer += more;
    }
    const int status = status_of(answer);
    if (status == 0) return {0, "the answer is no HTTP"};
    return {status, "HTTP " + std::to_string(status)};
  } catch (const Trouble& trouble) {
    return {0, trouble.what};
  }
}

}  // namespace lazaret::notify
