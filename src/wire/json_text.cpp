#include "wire/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "wire/json_utf8.h"

namespace lazaret::wire {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string show_byte(std::string_view text, std::size_t at) {
  if (at >= text.size()) return "the end of the file";
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte == 0) return "a NUL byte";
  if (byte < 0x20 || byte == 0x7F) return fmt::format("the control byte 0x{:02x}", byte);
  if (byte < 0x80) return fmt::format("'{}'", static_cast<char>(byte));
  const std::size_t length = utf8_length(text, at);
  if (length == 0) return fmt::format("the byte 0x{:02x}, which is not UTF-8", byte);
  return fmt::format("'{}'", text.substr(at, length));
}

// Recursive descent; the depth bound keeps the stack small. Errors are returned through fault_.
class Reader {
 public:
  Reader(std::string_view text, const JsonBounds& bounds) : text_(text), bounds_(bounds) {}

  bool document(JsonValue& root) {
    if (text_.starts_with("\xEF\xBB\xBF")) return wrong("a byte order mark", "JSON without one");
    skip_space();
    if (!value(root, 1)) return false;
    skip_space();
    if (at_ == text_.size()) return true;
    return wrong(show_byte(text_, at_) + " after the end of the JSON value", "the end of the file");
  }

  const JsonFault& fault() const { return *fault_; }

 private:
  bool wrong(std::string found, std::string expected, std::optional<std::size_t> offset = {}) {
    JsonFault fault;
    fault.offset = offset.value_or(at_);
    fault.place = place_of(text_, fault.offset);
    fault.pointer = pointer_;
    fault.found = std::move(found);
    fault.expected = std::move(expected);
    fault_ = std::move(fault);
    return false;
  }
  bool unexpected(std::string expected) {
    return wrong(show_byte(text_, at_), std::move(expected));
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }

  bool value(JsonValue& out, int depth) {
    if (++values_ > bounds_.values) {
      return wrong(fmt::format("more than {} values", bounds_.values),
                   fmt::format("at most {} values in one file", bounds_.values));
    }
    out.span.begin = at_;
    const bool good = value_of_any_kind(out, depth);
    out.span.end = at_;
    return good;
  }

  bool value_of_any_kind(JsonValue& out, int depth) {
    const char c = peek();
    if (c == '{' || c == '[') {
      if (depth > bounds_.depth) {
        return wrong(fmt::format("nesting deeper than {}", bounds_.depth),
                     fmt::format("at most {} levels", bounds_.depth));
      }
      return c == '{' ? object(out, depth) : array(out, depth);
    }
    if (c == '"') {
      out.kind = JsonKind::string;
      return string(out.text);
    }
    if (c == '-' || is_digit(c)) return number(out);
    return word(out);
  }

  bool word(JsonValue& out) {
    const auto take = [&](std::string_view name) {
      if (!text_.substr(at_).starts_with(name)) return false;
      at_ += name.size();
      return true;
    };
    if (take("true")) {
      out.kind = JsonKind::boolean;
      out.truth = true;
      return true;
    }
    if (take("false")) {
      out.kind = JsonKind::boolean;
      return true;
    }
    if (take("null")) return true;
    return unexpected("a JSON value");
  }

  bool digits() {
    if (!is_digit(peek())) return unexpected("a digit");
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number(JsonValue& out) {
    out.kind = JsonKind::number;
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
      if (is_digit(peek())) return wrong("a number with a leading zero", "no leading zero", begin);
    } else if (!digits()) {
      return false;
    }
    if (peek() == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return false;
    }
    out.text = text_.substr(begin, at_ - begin);
    return true;
  }

