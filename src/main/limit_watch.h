// Reads what agents that share an account print while they run: many programs that meet a limit of
// their provider say so, and wait. What may be prose is not taken for it: only a line that states a
// limit and names its end, and behind which nothing more came for a while (wire/recovery_time.h).
// What is read is the agent's own report, like `lazaret agent activity`.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>

#include "adapters/process/process_adapter.h"
#include "runtime/loop.h"

namespace lazaret::main {

class LimitWatch {
 public:
  LimitWatch(boost::asio::io_context& io, runtime::Loop& loop,
             const process::ProcessAdapter& processes, wire::ZoneOffset zones);

 private:
  struct Seen {
    Incarnation incarnation;
    std::uint64_t bytes = 0;
    bool judged = false;  // these bytes
  };
  void arm();
  void look_around();
  void look(const AgentRef& ref, const core::Agent& agent);
  void judge(const AgentRef& ref, const core::Agent& agent, const process::Printed& printed);

  runtime::Loop& loop_;
  const process::ProcessAdapter& processes_;
  wire::ZoneOffset zones_;
  boost::asio::steady_timer timer_;
  std::map<AgentRef, Seen> seen_;  // of those that run on an account
};

}  // namespace lazaret::main
