#include "main/own_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <mutex>

#include "base/rfc3339.h"
#include "files/beneath.h"

namespace lazaret::main {
namespace {

std::mutex writing;
std::string bounded;  // empty = none is

bool copy(int from, off_t begin, off_t end, int to) {
  std::string piece(64 << 10, '\0');
  while (begin < end) {
    const auto want = std::min<std::size_t>(piece.size(), static_cast<std::size_t>(end - begin));
    const ssize_t got = ::pread(from, piece.data(), want, begin);
    if (got <= 0 || ::write(to, piece.data(), static_cast<std::size_t>(got)) != got) return false;
    begin += got;
  }
  return true;
}

}  // namespace

bool turn_over(int fd, const std::string& path, std::int64_t most) {
  struct stat written{};
  struct stat named{};
  if (::fstat(fd, &written) != 0 || ::lstat(path.c_str(), &named) != 0) return false;
  if (!S_ISREG(named.st_mode) || written.st_ino != named.st_ino || written.st_dev != named.st_dev ||
      written.st_size <= most) {
    return false;
  }
  const std::string older = path + ".1";
  const std::string partial = older + ".tmp";
  ::unlink(partial.c_str());
  const files::Fd from(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  const files::Fd to(::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const bool kept = from && to &&
                    copy(from.get(), written.st_size - most, written.st_size, to.get()) &&
                    ::rename(partial.c_str(), older.c_str()) == 0;
  // On a full disk its bound is worth more than its past.
  if (!kept) ::unlink(partial.c_str());
  return from && ::ftruncate(from.get(), 0) == 0;
}

void bound_own_log(const std::string& path) {
  const std::lock_guard lock(writing);
  bounded = path;
  turn_over(STDERR_FILENO, bounded);
}

void log(const std::string& line) {
  const std::lock_guard lock(writing);
  if (!bounded.empty()) turn_over(STDERR_FILENO, bounded);
  std::cerr << to_rfc3339(WallTime(std::chrono::system_clock::now().time_since_epoch())) << ' '
            << line << std::endl;
}

}  // namespace lazaret::main
