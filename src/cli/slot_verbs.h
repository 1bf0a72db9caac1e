// Times that recur, without a daemon: `slot next`.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_slot_verbs(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
