#include "cli/terminal.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace lazaret::cli {
namespace {

constexpr int least_width = 40;

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::normal:
      return "";
    case Ink::good:
      return "\033[32m";
    case Ink::warn:
      return "\033[33m";
    case Ink::bad:
      return "\033[31m";
    case Ink::faint:
      return "\033[2m";
    case Ink::strong:
      return "\033[1m";
  }
  return "";
}

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

// C0, DEL, and C1 in its UTF-8 form (c2 80 … c2 9f).
bool is_control(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c < 0x20 || c == 0x7f) return true;
  return c == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

}  // namespace

Look look_of(int fd, const Environment& environment) {
  Look look;
  look.width = 0;
  if (isatty(fd) == 0) return look;
  auto no_colour = environment.find("NO_COLOR");
  auto term = environment.find("TERM");
  look.colour = (no_colour == environment.end() || no_colour->second.empty()) &&
                term != environment.end() && term->second != "dumb";
  winsize size{};
  const bool known = ioctl(fd, TIOCGWINSZ, &size) == 0;
  look.width = known && size.ws_col > 0 ? size.ws_col : 80;
  look.height = known && size.ws_row > 0 ? size.ws_row : 24;
  look.width = std::max(look.width, least_width);
  return look;
}

bool is_reader_gone(int fd) {
  pollfd one{fd, 0, 0};
  return poll(&one, 1, 0) == 1 && (one.revents & POLLERR) != 0;
}

std::string plain(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t columns = 0;
  const std::size_t all = most == 0 ? 0 : columns_of(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (starts_code_point(text[i])) {
      if (most != 0 && all > most && columns + 1 == most) return out + "…";
      ++columns;
    }
    if (!is_control(text, i)) {
      out += text[i];
      continue;
    }
    out += text[i] == '\n' || text[i] == '\t' ? ' ' : '?';
    if (static_cast<unsigned char>(text[i]) == 0xc2) ++i;
  }
  return out;
}

std::string inked(const Look& look, Ink ink, std::string_view text) {
  if (!look.colour || ink == Ink::normal || text.empty()) return std::string(text);
  return fmt::format("{}{}\033[0m", code_of(ink), text);
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_code_point));
}

namespace {

constexpr std::size_t gap = 2;            // between columns
constexpr std::size_t least_column = 18;  // short words stay whole: a state, a time, a size
constexpr std::size_t least_cut = 6;      // where that is not enough
constexpr std::size_t least_name = 12;    // of the first column

// Takes from the widest of the columns that are wider than their least, the last one if several
// are, until all fit.
void narrow(std::vector<std::size_t>& widths, const std::vector<std::size_t>& least,
            std::size_t& all, std::size_t width) {
  while (all > width) {
    std::size_t victim = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] <= least[i]) continue;
      if (victim == widths.size() || widths[i] >= widths[victim]) victim = i;
    }
    if (victim == widths.size()) return;
    --widths[victim];
    --all;
  }
}

// The first column holds the names and is cut last.
void shrink(std::vector<std::size_t>& widths, const std::vector<bool>& used, std::size_t last,
            std::size_t width) {
  std::size_t all = 0;
  for (std::size_t i = 0; i <= last; ++i) all += used[i] ? widths[i] + (i < last ? gap : 0) : 0;
  std::vector<std::size_t> least(widths.size(), least_column);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (!used[i] || i > last) least[i] = widths[i];
  }
  least[0] = widths[0];
  if (last > 0) least[last] = std::min(widths[last], least_name);
  narrow(widths, least, all, width);
  for (auto& one : least) one = std::min(one, least_cut);
  least[0] = widths[0];
  narrow(widths, least, all, width);
  least[0] = std::min(widths[0], least_name);
  narrow(widths, least, all, width);
}

}  // namespace

std::string Table::draw(const Look& look) const {
  const std::size_t count = header_.size();
  std::vector<std::size_t> widths(count, 0);
  std::vector<bool> used(count, false);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < std::min(count, row.size()); ++i) {
      widths[i] = std::max(widths[i], columns_of(plain(row[i].text)));
      used[i] = used[i] || !row[i].text.empty();
    }
  }
  std::size_t last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    widths[i] = std::max(widths[i], columns_of(header_[i]));
    if (used[i]) last = i;
  }
  const auto width = static_cast<std::size_t>(look.width);
  if (width > 0) shrink(widths, used, last, width);
  auto line = [&](const std::vector<TableCell>& cells) {
    std::string out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < cells.size() && i <= last; ++i) {
      if (!used[i]) continue;
      // Where not even cut words fit, the terminal wraps the line.
      const bool at_edge = i == last && width > 0 && at < width;
      const std::size_t room = at_edge ? width - at : i == last ? 0 : widths[i];
      const std::string text = plain(cells[i].text, room);
      out += inked(look, cells[i].ink, text);
      if (i == last) break;
      out += std::string(widths[i] - columns_of(text) + gap, ' ');
      at += widths[i] + gap;
    }
    while (out.ends_with(' ')) out.pop_back();
    return out + "\n";
  };
  std::vector<TableCell> head;
  for (const auto& name : header_) head.push_back({name, Ink::faint});
  std::string out = line(head);
  for (const auto& row : rows_) out += line(row);
  return out;
}

}  // namespace lazaret::cli
