// What agents wrote to stdout and stderr.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace lazaret::ports {

struct LogLines {
  std::vector<std::string> lines;  // without their newlines
  std::uint64_t next = 0;          // offset to go on from; grows over rotations
  bool gap = false;                // lines between the asked offset and the first one are gone
};

class LogReader {
 public:
  virtual ~LogReader() = default;
  // The last `lines` lines. An agent that has written nothing has none.
  virtual Result<LogLines> tail(const AgentRef& agent, std::size_t lines) = 0;
  // Whole lines from `offset` (the `next` of an answer before) on, at most `lines`.
  virtual Result<LogLines> from(const AgentRef& agent, std::uint64_t offset, std::size_t lines) = 0;
};

}  // namespace lazaret::ports
