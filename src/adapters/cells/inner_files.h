// Looks below a directory in which others write, and never leaves it: no link is followed.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <functional>
#include <string>

#include "ports/cell_files.h"

namespace lazaret::cells {

struct Visit {
  std::size_t entries = 50'000;  // left to look at
  int depth = 16;
  std::chrono::steady_clock::time_point until;
  // Each regular file, with its path below the top.
  std::function<void(const std::string& path, const struct stat& info)> each;
};
// false: more is there than these bounds let it see, or some of it could not be read.
bool visit(int dir, Visit& wish, const std::string& below = {});

// Blocking; see ports::CellFiles. No artifacts/ is an empty list.
Result<ports::Artifacts> list_artifacts(const std::string& cell);
Result<ports::CellUse> measure(const std::string& cell);
Result<std::string> read_artifact(const std::string& cell, const std::string& path);

}  // namespace lazaret::cells
