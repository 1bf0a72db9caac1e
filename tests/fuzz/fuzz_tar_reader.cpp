// Backups as `lazaret restore` reads them. The first byte says whether checksums are put right
// first: else hardly any input would come further than its first header.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "adapters/archive/tar_reader.h"
#include "fuzz.h"

using namespace lazaret;
using namespace lazaret::archive;

namespace {

constexpr std::size_t checksum_at = 148;

std::string with_checksums(std::string text) {
  for (std::size_t at = 0; at + block_bytes <= text.size(); at += block_bytes) {
    if (text.compare(at + 257, 5, "ustar") != 0) continue;
    char* block = text.data() + at;
    std::fill_n(block + checksum_at, 8, ' ');
    unsigned sum = 0;
    for (std::size_t i = 0; i < block_bytes; ++i) sum += static_cast<unsigned char>(block[i]);
    std::to_chars(block + checksum_at, block + checksum_at + 6, sum, 8);
  }
  return text;
}

bool is_inside(const std::string& name) {
  const std::string path = "/" + name + "/";
  return !name.empty() && name[0] != '/' && !name.contains('\0') && !path.contains("/../") &&
         !path.contains("/./") && !path.contains("//");
}

// What is written from an entry reads back as that entry.
void check_header(const Entry& entry) {
  if (needs_pax(entry)) return;
  const auto again = read_header(header_of(entry));
  LAZARET_ASSERT(again.has_value());
  const bool is_file = entry.kind == EntryKind::file;
  LAZARET_ASSERT(again->name == entry.name && again->kind == entry.kind);
  LAZARET_ASSERT(again->mode == entry.mode && again->target == entry.target);
  LAZARET_ASSERT(again->size == (is_file ? entry.size : 0) && again->changed == entry.changed);
}

void read_through(const std::string& path, std::size_t size) {
  auto reader = TarReader::open(path);
  LAZARET_ASSERT(reader.has_value());
  std::size_t data = 0;
  for (std::size_t entries = 0;; ++entries) {
    LAZARET_ASSERT(entries * block_bytes <= size);
    const auto entry = reader->next();
    if (!entry)
      return LAZARET_ASSERT(!entry.error().message.empty() && !entry.error().place.empty());
    if (!*entry) return;
    LAZARET_ASSERT((*entry)->kind != EntryKind::pax);
    LAZARET_ASSERT(is_inside((*entry)->name));
    check_header(**entry);
    std::size_t of_entry = 0;
    for (;;) {
      const auto piece = reader->read();
      if (!piece) return;
      if (piece->empty()) break;
      of_entry += piece->size();
    }
    LAZARET_ASSERT(of_entry == ((*entry)->kind == EntryKind::file ? (*entry)->size : 0));
    data += of_entry;
    LAZARET_ASSERT(data <= size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const bool mends = fuzz::take_byte(text) % 4 != 0;
  const std::string bytes = mends ? with_checksums(std::string(text)) : std::string(text);
  const int fd = memfd_create("backup", MFD_CLOEXEC);
  LAZARET_ASSERT(fd >= 0);
  LAZARET_ASSERT(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  read_through("/proc/self/fd/" + std::to_string(fd), bytes.size());
  ::close(fd);
  return 0;
}
