#include "server/session.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <cstring>

#include "wire/problem.h"

namespace lazaret::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t first_room = 2048;
constexpr std::size_t room_beyond_head = 8 * 1024;  // for a chunk's line and a piece of a body

}  // namespace

Session::Session(SessionOwner& owner, Socket socket, Peer peer, HttpParser::Limits limits)
    : owner_(owner),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      parser_(std::move(limits)),
      in_(first_room) {
  active_at_ = request_at_ = sent_at_ = std::chrono::steady_clock::now();
}

Session::~Session() = default;

void Session::start() { read(); }

void Session::close() {
  if (closed_) return;
  closed_ = true;
  const auto self = shared_from_this();
  waiting_ = false;
  error_code ignored;
  socket_.close(ignored);
  owner_.count_body(-static_cast<std::ptrdiff_t>(counted_body_));
  counted_body_ = 0;
  owner_.on_closed(*this);
  if (auto left = std::exchange(left_, nullptr)) left();
  if (auto left = std::exchange(on_gone, nullptr)) left();
  on_drained = nullptr;
}

bool Session::is_idle() const {
  return !waiting_ && !streaming_ && !parser_.begun() && out_.empty() && !writing_;
}

void Session::check_time(SteadyTime now) {
  const Bounds& bounds = owner_.bounds();
  if (closed_) return;
  if (writing_ && now - sent_at_ > bounds.write_time) return close();
  if (closing_ == Closing::lingering && now - sent_at_ > bounds.linger_time) return close();
  if (writing_ || waiting_ || streaming_ || closing_ != Closing::no) return;
  if (!parser_.begun()) {
    if (now - active_at_ > bounds.idle_time) close();
    return;
  }
  if (now - request_at_ <= (parser_.has_head() ? bounds.body_time : bounds.header_time)) return;
  refuse(problem_answer({ErrorCode::invalid_input, "the request did not arrive in time", {}, {}},
                        408));
  flush();
}

void Session::make_room() {
  if (in_begin_ == in_end_) in_begin_ = in_end_ = 0;
  if (in_end_ < in_.size()) return;
  if (in_begin_ > 0) {
    std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
    return;
  }
  const std::size_t most = owner_.bounds().header_bytes + room_beyond_head;
  if (in_.size() < most) in_.resize(std::min(most, in_.size() * 4));
}

void Session::read() {
  if (reading_ || closed_ || end_of_input_) return;
  make_room();
  if (in_end_ == in_.size()) return;  // full, and nothing can be done with it now
  reading_ = true;
  socket_.async_read_some(asio::buffer(in_.data() + in_end_, in_.size() - in_end_),
                          [self = shared_from_this()](error_code error, std::size_t bytes) {
                            self->reading_ = false;
                            if (self->closed_) return;
                            if (error == asio::error::eof) return self->on_end_of_input();
                            if (error) return self->close();
                            self->on_read(bytes);
                          });
}

void Session::on_read(std::size_t bytes) {
  if (closing_ == Closing::lingering || streaming_) return read();  // heard and dropped
  active_at_ = std::chrono::steady_clock::now();
  if (!parser_.begun()) request_at_ = active_at_;
  in_end_ += bytes;
  owner_.on_active(*this);
  process();
  flush();
  read();
}

// The peer sends no more. It may still wait for answers, except when it would have to wait for
// long.
void Session::on_end_of_input() {
  end_of_input_ = true;
  const bool answers_to_come = (waiting_ && !left_) || unsent() > 0;
  if (!answers_to_come || streaming_ || closing_ == Closing::lingering) return close();
  if (closing_ == Closing::no) closing_ = Closing::after_answer;
}

void Session::process() {
  if (processing_) return;
  processing_ = true;
  while (take_step()) {
  }
  processing_ = false;
}

bool Session::take_step() {
  if (closed_ || waiting_ || streaming_ || closing_ == Closing::lingering) return false;
  if (closing_ == Closing::after_answer && !end_of_input_) return false;
  if (unsent() > owner_.bounds().unsent_bytes) return false;
  std::size_t used = 0;
  const auto step = parser_.step({in_.data() + in_begin_, in_end_ - in_begin_}, used);
  in_begin_ += used;
  if (parser_.has_head()) count_body();
  if (closed_ || closing_ == Closing::after_answer) return false;
  switch (step) {
    case HttpParser::Step::need_more:
      return false;
    case HttpParser::Step::refused:
      refuse(problem_answer(parser_.refusal().error, parser_.refusal().status));
      return false;
    case HttpParser::Step::head:
      on_head();
      return closing_ == Closing::no;
    case HttpParser::Step::done:
      break;
  }
  waiting_ = true;
  owner_.on_request(*this, ++ticket_);
  return !waiting_;
}

void Session::count_body() {
  const std::size_t now = parser_.body().capacity();
  if (now == counted_body_) return;
  const bool fits = owner_.count_body(static_cast<std::ptrdiff_t>(now) -
                                      static_cast<std::ptrdiff_t>(counted_body_));
  counted_body_ = now;
  if (fits) return;
  refuse(problem_answer(
      {ErrorCode::unavailable, "too many bodies are being received at once", {}, {}}));
}

