// What lies in the directories of cells besides the files that define them. Nothing there is
// trusted: agents write it. Both look without keeping the loop waiting and answer on its thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::ports {

inline constexpr std::size_t artifacts_most = 1000;
inline constexpr std::size_t artifact_bytes_most = 16 * 1024 * 1024;

struct Artifact {
  std::string path;  // below artifacts/
  std::uint64_t bytes = 0;
  WallTime modified_at{};
};
struct Artifacts {
  std::vector<Artifact> files;  // the newest first, at most artifacts_most
  bool more = false;            // not all that there are
};

// What a cell takes of the disk.
struct CellUse {
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  bool all = true;  // false: it was too much to go through; there is at least this
};

class CellFiles {
 public:
  virtual ~CellFiles() = default;
  // `cell`: its directory. Errors: too_many when too much is asked at once, unavailable.
  using Listed = std::function<void(Result<Artifacts>)>;
  virtual void list_artifacts(const std::string& cell, Listed done) = 0;
  // The whole file. Further errors: not_found; invalid_input for what is no file there, or is
  // reached through a link; too_large.
  using Read = std::function<void(Result<std::string>)>;
  virtual void read_artifact(const std::string& cell, const std::string& path, Read done) = 0;
  using Measured = std::function<void(Result<CellUse>)>;
  virtual void measure(const std::string& cell, Measured done) = 0;
};

}  // namespace lazaret::ports
