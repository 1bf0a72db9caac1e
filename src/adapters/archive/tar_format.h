// The blocks of a tar archive: POSIX.1-1988 ustar, and pax headers for long names.
// Source: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace lazaret::archive {

inline constexpr std::size_t block_bytes = 512;
inline constexpr std::uint64_t file_bytes_most = 8'589'934'591;  // eleven octal digits
inline constexpr std::size_t pax_bytes_most = 16 * 1024;

enum class EntryKind : char { file = '0', link = '2', directory = '5', pax = 'x' };

struct Entry {
  std::string name;  // relative, without "." and "..", no slash at the end
  EntryKind kind = EntryKind::file;
  std::uint32_t mode = 0600;
  std::uint64_t size = 0;
  std::int64_t changed = 0;  // seconds since 1970
  std::string target;        // of a link
};

using Block = std::array<char, block_bytes>;

// `entry.name` must fit (see needs_pax).
Block header_of(const Entry& entry);
bool needs_pax(const Entry& entry);
// "27 path=…\n" records.
std::string pax_text(const Entry& entry);

// Errors: invalid_input, with what is wrong. An entry of zeroes is not given here.
Result<Entry> read_header(const Block& block);
Result<void> read_pax(const std::string& text, Entry& entry);
bool is_empty(const Block& block);

inline std::uint64_t padded(std::uint64_t size) {
  return (size + block_bytes - 1) / block_bytes * block_bytes;
}

}  // namespace lazaret::archive
