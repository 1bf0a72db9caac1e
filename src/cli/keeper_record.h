// Which process restarts the daemon: `up` writes it before it becomes the keeper.
#pragma once

#include <string>

#include "base/result.h"

namespace lazaret::cli {

// Writes this process's pid, its start time and the boot's id, so that a later process with the
// same pid is never taken for it.
Result<void> record_keeper(const std::string& file);

// The recorded pid if that very process still lives, else 0.
int living_keeper(const std::string& file);

}  // namespace lazaret::cli
