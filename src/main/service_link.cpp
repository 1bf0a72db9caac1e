#include "main/service_link.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace lazaret::main {
namespace {

std::string take(const char* name) {
  const char* value = std::getenv(name);
  const std::string text = value ? value : "";
  unsetenv(name);
  return text;
}

long number(const std::string& text) {
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

}  // namespace

ServiceLink::ServiceLink(boost::asio::io_context& io) : timer_(io) {
  address_ = take("NOTIFY_SOCKET");
  const long usec = number(take("WATCHDOG_USEC"));
  const std::string pid = take("WATCHDOG_PID");
  if (address_.empty() || address_.size() >= sizeof(sockaddr_un::sun_path)) return;
  if (address_[0] == '@') address_[0] = '\0';
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (usec > 0 && (pid.empty() || number(pid) == getpid())) {
    period_ = std::chrono::microseconds(usec);
  }
}

ServiceLink::~ServiceLink() {
  if (socket_ >= 0) close(socket_);
}

void ServiceLink::say(const std::string& words) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // A manager that does not listen is none: there is nobody to tell.
  (void)sendto(socket_, words.data(), words.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&to), size);
}

void ServiceLink::ready(const std::string& status) {
  say("READY=1\nSTATUS=" + status + "\nMAINPID=" + std::to_string(getpid()));
  if (period_.count() > 0) arm();
}

void ServiceLink::stopping() { say("STOPPING=1"); }

void ServiceLink::arm() {
  say("WATCHDOG=1");
  timer_.expires_after(period_ / 2);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) arm();
  });
}

}  // namespace lazaret::main
