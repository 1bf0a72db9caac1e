// The texts of --help, made from the list of verbs.
#pragma once

#include <span>
#include <string>

#include "cli/terminal.h"
#include "cli/verb.h"

namespace lazaret::cli {

std::string help_of_everything(std::span<const Verb> verbs, const Look& look);
std::string help_of_group(std::string_view first_word, std::span<const Verb> verbs,
                          const Look& look);
std::string help_of_verb(const Verb& verb, const Look& look);

// "lazaret agent wake AGENT MESSAGE [--source TEXT]"
std::string usage_of(const Verb& verb);

}  // namespace lazaret::cli
