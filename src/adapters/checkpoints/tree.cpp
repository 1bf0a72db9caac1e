#include "adapters/checkpoints/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

namespace lazaret::checkpoints {
namespace {

constexpr std::size_t part = 256 * 1024;
constexpr std::size_t syncs_at_once = 8;
constexpr int removal_depth_most = 64;
constexpr std::size_t names_most = 100'000;

std::unexpected<Error> failed(const std::string& what) {
  return std::unexpected(disk_error(errno, what));
}

ErrorCode code_of(int code) {
  switch (code) {
    case ENOENT:
      return ErrorCode::not_found;
    case ELOOP:
    case ENOTDIR:
    case EISDIR:
    case EXDEV:
      return ErrorCode::invalid_input;
    default:
      return ErrorCode::unavailable;
  }
}

class Walker {
 public:
  Walker(const WalkBounds& bounds, std::vector<Node>& nodes) : bounds_(bounds), nodes_(nodes) {}

  Result<void> walk(int dir, const std::string& prefix, int depth) {
    const auto names = names_in(dir, bounds_.files);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names) {
      if (auto done = take(dir, prefix + name, name, depth); !done) return done;
    }
    return {};
  }

 private:
  Result<void> take(int dir, const std::string& path, const std::string& name, int depth) {
    if (nodes_.size() >= bounds_.files || path.size() > bounds_.path) {
      return fail(ErrorCode::too_large,
                  fmt::format("more than {} files, or a path longer than {} bytes", bounds_.files,
                              bounds_.path),
                  path);
    }
    struct stat info = {};
    if (fstatat(dir, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
      return failed("cannot look at " + path);
    if (S_ISREG(info.st_mode)) {
      nodes_.push_back({path, info.st_size, false});
      return {};
    }
    if (!S_ISDIR(info.st_mode)) {
      return fail(ErrorCode::invalid_input,
                  path + " is neither a file nor a folder (a link, a pipe, a device)", path,
                  "keep copies of files, no links");
    }
    if (depth <= 0) return fail(ErrorCode::too_large, "folders are nested too deep", path);
    nodes_.push_back({path, 0, true});
    const auto inner = open_folder(dir, name);
    if (!inner) return std::unexpected(inner.error());
    return walk(inner->get(), path + "/", depth - 1);
  }

  const WalkBounds& bounds_;
  std::vector<Node>& nodes_;
};

Result<void> remove_below(int dir, int depth) {
  const auto names = names_in(dir, names_most);
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    if (unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) continue;
    if (errno != EISDIR && errno != EPERM) return failed("cannot remove " + name);
    if (depth <= 0) return fail(ErrorCode::unavailable, "folders are nested too deep", name);
    const auto inner = open_folder(dir, name);
    if (!inner) return std::unexpected(inner.error());
    if (auto done = remove_below(inner->get(), depth - 1); !done) return done;
    if (unlinkat(dir, name.c_str(), AT_REMOVEDIR) != 0) return failed("cannot remove " + name);
  }
  return {};
}

}  // namespace

Error disk_error(int code, const std::string& what) {
  std::array<char, 128> buffer{};
  return {code_of(code),
          fmt::format("{}: {}", what, strerror_r(code, buffer.data(), buffer.size())),
          {},
          code == ENOSPC || code == EDQUOT ? "free some space and try again" : ""};
}

Result<std::vector<std::string>> names_in(int dir, std::size_t most) {
  const int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = copy < 0 ? nullptr : fdopendir(copy);
  if (!stream) {
    const int code = errno;
    if (copy >= 0) close(copy);
    return std::unexpected(disk_error(code, "cannot list a directory"));
  }
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    names.push_back(name);
    if (names.size() > most) break;
  }
  closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

Result<Fd> open_folder(int dir, const std::string& name) {
  Fd fd = files::open_beneath(dir, name, O_RDONLY | O_DIRECTORY);
  if (!fd) return failed("cannot open the folder " + name);
  return fd;
}

Result<Fd> make_folder(int dir, const std::string& name) {
  if (mkdirat(dir, name.c_str(), 0755) != 0 && errno != EEXIST)
    return failed("cannot make the folder " + name);
  return open_folder(dir, name);
}

Result<std::vector<Node>> walk(int dir, const WalkBounds& bounds) {
  std::vector<Node> nodes;
  if (auto done = Walker(bounds, nodes).walk(dir, "", bounds.depth); !done)
    return std::unexpected(done.error());
  return nodes;
}

Result<void> read_parts(int dir, const std::string& path, const Take& take) {
  const Fd file = files::open_beneath(dir, path, O_RDONLY | O_NONBLOCK);
  if (!file) return failed("cannot open " + path);
  struct stat before = {};
  if (fstat(file.get(), &before) != 0) return failed("cannot look at " + path);
  if (!S_ISREG(before.st_mode)) return fail(ErrorCode::invalid_input, path + " is no file", path);
  std::vector<char> buffer(part);
  std::int64_t total = 0;
  while (true) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot read " + path);
    if (got == 0) break;
    total += got;
    if (total > before.st_size) break;  // it grows
    if (auto done = take(buffer.data(), static_cast<std::size_t>(got)); !done) return done;
  }
  struct stat after = {};
  if (fstat(file.get(), &after) != 0) return failed("cannot look at " + path);
  const bool same = total == before.st_size && after.st_size == before.st_size &&
                    after.st_mtim.tv_sec == before.st_mtim.tv_sec &&
                    after.st_mtim.tv_nsec == before.st_mtim.tv_nsec;
  if (same) return {};
  return fail(ErrorCode::conflict, path + " was written while it was being saved", path,
              "write it whole first, then save");
}

