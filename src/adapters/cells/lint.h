// `lazaret cell lint`: needs no daemon.
#pragma once

#include <string>
#include <vector>

#include "wire/cell_file.h"

namespace lazaret::cells {

// `path` is a cell, or a directory of cells; then the problems' files begin with the cell's name.
// A path that cannot be read at all is one problem.
std::vector<wire::Problem> lint(const std::string& path);

// The files of the cell at `path`, for `lazaret mission export` without daemon. Errors: not_found,
// invalid_input with the first problem of the directory itself (unsafe, links, sizes).
Result<wire::CellFiles> read_files(const std::string& path);

}  // namespace lazaret::cells
