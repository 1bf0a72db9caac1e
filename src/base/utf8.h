// UTF-8 as RFC 3629 has it. What programs print may hold any bytes; what is recorded and answered
// as JSON may not.
#pragma once

#include <string>
#include <string_view>

namespace lazaret {

// Length in bytes of the character that starts at `at`; 0 where it is not well-formed (overlong,
// surrogate, beyond U+10FFFF, cut short).
std::size_t utf8_length(std::string_view text, std::size_t at);

// A byte that a character may go on with, but not begin with.
constexpr bool utf8_is_tail(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// How many bytes from the start on are well-formed.
std::size_t utf8_valid_prefix(std::string_view text);

// Each byte that belongs to no well-formed character becomes U+FFFD; well-formed text is handed
// back as it is, not copied. As every byte outside of JSON's strings is ASCII, whole documents may
// be given too.
std::string valid_utf8(std::string text);

// The beginning of `text`, at most `most` bytes, that ends between two characters.
std::string_view utf8_cut(std::string_view text, std::size_t most);

}  // namespace lazaret
