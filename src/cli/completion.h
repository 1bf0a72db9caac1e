// Scripts that make a shell complete verbs and flags; written from the list of verbs.
#pragma once

#include <span>
#include <string>

#include "cli/verb.h"

namespace lazaret::cli {

std::string bash_completion(std::span<const Verb> verbs);
std::string zsh_completion(std::span<const Verb> verbs);

}  // namespace lazaret::cli
