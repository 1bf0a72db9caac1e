// Recorded facts, read back for history and for event streams that resume.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::ports {

struct FactQuery {
  std::uint64_t since = 0;  // only facts with a greater number
  std::size_t limit = 100;  // rows at most
  std::string kind;         // one, or several separated by commas; empty = any; so are the others
  std::string cell;
  std::string agent;
  std::string task;
  std::string text;              // what a person sees of the fact says this, in any case
  std::optional<WallTime> from;  // at or after
  std::optional<WallTime> until;
  bool newest = false;  // the last `limit` ones that fit, not the first
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
  // Facts before this number were trimmed; 0 = there are none at all.
  std::uint64_t oldest_kept = 0;
  // The search for a text stopped at this number though more may fit; 0 = it went to the end, or
  // the page is full.
  std::uint64_t searched_to = 0;
};

// Rows of the journal that one search for a text looks at.
inline constexpr std::size_t searched_most = 200'000;

class FactReader {
 public:
  using Done = std::function<void(Result<FactPage>)>;
  virtual ~FactReader() = default;
  // `done` is called once, on the loop's thread; possibly before read() returns.
  virtual void read(const FactQuery& query, Done done) = 0;
};

}  // namespace lazaret::ports
