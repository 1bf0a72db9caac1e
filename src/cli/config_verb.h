// `lazaret config`: every setting, its value, and where that came from.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_config_verb(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
