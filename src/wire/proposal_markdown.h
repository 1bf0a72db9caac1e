// The little Markdown that a proposal is made of: headed sections with text, lists, boxes and
// tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lazaret::wire::markdown {

struct Line {
  std::uint64_t number = 0;  // in the file, from 1
  std::string text;          // without white space at its ends
};

struct Section {
  int level = 0;
  std::string name;  // "Agents Required"
  std::uint64_t number = 0;
  std::vector<Line> lines;  // without comments; blank ones included
};

struct Row {
  std::uint64_t number = 0;
  std::vector<std::string> cells;
};

// What stands before the first heading is dropped (front matter, comments).
std::vector<Section> sections(std::string_view text);

// Rows of the first table of a section; the first is the head, the line of dashes is left out.
std::vector<Row> table(const Section& section);
std::string table_row(const std::vector<std::string>& cells);  // with "|" and line ends escaped

// "- [x] text": 'x' or ' '; "- text": '-'; anything else: 0. `rest` is the text.
char list_mark(const std::string& line, std::string& rest);
// Takes a box off the front: 'x' or ' '; 0 where there is none.
char take_box(std::string& text);

// "<example>", as the template has it: nobody filled it in.
bool is_placeholder(std::string_view text);

std::string trim(std::string_view text);
std::string without_emphasis(std::string_view text);  // "** text *" → "text"
std::string lower(std::string_view text);
std::vector<std::string> split_list(std::string_view text);  // "a, b" → a b; "-", "none" → nothing

}  // namespace lazaret::wire::markdown
