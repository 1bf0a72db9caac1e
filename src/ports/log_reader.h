// What agents wrote to stdout and stderr.
#pragma once

#include <chrono>
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
  std::uint64_t first = 0;         // offset of the first of `lines`, from()'s answers only
  // The last of `lines` is a piece of a long line, which goes on with the first one from `next`.
  bool continues = false;
};

class LogReader {
 public:
  virtual ~LogReader() = default;
  // The last `lines` lines. An agent that has written nothing has none. Of a line that is longer
  // than an answer only the end is given, after "…".
  virtual Result<LogLines> tail(const AgentRef& agent, std::size_t lines) = 0;
  // What follows `offset` (the `next` of an answer before; 0 = the very first, which is a
  // gap where only later ones are kept), at most
  // `lines` lines; whole ones, except where `continues`.
  virtual Result<LogLines> from(const AgentRef& agent, std::uint64_t offset, std::size_t lines) = 0;
  // What follows `offset` is not dropped for so long: once there is no room for more, the agent is
  // made to wait. What comes before is let go of. Nothing is held where no old logs are kept.
  virtual Result<void> hold(const AgentRef& agent, std::uint64_t offset,
                            std::chrono::seconds time) = 0;
};

}  // namespace lazaret::ports
