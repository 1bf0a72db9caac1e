#include "adapters/archive/tar_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace lazaret::archive {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

bool is_inside(const std::string& name) {
  if (name.empty() || name[0] == '/' || name.find('\0') != std::string::npos) return false;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t end = std::min(name.find('/', from), name.size());
    const std::string_view part = std::string_view(name).substr(from, end - from);
    if (part.empty() || part == "." || part == "..") return false;
    from = end + 1;
  }
  return true;
}

// As much as there is, up to `size`.
Result<std::size_t> read_fully(int fd, char* data, std::size_t size, const std::string& path) {
  std::size_t got = 0;
  while (got < size) {
    const ssize_t done = ::read(fd, data + got, size - got);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      return fail(ErrorCode::unavailable, std::string("cannot be read: ") + std::strerror(errno),
                  path);
    }
    if (done == 0) break;
    got += static_cast<std::size_t>(done);
  }
  return got;
}

}  // namespace

Result<TarReader> TarReader::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd >= 0) return TarReader(path, fd);
  const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
  return fail(code, std::string("the backup cannot be read: ") + std::strerror(errno), path);
}

TarReader::TarReader(TarReader&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      at_(other.at_),
      left_(other.left_),
      padding_(other.padding_) {}

TarReader::~TarReader() {
  if (fd_ >= 0) ::close(fd_);
}

std::unexpected<Error> TarReader::damaged(const std::string& what) const {
  return fail(ErrorCode::invalid_input, "the backup is damaged: " + what,
              path_ + " at byte " + std::to_string(at_), "another backup");
}

Result<bool> TarReader::read_block(Block& block) {
  const auto got = read_fully(fd_, block.data(), block.size(), path_);
  if (!got) return std::unexpected(got.error());
  if (*got != block.size()) return damaged("it ends too early");
  const bool empty = is_empty(block);
  if (!empty) at_ += block.size();
  return !empty;
}

Result<std::optional<Entry>> TarReader::next() {
  while (left_ > 0) {
    if (auto rest = read(); !rest) return std::unexpected(rest.error());
  }
  Block block{};
  auto more = read_block(block);
  if (!more) return std::unexpected(more.error());
  if (!*more) return std::optional<Entry>();
  auto entry = read_header(block);
  if (!entry) return damaged(entry.error().message);
  if (entry->kind == EntryKind::pax) {
    left_ = entry->size;
    padding_ = padded(left_) - left_;
    auto text = read_all(pax_bytes_most);
    if (!text) return std::unexpected(text.error());
    more = read_block(block);
    if (!more) return std::unexpected(more.error());
    entry = *more ? read_header(block) : fail(ErrorCode::invalid_input, "an entry is missing");
    if (!entry) return damaged(entry.error().message);
    if (entry->kind == EntryKind::pax) return damaged("a long name has no entry");
    if (auto named = read_pax(*text, *entry); !named) return damaged(named.error().message);
  }
  if (entry->kind == EntryKind::directory && entry->name.ends_with('/')) entry->name.pop_back();
  if (!is_inside(entry->name)) return damaged("an entry is called \"" + entry->name + "\"");
  left_ = entry->kind == EntryKind::file ? entry->size : 0;
  padding_ = padded(left_) - left_;
  return std::optional<Entry>(std::move(*entry));
}

Result<std::string> TarReader::read() {
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece_bytes)), '\0');
  if (piece.empty()) return piece;
  const auto got = read_fully(fd_, piece.data(), piece.size(), path_);
  if (!got) return std::unexpected(got.error());
  if (*got != piece.size()) return damaged("it ends too early");
  left_ -= piece.size();
  at_ += piece.size();
  if (left_ > 0 || padding_ == 0) return piece;
  Block rest{};
  const auto skipped = read_fully(fd_, rest.data(), padding_, path_);
  if (!skipped) return std::unexpected(skipped.error());
  if (*skipped != padding_) return damaged("it ends too early");
  at_ += padding_;
  padding_ = 0;
  return piece;
}

Result<std::string> TarReader::read_all(std::size_t most) {
  if (left_ > most) {
    return fail(ErrorCode::too_large, "an entry is too large", path_, "another backup");
  }
  std::string text;
  while (left_ > 0) {
    auto piece = read();
    if (!piece) return piece;
    text += *piece;
  }
  return text;
}

}  // namespace lazaret::archive
