// What may be drawn, and how: colour, width, tables. Text comes from agents too, so everything that
// is put on a terminal goes through plain().
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/paths.h"

namespace lazaret::cli {

LAZARET_ENUM(Ink, normal, good, warn, bad, faint, strong)

struct Look {
  bool colour = false;
  int width = 80;  // columns; 0 = do not cut lines
  int height = 0;  // lines; 0 = any number
};

// Colour only on a terminal, never with NO_COLOR or TERM=dumb; lines are cut only on a terminal.
Look look_of(int fd, const Environment& environment);

// The other end of a pipe is closed: what is written there fails. Never of -1.
bool is_reader_gone(int fd);

// Without control characters (they become '?'), and at most `most` columns wide (0 = any).
std::string plain(std::string_view text, std::size_t most = 0);

std::string inked(const Look& look, Ink ink, std::string_view text);

// Code points, which is near enough to columns.
std::size_t columns_of(std::string_view text);

struct TableCell {
  std::string text;
  Ink ink = Ink::normal;
};

// Columns as wide as their widest cell, two spaces between them. Where that is more than the
// terminal is wide, long cells are cut and end in "…", the longest first. Empty columns
// (header and all cells) are left out.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  void row(std::vector<TableCell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  std::string draw(const Look& look) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<TableCell>> rows_;
};

}  // namespace lazaret::cli
