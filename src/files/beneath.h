// Directories and files below a place we trust, opened so that nobody can lead us out of it: no
// symbolic links, no "..", the kernel checks (openat2), or, where it cannot, each step is opened
// alone.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lazaret::files {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// What a system call's errno means to us. unavailable: try again later (full, broken or read-only
// disk, too many files); not_found; refused; invalid_input: a symbolic link or something of the
// wrong kind is in the way; internal: the rest.
Error system_error(int code, std::string what);

// `path` is relative to `dir`. Flags as for open(2); O_CLOEXEC and O_NOFOLLOW are added. Sets
// errno.
Fd open_beneath(int dir, const std::string& path, int flags, mode_t mode = 0);
Fd open_directory(int dir, const std::string& path);
Fd open_root(const std::string& absolute_path);

struct Entry {
  std::string name;
  bool directory = false;
  bool regular = false;
  bool link = false;
};

// Without "." and "..", sorted. At most `most` entries; the first one beyond is the error too_many.
Result<std::vector<Entry>> list(int dir, std::size_t most);

// At most `most` bytes; more is too_large, what is no regular file invalid_input.
Result<std::string> read_file(int dir, const std::string& path, std::size_t most,
                              struct stat* info = nullptr);

// Empty if it belongs to us and only we may write it; else what is wrong, in words.
std::string why_unsafe(const struct stat& info);

}  // namespace lazaret::files
