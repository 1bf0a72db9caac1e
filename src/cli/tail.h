// The log of one agent, read on and on.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "cli/client.h"

namespace lazaret::cli {

struct NewLines {
  std::vector<std::string> lines;  // without their newlines
  bool continues = false;          // the last one is a piece; it goes on with the next call's first
  bool gap = false;                // lines before the first one are gone
  std::string first;               // its offset, where there is a gap
};

class LogTail {
 public:
  // Begins with the last `tail` lines.
  LogTail(std::string agent, int tail) : agent_(std::move(agent)), tail_(tail) {}
  // Begins with the first line that is kept. While more() is called at least each `held` seconds,
  // no line is missed: the agent waits rather.
  static LogTail from_the_start(std::string agent, int held) {
    LogTail tail(std::move(agent), 0);
    tail.next_ = "0";
    tail.hold_ = fmt::format("&hold={}", held);
    return tail;
  }

  const std::string& agent() const { return agent_; }

  // What has been added since the last call; empty = nothing new. `get`: the answer to a GET.
  using Get = std::function<Result<boost::json::value>(const std::string& target)>;
  Result<NewLines> more(const Get& get);

 private:
  std::string agent_;
  int tail_;
  std::string next_;
  std::string hold_;
};

}  // namespace lazaret::cli
