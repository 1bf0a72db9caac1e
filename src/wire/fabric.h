// What is said to the servers of Fabric, a chat system of guilds, and by them.
//
// The presence calls are Fabric's. The login is ours to choose, as Fabric leaves it open; it stands
// here alone: POST {"api_key": KEY}, answered by {"guilds": [{"node_id", "endpoint", "token"}]}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/result.h"

namespace lazaret::wire {

// `exhausted` and `unknown` are set by backends alone.
LAZARET_ENUM(PresenceStatus, idle, on_call, busy, exhausted, offline, unknown)

// Whom the host's own changes name as their source.
inline constexpr std::string_view presence_source = "plexum-host";

struct FabricGuild {
  std::string node_id;
  std::string endpoint;  // http(s) URL without a slash at its end
  std::string token;
};

std::string fabric_login_body(const std::string& api_key);
// Spellings in snake_case and camelCase are taken, and a list that is not wrapped. A guild without
// id, endpoint or token is left out. Error: unavailable; never shows what it read.
Result<std::vector<FabricGuild>> read_fabric_login(const std::string& body);

// {"status": "busy", "source": "plexum-host"}
std::string presence_body(PresenceStatus status);
// endpoint + "/api/agents/{fabric_user_id}/presence", the id percent-encoded.
std::string presence_url(const std::string& endpoint, const std::string& fabric_user_id);

}  // namespace lazaret::wire
