// `lazaret plugin`: an MCP server over stdio inside an agent host, and the client of the
// HarborForge backend that it configures. The loops live as long as the process, which ends within
// 2 s of the end of its input.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/paths.h"
#include "ports/clock.h"
#include "ports/http_client.h"
#include "ports/telemetry.h"

namespace lazaret::plugin {

// What the plugin may not make itself. All of it is used on one thread.
struct Parts {
  std::string version;
  std::string host_name;
  std::string beside;  // see options.h
  Environment environment;
  const ports::Clock& clock;
  std::function<std::unique_ptr<ports::HttpClient>(boost::asio::io_context&)> http;
  std::function<Result<ports::HostSample>()> sample;
  int in = 0;
  int out = 1;
  int err = 2;
};

// The words after `lazaret plugin`. Returns the exit status (cli/exit_code.h's numbers: 0, 1, 2).
int run_plugin(const std::vector<std::string>& words, const Parts& parts);

}  // namespace lazaret::plugin
