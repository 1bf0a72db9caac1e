// One connection to one server, which carries one exchange after another.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "adapters/http_client/answer_reader.h"
#include "adapters/http_client/resolver.h"
#include "adapters/http_client/stream.h"
#include "wire/url.h"

namespace lazaret::http_client {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  struct Outcome {
    Result<ports::HttpAnswer> answer;
    bool reusable = false;  // this connection may carry another request
  };
  using Done = std::function<void(Outcome)>;

  Connection(boost::asio::io_context& io, Resolver& resolver, wire::Url origin,
             AnswerReader::Limits limits);

  // Connects first where it is not yet. `done` is called once, unless close() comes before; it
  // may close, run or destroy. `until`: after it nobody waits any more (the caller closes then).
  void run(std::string text, bool to_head, TimePoint until, Done done);
  // While no exchange is under way: `gone` is called when the other side closes or says
  // something unasked, or after `most`.
  void watch(Duration most, std::function<void()> gone);
  // The other side has neither closed it nor said anything, as far as one can know now.
  bool is_quiet();
  void close();
  // What it is at, for a sentence about what took too long.
  std::string_view stage() const;

 private:
  enum class Phase { none, resolving, connecting, handshake, writing, reading, idle, closed };
  void start_over();
  void connect_next();
  void connected();
  void proceed();
  void check_connection();
  void shake();
  void write();
  void read();
  void on_answer(AnswerReader::Step step);
  void wait(Stream::State state);
  void again();
  void drop_socket();
  void finish(Outcome outcome);
  void broken(std::string why);

  boost::asio::io_context& io_;
  Resolver& resolver_;
  wire::Url origin_;
  AnswerReader::Limits limits_;
  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<Stream> stream_;
  std::vector<Address> addresses_;
  std::size_t next_address_ = 0;
  std::string no_connection_;  // why the last address did not do
  Phase phase_ = Phase::none;
  // Counts what is awaited: a wait that ends for an earlier purpose means nothing.
  std::uint64_t epoch_ = 0;
  std::string text_;
  std::size_t written_ = 0;
  std::string write_failure_;  // the answer may still be there
  TimePoint until_{};
  std::optional<AnswerReader> reader_;
  Done done_;
  std::function<void()> gone_;
};

}  // namespace lazaret::http_client
