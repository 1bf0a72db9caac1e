// Agents' logs as their shims write them: <cell>/logs/<agent>.log, then .log.1 (the newest turned
// over), .log.2, … An offset names a file (by inode and birth, which survive a turn-over) and a
// place in it, so that a reader who follows loses no line and sees none twice.
#pragma once

#include <functional>

#include "ports/log_reader.h"

namespace lazaret::logs {

class LogFiles : public ports::LogReader {
 public:
  // `log_of`: the path of an agent's newest log, or not_found.
  using LogOf = std::function<Result<std::string>(const AgentRef&)>;
  explicit LogFiles(LogOf log_of) : log_of_(std::move(log_of)) {}

  Result<ports::LogLines> tail(const AgentRef& agent, std::size_t lines) override;
  Result<ports::LogLines> from(const AgentRef& agent, std::uint64_t offset,
                               std::size_t lines) override;
  Result<void> hold(const AgentRef& agent, std::uint64_t offset,
                    std::chrono::seconds time) override;

 private:
  LogOf log_of_;
};

}  // namespace lazaret::logs
