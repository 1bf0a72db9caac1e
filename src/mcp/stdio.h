// A session over two descriptors: newline-delimited messages, as a host starts its servers.
//
// Pipes, sockets, terminals and files will do. What is answered is written in one piece for each
// piece that was read. A client that does not read what we write is not read from either, so that
// nothing here grows without a bound.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string>

#include "mcp/lines.h"
#include "mcp/session.h"

namespace lazaret::mcp {

class Stdio {
 public:
  static constexpr std::size_t most_unsent = std::size_t{1} << 20;  // bytes; then reading stops

  // The descriptors stay the caller's; their flags are put back in the end. `on_end` is called once
  // when the input has ended and all answers that are ready are written, or when nobody reads them.
  Stdio(boost::asio::io_context& io, int in, int out, const Server& server,
        std::function<void()> on_end);
  ~Stdio();
  Stdio(const Stdio&) = delete;
  Stdio& operator=(const Stdio&) = delete;

  Session& session() { return session_; }
  void start();

 private:
  struct End {
    End(boost::asio::io_context& io, int number);
    ~End();
    int number;
    int flags;
    boost::asio::posix::stream_descriptor waiter;
    bool waits = false;  // false: a file, which is always ready
  };

  void wait_for_input();
  void read();
  bool read_piece();  // false: nothing more for now
  void write();
  void wait_for_room();
  void finish();

  boost::asio::io_context& io_;
  End in_;
  End out_;
  std::function<void()> on_end_;
  std::string unsent_;
  std::size_t sent_ = 0;  // of unsent_
  bool reading_ = false;  // within read(): writing waits for its end
  bool waiting_for_room_ = false;
  bool stopped_reading_ = false;
  bool at_end_ = false;
  bool broken_ = false;
  std::array<char, 16 * 1024> piece_;
  Session session_;
  Lines lines_;
};

}  // namespace lazaret::mcp
