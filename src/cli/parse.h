// Command line → verb and arguments. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/paths.h"
#include "cli/verb.h"

namespace lazaret::cli {

struct Parsed {
  const Verb* verb = nullptr;  // null: help was asked for, of everything or of `group`
  std::string group;           // "agent": the first word of verbs of two
  bool help = false;
  Arguments arguments;
};

// `words` is argv without the program. General flags may stand anywhere before the program to run.
// Errors are invalid_input with a remedy: what was probably meant, or where the help is.
Result<Parsed> parse(std::span<const std::string> words, std::span<const Verb> verbs,
                     const Environment& environment);

}  // namespace lazaret::cli
