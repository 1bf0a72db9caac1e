// One stream socket, blocking for its caller, with a deadline on every step.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace lazaret::cli {

using Deadline = std::chrono::steady_clock::time_point;

// Asked at least four times a second while waiting; true ends the wait.
using Cancelled = std::function<bool()>;

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { close(); }

  // Errors of both: unavailable; the text names the address and what the system said.
  static Result<Socket> to_path(const std::string& path, Deadline deadline);
  static Result<Socket> to_host(const std::string& host, const std::string& port,
                                Deadline deadline);

  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  void close();

  Result<void> send(std::string_view bytes, Deadline deadline);
  // Appends what has arrived to `bytes`, waiting for at least one byte. 0 = the peer has closed.
  // Error unavailable: time is up, cancelled (place "cancelled"), or the connection broke.
  Result<std::size_t> receive(std::string& bytes, Deadline deadline,
                              const Cancelled& cancelled = {});

 private:
  int fd_ = -1;
};

}  // namespace lazaret::cli
