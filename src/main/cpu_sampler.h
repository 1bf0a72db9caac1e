// Tells the core now and then how much CPU time agents with a budget of it have used.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "main/telemetry.h"
#include "runtime/loop.h"

namespace lazaret::main {

class CpuSampler {
 public:
  CpuSampler(boost::asio::io_context& io, runtime::Loop& loop, Telemetry& telemetry)
      : loop_(loop), telemetry_(telemetry), timer_(io) {
    arm();
  }

 private:
  void arm();
  runtime::Loop& loop_;
  Telemetry& telemetry_;
  boost::asio::steady_timer timer_;
};

}  // namespace lazaret::main
