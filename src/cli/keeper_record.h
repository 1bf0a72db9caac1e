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

// A keeper was recorded and has died: nobody restarts the daemon. False where none was recorded:
// systemd keeps that daemon, or somebody runs it by hand.
bool keeper_is_gone(const std::string& file);
inline constexpr const char* no_keeper =
    "the daemon's keeper was killed: nobody restarts the daemon if it dies";
inline constexpr const char* no_keeper_remedy =
    "`lazaret down --keep-agents && lazaret up --detach`; the agents run on meanwhile";

// Before a start, so that a record there means that the new keeper has begun.
void forget_dead_keeper(const std::string& file);

// In clock ticks since the boot; with the pid it names one process. Empty: it is dead, maybe a
// zombie.
std::string process_start(int pid);

}  // namespace lazaret::cli
