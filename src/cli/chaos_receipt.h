// What `lazaret chaos` did and what the journal says became of it. Nothing is claimed that is not
// written down there.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/fields.h"
#include "base/instant.h"
#include "cli/terminal.h"

namespace lazaret::cli {

// starve: the processors are kept busy; disk: the state's file system is filled.
LAZARET_ENUM(Hurt, kill, stop, starve, disk, daemon, clock)

struct Strike {
  Hurt hurt = Hurt::kill;
  std::string cell;  // of the agent; empty where it hurts all
  std::string agent;
  std::int64_t incarnation = 0;
  std::string task;  // it was working on
  WallTime at{};
  std::string skipped;  // why it could not be done
  // What was told by the world, not by the journal (disk: the daemon's own word).
  std::optional<double> noticed_seconds{};
  std::string noticed_as{};  // "agent_exited"
  std::optional<double> back_seconds{};
};

struct ChaosReceipt {
  std::vector<Strike> strikes;
  int deaths = 0;
  int daemon_crashes = 0;
  std::vector<std::string> lost;      // agents and tasks that nobody cares for any more
  std::vector<std::string> doubled;   // two lives at once, or a task completed twice
  std::vector<std::string> unasked;   // deaths that nobody had struck
  std::vector<std::string> given_up;  // as the policies say: quarantined, waiting for a person
  bool well() const;
};

// `before`: agents of GET /agents, of the missions that may be hurt, before the first strike;
// `after`: the same when all is quiet again. `events`: of the journal, since then, in order.
ChaosReceipt chaos_receipt(std::vector<Strike> strikes, const boost::json::array& before,
                           const boost::json::array& events, const boost::json::array& after);

std::string draw(const ChaosReceipt& receipt, const Look& look);
boost::json::object to_json(const ChaosReceipt& receipt);

}  // namespace lazaret::cli
