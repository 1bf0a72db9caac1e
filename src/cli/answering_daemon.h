// For tests: a real HTTP server on a unix socket, in a thread, that answers by a script.
#pragma once

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/endpoint.h"

namespace lazaret::cli {

struct SeenRequest {
  std::string method;
  std::string target;
  std::string head;  // everything up to the empty line
  std::string body;
};

inline std::string json_answer(std::string_view body, std::string_view status = "200 OK") {
  return "HTTP/1.1 " + std::string(status) +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

// `answer` gives the bytes for a request; "" closes the connection without a word. A text that
// begins with "CLOSE" is sent without these five letters, and the connection is closed after it.
class AnsweringDaemon {
 public:
  using Answer = std::function<std::string(const SeenRequest&)>;

  explicit AnsweringDaemon(Answer answer) : answer_(std::move(answer)) {
    std::string place = "/tmp/lazaret-cli-test-XXXXXX";
    directory_ = mkdtemp(place.data());
    start();
  }
  ~AnsweringDaemon() {
    stop();
    unlink(path().c_str());
    rmdir(directory_.c_str());
  }

  std::string path() const { return directory_ + "/api.sock"; }
  const std::string& directory() const { return directory_; }
  Endpoint endpoint() const {
    Endpoint endpoint;
    endpoint.socket_path = path();
    endpoint.run_directory = directory_;
    return endpoint;
  }
  std::vector<SeenRequest> seen() {
    std::lock_guard guard(mutex_);
    return seen_;
  }

  void start() {
    unlink(path().c_str());
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
    listen(listener_, 16);
    thread_ = std::thread([this] { serve(); });
  }
  // Leaves the socket's file behind, as a daemon that was killed does.
  void stop() {
    if (!thread_.joinable()) return;
    shutdown(listener_, SHUT_RDWR);
    if (int peer = peer_.load(); peer >= 0) shutdown(peer, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

 private:
  void serve() {
    for (;;) {
      const int peer = accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      peer_ = peer;
      std::string bytes;
      while (one_request(peer, bytes)) {
      }
      peer_ = -1;
      close(peer);
    }
  }

  static bool read_more(int peer, std::string& bytes) {
    char buffer[4096];
    const auto got = recv(peer, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    bytes.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  bool one_request(int peer, std::string& bytes) {
    std::size_t end;
    while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more(peer, bytes)) return false;
    }
    SeenRequest request;
    request.head = bytes.substr(0, end + 2);
    const auto first = request.head.find(' ');
    request.method = request.head.substr(0, first);
    request.target = request.head.substr(first + 1, request.head.find(' ', first + 1) - first - 1);
    std::size_t length = 0;
    const auto at = request.head.find("Content-Length: ");
    if (at != std::string::npos) length = std::strtoul(request.head.c_str() + at + 16, nullptr, 10);
    while (bytes.size() < end + 4 + length) {
      if (!read_more(peer, bytes)) return false;
    }
    request.body = bytes.substr(end + 4, length);
    bytes.erase(0, end + 4 + length);
    {
      std::lock_guard guard(mutex_);
      seen_.push_back(request);
    }
    std::string reply = answer_(request);
    const bool close_after = reply.empty() || reply.starts_with("CLOSE");
    if (reply.starts_with("CLOSE")) reply.erase(0, 5);
    if (!reply.empty() && send(peer, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return false;
    return !close_after;
  }

  Answer answer_;
  std::string directory_;
  int listener_ = -1;
  std::atomic<int> peer_{-1};
  std::thread thread_;
  std::mutex mutex_;
  std::vector<SeenRequest> seen_;
};

}  // namespace lazaret::cli
