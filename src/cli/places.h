// Makes the directories that base/paths.h names.
#pragma once

#include <string>

#include "base/paths.h"

namespace lazaret::cli {

// A directory of this user that nobody else may write or read (0700); parents are made as needed.
// refused: it is there, but belongs to somebody else, or is no directory.
Result<void> make_private_directory(const std::string& path);

// State and run directory (private), missions, and the link from the state to the run directory.
// `daemon` calls this before it takes the lock; repeating it changes nothing.
Result<void> make_places(const Paths& paths);

// After a start that failed. What is in use is not empty, and stays.
void forget_empty_run_directory(const Paths& paths);

// Errors: unavailable when the directory's file system has no room for a daemon to begin.
Result<void> require_space(const std::string& directory);

// Writes a file that only this user can read (0600), whole or not at all. conflict: it is there.
Result<void> write_private_file(const std::string& path, std::string_view text);

}  // namespace lazaret::cli
