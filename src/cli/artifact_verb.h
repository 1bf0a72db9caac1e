// `lazaret artifact get`: a file that an agent made, as it is.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_artifact_verb(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
