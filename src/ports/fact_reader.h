// Recorded facts, read back for history and for event streams that resume.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::ports {

struct FactQuery {
  std::uint64_t since = 0;  // only facts with a greater number
  std::size_t limit = 100;  // rows at most
  std::string kind;         // empty = any; so are the others
  std::string cell;
  std::string agent;
  std::string task;
};

struct FactRow {
  std::uint64_t number = 0;
  Stamp at;
  std::string kind;  // "agent_exited"
  std::string cell;  // empty = concerns none; so are the others
  std::string agent;
  std::string task;
  std::string body;  // JSON object as the journal has it
};

struct FactPage {
  std::vector<FactRow> rows;  // oldest first
  std::uint64_t oldest_kept =
      0;  // facts before this number were trimmed; 0 = there are none at all
};

class FactReader {
 public:
  using Done = std::function<void(Result<FactPage>)>;
  virtual ~FactReader() = default;
  // `done` is called once, on the loop's thread; possibly before read() returns.
  virtual void read(const FactQuery& query, Done done) = 0;
};

}  // namespace lazaret::ports
