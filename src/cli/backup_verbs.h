// `backup` and `restore`.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_backup_verbs(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
