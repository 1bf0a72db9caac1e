#include "calendar/ical_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::calendar {
namespace {

std::unexpected<Error> wrong(int line, std::string what) {
  return fail(ErrorCode::invalid_input, std::move(what), fmt::format("line {}", line),
              "expected NAME;PARAMETER=VALUE:VALUE, as RFC 5545 3.1 has it");
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return out;
}

// A name up to one of `ends`.
std::string_view take_name(std::string_view& rest, std::string_view ends) {
  const std::size_t end = std::min(rest.find_first_of(ends), rest.size());
  const std::string_view name = rest.substr(0, end);
  rest.remove_prefix(end);
  return name;
}

Result<ContentLine> read_line(std::string_view text, int number) {
  ContentLine out;
  out.line = number;
  std::string_view rest = text;
  out.name = upper(take_name(rest, ";:"));
  if (out.name.empty() || rest.empty()) return wrong(number, "a line without a name or a value");
  while (rest.starts_with(';')) {
    rest.remove_prefix(1);
    const std::string name = upper(take_name(rest, "=;:"));
    if (name.empty() || !rest.starts_with('=')) return wrong(number, "a parameter without a value");
    rest.remove_prefix(1);
    std::string_view value;
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      const std::size_t end = rest.find('"');
      if (end == std::string_view::npos) return wrong(number, "a quote that is not closed");
      value = rest.substr(0, end);
      rest.remove_prefix(end + 1);
      // Further values of a list do not concern us.
      take_name(rest, ";:");
    } else {
      value = take_name(rest, ";:");
      if (value.contains('"')) return wrong(number, "a quote within a parameter");
    }
    out.parameters.emplace_back(name, std::string(value));
  }
  if (!rest.starts_with(':')) return wrong(number, "a line without a value");
  out.value = rest.substr(1);
  return out;
}

}  // namespace

std::string ContentLine::parameter(std::string_view wanted) const {
  for (const auto& parameter : parameters) {
    if (parameter.first == wanted) return parameter.second;
  }
  return {};
}

Result<std::vector<ContentLine>> read_lines(std::string_view text) {
  if (text.size() > most_ical_bytes) {
    return fail(ErrorCode::too_large,
                fmt::format("{} bytes; at most {}", text.size(), most_ical_bytes));
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<ContentLine> out;
  std::string whole;
  int begins = 0;
  Result<void> outcome;
  const auto finish = [&] {
    if (whole.empty() || !outcome) return;
    auto line = read_line(whole, begins);
    if (line) {
      out.push_back(std::move(*line));
    } else {
      outcome = std::unexpected(line.error());
    }
    whole.clear();
  };
  for (int number = 1; !text.empty() && outcome; ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(' ') || line.starts_with('\t')) {
      line.remove_prefix(1);
    } else {
      finish();
      begins = number;
    }
    whole += line;
    if (whole.size() > most_ical_line_bytes) return wrong(begins, "a line that is too long");
  }
  finish();
  if (!outcome) return std::unexpected(outcome.error());
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || c == ';' || c == ',') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') {
      out += c;  // other control characters may not be in a TEXT
    }
  }
  return out;
}

std::string unescaped(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size()) {
      out += value[i];
    } else {
      ++i;
      out += value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
    }
  }
  return out;
}

void add_line(std::string& out, std::string_view name, std::string_view value) {
  const std::string whole = fmt::format("{}:{}", name, value);
  std::string_view rest = whole;
  std::size_t room = fold_bytes;
  while (rest.size() > room) {
    std::size_t cut = room;
    // Not before a continuation byte; a text that is not UTF-8 is cut anyway.
    while (cut > room - 4 && (static_cast<unsigned char>(rest[cut]) & 0xc0) == 0x80) --cut;
    out += rest.substr(0, cut);
    out += "\r\n ";
    rest.remove_prefix(cut);
    room = fold_bytes - 1;
  }
  out += rest;
  out += "\r\n";
}

}  // namespace lazaret::calendar
