#include "main/loop_driver.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>

namespace lazaret::main {
namespace {

// A wall clock that was set moves deadlines of approvals: look again at least this often while any
// is open.
constexpr Duration look_again = std::chrono::seconds(5);

}  // namespace

void LoopDriver::arm() {
  Instant next = loop_.next_deadline();
  const Instant now = loop_.now().mono;
  if (!loop_.fleet().approval_deadlines.empty()) next = std::min(next, now + look_again);
  if (next == armed_) return;
  armed_ = next;
  if (next == never) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::max(Duration(0), next - now));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) armed_ = never;
  });
}

void LoopDriver::run() {
  auto keep_alive = boost::asio::make_work_guard(io_);
  while (!stopping_) {
    arm();
    io_.run_one();
    io_.poll();
    if (loop_.is_due()) {
      armed_ = never;
      loop_.tick();
    }
  }
}

}  // namespace lazaret::main
