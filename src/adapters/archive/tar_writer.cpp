#include "adapters/archive/tar_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "adapters/archive/hasher.h"

namespace lazaret::archive {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

std::unexpected<Error> system_failure(const std::string& what, const std::string& place) {
  const int code = errno;
  return fail(ErrorCode::unavailable, what + ": " + std::strerror(code), place,
              code == ENOSPC ? "free space, or another place for the backup" : "");
}

// Closes itself.
struct Input {
  int fd = -1;
  ~Input() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<TarWriter> TarWriter::create(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    return fail(ErrorCode::conflict, "this file is there already, and stays", path,
                "another name for the backup");
  }
  const std::string partial = path + ".partial-" + std::to_string(::getpid());
  const int fd = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return system_failure("the backup cannot be written", partial);
  return TarWriter(path, partial, fd);
}

TarWriter::TarWriter(TarWriter&& other) noexcept
    : path_(std::move(other.path_)),
      partial_(std::exchange(other.partial_, {})),
      fd_(std::exchange(other.fd_, -1)),
      bytes_(other.bytes_),
      written_(std::move(other.written_)) {}

TarWriter::~TarWriter() {
  if (fd_ >= 0) ::close(fd_);
  if (!partial_.empty()) ::unlink(partial_.c_str());
}

Result<void> TarWriter::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return system_failure("the backup cannot be written", partial_);
    bytes.remove_prefix(static_cast<std::size_t>(done));
    bytes_ += static_cast<std::uint64_t>(done);
  }
  return {};
}

Result<void> TarWriter::begin(const Entry& entry) {
  if (needs_pax(entry)) {
    const std::string text = pax_text(entry);
    Entry pax{"pax", EntryKind::pax, 0600, text.size(), entry.changed, {}};
    const Block header = header_of(pax);
    if (auto done = put({header.data(), header.size()}); !done) return done;
    if (auto done = put(text); !done) return done;
    if (auto done = pad(text.size()); !done) return done;
  }
  const Block header = header_of(entry);
  return put({header.data(), header.size()});
}

Result<void> TarWriter::pad(std::uint64_t size) {
  return put(std::string(padded(size) - size, '\0'));
}

Result<void> TarWriter::add_file(const std::string& name, int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return system_failure("cannot read", name);
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid_input, "is no regular file", name);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > file_bytes_most) return fail(ErrorCode::too_large, "is larger than 8 GiB", name);
  const Entry entry{name, EntryKind::file, info.st_mode & 07777, size, info.st_mtime, {}};
  if (auto begun = begin(entry); !begun) return begun;
  Hasher hasher;
  std::string piece;
  for (std::uint64_t left = size; left > 0;) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, piece_bytes)));
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("cannot read", name);
    if (got > 0) piece.resize(static_cast<std::size_t>(got));
    if (got == 0) std::ranges::fill(piece, '\0');  // it has become shorter
    hasher.add(piece);
    if (auto done = put(piece); !done) return done;
    left -= piece.size();
  }
  if (auto done = pad(size); !done) return done;
  written_.push_back({name, size, hasher.hex()});
  return {};
}

Result<void> TarWriter::add_text(const std::string& name, std::string_view text) {
  const Entry entry{name, EntryKind::file, 0600, text.size(), 0, {}};
  if (auto begun = begin(entry); !begun) return begun;
  if (auto done = put(text); !done) return done;
  if (auto done = pad(text.size()); !done) return done;
  written_.push_back({name, text.size(), sha256_hex(text)});
  return {};
}

Result<void> TarWriter::add_directory(const std::string& name, std::uint32_t mode) {
  return begin({name, EntryKind::directory, mode, 0, 0, {}});
}

Result<void> TarWriter::add_link(const std::string& name, const std::string& target) {
  if (auto begun = begin({name, EntryKind::link, 0777, 0, 0, target}); !begun) return begun;
  written_.push_back({name, 0, sha256_hex(target)});
  return {};
}

Result<void> TarWriter::finish() {
  if (auto done = put(std::string(2 * block_bytes, '\0')); !done) return done;
  if (::fsync(fd_) != 0) return system_failure("the backup cannot be written", partial_);
  // link() refuses what rename() would replace.
  if (::link(partial_.c_str(), path_.c_str()) != 0) {
    return system_failure("the backup cannot be put in its place", path_);
  }
  ::unlink(partial_.c_str());
  partial_.clear();
  const std::string folder = std::filesystem::path(path_).parent_path();
  Input directory{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY)};
  if (directory.fd < 0 || ::fsync(directory.fd) != 0) {
    return system_failure("the backup's directory cannot be written", path_);
  }
  return {};
}

}  // namespace lazaret::archive