void Session::on_head() {
  request_at_ = active_at_;
  const RequestHead& head = parser_.head();
  if (head.unknown_expectation) {
    return refuse(problem_answer(
        {ErrorCode::invalid_input, "the only expectation understood is 100-continue", "Expect", {}},
        417));
  }
  if (auto refusal = owner_.on_head(*this)) {
    // With nothing left of the request to read, the connection may go on.
    std::size_t used = 0;
    if (parser_.step({in_.data() + in_begin_, 0}, used) == HttpParser::Step::done) {
      waiting_ = true;
      return answer(++ticket_, std::move(*refusal));
    }
    return refuse(*refusal);
  }
  const bool body_follows = in_begin_ == in_end_;
  if (head.expects_continue && body_follows) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
}

// Answers what cannot be read to its end, and ends the connection.
void Session::refuse(const Answer& refusal) {
  if (closing_ != Closing::no) return;
  closing_ = Closing::after_answer;
  append(refusal);
}

void Session::append(const Answer& answer) {
  const bool keeps = closing_ == Closing::no && parser_.keep_alive();
  out_ += "HTTP/1.1 ";
  out_ += std::to_string(answer.status);
  out_ += ' ';
  out_ += wire::reason_phrase(answer.status);
  out_ += "\r\n";
  out_ += owner_.date_line();
  if (answer.status != 304 && answer.status != 204) {
    out_ += "Content-Type: ";
    out_ += answer.content_type;
    out_ += "\r\nContent-Length: ";
    out_ += std::to_string(answer.body.size());
    out_ += "\r\n";
  }
  out_ += "Cache-Control: ";
  out_ += answer.cache;
  out_ += "\r\nX-Content-Type-Options: nosniff\r\n";
  out_ += answer.headers;
  if (!keeps) out_ += "Connection: close\r\n";
  out_ += "\r\n";
  const bool bodiless = parser_.head().method == "HEAD" || answer.status == 304;
  if (!bodiless) out_ += answer.body;
}

void Session::settle() {
  waiting_ = false;
  left_ = nullptr;
  if (!parser_.keep_alive() && closing_ == Closing::no) closing_ = Closing::after_answer;
  parser_.reset();
  count_body();
  request_at_ = active_at_;
}

std::string& Session::begin_written_answer(std::uint64_t ticket) {
  if (waits(ticket)) settle();
  return out_;
}

void Session::answer(std::uint64_t ticket, Answer answer) {
  if (!waits(ticket)) return;
  append(answer);
  settle();
  if (processing_) return;
  process();
  flush();
  read();
}

std::shared_ptr<Stream> Session::begin_stream(std::uint64_t ticket, std::string_view content_type) {
  if (!waits(ticket)) return nullptr;
  waiting_ = false;
  left_ = nullptr;
  streaming_ = true;
  out_ += "HTTP/1.1 200 OK\r\n";
  out_ += owner_.date_line();
  out_ += "Content-Type: ";
  out_ += content_type;
  out_ +=
      "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
  if (!processing_) flush();
  return shared_from_this();
}

void Session::on_leave(std::uint64_t ticket, std::function<void()> left) {
  if (waits(ticket)) left_ = std::move(left);
}

bool Session::write(std::string_view bytes) {
  if (closed_ || !streaming_) return false;
  if (unsent() + bytes.size() > owner_.bounds().stream_bytes) {
    close();  // too slow; it may come back and resume
    return false;
  }
  out_ += bytes;
  if (!processing_) flush();
  return !closed_;
}

// Straight to the kernel first: most answers fit, and a round through the event loop is saved.
void Session::flush() {
  if (writing_ || closed_ || out_.empty()) return;
  const auto sent =
      ::send(socket_.native_handle(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return close();
  if (sent == static_cast<ssize_t>(out_.size())) {
    out_.clear();
    return on_all_sent();
  }
  sending_.swap(out_);
  out_.clear();
  sent_ = sent > 0 ? static_cast<std::size_t>(sent) : 0;
  writing_ = true;
  sent_at_ = std::chrono::steady_clock::now();
  write_rest();
}

void Session::write_rest() {
  socket_.async_write_some(asio::buffer(sending_.data() + sent_, sending_.size() - sent_),
                           [self = shared_from_this()](error_code error, std::size_t bytes) {
                             if (self->closed_) return;
                             if (error) return self->close();
                             self->sent_ += bytes;
                             self->sent_at_ = std::chrono::steady_clock::now();
                             if (self->sent_ < self->sending_.size()) return self->write_rest();
                             self->writing_ = false;
                             self->sending_.clear();
                             self->sent_ = 0;
                             if (!self->out_.empty()) return self->flush();
                             self->on_all_sent();
                           });
}

void Session::on_all_sent() {
  if (out_.capacity() > 256 * 1024) out_.shrink_to_fit();
  if (streaming_) {
    if (on_drained) on_drained();
    return;
  }
  if (closing_ == Closing::after_answer && !waiting_) {
    // What was not read would make the kernel reset the connection and lose the answer.
    if (end_of_input_) return close();
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    closing_ = Closing::lingering;
    sent_at_ = std::chrono::steady_clock::now();
    in_begin_ = in_end_ = 0;
    return read();
  }
  if (processing_) return;
  if (in_begin_ < in_end_ && !waiting_) {  // held back while there was too much to send
    process();
    flush();
  }
  read();
}

}  // namespace lazaret::server
