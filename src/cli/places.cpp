#include "cli/places.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace lazaret::cli {
namespace {

constexpr std::uint64_t least_space = 128 * 1024;  // the journal's first pages, lock and log

std::unexpected<Error> cannot(std::string_view doing, const std::string& path, int error) {
  return fail(ErrorCode::unavailable,
              fmt::format("cannot {} {}: {}", doing, path, std::strerror(error)), path);
}

Result<void> make_parents(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return cannot("make the parents of", path, error.value());
  return {};
}

}  // namespace

Result<void> make_private_directory(const std::string& path) {
  if (auto made = make_parents(path); !made) return made;
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return cannot("make", path, errno);
  // Looked at through a descriptor, so that what is checked is what is changed.
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    return fail(ErrorCode::refused,
                fmt::format("{} is no directory of ours: {}", path, std::strerror(errno)), path,
                "choose another directory: --state, or XDG_RUNTIME_DIR for the run directory");
  }
  struct stat found{};
  const bool known = fstat(fd, &found) == 0;
  const bool ours = known && found.st_uid == geteuid();
  const bool narrowed = ours && ((found.st_mode & 077) == 0 || fchmod(fd, 0700) == 0);
  close(fd);
  if (narrowed) return {};
  return fail(ErrorCode::refused, fmt::format("{} belongs to another user", path), path,
              "choose another directory: --state, or XDG_RUNTIME_DIR for the run directory");
}

Result<void> make_places(const Paths& paths) {
  if (auto made = make_private_directory(paths.state); !made) return made;
  if (auto made = make_private_directory(paths.run); !made) return made;
  std::error_code error;
  std::filesystem::create_directories(paths.missions, error);
  if (error) return cannot("make", paths.missions, error.value());
  // Replaced by rename, so that a client never finds it missing.
  const std::string fresh = fmt::format("{}.{}", paths.run_link(), getpid());
  unlink(fresh.c_str());
  if (symlink(paths.run.c_str(), fresh.c_str()) != 0) return cannot("link", fresh, errno);
  if (rename(fresh.c_str(), paths.run_link().c_str()) != 0) {
    const int why = errno;
    unlink(fresh.c_str());
    return cannot("link", paths.run_link(), why);
  }
  return {};
}

void forget_empty_run_directory(const Paths& paths) {
  if (rmdir(paths.run.c_str()) == 0) unlink(paths.run_link().c_str());
}

Result<void> require_space(const std::string& directory) {
  struct statvfs space{};
  if (statvfs(directory.c_str(), &space) != 0) return {};  // who needs it will say so
  const std::uint64_t left = space.f_bavail * space.f_frsize;
  if (left >= least_space) return {};
  return fail(
      ErrorCode::unavailable,
      fmt::format("the file system of the state directory is full: {} bytes are left", left),
      directory, "free space there");
}

Result<void> write_private_file(const std::string& path, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) {
    return fail(ErrorCode::conflict, fmt::format("{} is there already", path), path);
  }
  if (fd < 0) return cannot("write", path, errno);
  while (!text.empty()) {
    const auto written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int why = errno;
      close(fd);
      unlink(path.c_str());
      return cannot("write", path, why);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  close(fd);
  return {};
}

}  // namespace lazaret::cli
