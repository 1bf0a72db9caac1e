#include "server/door.h"

#include <algorithm>
#include <cctype>

namespace lazaret::server {
namespace {

// "localhost:7878" → "localhost", "[::1]:7878" → "[::1]"; lower case.
std::string host_of(std::string_view host_and_port) {
  const auto bracket = host_and_port.find(']');
  const auto colon = host_and_port.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string host(host_and_port.substr(0, colon));
  std::ranges::transform(host, host.begin(),
                         [](char c) { return static_cast<char>(std::tolower(c)); });
  return host;
}

std::optional<std::string_view> bearer_of(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const auto c = static_cast<unsigned char>(authorization[i]);
    if (std::tolower(c) != scheme[i]) return std::nullopt;
  }
  auto rest = authorization.substr(scheme.size());
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return rest;
}

Refusal refusal(int status, ErrorCode code, std::string message, std::string place,
                std::string remedy = {}) {
  return {status, {code, std::move(message), std::move(place), std::move(remedy)}};
}

int rank(wire::Scope scope) {
  switch (scope) {
    case wire::Scope::open:
      return 0;
    case wire::Scope::viewer:
      return 1;
    case wire::Scope::operator_:
      return 2;
    case wire::Scope::admin:
      return 3;
  }
  return 3;
}

int rank(Right right) {
  switch (right) {
    case Right::nobody:
      return 0;
    case Right::agent:
      return 0;
    case Right::viewer:
      return 1;
    case Right::operator_:
      return 2;
    case Right::admin:
      return 3;
  }
  return 0;
}

std::string_view scope_in_words(wire::Scope scope) {
  return scope == wire::Scope::operator_ ? "operator" : to_word(scope);
}

// The remedy for who has no key that reaches so far.
std::string key_with(wire::Scope scope) {
  const std::string word(scope_in_words(scope));
  return "a key with the scope " + word + ", as `lazaret token add NAME --scope " + word +
         "` makes it; --key or LAZARET_KEY uses it";
}

}  // namespace

Door::Door(const wire::Tokens& tokens, const Keys& keys, const runtime::Loop& loop,
           std::set<std::string> names)
    : tokens_(tokens), keys_(keys), loop_(loop), names_(std::move(names)) {
  names_.insert({"localhost", "127.0.0.1", "[::1]"});
}

bool Door::is_own_name(std::string_view host_and_port) const {
  return names_.contains(host_of(host_and_port));
}

std::optional<Refusal> Door::check_host(const Peer& peer, const RequestHead& head) const {
  if (peer.over_unix || is_own_name(head.host)) return std::nullopt;  // no browser gets there
  return refusal(421, ErrorCode::refused,
                 "this server is not called \"" + head.host.substr(0, 80) + "\"", "Host",
                 "use 127.0.0.1 or localhost, or name the host in the settings (http.names)");
}

std::optional<Refusal> Door::check_origin(const Peer& peer, const RequestHead& head) const {
  if (auto refused = check_host(peer, head)) return refused;
  if (peer.over_unix) return std::nullopt;
  if (!head.origin.empty()) {
    const auto scheme = head.origin.find("://");
    const bool own = scheme != std::string::npos &&
                     std::string_view(head.origin).substr(scheme + 3) == head.host;
    if (!own) {
      return refusal(403, ErrorCode::refused,
                     "pages of " + head.origin.substr(0, 80) + " may not call this server",
                     "Origin");
    }
  }
  const auto& site = head.fetch_site;
  if (!site.empty() && site != "same-origin" && site != "none") {
    return refusal(403, ErrorCode::refused, "pages of other sites may not call this server",
                   "Sec-Fetch-Site");
  }
  return std::nullopt;
}

std::expected<Identity, Refusal> Door::identify(const Peer& peer, std::string_view authorization,
                                                std::string_view session_key) const {
  const bool local = peer.over_unix || peer.loopback;
  if (authorization.empty()) {
    Identity who = peer.known.value_or(Identity{});
    if (!peer.known && !session_key.empty()) {
      who = keys_.check(session_key, loop_.now().wall).value_or(Identity{});
    }
    who.local = local;
    return who;
  }
  const auto bearer = bearer_of(authorization);
  if (!bearer) {
    return std::unexpected(refusal(401, ErrorCode::unauthenticated,
                                   "Authorization is not \"Bearer <key or token>\"",
                                   "Authorization"));
  }
  if (bearer->starts_with(wire::token_prefix)) {
    const auto token = tokens_.check(*bearer);
    if (!token) return std::unexpected(Refusal{401, token.error()});
    Identity who{.right = Right::agent,
                 .name = token->agent.agent.value,
                 .account = "agent:" + token->agent.cell.value + "/" + token->agent.agent.value,
                 .agent = token->agent,
                 .incarnation = token->incarnation,
                 .local = local};
    return who;
  }
  auto who = keys_.check(*bearer, loop_.now().wall);
  if (!who) {
    return std::unexpected(refusal(401, ErrorCode::unauthenticated, "there is no such key",
                                   "Authorization", "lazaret token ls"));
  }
  who->local = local;
  return *who;
}

std::optional<Refusal> Door::check_session(const RequestHead& head) const {
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (reads || !head.authorization.empty() || !head.origin.empty() || !head.fetch_site.empty()) {
    return std::nullopt;
  }
  return refusal(403, ErrorCode::refused, "a cookie is for browsers, which name the Origin",
                 "Cookie", "send Authorization: Bearer <key>");
}

std::optional<Refusal> Door::check_right(const wire::Operation& operation,
                                         const Identity& who) const {
  // The link's token, or the key in the body, proves enough.
  if (operation.name == "sign_in" || operation.name.starts_with("session.")) return std::nullopt;
  if (operation.scope == wire::Scope::open && (who.local || !who.name.empty())) return std::nullopt;
  if (who.name.empty()) {
    return refusal(
        401, ErrorCode::unauthenticated,
        "this needs a key with the scope " + std::string(scope_in_words(operation.scope)),
        "Authorization", key_with(operation.scope));
  }
  if (who.right == Right::agent) {
    if (operation.agents) return std::nullopt;
    return refusal(403, ErrorCode::refused, "agents may not use " + std::string(operation.name),
                   "Authorization", key_with(operation.scope));
  }
  if (rank(who.right) >= rank(operation.scope)) return std::nullopt;
  return refusal(403, ErrorCode::refused,
                 std::string(operation.name) + " needs the scope " +
                     std::string(scope_in_words(operation.scope)),
                 "Authorization", key_with(operation.scope));
}

std::optional<Error> Door::fenced(const Identity& who) const {
  if (who.right != Right::agent || !who.agent) return std::nullopt;
  const core::Agent* agent = core::find_agent(loop_.fleet(), *who.agent);
  if (!agent) {
    if (who.incarnation.value == 0) return std::nullopt;  // external, not registered yet
    return Error{ErrorCode::fenced, "this agent no longer exists", "Authorization", {}};
  }
  if (!agent->definition.run || agent->incarnation == who.incarnation) return std::nullopt;
  return Error{ErrorCode::fenced,
               "incarnation " + std::to_string(who.incarnation.value) + " of agent \"" + who.name +
                   "\" is over; " + std::to_string(agent->incarnation.value) + " is the live one",
               "Authorization",
               {}};
}

}  // namespace lazaret::server
