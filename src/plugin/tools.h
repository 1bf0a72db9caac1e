// The nine tools on what they act on.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "base/result.h"
#include "harborforge/client.h"
#include "mcp/server.h"
#include "plugin/caller.h"

namespace lazaret::plugin {

// What the tools ask and do. The real one is in plugin.cpp: the client, the bridge, the host.
class Desk {
 public:
  virtual ~Desk() = default;
  virtual Result<json::object> act(harborforge::Verb verb, const std::string& agent,
                                   const std::string& text) = 0;
  virtual json::object calendar() = 0;  // as Client::calendar_status()
  virtual json::object restart() = 0;
  virtual json::object push() = 0;  // as Client::monitor_status()
  virtual json::object bridge() = 0;
  virtual json::object config() = 0;  // without secrets
  virtual json::object host() = 0;
  virtual json::object about() = 0;  // name, version, where the configuration is
  virtual Result<json::object> telemetry() = 0;
};

// All three outlive the server's sessions.
void add_tools(mcp::Server& server, Desk& desk, const CallerSources& sources);

}  // namespace lazaret::plugin
