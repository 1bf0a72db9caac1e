// The daemon as a client of a HarborForge backend: its own agents are those that are woken.
//
// The client lives on a thread of its own, because its state is fsynced before each act. What
// crosses over is copied and posted: agents and ends of wakes to it, wakes from it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "harborforge/client.h"
#include "main/links.h"
#include "runtime/loop.h"

namespace lazaret::main {

// The agents that can be woken, as a backend sees them: by their bare id where it is the only one,
// else qualified.
std::vector<harborforge::AgentState> agents_of(const core::Fleet& fleet, WallTime now);
std::string name_of(const core::Fleet& fleet, const AgentRef& ref);
// Nothing where no agent, or several, go by that name.
std::optional<AgentRef> agent_named(const core::Fleet& fleet, const std::string& name);

class HarborForgeLink {
 public:
  // Everything is called on the thread of `io`, which is the loop's. `state`: the directory that
  // keeps calendar-client.json. The clock may be read by two threads. `bridge_port`: on 127.0.0.1,
  // for GET /health and /telemetry; 0 = none. `seen` hears of each exchange with the backend.
  HarborForgeLink(boost::asio::io_context& io, runtime::Loop& loop, const ports::Clock& clock,
                  harborforge::ClientSettings settings, std::string state, harborforge::Log log,
                  int bridge_port, std::function<void(const Exchange&)> seen);
  // Everything that was noted is recorded; what is not reported yet waits for the next start.
  ~HarborForgeLink();
  HarborForgeLink(const HarborForgeLink&) = delete;
  HarborForgeLink& operator=(const HarborForgeLink&) = delete;

  void start();
  void note(const std::vector<runtime::RecordedFact>& facts);

  // Client::act and Client::calendar_status over there; `done` is called here, in a later turn, and
  // not at all where the link ends before.
  void act(harborforge::Verb verb, std::optional<std::string> agent, std::string text,
           harborforge::Client::Acted done);
  void status(std::function<void(boost::json::object)> done);
  // Client::beat_now over there.
  void beat_now();
  struct Outside {
    std::size_t reports = 0;     // that wait for the backend
    boost::json::object bridge;  // Bridge::status; empty without one
    std::string bridge_trouble;  // why it is not open
  };
  void outside(std::function<void(const Outside&)> done);

 private:
  class Side;  // what lives on the other thread
  using Reply = std::function<void(Result<void>)>;
  void wake(const std::string& agent, const std::string& message, const std::string& source,
            const Reply& reply);
  void tell_end(const core::WakeReceipt& receipt);
  void tell_all_ends();
  void tell_agents();
  void arm();

  boost::asio::io_context& io_;
  runtime::Loop& loop_;
  const ports::Clock& clock_;
  boost::asio::steady_timer timer_;
  bool armed_ = false;
  std::string bridge_trouble_;
  std::vector<harborforge::AgentState> told_;
  std::shared_ptr<Side> side_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
  std::thread thread_;
};

}  // namespace lazaret::main