Result<Fd> new_file(int dir, const std::string& path) {
  Fd file = files::open_beneath(dir, path, O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (!file) return failed("cannot make " + path);
  return file;
}

Result<void> write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t wrote = write(fd, bytes, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failed("cannot write");
    bytes += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
  return {};
}

Result<void> sync_all(const std::vector<int>& fds) {
  std::vector<int> errors(fds.size(), 0);
  const std::size_t threads = std::min(syncs_at_once, fds.size());
  const auto run = [&](std::size_t first) {
    for (std::size_t i = first; i < fds.size(); i += threads) {
      if (fsync(fds[i]) != 0) errors[i] = errno;
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run, i);
    if (threads > 0) run(0);
  }
  for (const int code : errors) {
    if (code != 0) return std::unexpected(disk_error(code, "cannot fsync"));
  }
  return {};
}

Result<void> remove_all(int dir, const std::string& name) {
  if (unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  if (errno != EISDIR && errno != EPERM) return failed("cannot remove " + name);
  const auto inner = open_folder(dir, name);
  if (!inner) return std::unexpected(inner.error());
  if (auto done = remove_below(inner->get(), removal_depth_most); !done) return done;
  if (unlinkat(dir, name.c_str(), AT_REMOVEDIR) != 0) return failed("cannot remove " + name);
  return {};
}

Result<void> remove_prefixed(int dir, std::string_view prefix) {
  const auto names = names_in(dir, names_most);
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix)) continue;
    if (auto done = remove_all(dir, name); !done) return done;
  }
  return {};
}

Result<void> point_link(int dir, const std::string& name, const std::string& target) {
  const std::string fresh = "." + name + ".new";
  unlinkat(dir, fresh.c_str(), 0);
  if (symlinkat(target.c_str(), dir, fresh.c_str()) != 0) return failed("cannot make a link");
  if (renameat(dir, fresh.c_str(), dir, name.c_str()) == 0) return {};
  const auto error = failed("cannot place the link " + name);
  unlinkat(dir, fresh.c_str(), 0);
  return error;
}

}  // namespace lazaret::checkpoints
