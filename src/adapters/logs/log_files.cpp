#include "adapters/logs/log_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <iterator>
#include <utility>

#include "base/utf8.h"
#include "shim/records.h"

namespace lazaret::logs {
namespace {

constexpr int place_bits = 40;  // of an offset; the rest tell the file
constexpr std::uint64_t place_mask = (std::uint64_t{1} << place_bits) - 1;
constexpr int identity_bits = 13;
constexpr std::size_t read_most = 1024 * 1024;    // bytes of one answer, and of a line's piece
constexpr std::size_t tail_most = 8 * read_most;  // bytes of the last lines
constexpr std::size_t character_most = 4;
constexpr int files_most = 1001;

// A dropped file's inode is often the next one's, so its birth counts too.
std::uint64_t identity_of(int descriptor, std::uint64_t inode) {
  struct statx more{};
  const bool born = statx(descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &more) == 0 &&
                    (more.stx_mask & STATX_BTIME) != 0;
  const std::uint64_t birth =
      born ? static_cast<std::uint64_t>(more.stx_btime.tv_sec) * 1'000'000'000 +
                 more.stx_btime.tv_nsec
           : 0;
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;  // of the golden ratio: spreads the bits
  return ((inode * odd) ^ birth) * odd >> (64 - identity_bits);
}

class File {
 public:
  explicit File(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    struct stat status{};
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) return;
    size_ = static_cast<std::uint64_t>(status.st_size);
    follows_dropped_ = (status.st_mode & shim::log_follows_dropped) != 0;
    identity_ = identity_of(descriptor_, static_cast<std::uint64_t>(status.st_ino));
  }
  File(File&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        size_(other.size_),
        follows_dropped_(other.follows_dropped_),
        identity_(other.identity_) {}
  File& operator=(File&&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }
  std::uint64_t size() const { return size_; }
  std::uint64_t identity() const { return identity_; }
  bool follows_dropped() const { return follows_dropped_; }
  std::string read(std::uint64_t place, std::size_t most) const {
    std::string text(std::min<std::uint64_t>(most, size_ > place ? size_ - place : 0), '\0');
    const ssize_t got = pread(descriptor_, text.data(), text.size(), static_cast<off_t>(place));
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
  void hold_until(std::chrono::system_clock::time_point until) const {
    const auto since = until.time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(since);
    const timespec times[2] = {{whole.count(), (since - whole) / std::chrono::nanoseconds(1)},
                               {0, UTIME_OMIT}};
    if (futimens(descriptor_, times) != 0) return;  // read-only: then nobody drops it either
  }

 private:
  int descriptor_;
  std::uint64_t size_ = 0;
  bool follows_dropped_ = false;
  std::uint64_t identity_ = 0;
};

// Oldest first. A turn-over moves them from the oldest on, so one number may be missing just now.
std::deque<File> open_all(const std::string& path) {
  std::deque<File> files;
  File newest(path);
  if (!newest.is_open()) return files;
  files.push_front(std::move(newest));
  bool missing = false;
  for (int number = 1; number < files_most; ++number) {
    File older(path + "." + std::to_string(number));
    if (!older.is_open()) {
      if (std::exchange(missing, true)) break;
      continue;
    }
    missing = false;
    // Turned over while we were looking.
    const bool seen = std::ranges::any_of(
        files, [&](const File& one) { return one.identity() == older.identity(); });
    if (seen) continue;
    files.push_front(std::move(older));
  }
  return files;
}

std::uint64_t offset_of(const File& file, std::uint64_t place) {
  return (file.identity() << place_bits) | (place & place_mask);
}

// Moves whole lines of `text` into `out`, at most `most` in all; how many bytes were used.
std::size_t take_lines(std::string_view text, std::size_t most, std::vector<std::string>& out) {
  std::size_t used = 0;
  while (out.size() < most) {
    const std::size_t end = text.find('\n', used);
    if (end == std::string_view::npos) break;
    out.emplace_back(text.substr(used, end - used));
    used = end + 1;
  }
  return used;
}

// What is to be passed on of a line whose end is not in sight: nothing, if its end is still to be
// written, or if the next answer has more room for it.
std::string_view piece_of(std::string_view line, bool to_the_end, bool newest,
                          const ports::LogLines& answer) {
  if (to_the_end) return newest ? std::string_view() : line;  // turned over in mid-line
  if (!answer.lines.empty()) return {};
  return utf8_cut(line, line.size() - character_most);
}

// `text` begins somewhere in a line.
std::string end_of_cut_line(std::string_view text) {
  for (std::size_t i = 1; i < character_most && !text.empty() && utf8_is_tail(text[0]); ++i) {
    text.remove_prefix(1);
  }
  return "…" + std::string(text);
}

}  // namespace

Result<ports::LogLines> LogFiles::from(const AgentRef& agent, std::uint64_t offset,
                                       std::size_t lines) {
  auto path = log_of_(agent);
  if (!path) return std::unexpected(path.error());
  const auto files = open_all(*path);
  ports::LogLines answer;
  answer.next = offset;
  if (files.empty()) return answer;
  auto file = std::find_if(files.begin(), files.end(),
                           [&](const File& one) { return one.identity() == offset >> place_bits; });
  std::uint64_t place = offset & place_mask;
  if (file == files.end()) {
    file = files.begin();
    place = 0;
    answer.gap = offset != 0 || file->follows_dropped();
  }
  answer.first = offset_of(*file, place);
  std::size_t left = read_most;
  while (true) {
    const bool newest = std::next(file) == files.end();
    const std::string text = file->read(place, left);
    const std::size_t used = take_lines(text, lines, answer.lines);
    place += used;
    left -= used;
    if (answer.lines.size() < lines && used < text.size()) {
      const auto piece = piece_of(std::string_view(text).substr(used),
                                  place + text.size() - used >= file->size(), newest, answer);
      place += piece.size();
      if (!piece.empty()) answer.lines.emplace_back(piece);
      answer.continues = !piece.empty();
    }
    answer.next = offset_of(*file, place);
    const bool full = answer.continues || answer.lines.size() >= lines;
    if (full || newest || place < file->size()) return answer;
    ++file;
    place = 0;
  }
}

Result<void> LogFiles::hold(const AgentRef& agent, std::uint64_t offset,
                            std::chrono::seconds time) {
  auto path = log_of_(agent);
  if (!path) return std::unexpected(path.error());
  const auto files = open_all(*path);
  const auto now = std::chrono::system_clock::now();
  const auto end = now + std::min(time, std::chrono::seconds(shim::hold_most_ns / 1'000'000'000));
  const bool known = std::ranges::any_of(
      files, [&](const File& one) { return one.identity() == offset >> place_bits; });
  for (const File& file : files) {
    const bool here = !known || file.identity() == offset >> place_bits;
    file.hold_until(here ? end : now);
    if (here) break;
  }
  return {};
}

Result<ports::LogLines> LogFiles::tail(const AgentRef& agent, std::size_t lines) {
  auto path = log_of_(agent);
  if (!path) return std::unexpected(path.error());
  const auto files = open_all(*path);
  ports::LogLines answer;
  if (files.empty()) return answer;
  const File& newest = files.back();
  std::vector<std::string> found;
  std::uint64_t end = 0;
  std::size_t bytes = 0;
  // One line more than wanted: the first one of a file may have begun in the one before.
  for (auto file = files.rbegin();
       file != files.rend() && found.size() <= lines && bytes < tail_most; ++file) {
    const std::uint64_t begin = file->size() > read_most ? file->size() - read_most : 0;
    const std::string text = file->read(begin, read_most);
    std::vector<std::string> older;
    const std::size_t used = take_lines(text, text.size() + 1, older);
    bytes += text.size();
    if (&*file == &newest) {
      end = begin + used;
    } else if (!found.empty()) {
      found.front().insert(0, text, used);  // turned over in mid-line
    }
    if (begin > 0 && older.size() == 1 && found.empty()) {
      older.front() = end_of_cut_line(older.front());
    } else if (begin > 0 && !older.empty()) {
      older.erase(older.begin());  // cut in the middle
    }
    older.insert(older.end(), found.begin(), found.end());
    found = std::move(older);
    if (begin > 0) break;
  }
  const std::size_t skip = found.size() > lines ? found.size() - lines : 0;
  answer.lines.assign(found.begin() + static_cast<std::ptrdiff_t>(skip), found.end());
  answer.next = offset_of(newest, end);
  return answer;
}

}  // namespace lazaret::logs
