// `lazaret gc`: everything that is kept, how large it is, what bounds it; and the removal of what
// is of no use to anybody any more.
#pragma once

#include <boost/json/value.hpp>

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::main {

// {"kept": [{"what", "place", "files", "bytes", "bound"}], "removed": [{"path", "files",
// "bytes", "why"}], "left": [{"path", "bytes", "why"}], "files": n, "bytes": n, "dry": bool}. Only
// what nobody has touched for ten minutes is removed; nothing of a cell's own files ever. `dry`:
// only told.
Result<boost::json::value> collect_garbage(const Paths& paths, bool dry);

}  // namespace lazaret::main
