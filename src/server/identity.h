// Who asks, as far as the door could prove it.
#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "core/request.h"

namespace lazaret::server {

// In rising order of what a person may do; an agent stands beside that order.
LAZARET_ENUM(Right, nobody, agent, viewer, operator_, admin)

struct Identity {
  Right right = Right::nobody;
  std::string name{};               // "cli:root", "key:ci", the agent's id; empty = nobody
  std::string account{};            // as name, but no two callers share it
  std::optional<AgentRef> agent{};  // for Right::agent
  Incarnation incarnation{};        // of its token; 0 = none
  bool local = false;               // over the unix socket or from loopback
  WallTime until{};                 // then the key is over; zero = never

  // As the core wants it.
  core::Caller caller() const;
};

}  // namespace lazaret::server
