// Rows and snapshots of a journal, torn or of another version: refused, or the same again.
#include "fuzz.h"
#include "wire/journal_rows.h"

using namespace lazaret;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const auto parts = fuzz::parts_of(text);
  if (parts.size() < 2) {
    if (const auto fleet = wire::read_fleet(text)) {
      const std::string written = wire::fleet_text(*fleet);
      const auto again = wire::read_fleet(written);
      LAZARET_ASSERT(again && wire::fleet_text(*again) == written);
    }
    return 0;
  }
  if (const auto fact = wire::read_fact(parts[0], parts[1])) {
    const wire::Row row = wire::fact_row(*fact);
    const auto again = wire::read_fact(row.kind, row.body);
    LAZARET_ASSERT(again && wire::fact_row(*again).body == row.body);
  }
  if (const auto event = wire::read_event(parts[0], parts[1])) {
    const wire::Row row = wire::event_row(*event);
    const auto again = wire::read_event(row.kind, row.body);
    LAZARET_ASSERT(again && wire::event_row(*again).body == row.body);
  }
  return 0;
}
