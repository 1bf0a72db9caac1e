// iCalendar files: what is read goes out again, and comes in as the same times.
#include "calendar/icalendar.h"
#include "fuzz.h"

using namespace lazaret;
using namespace lazaret::calendar;

namespace {

Result<ZonePtr> no_zone(const std::string&) { return fail(ErrorCode::not_found, "no zone"); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto utc = std::make_shared<const Zone>(Zone::utc());
  const auto read = from_icalendar(fuzz::text_of(data, size), no_zone, utc);
  if (!read) {
    LAZARET_ASSERT(!read.error().message.empty());
    return 0;
  }
  const SysTime from(seconds(day_of(2026, 1, 1) * day_seconds));
  const std::string written = to_icalendar(*read, {"fuzz", from});
  const auto again = from_icalendar(written, no_zone, utc);
  LAZARET_ASSERT(again.has_value());
  LAZARET_ASSERT(again->size() <= read->size());
  for (const CalendarEvent& event : *read) occurrences(event.schedule, from, 5);
  return 0;
}
