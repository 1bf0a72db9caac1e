// Files and folders below an open directory, never through a symbolic link: what agents put there
// leads nobody out of it. Blocking; every function sets or carries errno in its Error.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "files/beneath.h"

namespace lazaret::checkpoints {

using files::Fd;

// unavailable: the disk refuses (full, broken, read-only), nothing is said about the data.
Error disk_error(int code, const std::string& what);

Result<Fd> open_folder(int dir, const std::string& name);
// Made where it is missing.
Result<Fd> make_folder(int dir, const std::string& name);

struct Node {
  std::string path;  // below the top
  std::int64_t bytes = 0;
  bool folder = false;
};
struct WalkBounds {
  std::size_t files = 500;
  int depth = 16;
  std::size_t path = 500;
};
// Everything below `dir`, folders before what is in them, sorted. Error: invalid_input names what
// is neither file nor folder; too_large beyond the bounds.
Result<std::vector<Node>> walk(int dir, const WalkBounds& bounds);

// Sorted; the first `most` of them that the disk lists.
Result<std::vector<std::string>> names_in(int dir, std::size_t most);

// Reads a regular file; each part goes to `take`, whose error ends it. Error: conflict when the
// file changed meanwhile.
using Take = std::function<Result<void>(const char* bytes, std::size_t size)>;
Result<void> read_parts(int dir, const std::string& path, const Take& take);
// A new file below `dir`, whose folders exist; open for writing.
Result<Fd> new_file(int dir, const std::string& path);
Result<void> write_all(int fd, const char* bytes, std::size_t size);

// All of them, at the same time: the disk commits them together.
Result<void> sync_all(const std::vector<int>& fds);

// Whatever is under that name, with all below it.
Result<void> remove_all(int dir, const std::string& name);
// Everything of that prefix: what a killed daemon left.
Result<void> remove_prefixed(int dir, std::string_view prefix);
// `name` points to `target` from now on, at once.
Result<void> point_link(int dir, const std::string& name, const std::string& target);

}  // namespace lazaret::checkpoints
