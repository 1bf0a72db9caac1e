// Ending a daemon that holds a state directory and does not let go of it: one that hangs, or was
// stopped. Its agents run on.
#pragma once

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::cli {

// SIGKILL for the keeper, so that it starts no other one, and for whoever holds the lock; returns
// once the lock is free. The pid of the daemon that was ended, 0 if nobody held it.
// Errors: unavailable, with the process that could not be ended.
Result<int> take_over(const Paths& paths);

}  // namespace lazaret::cli
