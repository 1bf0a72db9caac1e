// The fleet in one sentence: am I needed?
#pragma once

#include <string>
#include <vector>

#include "core/fleet.h"

namespace lazaret::server {

struct Need {      // something that waits for a person
  std::string id;  // of the approval; empty where no answer is asked for
  std::string text;
  std::string fallback;  // "yes", "no", or empty
  WallTime deadline{};
  std::string command;  // the line to copy
};

struct Summary {
  int alive = 0;        // running, starting or stopping; and external ones that are not unhealthy
  int waiting = 0;      // open approvals, agents stopped by others, missions that cannot go on
  int quarantined = 0;  // whether a person is asked about them or not
  int lost = 0;         // wanted, but neither alive nor waiting for something
  int agents = 0;
  std::string sentence;  // "24 alive · 1 waiting for you · 1 quarantined · 0 lost"
  std::vector<Need> needs;
};
inline constexpr std::size_t needs_most = 20;

Summary summary_of(const core::Fleet& fleet);

}  // namespace lazaret::server
