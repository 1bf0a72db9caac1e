// Which facts somebody asks for, in the words of the API.
#pragma once

#include <optional>
#include <string>

#include "core/fleet.h"
#include "ports/fact_reader.h"
#include "server/identity.h"

namespace lazaret::server {

// As written by the caller; empty = any.
struct FactWords {
  std::string kind;  // one, or several separated by commas
  std::string cell;
  std::string agent;
  std::string task;
  std::string text{};
  std::optional<WallTime> from{};
  std::optional<WallTime> until{};
};

// Names as in names.h, but things that are gone have a past all the same: an unknown name is taken
// as an id. Agents see their own mission only. Errors: invalid_input for a kind that there is not,
// with what was probably meant; conflict, with the candidates; refused.
Result<ports::FactQuery> fact_filter(const core::Fleet& fleet, const FactWords& words,
                                     const Identity& who);

// For a cursor beyond the last recorded fact, as of another journal: it would skip all that comes.
Error ahead_of_all(std::uint64_t since, std::uint64_t recorded);

// What to answer where nothing in the journal fits `filter`, made of `words`, at all: not_found
// with the agent, mission or task that was named and never was. Nothing: all of them are known.
std::optional<Error> never_was(const core::Fleet& fleet, const FactWords& words,
                               const ports::FactQuery& filter);

}  // namespace lazaret::server
