#include "files/beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace lazaret::files {
namespace {

// One step after the other, none of them through a link.
Fd open_by_steps(int dir, const std::string& path, int flags, mode_t mode) {
  Fd at;
  int from = dir;
  std::size_t begin = 0;
  while (true) {
    const std::size_t slash = path.find('/', begin);
    const std::string step = path.substr(begin, slash - begin);
    if (step.empty() || step == "..") {
      errno = EXDEV;
      return Fd();
    }
    const bool last = slash == std::string::npos;
    const int fd = last ? openat(from, step.c_str(), flags, mode)
                        : openat(from, step.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (last || fd < 0) return Fd(fd);
    at = Fd(fd);
    from = at.get();
    begin = slash + 1;
  }
}

ErrorCode code_of(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EROFS:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EBUSY:
      return ErrorCode::unavailable;
    case ENOENT:
      return ErrorCode::not_found;
    case EACCES:
    case EPERM:
      return ErrorCode::refused;
    case ELOOP:
    case ENOTDIR:
    case EISDIR:
    case EXDEV:
      return ErrorCode::invalid_input;
    case EEXIST:
    case ENOTEMPTY:
      return ErrorCode::conflict;
    default:
      return ErrorCode::internal;
  }
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}

Error system_error(int code, std::string what) {
  std::string remedy;
  if (code == ENOSPC || code == EDQUOT) remedy = "free some space; it is tried again by itself";
  if (code == EROFS) remedy = "mount the missions directory writable; it is tried again by itself";
  char buffer[128];
  const char* text = strerror_r(code, buffer, sizeof buffer);
  return {code_of(code), fmt::format("{}: {}", what, text), {}, std::move(remedy)};
}

Fd open_beneath(int dir, const std::string& path, int flags, mode_t mode) {
  static std::atomic<bool> has_openat2 = true;
  flags |= O_CLOEXEC | O_NOFOLLOW;
  if (has_openat2) {
    struct open_how how = {};
    how.flags = static_cast<std::uint64_t>(flags);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    while (true) {
      const long fd = syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how);
      if (fd >= 0) return Fd(static_cast<int>(fd));
      if (errno == EAGAIN || errno == EINTR) continue;
      break;
    }
    if (errno != ENOSYS && errno != EPERM) return Fd();  // EPERM: an old seccomp filter
    has_openat2 = errno != ENOSYS;
  }
  return open_by_steps(dir, path, flags, mode);
}

Fd open_directory(int dir, const std::string& path) {
  return open_beneath(dir, path, O_RDONLY | O_DIRECTORY);
}

Fd open_root(const std::string& absolute_path) {
  return Fd(open(absolute_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

Result<std::vector<Entry>> list(int dir, std::size_t most) {
  // A fresh description: the caller's own offset stays where it is.
  const int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = copy < 0 ? nullptr : fdopendir(copy);
  if (stream == nullptr) {
    const int code = errno;
    if (copy >= 0) close(copy);
    return std::unexpected(system_error(code, "cannot list the directory"));
  }
  std::vector<Entry> entries;
  bool full = false;
  while (const dirent* found = readdir(stream)) {
    const std::string_view name = found->d_name;
    if (name == "." || name == "..") continue;
    if (entries.size() == most) {
      full = true;
      break;
    }
    Entry entry{std::string(name), found->d_type == DT_DIR, found->d_type == DT_REG,
                found->d_type == DT_LNK};
    if (found->d_type == DT_UNKNOWN) {
      struct stat info = {};
      if (fstatat(dir, found->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        entry.directory = S_ISDIR(info.st_mode);
        entry.regular = S_ISREG(info.st_mode);
        entry.link = S_ISLNK(info.st_mode);
      }
    }
    entries.push_back(std::move(entry));
  }
  closedir(stream);
  if (full) return fail(ErrorCode::too_many, fmt::format("more than {} entries", most));
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

Result<std::string> read_file(int dir, const std::string& path, std::size_t most,
                              struct stat* info) {
  // Non-blocking: a FIFO that stands in the place of a file must not hold us.
  const Fd file = open_beneath(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return std::unexpected(system_error(errno, "cannot open"));
  struct stat found = {};
  if (fstat(file.get(), &found) != 0) return std::unexpected(system_error(errno, "cannot stat"));
  if (info != nullptr) *info = found;
  if (!S_ISREG(found.st_mode)) return fail(ErrorCode::invalid_input, "not a regular file");
  const auto too_large = [&](std::uint64_t size) {
    return fail(ErrorCode::too_large, fmt::format("{} bytes", size));
  };
  if (static_cast<std::uint64_t>(found.st_size) > most) {
    return too_large(static_cast<std::uint64_t>(found.st_size));
  }
  // One byte more than the size says: a file that grows meanwhile is seen to do so.
  std::string text(static_cast<std::size_t>(found.st_size) + 1, '\0');
  std::size_t length = 0;
  while (true) {
    const ssize_t got = read(file.get(), text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error(errno, "cannot read"));
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
    if (length > most) return too_large(length);
    if (length == text.size()) text.resize(std::min(text.size() * 2, most + 1));
  }
  text.resize(length);
  return text;
}

std::string why_unsafe(const struct stat& info) {
  if (info.st_uid != geteuid()) return fmt::format("the owner uid {}", info.st_uid);
  if ((info.st_mode & 022U) != 0) {
    return fmt::format("the mode {:04o}, writable by others than its owner", info.st_mode & 07777U);
  }
  return {};
}

}  // namespace lazaret::files