  bool string(std::string& out) {
    const std::size_t begin = at_++;
    while (true) {
      if (at_ >= text_.size()) return wrong("a string without its end", "a closing quote", begin);
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        if (!escape(out)) return false;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        return unexpected("no unescaped control bytes in a string");
      }
      const std::size_t length = utf8_length(text_, at_);
      if (length == 0) return unexpected("UTF-8");
      out.append(text_, at_, length);
      at_ += length;
    }
  }

  bool escape(std::string& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const std::size_t begin = at_++;
    const char c = peek();
    if (const auto i = letters.find(c); at_ < text_.size() && i != std::string_view::npos) {
      out.push_back(meanings[i]);
      ++at_;
      return true;
    }
    if (c != 'u')
      return wrong("an unknown escape", "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u", begin);
    ++at_;
    std::uint32_t code = 0;
    if (!four_hex(code)) return false;
    if (code >= 0xD800 && code <= 0xDBFF && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      std::uint32_t low = 0;
      if (!four_hex(low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return wrong("half a surrogate pair", "both halves", begin);
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xD800 && code <= 0xDFFF) {
      return wrong("half a surrogate pair", "both halves", begin);
    }
    if (code == 0) return wrong("an escaped NUL", "text without NUL", begin);
    append_utf8(out, code);
    return true;
  }

  bool four_hex(std::uint32_t& code) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return unexpected("four hexadecimal digits");
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  bool array(JsonValue& out, int depth) {
    out.kind = JsonKind::array;
    ++at_;
    skip_space();
    if (peek() == ']') {
      ++at_;
      return true;
    }
    while (true) {
      const std::size_t length = pointer_.size();
      pointer_ += fmt::format("/{}", out.items.size());
      if (!value(out.items.emplace_back(), depth + 1)) return false;
      pointer_.resize(length);
      skip_space();
      if (peek() == ']') {
        ++at_;
        return true;
      }
      if (peek() != ',') return unexpected("',' or ']'");
      ++at_;
      skip_space();
      if (peek() == ']') return wrong("a comma before ']'", "another value, or no comma");
    }
  }

  bool object(JsonValue& out, int depth) {
    out.kind = JsonKind::object;
    ++at_;
    skip_space();
    if (peek() == '}') {
      ++at_;
      return true;
    }
    while (true) {
      if (!member(out.members.emplace_back(), depth)) return false;
      skip_space();
      if (peek() == '}') {
        ++at_;
        return names_are_unique(out);
      }
      if (peek() != ',') return unexpected("',' or '}'");
      ++at_;
      skip_space();
      if (peek() == '}') return wrong("a comma before '}'", "another member, or no comma");
    }
  }

  bool member(JsonMember& out, int depth) {
    if (peek() != '"') return unexpected("a member's name in double quotes");
    out.name_span.begin = at_;
    if (!string(out.name)) return false;
    out.name_span.end = at_;
    skip_space();
    if (peek() != ':') return unexpected("':'");
    ++at_;
    skip_space();
    const std::size_t length = pointer_.size();
    pointer_ += pointer_step(out.name);
    if (!value(out.value, depth + 1)) return false;
    pointer_.resize(length);
    return true;
  }

  bool names_are_unique(const JsonValue& object) {
    std::vector<const JsonMember*> sorted;
    sorted.reserve(object.members.size());
    for (const JsonMember& member : object.members) sorted.push_back(&member);
    const auto name_of = [](const JsonMember* m) -> const std::string& { return m->name; };
    std::ranges::sort(sorted, [](const JsonMember* a, const JsonMember* b) {
      return std::tie(a->name, a->name_span.begin) < std::tie(b->name, b->name_span.begin);
    });
    const auto twin = std::ranges::adjacent_find(sorted, {}, name_of);
    if (twin == sorted.end()) return true;
    const JsonMember& first = **twin;
    const JsonMember& second = **(twin + 1);
    pointer_ += pointer_step(second.name);
    return wrong(fmt::format("a second {} (the first is in line {})", quoted(second.name),
                             place_of(text_, first.name_span.begin).line),
                 "each name once", second.name_span.begin);
  }

  std::string_view text_;
  JsonBounds bounds_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  std::string pointer_;
  std::optional<JsonFault> fault_;
};

}  // namespace

const JsonMember* JsonValue::find(std::string_view name) const {
  for (const JsonMember& member : members) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

std::expected<JsonDocument, JsonFault> read_json(std::string source, const JsonBounds& bounds) {
  if (source.size() > bounds.bytes) {
    return std::unexpected(JsonFault{.found = fmt::format("{} bytes", source.size()),
                                     .expected = fmt::format("at most {} bytes", bounds.bytes),
                                     .too_large = true});
  }
  JsonDocument document;
  document.source = std::move(source);
  Reader reader(document.source, bounds);
  if (!reader.document(document.root)) return std::unexpected(reader.fault());
  return document;
}

JsonPlace place_of(std::string_view source, std::size_t offset) {
  JsonPlace place;
  const std::size_t end = std::min(offset, source.size());
  for (std::size_t i = 0; i < end; ++i) {
    if (source[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(source[i]) & 0xC0U) != 0x80U) {
      ++place.column;
    }
  }
  return place;
}

std::string pointer_step(std::string_view name) {
  std::string step = "/";
  for (const char c : name) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step.push_back(c);
    }
  }
  return step;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
  return out;
}

std::string brief(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::null:
      return "null";
    case JsonKind::boolean:
      return value.truth ? "true" : "false";
    case JsonKind::number:
      return value.text.size() <= 40 ? value.text : value.text.substr(0, 40) + "…";
    case JsonKind::string: {
      if (value.text.size() <= 60) return quoted(value.text);
      std::size_t cut = 60;
      while ((static_cast<unsigned char>(value.text[cut]) & 0xC0U) == 0x80U) --cut;
      return quoted(value.text.substr(0, cut) + "…");
    }
    case JsonKind::array:
      return value.items.empty() ? "an empty array" : "an array";
    case JsonKind::object:
      return value.members.empty() ? "an empty object" : "an object";
  }
  return "";
}

}  // namespace lazaret::wire
