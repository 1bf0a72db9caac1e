#include "adapters/process/system_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/utf8.h"

namespace lazaret::process {

std::optional<std::string> read_text(const fs::path& file, std::size_t most) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string text;
  char chunk[4096];
  while (text.size() < most) {
    const ssize_t size = ::read(fd.get(), chunk, std::min(sizeof chunk, most - text.size()));
    if (size < 0) return std::nullopt;
    if (size == 0) break;
    text.append(chunk, static_cast<std::size_t>(size));
  }
  return text;
}

int write_text(const fs::path& file, std::string_view text) {
  const Descriptor fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) return errno;
  return ::write(fd.get(), text.data(), text.size()) < 0 ? errno : 0;
}

Result<void> write_in_place(const fs::path& file, std::string_view bytes) {
  const Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) {
    return fail(ErrorCode::unavailable,
                fmt::format("{} cannot be written: {}", file.string(), errno_text(errno)));
  }
  const ssize_t written = ::pwrite(fd.get(), bytes.data(), bytes.size(), 0);
  if (written == static_cast<ssize_t>(bytes.size())) return {};
  return fail(ErrorCode::unavailable,
              fmt::format("{} cannot be written: {}", file.string(),
                          written < 0 ? errno_text(errno) : "the disk is full"));
}

std::optional<std::int64_t> to_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> number_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (line.size() > key.size() && line.starts_with(key) &&
        (line[key.size()] == ' ' || line[key.size()] == ':')) {
      const std::size_t digit = line.find_first_of("-0123456789", key.size());
      return digit == std::string_view::npos ? std::nullopt : to_number(line.substr(digit));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::string hex16(std::uint64_t value) { return fmt::format("{:016x}", value); }

std::string errno_text(int error) { return std::generic_category().message(error); }

std::vector<std::string> last_lines(const fs::path& file, std::size_t bytes, std::size_t count,
                                    std::size_t width) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat now{};
  if (!fd || ::fstat(fd.get(), &now) != 0 || !S_ISREG(now.st_mode)) return {};
  const auto size = std::min<std::size_t>(bytes, static_cast<std::size_t>(now.st_size));
  std::string text(size, '\0');
  const ssize_t got = ::pread(fd.get(), text.data(), size, now.st_size - static_cast<off_t>(size));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  // Where the reading began in the middle of a character, its rest is not a line's beginning.
  if (static_cast<off_t>(text.size()) < now.st_size) {
    std::size_t begin = 0;
    while (begin < 3 && begin < text.size() && utf8_is_tail(text[begin])) ++begin;
    text.erase(0, begin);
  }
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < count) {
    if (text.back() == '\n') text.pop_back();
    const std::size_t start = text.rfind('\n');
    const std::size_t first = start == std::string::npos ? 0 : start + 1;
    // Repaired with one character more than wanted, so that the cut is ours and between two.
    std::string line = valid_utf8(text.substr(first, width + 4));
    line.resize(utf8_cut(line, width).size());
    lines.push_back(std::move(line));
    text.resize(first);
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

}  // namespace lazaret::process
