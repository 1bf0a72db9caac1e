// Runs the decision loop on Asio: sockets are drained before timers are judged.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/loop.h"

namespace lazaret::main {

class LoopDriver {
 public:
  LoopDriver(boost::asio::io_context& io, runtime::Loop& loop) : io_(io), loop_(loop), timer_(io) {}

  // Returns when `stop()` was called and everything at hand was done.
  void run();
  void stop() { stopping_ = true; }

 private:
  void arm();
  boost::asio::io_context& io_;
  runtime::Loop& loop_;
  boost::asio::steady_timer timer_;
  Instant armed_ = never;
  bool stopping_ = false;
};

}  // namespace lazaret::main
