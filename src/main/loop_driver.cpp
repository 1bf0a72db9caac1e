#include "main/loop_driver.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>

namespace lazaret::main {
namespace {

// A wall clock that was set moves deadlines of approvals and of the calendar: look again at least
// this often while there are any.
constexpr Duration sleep_most = std::chrono::seconds(5);

// A deadline of the wall clock comes out a little different each time it is translated.
constexpr Duration wall_jitter = std::chrono::microseconds(100);

}  // namespace

void LoopDriver::arm() {
  Instant next = loop_.next_deadline();
  const Instant now = loop_.now().mono;
  if (core::next_wall_deadline(loop_.fleet()) != WallTime::max()) {
    next = std::min(next, now + sleep_most);
  }
  // A ring that comes too early does no harm. Starting the wait anew for nothing would: it ends the
  // old one, which wakes this loop, which would do it again.
  if (next == never || (armed_ != never && armed_ - wall_jitter <= next)) return;
  armed_ = next;
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
