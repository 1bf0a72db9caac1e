#include "server/names.h"

#include <algorithm>
#include <vector>

namespace lazaret::server {
namespace {

constexpr std::size_t qualifier_length = 8;
constexpr std::size_t prefix_least = 4;
constexpr std::size_t candidates_shown = 8;

std::string joined(const std::vector<std::string>& candidates) {
  std::string out;
  for (std::size_t i = 0; i < std::min(candidates.size(), candidates_shown); ++i) {
    out += (i == 0 ? "" : ", ") + candidates[i];
  }
  if (candidates.size() > candidates_shown) out += ", …";
  return out;
}

std::vector<AgentRef> agents_that_match(const core::Fleet& fleet, const std::string& text) {
  std::vector<AgentRef> found;
  const AgentId bare(text);
  for (const auto& [id, cell] : fleet.cells) {
    if (cell.agents.contains(bare)) found.push_back({id, bare});
  }
  if (found.empty() && text.size() > qualifier_length + 1 && text[qualifier_length] == '.') {
    const std::string_view qualifier = std::string_view(text).substr(0, qualifier_length);
    const AgentId rest(text.substr(qualifier_length + 1));
    for (const auto& [id, cell] : fleet.cells) {
      if (id.value.starts_with(qualifier) && cell.agents.contains(rest))
        found.push_back({id, rest});
    }
  }
  return found;
}

}  // namespace

bool may_see(const Identity& who, const CellId& cell) {
  return who.right != Right::agent || !who.agent || who.agent->cell == cell;
}

bool may_see(const Identity& who, const AgentRef& agent) {
  if (who.right != Right::agent || !who.agent) return true;
  if (agent.cell == external_cell) return agent == *who.agent;
  return agent.cell == who.agent->cell;
}

Result<AgentRef> agent_named(const core::Fleet& fleet, std::string_view text, const Identity& who) {
  const std::string name(text);
  if (who.agent) {
    const AgentRef own{who.agent->cell, AgentId(name)};
    if (core::find_agent(fleet, own)) return own;
    if (name == qualified(*who.agent)) return *who.agent;
  }
  std::vector<AgentRef> found = agents_that_match(fleet, name);
  if (found.empty()) {
    return fail(ErrorCode::not_found, "no agent \"" + name + "\"", "agent", "lazaret agent ls");
  }
  const auto external = std::ranges::find(found, external_cell, &AgentRef::cell);
  if (external != found.end()) found = {*external};
  if (found.size() > 1) {
    std::vector<std::string> candidates;
    for (const AgentRef& ref : found) candidates.push_back(qualified(ref));
    return fail(ErrorCode::conflict,
                "\"" + name + "\" is the id of " + std::to_string(found.size()) + " agents",
                "agent", "say which one: " + joined(candidates));
  }
  if (!may_see(who, found.front())) {
    return fail(ErrorCode::refused, "an agent may ask about its own mission only", "agent");
  }
  return found.front();
}

Result<CellId> cell_named(const core::Fleet& fleet, std::string_view text, const Identity& who) {
  const std::string name(text);
  std::vector<CellId> found;
  if (fleet.cells.contains(CellId(name))) {
    found.push_back(CellId(name));
  } else {
    for (const auto& [id, cell] : fleet.cells) {
      const bool by_prefix = name.size() >= prefix_least && id.value.starts_with(name);
      if (by_prefix || cell.definition.mission_name == name) found.push_back(id);
    }
  }
  if (found.empty()) {
    return fail(ErrorCode::not_found, "no mission \"" + name + "\"", "cell", "lazaret mission ls");
  }
  if (found.size() > 1) {
    std::vector<std::string> candidates;
    for (const CellId& id : found) candidates.push_back(id.value);
    return fail(ErrorCode::conflict,
                "\"" + name + "\" means " + std::to_string(found.size()) + " missions", "cell",
                "say which one: " + joined(candidates));
  }
  if (!may_see(who, found.front())) {
    return fail(ErrorCode::refused, "an agent may ask about its own mission only", "cell");
  }
  return found.front();
}

Addresses::Addresses(const core::Fleet& fleet) {
  std::set<AgentId> seen;
  for (const auto& [id, cell] : fleet.cells) {
    for (const auto& [agent, unused] : cell.agents) {
      if (!seen.insert(agent).second) ambiguous_.insert(agent);
    }
  }
}

std::string Addresses::of(const AgentRef& ref) const {
  if (ref.cell == external_cell || !ambiguous_.contains(ref.agent)) return ref.agent.value;
  return qualified(ref);
}

bool is_external_id(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (text.empty() || text.size() > 64 || text[0] == '.' || text[0] == '-') return false;
  if (!std::ranges::all_of(text, plain)) return false;
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const bool like_qualified = text.size() > qualifier_length && text[qualifier_length] == '.' &&
                              std::ranges::all_of(text.substr(0, qualifier_length), hex);
  return !like_qualified;
}

}  // namespace lazaret::server
