#include "cli/screen.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "cli/interrupt.h"

namespace lazaret::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds longest_sleep{200};  // a signal may come just before a wait

// The alternate screen, no cursor, and no wrapping: a wide character must not make a row two.
constexpr std::string_view enter = "\033[?1049h\033[?25l\033[?7l";
constexpr std::string_view leave = "\033[?7h\033[?25h\033[?1049l";

std::size_t ink_length(std::string_view text) {
  if (!text.starts_with("\033[")) return 0;
  const auto end = text.find('m');
  return end == std::string_view::npos ? 0 : end + 1;
}

// Our own colours take no room.
std::string fit_line(std::string_view line, std::size_t width) {
  std::string bare;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t ink = ink_length(line.substr(i));
    if (ink == 0) bare += line[i];
    i += std::max<std::size_t>(ink, 1);
  }
  if (columns_of(bare) <= width) return std::string(line);
  std::string out;
  std::size_t columns = 0;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t ink = ink_length(line.substr(i));
    const bool begins = ink == 0 && (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80;
    if (begins && ++columns == width) break;
    out += line.substr(i, std::max<std::size_t>(ink, 1));
    i += std::max<std::size_t>(ink, 1);
  }
  return out + (bare.size() == line.size() ? "…" : "…\033[0m");
}

}  // namespace

std::string fit_page(std::string_view page, const Look& look) {
  std::vector<std::string_view> lines;
  while (!page.empty()) {
    const auto end = page.find('\n');
    lines.push_back(page.substr(0, end));
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
  }
  const auto height = static_cast<std::size_t>(std::max(look.height, 1));
  const auto width = static_cast<std::size_t>(std::max(look.width, 1));
  const bool cut = look.height > 0 && lines.size() > height;
  const std::size_t shown = cut ? height - 1 : lines.size();
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    out += (i == 0 ? "" : "\n") + fit_line(lines[i], width);
  }
  if (!cut) return out;
  const std::string more = fmt::format("… and {} more", lines.size() - shown);
  return out + (shown == 0 ? "" : "\n") + inked(look, Ink::faint, plain(more, width));
}

Screen::Screen(std::ostream& out) : out_(out) {
  has_keys_ = tcgetattr(STDIN_FILENO, &before_) == 0;
  if (has_keys_) {
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // Ctrl-C stays a signal
    now.c_cc[VSUSP] = _POSIX_VDISABLE;                     // a shell must not get this screen
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  out_ << enter << std::flush;
}

Screen::~Screen() {
  out_ << leave << std::flush;
  if (has_keys_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

// Home, draw, clear what is beside and below: no flicker.
void Screen::draw(std::string_view page, const Look& look) {
  std::string lines;
  for (char c : fit_page(page, look)) lines += c == '\n' ? "\033[K\n" : std::string(1, c);
  out_ << "\033[H" << lines << "\033[K\033[J" << std::flush;
}

bool Screen::leave_before(steady_clock::time_point when) {
  pollfd keys{has_keys_ ? STDIN_FILENO : -1, POLLIN, 0};
  while (Interrupts::count() == 0 && out_.good()) {
    const auto left = std::chrono::ceil<milliseconds>(when - steady_clock::now());
    if (left.count() <= 0) return false;
    if (poll(&keys, 1, static_cast<int>(std::min(left, longest_sleep).count())) <= 0) continue;
    char key = 0;
    if (read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q') return true;
  }
  return true;
}

}  // namespace lazaret::cli
