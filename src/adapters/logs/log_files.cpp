#include "adapters/logs/log_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "base/utf8.h"

namespace lazaret::logs {
namespace {

constexpr int place_bits = 40;  // of an offset; the rest are the low bits of the inode's number
constexpr std::uint64_t place_mask = (std::uint64_t{1} << place_bits) - 1;
constexpr std::uint64_t inode_mask = (std::uint64_t{1} << 13) - 1;
constexpr std::size_t read_most = 1024 * 1024;    // bytes of one answer, and of a line's piece
constexpr std::size_t tail_most = 8 * read_most;  // bytes of the last lines
constexpr std::size_t character_most = 4;
constexpr int files_most = 1001;

class File {
 public:
  explicit File(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    struct stat status{};
    if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) return;
    size_ = static_cast<std::uint64_t>(status.st_size);
    inode_ = static_cast<std::uint64_t>(status.st_ino) & inode_mask;
  }
  File(File&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        size_(other.size_),
        inode_(other.inode_) {}
  File& operator=(File&&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  bool is_open() const { return descriptor_ >= 0; }
  std::uint64_t size() const { return size_; }
  std::uint64_t inode() const { return inode_; }
  std::string read(std::uint64_t place, std::size_t most) const {
    std::string text(std::min<std::uint64_t>(most, size_ > place ? size_ - place : 0), '\0');
    const ssize_t got = pread(descriptor_, text.data(), text.size(), static_cast<off_t>(place));
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

 private:
  int descriptor_;
  std::uint64_t size_ = 0;
  std::uint64_t inode_ = 0;
};

// Oldest first.
std::deque<File> open_all(const std::string& path) {
  std::deque<File> files;
  File newest(path);
  if (!newest.is_open()) return files;
  files.push_front(std::move(newest));
  for (int number = 1; number < files_most; ++number) {
    File older(path + "." + std::to_string(number));
    if (!older.is_open()) break;
    files.push_front(std::move(older));
  }
  return files;
}

std::uint64_t offset_of(const File& file, std::uint64_t place) {
  return (file.inode() << place_bits) | (place & place_mask);
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
                           [&](const File& one) { return one.inode() == offset >> place_bits; });
  std::uint64_t place = offset & place_mask;
  if (file == files.end()) {
    answer.gap = offset != 0;
    file = files.begin();
    place = 0;
  }
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
