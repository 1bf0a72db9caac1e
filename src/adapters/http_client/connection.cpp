#include "adapters/http_client/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>

namespace lazaret::http_client {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::size_t read_at_once = 16 * 1024;
constexpr int reads_a_turn = 16;  // then the others have their turn

}  // namespace

Connection::Connection(boost::asio::io_context& io, Resolver& resolver, wire::Url origin,
                       AnswerReader::Limits limits)
    : io_(io),
      resolver_(resolver),
      origin_(std::move(origin)),
      limits_(limits),
      descriptor_(io),
      timer_(io) {}

void Connection::run(std::string text, bool to_head, TimePoint until, Done done) {
  ++epoch_;
  timer_.cancel();
  gone_ = nullptr;
  text_ = std::move(text);
  written_ = 0;
  write_failure_.clear();
  until_ = until;
  reader_.emplace(limits_, to_head);
  done_ = std::move(done);
  if (phase_ != Phase::idle) return start_over();
  error_code ignored;
  descriptor_.cancel(ignored);
  phase_ = Phase::writing;
  write();
}

void Connection::start_over() {
  phase_ = Phase::resolving;
  resolver_.resolve(origin_.host, origin_.port,
                    [weak = weak_from_this(), epoch = epoch_](Result<std::vector<Address>> found) {
                      const auto self = weak.lock();
                      if (!self || self->epoch_ != epoch) return;
                      if (!found) return self->broken(found.error().message);
                      self->addresses_ = std::move(*found);
                      self->next_address_ = 0;
                      self->no_connection_ = "the name has no address";
                      self->connect_next();
                    });
}

void Connection::connect_next() {
  for (drop_socket(); next_address_ < addresses_.size(); drop_socket()) {
    const Address& address = addresses_[next_address_++];
    const int made = ::socket(address.at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) {
      no_connection_ = std::strerror(errno);
      continue;
    }
    const int yes = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const int failure =
        ::connect(made, reinterpret_cast<const sockaddr*>(&address.at), address.size) == 0 ? 0
                                                                                           : errno;
    error_code bad;
    if (failure == 0 || failure == EINPROGRESS) {
      descriptor_.assign(made, bad);  // not earlier: it would be told of a connection that is none
      if (!bad && failure == 0) return connected();
    }
    if (bad || failure != EINPROGRESS) {
      no_connection_ = bad ? bad.message() : std::strerror(failure);
      ::close(made);
      continue;
    }
    phase_ = Phase::connecting;
    wait(Stream::State::wants_write);
    // An address that swallows everything leaves the others their share of the time.
    const auto left = static_cast<int>(addresses_.size() - next_address_);
    if (left == 0) return;
    timer_.expires_after((until_ - steady_clock::now()) / (left + 1));
    return timer_.async_wait([self = shared_from_this(), epoch = epoch_](error_code error) {
      if (error || self->epoch_ != epoch) return;
      self->no_connection_ = "no answer";
      self->connect_next();
    });
  }
  broken("no connection: " + no_connection_);
}

void Connection::check_connection() {
  pollfd writable{descriptor_.native_handle(), POLLOUT, 0};
  if (::poll(&writable, 1, 0) == 0) return wait(Stream::State::wants_write);
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0) return connected();
  no_connection_ = std::strerror(error);
  connect_next();
}

void Connection::connected() {
  ++epoch_;  // the timer of this attempt means nothing more
  timer_.cancel();
  stream_ = origin_.secure ? tls_stream(descriptor_.native_handle(), origin_.host)
                           : plain_stream(descriptor_.native_handle());
  phase_ = Phase::handshake;
  shake();
}

void Connection::proceed() {
  switch (phase_) {
    case Phase::connecting:
      return check_connection();
    case Phase::handshake:
      return shake();
    case Phase::writing:
      return write();
    case Phase::reading:
      return read();
    case Phase::idle: {
      if (is_quiet()) return wait(Stream::State::wants_read);  // told of what was read long ago
      const auto gone = gone_;
      if (gone) gone();
      return;
    }
    case Phase::none:
    case Phase::resolving:
    case Phase::closed:
      return;
  }
}

