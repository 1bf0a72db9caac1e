#include "wire/proposal_markdown.h"

#include <algorithm>

namespace lazaret::wire::markdown {
namespace {

constexpr std::string_view blanks = " \t\r\n";

// Takes `<!-- … -->` out of a line; `inside` tells whether one is open.
std::string without_comments(std::string_view line, bool& inside) {
  std::string out;
  while (true) {
    if (inside) {
      const std::size_t end = line.find("-->");
      if (end == std::string_view::npos) return out;
      line.remove_prefix(end + 3);
      inside = false;
    }
    const std::size_t begin = line.find("<!--");
    out += line.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    line.remove_prefix(begin + 4);
    out += ' ';  // what stood on both sides of it must not become the mark of another one
    inside = true;
  }
}

std::vector<std::string> cells_of(std::string_view line) {
  if (line.starts_with('|')) line.remove_prefix(1);
  std::vector<std::string> cells;
  std::string cell;
  bool open = true;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && (line[i + 1] == '|' || line[i + 1] == '\\')) {
      cell.push_back(line[++i]);
      open = true;
    } else if (line[i] == '|') {
      cells.push_back(trim(cell));
      cell.clear();
      open = false;
    } else {
      cell.push_back(line[i]);
      open = true;
    }
  }
  if (open && !trim(cell).empty()) cells.push_back(trim(cell));
  return cells;
}

// `name` and ` ``name`` ` are name: what is read from what was written is the same again.
std::string without_ticks(std::string_view text) {
  std::string one = trim(text);
  while (one.size() > 2 && one.front() == '`' && one.back() == '`') {
    one = trim(std::string_view(one).substr(1, one.size() - 2));
  }
  return one;
}

bool means_nothing(std::string_view text) { return text == "-" || text == "none" || text == "—"; }

bool is_rule(const std::vector<std::string>& cells) {
  return !cells.empty() && std::ranges::all_of(cells, [](const std::string& cell) {
    return !cell.empty() && cell.find_first_not_of("-: ") == std::string::npos;
  });
}

}  // namespace

std::string trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(blanks) - begin + 1));
}

std::string without_emphasis(std::string_view text) {
  constexpr std::string_view outside = " \t\r\n*";
  const std::size_t begin = text.find_first_not_of(outside);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(outside) - begin + 1));
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::vector<Section> sections(std::string_view text) {
  std::vector<Section> out;
  bool comment = false;
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string line = trim(without_comments(text.substr(0, end), comment));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const std::size_t level = line.find_first_not_of('#');
    if (level != std::string::npos && level > 0 && level <= 6 && line[level] == ' ') {
      out.push_back({static_cast<int>(level), trim(line.substr(level)), number, {}});
    } else if (!out.empty()) {
      out.back().lines.push_back({number, line});
    }
  }
  return out;
}

std::vector<Row> table(const Section& section) {
  std::vector<Row> rows;
  bool ruled = false;
  for (const Line& line : section.lines) {
    if (!line.text.starts_with('|')) {
      if (!rows.empty()) break;
      continue;
    }
    auto cells = cells_of(line.text);
    if (rows.size() == 1 && !ruled && is_rule(cells)) {
      ruled = true;
      continue;
    }
    rows.push_back({line.number, std::move(cells)});
  }
  return rows;
}

std::string table_row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) {
    row += ' ';
    for (const char c : cell) {
      if (c == '|' || c == '\\') row += '\\';
      row += c == '\n' || c == '\r' ? ' ' : c;
    }
    row += " |";
  }
  return row + "\n";
}

char list_mark(const std::string& line, std::string& rest) {
  if (!line.starts_with("- ") && !line.starts_with("* ")) return 0;
  rest = trim(line.substr(2));
  const char mark = take_box(rest);
  return mark == 0 ? '-' : mark;
}

char take_box(std::string& text) {
  if (text.size() < 3 || text[0] != '[' || text[2] != ']') return 0;
  const char mark = text[1] == 'x' || text[1] == 'X' ? 'x' : ' ';
  text = trim(std::string_view(text).substr(3));
  return mark;
}

bool is_placeholder(std::string_view text) {
  return text.size() > 2 && text.front() == '<' && text.back() == '>' &&
         text.find('<', 1) == std::string_view::npos;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(",;");
    std::string one = without_ticks(text.substr(0, end));
    if (!one.empty() && !is_placeholder(one)) out.push_back(std::move(one));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (out.size() == 1 && means_nothing(lower(out.front()))) out.clear();
  return out;
}

}  // namespace lazaret::wire::markdown
