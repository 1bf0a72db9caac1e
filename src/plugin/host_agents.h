// The agents of the host, as it told them: the states of the host API, read and kept.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "harborforge/client.h"

namespace lazaret::plugin {

namespace json = boost::json;

inline constexpr std::size_t most_agents = 10'000;

// Written agentId or agent_id, state or status. Error: invalid_input, names the member.
struct HostAgent {
  std::string id;
  std::string state;  // idle, working, busy, requires_action, offline; empty = not told
  std::string model;
  std::string session;
  bool exhausted = false;
  std::string reason;                   // of exhausted
  std::string recovery;                 // of exhausted, as it was told: "resets in 3 hours"
  std::optional<WallTime> recovery_at;  // what that means; counted from when it was first told
  LAZARET_FIELDS(HostAgent, id, state, model, session, exhausted, reason, recovery, recovery_at)
};
Result<HostAgent> read_host_agent(const json::value& value, const std::string& place, WallTime now);

class HostAgents {
 public:
  // The whole list. True where something changed; an Error changes nothing.
  Result<bool> replace(const json::array& list, const std::string& place, WallTime now);
  // One agent's state, from its own answer.
  bool update(HostAgent agent);

  // Those that can be woken some day: the offline ones are left out.
  std::vector<harborforge::AgentState> states() const;
  std::optional<std::string> of_session(const std::string& session) const;
  std::vector<std::string> without_state() const;
  json::array to_json() const;

 private:
  std::map<std::string, HostAgent> agents_;
};

}  // namespace lazaret::plugin
