// Reading recorded facts and keys beside the running journal, over a read-only connection of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/database.h"
#include "core/fleet.h"

namespace lazaret::sqlite {

struct HistoryQuery {
  std::uint64_t since = 0;  // facts with a greater number
  std::string kind;         // empty = any
  std::string cell;
  std::string agent;
  std::string task;
  std::size_t limit = 1000;
};

struct HistoryRow {
  std::uint64_t number = 0;
  WallTime at{};
  std::string kind;
  std::string cell;
  std::string agent;
  std::string task;
  std::string body;  // JSON object
};

class History {
 public:
  // Errors: unavailable where there is no journal, or it cannot be read.
  static Result<History> open(const std::string& path);

  // Oldest first.
  Result<std::vector<HistoryRow>> facts(const HistoryQuery& query);
  // Number of the oldest fact that is still kept; 0 = none.
  Result<std::uint64_t> oldest();
  // The state as recorded, for answers while the daemon is down; and when it was written last.
  struct Recorded {
    core::Fleet fleet;
    Stamp last;
  };
  Result<Recorded> state();

 private:
  explicit History(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  std::unique_ptr<Database> database_;
};

}  // namespace lazaret::sqlite
