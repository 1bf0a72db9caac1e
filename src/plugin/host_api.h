// The host API, extension dev.lazaret/host: how the program that runs the agents and the plugin
// talk about them.
//
//   pull   lazaret/host/exchange, host → plugin, a long poll: agents' states and acknowledgements
//          go in, commands come back; a command is listed until it is acknowledged
//   push   lazaret/host/agents/wake, …/state, …/list, plugin → host, where a legacy host declared
//          the extension without "push": false. A push that fails is left to the next pull.
//
// Pure: time comes in, lines go through the session.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "harborforge/client.h"
#include "mcp/server.h"
#include "mcp/session.h"
#include "plugin/config.h"
#include "plugin/host_agents.h"
#include "ports/clock.h"

namespace lazaret::plugin {

inline constexpr std::string_view host_extension = "dev.lazaret/host";

class HostApi : public harborforge::Host {
 public:
  struct Surroundings {
    const ports::Clock& clock;
    std::function<Result<ports::HostSample>()> sample;
    std::function<void()> agents_changed;
    // An accepted wake will not run after all (Client::wake_lost).
    std::function<void(const std::string& source, const std::string& reason)> wake_lost;
    std::function<void()> rearm;  // next_deadline() is another one now
    harborforge::Log log;
  };
  static constexpr std::size_t most_commands = 1000;  // not yet acknowledged
  static constexpr std::size_t most_settled = 1000;   // of those a later word is understood
  static constexpr Duration most_wait = 25s;          // of one exchange
  static constexpr Duration relisted = 5s;  // a command that was listed, but not acknowledged
  static constexpr Duration command_life = 600s;
  static constexpr Duration push_patience = 10s;
  static constexpr Duration list_interval = 30s;

  HostApi(const HostNames& names, Surroundings world);

  // Before the session is made: the exchange and the declaration.
  void add_to(mcp::Server& server);
  // The session outlives this, or detach() is called before.
  void attach(mcp::Session& session) { session_ = &session; }
  void detach() { session_ = nullptr; }
  // A legacy client is ready: it is asked for its agents, where it offers that.
  void on_ready();

  void on_time(const Stamp& now);
  Instant next_deadline() const;

  std::vector<harborforge::AgentState> agents() override { return agents_.states(); }
  void wake(const std::string& agent, const std::string& message, const std::string& source,
            Accepted accepted) override;
  Result<ports::HostSample> sample() override { return world_.sample(); }

  std::optional<std::string> agent_of_session(const std::string& session) const {
    return agents_.of_session(session);
  }
  json::object status() const;

 private:
  struct Command {
    json::object text;  // as it is listed
    Accepted accepted;
    Instant expires{};
    Instant listed_until{};  // not listed alone again before
    std::uint64_t push = 0;  // under way; 0 = none
    bool pushing = false;
    Instant push_until{};
  };
  struct Poll {
    mcp::Done done;
    Instant until{};
  };

  bool pushes() const;
  std::string method(const std::string& own, std::string_view word, std::string_view plexum) const;
  void exchange(const mcp::Request& request, mcp::Done done);
  Result<void> take_acks(const json::object& params);
  void settle(const std::string& id, const json::object& answer);
  void settle(const std::string& id, Result<void> outcome);
  void take_late(const std::string& id, const json::object& answer);
  void answer_poll(bool with_commands = true);
  bool has_news(Instant now) const;
  void push(const std::string& id);
  void take_push_answer(const std::string& id, const Result<json::value>& answer);
  void list_agents();
  void read_state(const std::string& agent);
  void take_list(const Result<json::value>& answer);
  void ask(std::string_view method, const json::object& params,
           std::function<void(const Result<json::value>&)> take);

  HostNames names_;
  Surroundings world_;
  mcp::Session* session_ = nullptr;
  HostAgents agents_;
  std::map<std::string, Command> commands_;
  std::map<std::uint64_t, Instant> asked_;  // requests of ours beside pushes, and their end
  std::deque<std::pair<std::string, std::string>> settled_;  // accepted: command id, source
  std::map<std::string, std::string> queued_;                // agent → source that waits there
  std::optional<Poll> poll_;
  std::string prefix_;  // of command ids: no two runs use the same
  std::uint64_t next_command_ = 1;
  std::string host_id_;
  std::int64_t last_seq_ = -1;
  std::optional<WallTime> last_exchange_;
  std::uint64_t wakes_ = 0;
  bool push_broken_ = false;  // the host has no such method
  Instant next_list_ = never;
};

}  // namespace lazaret::plugin
