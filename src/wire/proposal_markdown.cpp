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

bool is_rule(const std::vector<std::string>& cells) {
  return std::ranges::all_of(cells, [](const std::string& cell) {
    return !cell.empty() && cell.find_first_not_of("-: ") == std::string::npos;
  });
}

}  // namespace

std::string trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(blanks) - begin + 1));
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
  for (const Line& line : section.lines) {
    if (!line.text.starts_with('|')) {
      if (!rows.empty()) break;
      continue;
    }
    auto cells = cells_of(line.text);
    if (rows.size() == 1 && is_rule(cells)) continue;
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
  if (rest.size() >= 3 && rest[0] == '[' && rest[2] == ']') {
    const char mark = rest[1] == 'X' ? 'x' : rest[1];
    rest = trim(rest.substr(3));
    return mark == 'x' ? 'x' : ' ';
  }
  return '-';
}

bool is_placeholder(std::string_view text) {
  return text.size() > 2 && text.front() == '<' && text.back() == '>' &&
         text.find('<', 1) == std::string_view::npos;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  const std::string whole = lower(trim(text));
  if (whole == "-" || whole == "none" || whole == "—") return out;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(",;");
    std::string one = trim(text.substr(0, end));
    if (one.size() > 2 && one.front() == '`' && one.back() == '`')
      one = one.substr(1, one.size() - 2);
    if (!one.empty()) out.push_back(std::move(one));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

}  // namespace lazaret::wire::markdown
