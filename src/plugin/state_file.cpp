#include "plugin/state_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace lazaret::plugin {
namespace {

std::unexpected<Error> disk_error(const std::string& what, const std::string& path) {
  return fail(ErrorCode::unavailable, fmt::format("cannot {}: {}", what, std::strerror(errno)),
              path);
}

struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number < 0) {
    if (errno == ENOENT) return fail(ErrorCode::not_found, "there is no such file", path);
    return disk_error("open", path);
  }
  std::string text;
  std::array<char, 16 * 1024> piece;
  while (true) {
    const ssize_t got = ::read(file.number, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_error("read", path);
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > most) {
      return fail(ErrorCode::too_large, fmt::format("larger than {} bytes", most), path);
    }
  }
}

StateFile::~StateFile() {
  if (lock_ >= 0) ::close(lock_);
}

Result<void> StateFile::lock() {
  std::error_code error;
  if (!std::filesystem::exists(directory_, error)) {
    std::filesystem::create_directories(directory_, error);
    ::chmod(directory_.c_str(), 0700);
  }
  const std::string path = directory_ + "/state.lock";
  if (lock_ < 0) lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return disk_error("open", path);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return disk_error("lock", path);
    std::array<char, 32> pid{};
    const ssize_t got = ::pread(lock_, pid.data(), pid.size() - 1, 0);
    return fail(ErrorCode::conflict,
                fmt::format("another lazaret plugin (pid {}) works with this state",
                            got > 0 ? std::string(pid.data()) : "unknown"),
                directory_);
  }
  const std::string own = std::to_string(::getpid());
  if (::ftruncate(lock_, 0) != 0 ||
      ::pwrite(lock_, own.data(), own.size(), 0) != static_cast<ssize_t>(own.size())) {
    return disk_error("write", path);
  }
  return {};
}

Result<std::string> StateFile::load() {
  auto text = read_file(directory_ + "/state.json", most_bytes);
  if (!text && text.error().code == ErrorCode::not_found) return std::string();
  return text;
}

Result<void> StateFile::save(const std::string& text) {
  const std::string path = directory_ + "/state.json";
  const std::string fresh = path + ".new";
  {
    const Descriptor file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.number < 0) return disk_error("open", fresh);
    if (!write_all(file.number, text)) return disk_error("write", fresh);
    if (::fdatasync(file.number) != 0) return disk_error("fsync", fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return disk_error("rename", fresh);
  const Descriptor folder(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number < 0 || ::fsync(folder.number) != 0) return disk_error("fsync", directory_);
  return {};
}

}  // namespace lazaret::plugin