void Connection::shake() {
  const Stream::State state = stream_->handshake();
  if (state == Stream::State::failed) return broken(stream_->why());
  if (state == Stream::State::ended) return broken("the connection was closed at once");
  if (state != Stream::State::done) return wait(state);
  phase_ = Phase::writing;
  write();
}

void Connection::write() {
  while (written_ < text_.size()) {
    const auto moved = stream_->write(std::string_view(text_).substr(written_));
    if (moved.state == Stream::State::failed || moved.state == Stream::State::ended) {
      // It may have answered before it closed.
      write_failure_ = stream_->why().empty() ? "the connection was closed" : stream_->why();
      break;
    }
    if (moved.state != Stream::State::done) return wait(moved.state);
    written_ += moved.bytes;
  }
  phase_ = Phase::reading;
  read();
}

void Connection::read() {
  std::array<char, read_at_once> bytes;
  for (int i = 0; i < reads_a_turn; ++i) {
    const auto moved = stream_->read(bytes.data(), bytes.size());
    switch (moved.state) {
      case Stream::State::done: {
        const auto step = reader_->feed({bytes.data(), moved.bytes});
        if (step != AnswerReader::Step::need_more) return on_answer(step);
        break;
      }
      case Stream::State::ended:
        return on_answer(reader_->end());
      case Stream::State::failed:
        return broken(write_failure_.empty() ? stream_->why() : write_failure_);
      case Stream::State::wants_read:
      case Stream::State::wants_write:
        return wait(moved.state);
    }
  }
  again();
}

void Connection::on_answer(AnswerReader::Step step) {
  if (step == AnswerReader::Step::refused) {
    Error error = reader_->error();
    error.message = origin_.origin() + ": " + error.message;
    return finish({std::unexpected(std::move(error))});
  }
  const bool reusable = reader_->keeps_alive() && write_failure_.empty();
  finish({reader_->take(), reusable});
}

void Connection::again() {
  boost::asio::post(io_, [self = shared_from_this(), epoch = epoch_] {
    if (self->epoch_ == epoch) self->proceed();
  });
}

void Connection::wait(Stream::State state) {
  const auto what = state == Stream::State::wants_read
                        ? boost::asio::posix::stream_descriptor::wait_read
                        : boost::asio::posix::stream_descriptor::wait_write;
  descriptor_.async_wait(what, [self = shared_from_this(), epoch = epoch_](error_code) {
    if (self->epoch_ == epoch) self->proceed();
  });
}

void Connection::watch(Duration most, std::function<void()> gone) {
  ++epoch_;
  phase_ = Phase::idle;
  gone_ = std::move(gone);
  wait(Stream::State::wants_read);
  timer_.expires_after(most);
  timer_.async_wait([self = shared_from_this(), epoch = epoch_](error_code error) {
    const auto gone = !error && self->epoch_ == epoch ? self->gone_ : nullptr;
    if (gone) gone();
  });
}

bool Connection::is_quiet() {
  char byte = 0;
  return ::recv(descriptor_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         errno == EAGAIN;
}

void Connection::drop_socket() {
  ++epoch_;
  timer_.cancel();
  stream_.reset();
  error_code ignored;
  descriptor_.close(ignored);
}

void Connection::close() {
  drop_socket();
  phase_ = Phase::closed;
  done_ = nullptr;
  gone_ = nullptr;
}

void Connection::finish(Outcome outcome) {
  const Done done = std::exchange(done_, nullptr);
  text_.clear();
  text_.shrink_to_fit();
  if (!outcome.reusable) close();
  if (done) done(std::move(outcome));
}

void Connection::broken(std::string why) {
  finish({fail(ErrorCode::unavailable, origin_.origin() + ": " + std::move(why))});
}

std::string_view Connection::stage() const {
  switch (phase_) {
    case Phase::none:
    case Phase::resolving:
      return "its name is still being looked up";
    case Phase::connecting:
      return "there is no connection yet";
    case Phase::handshake:
      return "TLS is not yet agreed";
    case Phase::writing:
      return "the request is not yet sent";
    case Phase::reading:
    case Phase::idle:
    case Phase::closed:
      return reader_ && reader_->begun() ? "the answer is not whole" : "there is no answer yet";
  }
  return {};
}

}  // namespace lazaret::http_client
