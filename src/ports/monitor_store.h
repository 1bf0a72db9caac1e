// What monitored servers have told: the newest heartbeat of each, and those before it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::ports {

struct ServerReport {
  std::string identifier;
  WallTime last_seen_at{};
  std::string body;  // JSON text of an object, as it was sent
};
inline constexpr std::size_t reports_kept = 2'880;  // of one server: a day of one each 30 s

class MonitorStore {
 public:
  virtual ~MonitorStore() = default;
  // The newest of each server.
  virtual Result<std::vector<ServerReport>> newest() = 0;
  // Of one server, newest first.
  virtual Result<std::vector<ServerReport>> history(const std::string& identifier,
                                                    std::size_t most) = 0;
  // Soon on the disk; several in one go.
  virtual void keep(std::vector<ServerReport> reports) = 0;

  // When each of these calendar agents gave its last sign of life; others are forgotten.
  virtual Result<std::map<std::string, WallTime>> heard(const std::set<std::string>& known) = 0;
  // Soon on the disk, too; the newest of each agent.
  virtual void keep_heard(const std::string& agent, WallTime at) = 0;
};

}  // namespace lazaret::ports
