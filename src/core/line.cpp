#include "core/line.h"

#include <fmt/format.h>

#include <iterator>

#include "base/utf8.h"

namespace lazaret::core::line {
namespace {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : valid_utf8(std::string(text))) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string object(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string out = "{";
  for (const auto& [name, value] : fields) {
    if (out.size() > 1) out += ',';
    append_string(out, name);
    out += ':';
    append_string(out, value);
  }
  out += '}';
  return out;
}

}  // namespace lazaret::core::line
