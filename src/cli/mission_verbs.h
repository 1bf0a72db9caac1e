// Verbs of missions and cells that are more than one request: import, export, destroy, lint, gc.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_mission_verbs(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
