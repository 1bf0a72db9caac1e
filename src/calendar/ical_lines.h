// Content lines of RFC 5545 3.1: folding, parameters, escaping. Input is hostile: bounded, and what
// is wrong is an Error with its line.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lazaret::calendar {

inline constexpr std::size_t most_ical_bytes = 4 * 1024 * 1024;
inline constexpr std::size_t most_ical_line_bytes = 160 * 1024;  // unfolded
inline constexpr std::size_t fold_bytes = 75;                    // without the line break

struct ContentLine {
  std::string name;                                             // upper case
  std::vector<std::pair<std::string, std::string>> parameters;  // names upper case, quotes gone
  std::string value;                                            // raw
  int line = 0;                                                 // where it begins, from 1
  std::string parameter(std::string_view wanted) const;         // empty where there is none
};

// Line breaks may be CRLF or LF. Error: invalid_input or too_large, place is "line N".
Result<std::vector<ContentLine>> read_lines(std::string_view text);

// TEXT values: \n, \, \; \\ (3.3.11).
std::string escaped(std::string_view text);
std::string unescaped(std::string_view value);

// Adds "NAME:VALUE" and CRLF, folded at 75 bytes and never within a character of UTF-8.
void add_line(std::string& out, std::string_view name, std::string_view value);

}  // namespace lazaret::calendar
