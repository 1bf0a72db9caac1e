#include "wire/api_beat.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "wire/json_text.h"
#include "wire/json_utf8.h"

namespace lazaret::wire {
namespace {

constexpr int depth_most = 32;

// Walks over one JSON text (RFC 8259) and tells where its values are.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  void blanks() {
    while (!at_end() && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t'))
      ++at_;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view since(std::size_t begin) const { return text_.substr(begin, at_ - begin); }

  bool value(int depth) {
    switch (peek()) {
      case '{':
        return depth < depth_most && object(depth);
      case '[':
        return depth < depth_most && array(depth);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool string() {
    if (!take('"')) return false;
    while (!at_end()) {
      const char c = text_[at_];
      if (c == '"') return take('"');
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\') {
        if (!escape()) return false;
        continue;
      }
      const std::size_t length = utf8_length(text_, at_);
      if (length == 0) return false;
      at_ += length;
    }
    return false;
  }

 private:
  bool word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  bool digits() {
    const std::size_t begin = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ > begin;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool escape() {
    ++at_;
    if (std::string_view("\"\\/bfnrt").contains(peek()) && !at_end()) {
      ++at_;
      return true;
    }
    if (!take('u')) return false;
    for (int i = 0; i < 4; ++i) {
      if (at_end() || !std::isxdigit(static_cast<unsigned char>(peek()))) return false;
      ++at_;
    }
    return true;
  }
  bool object(int depth) {
    take('{');
    blanks();
    if (take('}')) return true;
    do {
      blanks();
      if (!string()) return false;
      blanks();
      if (!take(':')) return false;
      blanks();
      if (!value(depth + 1)) return false;
      blanks();
    } while (take(','));
    return take('}');
  }
  bool array(int depth) {
    take('[');
    blanks();
    if (take(']')) return true;
    do {
      blanks();
      if (!value(depth + 1)) return false;
      blanks();
    } while (take(','));
    return take(']');
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::unexpected<Error> wrong(std::string_view name, std::string_view expected,
                             std::string_view found) {
  return fail(ErrorCode::invalid_input,
              fmt::format("\"{}\" is {}; expected {}", name, found.substr(0, 40), expected),
              fmt::format("body /{}", name));
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

Result<void> read_error(std::string_view text, BeatBody& beat) {
  if (text == "null") return {};
  const auto decoded =
      text.starts_with('"') ? read_json(std::string(text)) : std::unexpected(JsonFault{});
  if (!decoded) return wrong("error", "a string", text);
  if (decoded->root.text.size() > beat_error_most) {
    return fail(ErrorCode::too_large, "\"error\" is longer than 2000 bytes", "body /error");
  }
  beat.error = decoded->root.text;
  return {};
}

Result<void> read_member(std::string_view name, std::string_view text, BeatBody& beat) {
  if (name == "metadata") {
    if (text == "null") return {};
    if (!text.starts_with('{')) return wrong(name, "an object", text);
    if (text.size() > beat_metadata_most) {
      return fail(ErrorCode::too_large, "\"metadata\" is longer than 8 KiB", "body /metadata");
    }
    beat.metadata = text;
  } else if (name == "progress") {
    if (text == "null") return {};
    std::uint64_t progress = 0;
    if (!read_number(text, progress)) return wrong(name, "a whole number, at least 0", text);
    beat.progress = progress;
  } else if (name == "response_time") {
    if (text == "null") return {};
    double seconds = 0;
    if (!read_number(text, seconds) || !std::isfinite(seconds) || seconds < 0 || seconds > 1e6) {
      return wrong(name, "a number of seconds from 0 to 1000000", text);
    }
    beat.response_time = seconds;
  } else if (name == "error") {
    return read_error(text, beat);
  }
  return {};
}

std::unexpected<Error> not_json(std::string_view body, std::size_t at) {
  const JsonPlace place = place_of(body, at);
  return fail(ErrorCode::invalid_input, "the body is not a JSON object",
              fmt::format("body:{}:{}", place.line, place.column));
}

}  // namespace

Result<BeatBody> read_beat(std::string_view body) {
  BeatBody beat;
  Scan scan(body);
  scan.blanks();
  if (scan.at_end()) return beat;
  if (!scan.take('{')) return not_json(body, scan.at());
  scan.blanks();
  bool more = scan.peek() != '}';
  while (more) {
    scan.blanks();
    const std::size_t name_begin = scan.at();
    if (!scan.string()) return not_json(body, scan.at());
    const std::string_view name = scan.since(name_begin);
    scan.blanks();
    if (!scan.take(':')) return not_json(body, scan.at());
    scan.blanks();
    const std::size_t value_begin = scan.at();
    if (!scan.value(1)) return not_json(body, scan.at());
    const auto read = read_member(name.substr(1, name.size() - 2), scan.since(value_begin), beat);
    if (!read) return std::unexpected(read.error());
    scan.blanks();
    more = scan.take(',');
  }
  if (!scan.take('}')) return not_json(body, scan.at());
  scan.blanks();
  if (!scan.at_end()) return not_json(body, scan.at());
  return beat;
}

}  // namespace lazaret::wire
