// What is wrong in a cell, said so that a person finds it: file, line, column, JSON pointer, what
// was found and what was expected.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "wire/json_text.h"

namespace lazaret::wire {

LAZARET_ENUM(Severity, error, warning)

struct Problem {
  std::string file;        // relative to the cell's directory, or the name of a request's body
  std::uint64_t line = 0;  // 0 = the file as a whole
  std::uint64_t column = 0;
  std::string pointer;  // empty = the whole document
  std::string found;
  std::string expected;
  Severity severity = Severity::error;
  LAZARET_FIELDS(Problem, file, line, column, pointer, found, expected, severity)
};

// All problems of one cell are listed, up to this many.
inline constexpr std::size_t problems_most = 200;

// "agents/write-1.json:3:13 /status: found "busy", expected one of idle, active, paused, failed"
std::string to_text(const Problem& problem);

bool has_errors(const std::vector<Problem>& problems);

// The first error as an Error, with the number of the others; `problems` has at least one error.
Error to_error(const std::vector<Problem>& problems);

// Appends unless the list is full.
void add_problem(std::vector<Problem>& problems, Problem problem);

// Where problems in one document go.
struct Findings {
  std::vector<Problem>& problems;
  std::string file;
  std::string_view source;  // empty where the document could not be read

  void error(const JsonSpan& span, const std::string& pointer, std::string found,
             std::string expected) const;
  void warning(const JsonSpan& span, const std::string& pointer, std::string found,
               std::string expected) const;

 private:
  void add(Severity severity, const JsonSpan& span, const std::string& pointer, std::string found,
           std::string expected) const;
};

}  // namespace lazaret::wire
