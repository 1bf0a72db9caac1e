// task cursors and task cursor: where the work of a mission's tasks stands.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_cursor_verbs(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
