#include "adapters/archive/tar_format.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace lazaret::archive {
namespace {

constexpr std::size_t name_most = 100;
constexpr std::size_t checksum_at = 148;
constexpr std::size_t checksum_bytes = 8;

void put(Block& block, std::size_t at, std::string_view text) {
  std::ranges::copy(text, block.begin() + static_cast<std::ptrdiff_t>(at));
}

// `digits` octal digits and a NUL.
void put_octal(Block& block, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i > 0; --i, value /= 8) {
    block[at + i - 1] = static_cast<char>('0' + value % 8);
  }
  block[at + digits] = '\0';
}

std::uint64_t checksum_of(const Block& block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool own = i >= checksum_at && i < checksum_at + checksum_bytes;
    sum += own ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

std::string text_at(const Block& block, std::size_t at, std::size_t most) {
  const char* begin = block.data() + at;
  return {begin, strnlen(begin, most)};
}

Result<std::uint64_t> octal_at(const Block& block, std::size_t at, std::size_t digits) {
  std::string text = text_at(block, at, digits);
  while (text.ends_with(' ')) text.pop_back();
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, 8);
  if (read.ec == std::errc() && read.ptr == end) return value;
  return fail(ErrorCode::invalid_input, "a number of its header is none");
}

std::string record(std::string_view key, std::string_view value) {
  const std::string rest = " " + std::string(key) + "=" + std::string(value) + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) {
    length = std::to_string(length).size() + rest.size();
  }
  return std::to_string(length) + rest;
}

}  // namespace

bool needs_pax(const Entry& entry) {
  return entry.name.size() > name_most || entry.target.size() > name_most;
}

Block header_of(const Entry& entry) {
  Block block{};
  put(block, 0, std::string_view(entry.name).substr(0, name_most));
  put_octal(block, 100, 7, entry.mode & 07777);
  put_octal(block, 108, 7, 0);
  put_octal(block, 116, 7, 0);
  put_octal(block, 124, 11,
            entry.kind == EntryKind::file || entry.kind == EntryKind::pax ? entry.size : 0);
  put_octal(block, 136, 11, static_cast<std::uint64_t>(std::max<std::int64_t>(0, entry.changed)));
  block[156] = static_cast<char>(entry.kind);
  put(block, 157, std::string_view(entry.target).substr(0, name_most));
  put(block, 257, "ustar");
  put(block, 263, "00");
  put_octal(block, checksum_at, 6, checksum_of(block));
  block[checksum_at + 7] = ' ';
  return block;
}

std::string pax_text(const Entry& entry) {
  std::string text = record("path", entry.name);
  if (!entry.target.empty()) text += record("linkpath", entry.target);
  return text;
}

bool is_empty(const Block& block) {
  return std::ranges::all_of(block, [](char c) { return c == '\0'; });
}

Result<Entry> read_header(const Block& block) {
  const auto sum = octal_at(block, checksum_at, checksum_bytes);
  if (!sum || *sum != checksum_of(block)) {
    return fail(ErrorCode::invalid_input, "the checksum of a header is wrong");
  }
  Entry entry;
  entry.name = text_at(block, 0, name_most);
  const auto mode = octal_at(block, 100, 8);
  const auto size = octal_at(block, 124, 12);
  const auto changed = octal_at(block, 136, 12);
  if (!mode || !size || !changed) {
    return fail(ErrorCode::invalid_input, "a number of a header is none");
  }
  entry.mode = static_cast<std::uint32_t>(*mode & 07777);
  entry.size = *size;
  entry.changed = static_cast<std::int64_t>(*changed);
  entry.target = text_at(block, 157, name_most);
  switch (block[156]) {
    case '0':
      entry.kind = EntryKind::file;
      break;
    case '2':
      entry.kind = EntryKind::link;
      break;
    case '5':
      entry.kind = EntryKind::directory;
      break;
    case 'x':
      entry.kind = EntryKind::pax;
      break;
    default:
      return fail(ErrorCode::invalid_input,
                  "\"" + entry.name + "\" is of a kind that no backup has");
  }
  return entry;
}

Result<void> read_pax(const std::string& text, Entry& entry) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), length);
    const auto digits = static_cast<std::size_t>(read.ptr - (text.data() + at));
    const bool fits = read.ec == std::errc() && length > digits + 1 && length <= text.size() - at;
    const std::size_t equals = fits ? text.find('=', at + digits) : std::string::npos;
    if (equals == std::string::npos || equals >= at + length || text[at + length - 1] != '\n') {
      return fail(ErrorCode::invalid_input, "a long name is written wrong");
    }
    const std::string key = text.substr(at + digits + 1, equals - at - digits - 1);
    const std::string value = text.substr(equals + 1, at + length - equals - 2);
    if (key == "path") entry.name = value;
    if (key == "linkpath") entry.target = value;
    at += length;
  }
  return {};
}

}  // namespace lazaret::archive
