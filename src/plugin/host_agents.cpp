#include "plugin/host_agents.h"

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "wire/recovery_time.h"

namespace lazaret::plugin {
namespace {

constexpr std::size_t most_id = 200;  // bytes

// The first of the names that is there; empty where none is. Error: it is no text.
Result<std::string> text_in(const json::object& object, std::initializer_list<const char*> names,
                            const std::string& place) {
  for (const char* name : names) {
    const json::value* found = object.if_contains(name);
    if (found == nullptr || found->is_null()) continue;
    if (!found->is_string() || found->get_string().size() > 4096) {
      return fail(ErrorCode::invalid_input, fmt::format("{} has to be a short string", name),
                  place + "/" + name);
    }
    return std::string(found->get_string());
  }
  return std::string();
}

// A time, or seconds from now; as a text.
Result<std::string> recovery_in(const json::object& why, const std::string& place) {
  for (const char* name : {"recoveryAt", "recovery_at"}) {
    const json::value* found = why.if_contains(name);
    if (found != nullptr && found->is_int64()) return std::to_string(found->get_int64());
  }
  return text_in(why, {"recoveryAt", "recovery_at"}, place);
}

// "in 3 hours", told again and again, is still counted from the first time.
void keep_recovery(HostAgent& agent, const HostAgent& known) {
  if (!agent.exhausted || !known.exhausted || agent.recovery != known.recovery) return;
  agent.recovery_at = known.recovery_at;
}

// The calendar's words (core/slot.h) for the host's.
std::string calendar_word(const HostAgent& agent) {
  if (agent.exhausted) return "exhausted";
  if (agent.state == "working" || agent.state == "requires_action") return "busy";
  return agent.state.empty() ? "idle" : agent.state;
}

}  // namespace

Result<HostAgent> read_host_agent(const json::value& value, const std::string& place,
                                  WallTime now) {
  HostAgent agent;
  if (value.is_string()) {
    agent.id = value.get_string();
  } else if (const json::object* object = value.if_object()) {
    const auto take = [&](std::string& into, std::initializer_list<const char*> names) {
      auto text = text_in(*object, names, place);
      if (text) into = std::move(*text);
      return text ? std::nullopt : std::optional(text.error());
    };
    if (auto error = take(agent.id, {"agentId", "agent_id", "id"})) return std::unexpected(*error);
    if (auto error = take(agent.state, {"state", "status"})) return std::unexpected(*error);
    if (auto error = take(agent.model, {"model"})) return std::unexpected(*error);
    if (auto error = take(agent.session, {"sessionId", "session_id"}))
      return std::unexpected(*error);
    const json::value* exhausted = object->if_contains("exhausted");
    agent.exhausted = exhausted != nullptr && !exhausted->is_null() && *exhausted != false;
    if (const json::object* why = exhausted != nullptr ? exhausted->if_object() : nullptr) {
      auto told = text_in(*why, {"reason"}, place + "/exhausted");
      auto when = recovery_in(*why, place + "/exhausted");
      if (!told || !when) return std::unexpected(told ? when.error() : told.error());
      agent.reason = *told;
      // Where it names none, its reason may.
      agent.recovery = when->empty() ? agent.reason : *when;
      if (const auto time = from_rfc3339(agent.recovery)) {
        agent.recovery_at = *time;
      } else {
        agent.recovery_at = wire::recovery_time(agent.recovery, now);
      }
    }
  }
  if (agent.id.empty() || agent.id.size() > most_id) {
    return fail(ErrorCode::invalid_input,
                fmt::format("agentId has to be a string of 1 to {} bytes", most_id), place);
  }
  return agent;
}

Result<bool> HostAgents::replace(const json::array& list, const std::string& place, WallTime now) {
  if (list.size() > most_agents) {
    return fail(ErrorCode::too_large, fmt::format("more than {} agents", most_agents), place);
  }
  std::map<std::string, HostAgent> fresh;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto agent = read_host_agent(list[i], fmt::format("{}/{}", place, i), now);
    if (!agent) return std::unexpected(agent.error());
    // A list of bare names says nothing of the states that are known.
    const auto known = agents_.find(agent->id);
    if (agent->state.empty() && known != agents_.end()) agent->state = known->second.state;
    if (known != agents_.end()) keep_recovery(*agent, known->second);
    fresh[agent->id] = std::move(*agent);
  }
  const bool changed = fresh != agents_;
  agents_ = std::move(fresh);
  return changed;
}

bool HostAgents::update(HostAgent agent) {
  const auto found = agents_.find(agent.id);
  if (found == agents_.end()) return false;
  keep_recovery(agent, found->second);
  if (found->second == agent) return false;
  found->second = std::move(agent);
  return true;
}

std::vector<harborforge::AgentState> HostAgents::states() const {
  std::vector<harborforge::AgentState> out;
  for (const auto& [id, agent] : agents_) {
    if (agent.state == "offline") continue;
    out.push_back({id, agent.model, calendar_word(agent), agent.reason, agent.recovery_at});
  }
  return out;
}

std::optional<std::string> HostAgents::of_session(const std::string& session) const {
  for (const auto& [id, agent] : agents_) {
    if (!session.empty() && agent.session == session) return id;
  }
  return std::nullopt;
}

std::vector<std::string> HostAgents::without_state() const {
  std::vector<std::string> out;
  for (const auto& [id, agent] : agents_) {
    if (agent.state.empty()) out.push_back(id);
  }
  return out;
}

json::array HostAgents::to_json() const {
  json::array out;
  for (const auto& [id, agent] : agents_) {
    out.push_back({{"agent_id", id}, {"state", agent.state}, {"model", agent.model}});
  }
  return out;
}

}  // namespace lazaret::plugin
