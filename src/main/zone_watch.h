// Time zone files change when tzdata is updated: what the calendar knows of a zone is compared with
// the machine's file at the start and every hour, and told to the core where it differs.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "runtime/loop.h"

namespace lazaret::main {

class ZoneWatch {
 public:
  ZoneWatch(boost::asio::io_context& io, runtime::Loop& loop) : timer_(io), loop_(loop) {}
  void start();
  void stop() { timer_.cancel(); }

 private:
  void look();
  boost::asio::steady_timer timer_;
  runtime::Loop& loop_;
};

}  // namespace lazaret::main
