// Agents that wait for work: a claim is tried again whenever something was recorded that could have
// made some, until it is granted or the wait is over.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <memory>
#include <set>

#include "runtime/loop.h"
#include "server/bounds.h"
#include "server/call.h"

namespace lazaret::server {

class WorkWaiters {
 public:
  WorkWaiters(boost::asio::io_context& io, runtime::Loop& loop, const Bounds& bounds);

  // Claims for `agent`; answers {"task": …} at once or when there is one, {"task": null} after
  // `wait`.
  void claim(const Reply& reply, core::Caller caller, const AgentRef& agent, Duration wait);
  std::size_t count() const { return waiters_.size(); }
  // Ends all waits; for the server's own end.
  void stop();

 private:
  struct Waiter {
    Reply reply;
    core::Caller caller;
    AgentRef agent;
    bool claiming = false;
    bool again = false;  // something happened while it was claiming
    bool done = false;
    std::unique_ptr<boost::asio::steady_timer> timer;
  };
  using WaiterPtr = std::shared_ptr<Waiter>;
  void on_facts(const std::vector<runtime::RecordedFact>& facts);
  void retry();
  void post_retry();
  void try_claim(const WaiterPtr& waiter, Duration wait);
  void on_answer(const WaiterPtr& waiter, Duration wait, const core::Answer& answer);
  void finish(const WaiterPtr& waiter);

  boost::asio::io_context& io_;
  runtime::Loop& loop_;
  const Bounds& bounds_;
  std::list<WaiterPtr> waiters_;
  std::set<CellId> stirred_;  // cells where something happened since the last retry
  bool retry_posted_ = false;
  bool stopped_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lazaret::server
