// Reading recorded facts beside the running journal, over a read-only connection of its own.
#pragma once

#include <memory>
#include <string>

#include "adapters/sqlite/database.h"
#include "core/fleet.h"
#include "ports/fact_reader.h"

namespace lazaret::sqlite {

class History {
 public:
  // Errors: unavailable where there is no journal, or it cannot be read.
  static Result<History> open(const std::string& path);

  Result<ports::FactPage> facts(const ports::FactQuery& query);
  // The state as recorded, for answers while the daemon is down; and when it was written last.
  struct Recorded {
    core::Fleet fleet;
    Stamp last;
    std::uint64_t last_fact = 0;
  };
  Result<Recorded> state();

 private:
  Result<std::uint64_t> oldest();
  explicit History(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  std::unique_ptr<Database> database_;
};

}  // namespace lazaret::sqlite
