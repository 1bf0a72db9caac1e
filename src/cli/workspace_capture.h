// The state of a git repository as a commit of its own, untracked files included, without a touch
// of the user's branches, index or HEAD: a temporary index, `write-tree`, `commit-tree`, and a ref
// below refs/lazaret/ that keeps the commit from being collected.
#pragma once

#include <string>

#include "base/result.h"

namespace lazaret::cli {

// Refs below refs/lazaret/<name>/ that are kept; the oldest go.
inline constexpr std::size_t captures_kept = 20;

// `directory` is in the repository; `name` becomes part of the ref. Runs `git` as the caller, with
// the caller's rights. Ignored files are left out. Returns the commit. Errors: not_found when it is
// no repository; unsupported without git; unavailable when git fails, with its words.
Result<std::string> capture_workspace(const std::string& directory, const std::string& name);

}  // namespace lazaret::cli
