#include "plugin/caller.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::plugin {
namespace {

constexpr std::size_t most_candidates = 20;  // in a message

Result<std::optional<std::string>> text_in(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (!found->is_string() || found->get_string().empty()) {
    return fail(ErrorCode::invalid_input, fmt::format("{} has to be a string, an agent's id", name),
                "_meta");
  }
  return std::string(found->get_string());
}

std::string variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

// Codex sends its session with every call, Claude Code tells it to its children.
std::vector<std::string> sessions(const json::object& meta, const Environment& environment) {
  std::vector<std::string> out;
  const auto take = [&](const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    if (found != nullptr && found->is_string()) out.emplace_back(found->get_string());
  };
  for (const std::string_view name : {"threadId", "sessionId", "session_id"}) take(meta, name);
  if (const json::value* turn = meta.if_contains("x-codex-turn-metadata")) {
    if (const json::object* object = turn->if_object()) {
      for (const std::string_view name : {"session_id", "thread_id"}) take(*object, name);
    }
  }
  if (auto ours = variable(environment, "CLAUDE_CODE_SESSION_ID"); !ours.empty()) {
    out.push_back(std::move(ours));
  }
  return out;
}

std::string listed(const std::vector<std::string>& agents) {
  std::string out;
  for (std::size_t i = 0; i < std::min(agents.size(), most_candidates); ++i) {
    out += (i == 0 ? "" : ", ") + agents[i];
  }
  if (agents.size() > most_candidates) {
    out += fmt::format(" and {} more", agents.size() - most_candidates);
  }
  return out;
}

Result<std::string> decide(const json::object& meta, const CallerSources& sources,
                           const std::vector<std::string>& active) {
  for (const std::string_view name : {"dev.lazaret/agentId", "agent_id"}) {
    auto said = text_in(meta, name);
    if (!said) return std::unexpected(said.error());
    if (*said) return **said;
  }
  if (auto ours = variable(sources.environment, "LAZARET_AGENT"); !ours.empty()) return ours;
  for (const std::string& session : sessions(meta, sources.environment)) {
    if (!sources.agent_of_session) break;
    if (auto agent = sources.agent_of_session(session)) return *agent;
  }
  if (active.empty()) return fail(ErrorCode::not_found, "no active slot for agent");
  if (active.size() == 1) return active.front();
  return fail(
      ErrorCode::conflict,
      "several agents have an active slot, and nothing tells which one calls: " + listed(active),
      "", "let the host say it in _meta[\"dev.lazaret/agentId\"], or set LAZARET_AGENT");
}

}  // namespace

Result<std::string> find_caller(const json::object& meta, const CallerSources& sources,
                                const std::vector<std::string>& active,
                                const std::string& claimed) {
  auto caller = decide(meta, sources, active);
  if (!caller || claimed.empty() || claimed == *caller) return caller;
  return fail(
      ErrorCode::refused,
      fmt::format("the caller is {}, not {}: an agent acts on its own slot", *caller, claimed),
      "arguments/agent_id", "leave agent_id out");
}

}  // namespace lazaret::plugin
