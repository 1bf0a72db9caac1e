// manifest.json of a checkpoint: which files it holds, with their sizes and sha256. The name of a
// checkpoint, "<number>-<first 16 hex digits of the manifest's own sha256>", seals the manifest; so
// a byte that was changed or cut off anywhere shows. Reading is of hostile input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/request.h"

namespace lazaret::wire {

// Bounds of one checkpoint.
inline constexpr std::size_t checkpoint_files_most = 500;
inline constexpr std::size_t checkpoint_path_most = 500;
inline constexpr int checkpoint_depth_most = 16;
inline constexpr std::size_t manifest_bytes_most = 1 << 20;
// The files of the top; everything else lies below artifacts/.
inline constexpr std::string_view state_file = "state.json";
inline constexpr std::string_view context_file = "context.json";
inline constexpr std::string_view artifacts_folder = "artifacts";

struct ManifestFile {
  std::string path;  // "state.json", "context.json" or "artifacts/…"
  std::int64_t bytes = 0;
  std::string sha256;  // hex
  LAZARET_FIELDS(ManifestFile, path, bytes, sha256)
};

struct Manifest {
  AgentId agent;
  std::int64_t number = 0;  // grows with each checkpoint of the agent
  Incarnation incarnation;
  std::optional<TaskId> task;
  std::string workspace;            // git commit; empty = not captured
  std::vector<ManifestFile> files;  // sorted by path, each once
  LAZARET_FIELDS(Manifest, agent, number, incarnation, task, workspace, files)
};

std::string write_manifest(const Manifest& manifest);
// Error: invalid_input with line, column and pointer.
Result<Manifest> read_manifest(std::string text);

std::string checkpoint_id(std::int64_t number, std::string_view manifest_hash);
bool is_checkpoint_id(std::string_view text);
// A git object's name, of SHA-1 or SHA-256.
bool is_commit(std::string_view text);
// state.json, context.json, or a clean path below artifacts/.
bool is_checkpoint_path(std::string_view path);
inline constexpr std::string_view checkpoint_path_expected =
    "state.json, context.json, or files below artifacts/";

core::CheckpointInfo info_of(const Manifest& manifest, std::string_view text);

LAZARET_ENUM(FileChange, added, removed, changed)
struct ManifestDifference {
  std::string path;
  FileChange change = FileChange::changed;
  std::int64_t before = 0;  // bytes; 0 where it was added
  std::int64_t after = 0;
  LAZARET_FIELDS(ManifestDifference, path, change, before, after)
};
// Sorted by path; files that are the same in both are left out.
std::vector<ManifestDifference> differences(const Manifest& from, const Manifest& to);

}  // namespace lazaret::wire
