// Small files of the kernel and of a slot, read and written with few calls.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lazaret::process {

namespace fs = std::filesystem;

// A descriptor with an owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  void reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// At most `most` bytes from the start; nullopt when it cannot be read.
std::optional<std::string> read_text(const fs::path& file, std::size_t most = 64 * 1024);
// One write() to a file that exists; 0 or errno.
int write_text(const fs::path& file, std::string_view text);
// Overwrites in place without shortening, so that a full disk does not hinder it; mode 0600.
Result<void> write_in_place(const fs::path& file, std::string_view bytes);

// The number behind `key` at the start of a line, as in memory.events or cpu.stat.
std::optional<std::int64_t> number_of(std::string_view text, std::string_view key);
std::optional<std::int64_t> to_number(std::string_view text);

std::string hex16(std::uint64_t value);
// "No such file or directory"
std::string errno_text(int error);

// A file's last lines: at most `count`, each at most `width` bytes, from its last `bytes`. They
// are valid UTF-8, whatever the file holds, and cut between characters.
std::vector<std::string> last_lines(const fs::path& file, std::size_t bytes, std::size_t count,
                                    std::size_t width);

}  // namespace lazaret::process
