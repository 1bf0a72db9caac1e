// Where this program is, and what was installed with it.
#pragma once

#include <string>

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::cli {

// Absolute path of this program, also after its file was replaced.
std::string own_program();

// The one LAZARET_SHIM names; may be empty.
std::string shim_named_in(const Environment& environment);

// lazaret-shim: the named one and no other, else the one beside this program or in
// ../libexec/lazaret/ from it. not_found says where it was looked for.
Result<std::string> find_shim(const std::string& named);

}  // namespace lazaret::cli
