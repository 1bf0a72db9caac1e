// A journal read decision by decision, beside a daemon that may be writing it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/database.h"
#include "core/replay.h"

namespace lazaret::sqlite {

class Past {
 public:
  // Errors: unavailable where there is no journal, or it cannot be read.
  static Result<Past> open(const std::string& path);

  // The fleet's seed of all chance, which is drawn once for each state.
  Result<std::uint64_t> seed();

  struct Snapshot {
    std::uint64_t decision = 0;  // the last one it includes; 0 = before everything
    std::string fleet;           // wire::fleet_text()
  };
  // Oldest first. Those that all kept decisions follow without a gap; the empty beginning is one.
  Result<std::vector<Snapshot>> snapshots();

  // Every decision after that one, in order, until `visit` returns false. Errors: unavailable;
  // internal, with the number of the row that cannot be read.
  using Visit = std::function<bool(const core::Recorded&)>;
  Result<void> each(std::uint64_t after, const Visit& visit);

 private:
  explicit Past(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  Result<void> each_in_transaction(std::uint64_t after, const Visit& visit);
  Result<std::vector<core::Fact>> facts_of(Statement& facts, std::uint64_t decision,
                                           Result<bool>& row);
  std::unique_ptr<Database> database_;
};

}  // namespace lazaret::sqlite
