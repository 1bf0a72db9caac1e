#include "wire/cell_problem.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::wire {

std::string to_text(const Problem& problem) {
  std::string place = problem.file;
  if (problem.line > 0) place += fmt::format(":{}:{}", problem.line, problem.column);
  if (!problem.pointer.empty()) place += " " + problem.pointer;
  return fmt::format("{}: {}found {}, expected {}", place,
                     problem.severity == Severity::warning ? "warning: " : "", problem.found,
                     problem.expected);
}

bool has_errors(const std::vector<Problem>& problems) {
  return std::ranges::any_of(problems,
                             [](const Problem& p) { return p.severity == Severity::error; });
}

Error to_error(const std::vector<Problem>& problems) {
  const auto is_error = [](const Problem& p) { return p.severity == Severity::error; };
  const auto first = std::ranges::find_if(problems, is_error);
  const auto count = std::ranges::count_if(problems, is_error);
  std::string message = fmt::format("found {}, expected {}", first->found, first->expected);
  if (count > 1) message += fmt::format(" (and {} more problems)", count - 1);
  std::string place = first->file;
  if (first->line > 0) place += fmt::format(":{}:{}", first->line, first->column);
  if (!first->pointer.empty()) place += " " + first->pointer;
  return {ErrorCode::invalid_input, std::move(message), std::move(place), {}};
}

void add_problem(std::vector<Problem>& problems, Problem problem) {
  if (problems.size() < problems_most) problems.push_back(std::move(problem));
}

void Findings::error(const JsonSpan& span, const std::string& pointer, std::string found,
                     std::string expected) const {
  add(Severity::error, span, pointer, std::move(found), std::move(expected));
}

void Findings::warning(const JsonSpan& span, const std::string& pointer, std::string found,
                       std::string expected) const {
  add(Severity::warning, span, pointer, std::move(found), std::move(expected));
}

void Findings::add(Severity severity, const JsonSpan& span, const std::string& pointer,
                   std::string found, std::string expected) const {
  const JsonPlace place = place_of(source, span.begin);
  add_problem(problems, {file, place.line, place.column, pointer, std::move(found),
                         std::move(expected), severity});
}

}  // namespace lazaret::wire
