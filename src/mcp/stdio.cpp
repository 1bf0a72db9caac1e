#include "mcp/stdio.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace lazaret::mcp {
namespace {

constexpr std::size_t kept_room = 256 * 1024;  // bytes of memory for answers that stay ours
constexpr int pieces_in_a_turn = 64;           // then timers and other sockets have theirs
using Way = boost::asio::posix::stream_descriptor;

}  // namespace

Stdio::End::End(boost::asio::io_context& io, int descriptor)
    : number(descriptor), flags(fcntl(descriptor, F_GETFL)), waiter(io) {
  boost::system::error_code error;
  waiter.assign(number, error);
  waits = !error;
  if (waits) fcntl(number, F_SETFL, flags | O_NONBLOCK);
}

Stdio::End::~End() {
  if (waiter.is_open()) waiter.release();
  fcntl(number, F_SETFL, flags);
}

Stdio::Stdio(boost::asio::io_context& io, int in, int out, const Server& server,
             std::function<void()> on_end)
    : io_(io),
      in_(io, in),
      out_(io, out),
      on_end_(std::move(on_end)),
      session_(server,
               [this](std::string_view line) {
                 unsent_.append(line).push_back('\n');
                 if (!reading_) write();
               }),
      lines_([this](std::string_view line) { session_.take(line); },
             [this] { session_.refuse_long_line(Lines::most_bytes); }) {}

Stdio::~Stdio() = default;

void Stdio::start() { wait_for_input(); }

void Stdio::wait_for_input() {
  if (at_end_ || broken_) return;
  if (!in_.waits) {
    boost::asio::post(io_, [this] { read(); });
    return;
  }
  in_.waiter.async_wait(Way::wait_read, [this](const boost::system::error_code& error) {
    if (error == boost::asio::error::operation_aborted) return;
    if (error) in_.waits = false;  // a file: always ready
    read();
  });
}

void Stdio::read() {
  reading_ = true;
  for (int i = 0; i < pieces_in_a_turn && unsent_.size() - sent_ < most_unsent; ++i) {
    if (!read_piece()) break;
  }
  reading_ = false;
  write();
  if (at_end_ || broken_) return finish();
  if (unsent_.size() - sent_ >= most_unsent) {
    stopped_reading_ = true;  // write() goes on when there is room
    return;
  }
  wait_for_input();
}

bool Stdio::read_piece() {
  const ssize_t got = ::read(in_.number, piece_.data(), piece_.size());
  if (got > 0) {
    lines_.take({piece_.data(), static_cast<std::size_t>(got)});
    return static_cast<std::size_t>(got) == piece_.size();
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  lines_.end();
  at_end_ = true;
  return false;
}

void Stdio::write() {
  while (sent_ < unsent_.size() && !broken_) {
    const ssize_t put = ::write(out_.number, unsent_.data() + sent_, unsent_.size() - sent_);
    if (put > 0) {
      sent_ += static_cast<std::size_t>(put);
    } else if (errno == EAGAIN && out_.waits) {
      return wait_for_room();
    } else if (errno != EINTR) {
      broken_ = true;  // nobody reads any more
    }
  }
  unsent_.clear();
  if (unsent_.capacity() > kept_room) unsent_ = std::string();
  sent_ = 0;
  if (broken_) boost::asio::post(io_, [this] { finish(); });
  if (std::exchange(stopped_reading_, false)) wait_for_input();
}

void Stdio::wait_for_room() {
  if (sent_ > most_unsent / 2) unsent_.erase(0, std::exchange(sent_, 0));
  if (std::exchange(waiting_for_room_, true)) return;
  out_.waiter.async_wait(Way::wait_write, [this](const boost::system::error_code& error) {
    waiting_for_room_ = false;
    if (error) return;
    write();
    if (at_end_) finish();
  });
}

void Stdio::finish() {
  if (sent_ < unsent_.size() && !broken_) return;
  if (const auto on_end = std::exchange(on_end_, nullptr)) on_end();
}

}  // namespace lazaret::mcp
