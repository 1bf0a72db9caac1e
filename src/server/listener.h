// A listening socket: says when somebody is there, and hands over the accepted descriptors.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace lazaret::server {

// What the kernel says about who connected.
struct Accepted {
  int descriptor = -1;  // non-blocking, close-on-exec; now the receiver's
  bool over_unix = false;
  bool loopback = false;
  std::uint32_t user = 0;  // unix only; so is the pid
  std::int32_t pid = 0;
};

class Listener {
 public:
  using Take = std::function<void(const Accepted&)>;
  // No descriptors are left: true = one was freed, try again at once.
  using FreeOne = std::function<bool()>;

  // Errors: conflict where the port is in use, refused where this user may not have it,
  // invalid_input for the address, unavailable.
  static Result<std::unique_ptr<Listener>> tcp(boost::asio::io_context& io, const std::string& host,
                                               std::uint16_t port, int backlog);
  static Result<std::unique_ptr<Listener>> unix(boost::asio::io_context& io,
                                                const std::string& path, int backlog);

  void start(Take take, FreeOne free_one);
  void stop();
  std::uint16_t port() const { return port_; }

 private:
  Listener(boost::asio::io_context& io, int descriptor, bool over_unix)
      : socket_(io, descriptor), pause_(io), over_unix_(over_unix) {}
  void wait();
  void accept_all();

  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer pause_;
  bool over_unix_;
  std::uint16_t port_ = 0;
  Take take_;
  FreeOne free_one_;
};

}  // namespace lazaret::server
