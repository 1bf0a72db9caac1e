// Which agent calls a tool. In this order: `_meta["dev.lazaret/agentId"]`, `_meta.agent_id`, the
// environment's LAZARET_AGENT, the client's session looked up among the sessions that the host has
// told, the only agent with an active slot. What stands in a tool's arguments never decides.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::plugin {

namespace json = boost::json;

struct CallerSources {
  Environment environment;  // LAZARET_AGENT, CLAUDE_CODE_SESSION_ID
  std::function<std::optional<std::string>(const std::string& session)> agent_of_session;
};

// `active`: the agents that have an active slot. `claimed`: an id in the arguments, empty = none.
// Errors: invalid_input (a member of _meta is no text), not_found "no active slot for agent",
// conflict (several are active: the candidates are listed), refused (`claimed` is somebody else).
Result<std::string> find_caller(const json::object& meta, const CallerSources& sources,
                                const std::vector<std::string>& active, const std::string& claimed);

}  // namespace lazaret::plugin
