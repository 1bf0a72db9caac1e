// What a service manager (systemd, Type=notify) is told: ready, stopping, alive. Nothing happens
// where none asked: NOTIFY_SOCKET is unset, or names nothing.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>

namespace lazaret::main {

class ServiceLink {
 public:
  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID and removes them, so that nothing started
  // from here speaks in our name.
  explicit ServiceLink(boost::asio::io_context& io);
  ServiceLink(const ServiceLink&) = delete;
  ServiceLink& operator=(const ServiceLink&) = delete;
  ~ServiceLink();

  // From now on it also hears, twice in each watchdog period, that the loop turns.
  void ready(const std::string& status);
  void stopping();

 private:
  void say(const std::string& words) const;
  void arm();

  boost::asio::steady_timer timer_;
  int socket_ = -1;
  std::string address_;                  // of the manager; an abstract one begins with a zero byte
  std::chrono::microseconds period_{0};  // 0 = it does not watch us
};

}  // namespace lazaret::main
