#include "adapters/cells/inner_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "files/beneath.h"

namespace lazaret::cells {
namespace {

constexpr const char* folder = "artifacts";
constexpr std::chrono::seconds list_time{2};
constexpr std::chrono::seconds measure_time{1};
constexpr std::size_t measure_entries = 200'000;
constexpr int measure_depth = 64;
constexpr std::uint64_t block = 512;  // stat(2)

struct CloseDir {
  void operator()(DIR* stream) const { closedir(stream); }
};

Result<files::Fd> open_artifacts(const std::string& cell) {
  const files::Fd root = files::open_root(cell);
  files::Fd dir = root ? files::open_directory(root.get(), folder) : files::Fd();
  if (!dir) return std::unexpected(files::system_error(errno, "cannot open artifacts/"));
  return dir;
}

WallTime time_of(const timespec& time) {
  return WallTime(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

bool newer(const ports::Artifact& a, const ports::Artifact& b) {
  return a.modified_at != b.modified_at ? a.modified_at > b.modified_at : a.path < b.path;
}

}  // namespace

bool visit(int dir, Visit& wish, const std::string& below) {
  const int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseDir> stream(copy < 0 ? nullptr : fdopendir(copy));
  if (!stream) {
    if (copy >= 0) close(copy);
    return false;
  }
  bool all = true;
  while (const dirent* found = readdir(stream.get())) {
    const std::string_view name = found->d_name;
    if (name == "." || name == "..") continue;
    if (wish.entries == 0 || std::chrono::steady_clock::now() > wish.until) return false;
    --wish.entries;
    struct stat info = {};
    if (fstatat(dir, found->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;  // gone by now
    std::string path = below.empty() ? std::string(name) : below + '/' + found->d_name;
    if (S_ISREG(info.st_mode)) wish.each(path, info);
    if (!S_ISDIR(info.st_mode)) continue;
    const files::Fd inner =
        wish.depth > 0 ? files::open_directory(dir, found->d_name) : files::Fd();
    --wish.depth;
    all = inner && visit(inner.get(), wish, path) && all;
    ++wish.depth;
  }
  return all;
}

Result<ports::Artifacts> list_artifacts(const std::string& cell) {
  const auto dir = open_artifacts(cell);
  if (!dir && dir.error().code == ErrorCode::not_found) return ports::Artifacts{};
  if (!dir) return std::unexpected(dir.error());
  ports::Artifacts found;
  Visit wish;
  wish.until = std::chrono::steady_clock::now() + list_time;
  wish.each = [&](const std::string& path, const struct stat& info) {
    found.files.push_back({path, static_cast<std::uint64_t>(info.st_size), time_of(info.st_mtim)});
  };
  const bool all = visit(dir->get(), wish);
  found.more = !all || found.files.size() > ports::artifacts_most;
  std::ranges::sort(found.files, newer);
  if (found.files.size() > ports::artifacts_most) found.files.resize(ports::artifacts_most);
  return found;
}

Result<ports::CellUse> measure(const std::string& cell) {
  const files::Fd root = files::open_root(cell);
  if (!root) return std::unexpected(files::system_error(errno, "cannot open " + cell));
  ports::CellUse use;
  Visit wish;
  wish.entries = measure_entries;
  wish.depth = measure_depth;
  wish.until = std::chrono::steady_clock::now() + measure_time;
  wish.each = [&](const std::string&, const struct stat& info) {
    use.bytes += static_cast<std::uint64_t>(info.st_blocks) * block;
    ++use.files;
  };
  use.all = visit(root.get(), wish);
  return use;
}

Result<std::string> read_artifact(const std::string& cell, const std::string& path) {
  const auto dir = open_artifacts(cell);
  if (!dir) return std::unexpected(dir.error());
  return files::read_file(dir->get(), path, ports::artifact_bytes_most);
}

}  // namespace lazaret::cells
