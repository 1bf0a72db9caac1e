// Going over a journal again: `replay` and `what-if`.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_replay_verbs(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
