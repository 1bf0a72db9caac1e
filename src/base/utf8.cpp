#include "base/utf8.h"

#include <cstdint>
#include <cstring>
#include <utility>

namespace lazaret {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Eight bytes at a time: nearly all text is ASCII.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::uint64_t word;
  for (; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & high_bits) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

std::size_t valid_until(std::string_view text, std::size_t at) {
  for (;;) {
    at = skip_ascii(text, at);
    const std::size_t length = utf8_length(text, at);
    if (length == 0) return at;  // also at the end
    at += length;
  }
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (at >= text.size()) return 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

std::size_t utf8_valid_prefix(std::string_view text) { return valid_until(text, 0); }

std::string valid_utf8(std::string text) {
  std::size_t good = utf8_valid_prefix(text);
  if (good == text.size()) return text;
  std::string out(text, 0, good);
  for (std::size_t at = good; at < text.size(); at = good) {
    out += replacement;
    good = valid_until(text, at + 1);
    out.append(text, at + 1, good - at - 1);
  }
  return out;
}

std::string_view utf8_cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  // A character has at most three bytes after its first; more of them are no character.
  for (int back = 0; back < 3 && end > 0; ++back) {
    if (!utf8_is_tail(text[end])) break;
    --end;
  }
  const bool inside = end < most && end + utf8_length(text, end) > most;
  return text.substr(0, inside ? end : most);
}

}  // namespace lazaret
