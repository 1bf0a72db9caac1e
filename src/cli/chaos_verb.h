// `lazaret chaos`: hurts the missions it is given, and tells from the journal what became of it.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_chaos_verb(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
