#include "cli/whole_number.h"

#include <fmt/format.h>

#include <charconv>

#include "cli/terminal.h"

namespace lazaret::cli {

Result<std::int64_t> read_whole_number(const Arguments& arguments, const WholeNumber& wanted) {
  const std::string flag(wanted.flag);
  if (!arguments.has(flag)) return wanted.usual;
  const std::string text = arguments.flag(flag);
  const char* const end = text.data() + text.size();
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), end, number);
  const bool whole = read.ec == std::errc() && read.ptr == end;
  if (whole && number >= wanted.least && number <= wanted.most) return number;
  std::string expected = fmt::format("it is a whole number, at least {}", wanted.least);
  if (wanted.most != INT64_MAX) {
    expected = fmt::format("it is a whole number from {} to {}", wanted.least, wanted.most);
  }
  return fail(ErrorCode::invalid_input, fmt::format("--{} cannot be '{}'", flag, plain(text, 40)),
              "--" + flag, std::move(expected));
}

}  // namespace lazaret::cli
