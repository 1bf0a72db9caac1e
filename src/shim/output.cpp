#include "shim/output.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "shim/kernel.h"
#include "shim/records.h"

namespace lazaret::shim {
namespace {

char buffer[16 * 1024];

uint64_t count_lines(const char* text, size_t size) {
  uint64_t lines = 0;
  for (size_t i = 0; i < size; ++i) lines += text[i] == '\n';
  return lines;
}

// "<path>.<number>"; number 0 is the log itself.
void numbered(char* into, const char* path, uint32_t number) {
  char digits[24];
  char* end = digits + sizeof digits - 1;
  *end = 0;
  strcpy(into, path);
  if (number > 0) strcat(strcat(into, "."), digits_before(end, number));
}

// A reader who waits for the agent's first words gets the time to come and hold them.
void hold_fresh(int log) {
  const int64_t until = clock_ns(CLOCK_REALTIME) + hold_fresh_ns;
  const timespec times[2] = {{until / 1'000'000'000, until % 1'000'000'000}, {0, UTIME_OMIT}};
  if (futimens(log, times) != 0) return;  // a courtesy
}

}  // namespace

bool Output::open_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  read_ = ends[0];
  write_ = ends[1];
  return fcntl(read_, F_SETFL, O_NONBLOCK) == 0;
}

void Output::begin(const char* log_file, int64_t bytes_most, uint32_t kept) {
  bytes_most_ = bytes_most;
  kept_ = kept;
  bytes_ = 0;
  // A former incarnation may have made its end non-blocking; the next one expects it fresh.
  fcntl(write_, F_SETFL, 0);
  struct stat now{};
  const bool same =
      log_ >= 0 && strcmp(path_, log_file) == 0 && fstat(log_, &now) == 0 && now.st_nlink > 0;
  if (same) return;
  if (strlen(log_file) + 12 > sizeof path_) {
    path_[0] = 0;
  } else {
    strcpy(path_, log_file);
  }
  open_log();
  if (log_ >= 0 && size_ == 0) hold_fresh(log_);
}

bool Output::is_held() const {
  if (bytes_most_ <= 0 || kept_ == 0) return false;
  if (size_ + static_cast<int64_t>(sizeof buffer) <= bytes_most_) return false;
  static char oldest[sizeof path_ + 12];
  numbered(oldest, path_, kept_);
  struct stat found{};
  if (lstat(oldest, &found) != 0) return false;
  const int64_t until = found.st_atim.tv_sec * 1'000'000'000LL + found.st_atim.tv_nsec;
  const int64_t now = clock_ns(CLOCK_REALTIME);
  return until > now && until - now <= hold_most_ns;
}

void Output::open_log() {
  if (log_ >= 0) close(log_);
  log_ = -1;
  if (path_[0] == 0) return;
  log_ = open(path_, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
  struct stat now{};
  const bool usable = log_ >= 0 && fstat(log_, &now) == 0 && S_ISREG(now.st_mode);
  if (!usable && log_ >= 0) {
    close(log_);
    log_ = -1;
  }
  size_ = usable ? now.st_size : 0;
  line_open_ = false;
}

bool Output::take() {
  const ssize_t size = read(read_, buffer, sizeof buffer);
  if (size <= 0) return false;
  bytes_ += static_cast<uint64_t>(size);
  put(buffer, static_cast<size_t>(size));
  return true;
}

// Turns the log over at a line's end, where there is one.
void Output::put(const char* text, size_t size) {
  const bool full = bytes_most_ > 0 && size_ + static_cast<int64_t>(size) > bytes_most_;
  if (full && size_ > 0 && !is_held()) {
    const auto* newline = line_open_ ? static_cast<const char*>(memchr(text, '\n', size)) : nullptr;
    const size_t first = newline != nullptr ? static_cast<size_t>(newline - text) + 1 : 0;
    write_out(text, first);
    turn_over();
    text += first;
    size -= first;
  }
  write_out(text, size);
}

void Output::write_out(const char* text, size_t size) {
  if (size == 0) return;
  if (log_ < 0) open_log();
  if (log_ >= 0 && ((lost_lines_ == 0 && !line_lost_) || tell_loss())) {
    while (size > 0) {
      const ssize_t written = write(log_, text, size);
      if (written <= 0) break;
      line_open_ = text[written - 1] != '\n';
      text += written;
      size -= static_cast<size_t>(written);
      size_ += written;
    }
  }
  if (size == 0) return;
  lost_lines_ += count_lines(text, size);
  line_lost_ = text[size - 1] != '\n';
}

bool Output::tell_loss() {
  char digits[24];
  char* end = digits + sizeof digits - 1;
  *end = 0;
  char line[96] = "\nlazaret: ";
  strcat(line, digits_before(end, lost_lines_ + line_lost_));
  strcat(line, " lines were lost, the log was not writable\n");
  const char* text = line_open_ ? line : line + 1;
  const size_t size = strlen(text);
  const ssize_t written = write(log_, text, size);
  if (written > 0) size_ += written;
  if (written != static_cast<ssize_t>(size)) return false;
  line_open_ = line_lost_ = false;
  lost_lines_ = 0;
  return true;
}

void Output::turn_over() {
  static char from[sizeof path_ + 12];
  static char to[sizeof path_ + 12];
  struct stat found{};
  numbered(to, path_, kept_);
  const bool drops = lstat(to, &found) == 0;  // with kept_ 0 the log itself
  if (drops && kept_ > 0) {
    numbered(to, path_, kept_ - 1);
    if (lstat(to, &found) == 0 && S_ISREG(found.st_mode)) {
      chmod(to, (found.st_mode & 07777) | log_follows_dropped);
    }
  }
  for (uint32_t number = kept_; number > 0; --number) {
    numbered(from, path_, number - 1);
    numbered(to, path_, number);
    rename(from, to);
  }
  if (kept_ == 0) unlink(path_);
  open_log();
  if (drops && kept_ == 0 && log_ >= 0 && fstat(log_, &found) == 0) {
    fchmod(log_, (found.st_mode & 07777) | log_follows_dropped);
  }
}

void Output::finish() {
  while (take()) {
  }
  if (line_open_ && !line_lost_) {
    write_out("\n", 1);
    ++bytes_;
  }
  lost_lines_ += line_lost_;
  line_lost_ = false;
}

}  // namespace lazaret::shim
