// Deletes a directory and everything in it, and nothing else: links are unlinked, never followed,
// and other file systems mounted below stop it.
#pragma once

#include <string>

#include "base/result.h"

namespace lazaret::cells {

// Works at any depth with a bounded number of open directories. Not there is no error.
Result<void> remove_tree(int parent, const std::string& name);

}  // namespace lazaret::cells
