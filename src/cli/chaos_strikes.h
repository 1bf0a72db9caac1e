// The ways in which `lazaret chaos` hurts. Each strike is undone: what was stopped is continued,
// what was filled is emptied, whatever happens.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "cli/chaos_receipt.h"
#include "cli/client.h"

namespace lazaret::cli {

class Striker {
 public:
  // `state`: the daemon's directory. `now`: the wall clock.
  Striker(Client& client, std::string state, std::function<WallTime()> now)
      : client_(client), state_(std::move(state)), now_(std::move(now)) {}
  Striker(const Striker&) = delete;
  Striker& operator=(const Striker&) = delete;
  ~Striker() { heal(); }

  // `agent`: of GET /agents, for kill and stop.
  Strike strike(Hurt hurt, const boost::json::value& agent);
  // Continues what was stopped.
  void heal();

 private:
  void kill(Strike& strike, const boost::json::value& agent, int signal);
  void kill_daemon(Strike& strike);
  void starve(Strike& strike);
  void fill_disk(Strike& strike);
  bool is_in_trouble();

  Client& client_;
  std::string state_;
  std::function<WallTime()> now_;
  std::set<std::int64_t> stopped_;  // pids
};

}  // namespace lazaret::cli
