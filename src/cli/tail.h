// The log of one agent, read on and on.
#pragma once

#include <string>
#include <vector>

#include "cli/client.h"

namespace lazaret::cli {

class LogTail {
 public:
  // Begins with the last `tail` lines.
  LogTail(std::string agent, int tail) : agent_(std::move(agent)), tail_(tail) {}

  const std::string& agent() const { return agent_; }

  // What has been added since the last call; empty = nothing new.
  Result<std::vector<std::string>> more(Client& client);

 private:
  std::string agent_;
  int tail_;
  std::string next_;
};

}  // namespace lazaret::cli
