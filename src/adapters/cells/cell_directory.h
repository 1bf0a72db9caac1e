// One cell as it lies on the disk: its files' bytes, and what is wrong before anything is parsed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "wire/cell_file.h"

namespace lazaret::cells {

// Folders that a cell has; the store makes the missing ones.
inline constexpr const char* cell_folders[] = {
    "agents",      "artifacts", "artifacts/code", "artifacts/docs", "artifacts/reports",
    "checkpoints", "config",    "logs",           "tasks",          "work"};

// Temporary files of our own writes begin with this, and are swept when found.
inline constexpr std::string_view temporary_prefix = ".lazaret-tmp-";

// The most that the files of one cell may hold together.
inline constexpr std::size_t cell_bytes_most = 64 << 20;

struct CellDirectory {
  bool exists = false;
  bool safe = true;  // ours, and only ours to write
  bool has_cell_json = false;
  wire::CellFiles files;
  std::map<std::string, std::uint64_t> hashes;  // of each file in `files`
  std::vector<wire::Problem> problems;
  std::vector<std::string> missing_folders;
  std::vector<std::string> temporaries;  // paths below the cell
};

// `path`: absolute path of the directory, for the result. `root`: descriptor of its parent.
CellDirectory read_cell_directory(int root, const std::string& name, const std::string& path);

std::uint64_t content_hash(std::string_view text);

}  // namespace lazaret::cells
