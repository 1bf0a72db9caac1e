// `lazaret gc`: what is kept, and what is of no use any more.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_gc_verbs(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
