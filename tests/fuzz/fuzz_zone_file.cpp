// TZif files: what is read answers for any time, and a local time is found again from its instant.
#include "calendar/zone.h"
#include "fuzz.h"

using namespace lazaret;
using namespace lazaret::calendar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto zone = Zone::from_tzif("Fuzz/Zone", fuzz::text_of(data, size));
  if (!zone) {
    LAZARET_ASSERT(!zone.error().message.empty());
    return 0;
  }
  for (const int year : {1, 1900, 1970, 2026, 2400, 9998}) {
    SysTime t(seconds(day_of(year, 1, 1) * day_seconds));
    for (int spans = 0; spans < 8; ++spans) {
      const Span span = zone->span_at(t);
      LAZARET_ASSERT(span.begin <= t && t < span.end);
      const Resolved r = zone->resolve(zone->local(t));
      LAZARET_ASSERT(r.kind != LocalKind::gap);
      zone->resolve(zone->local(t) + seconds(1800));
      LAZARET_ASSERT(!zone->abbreviation_at(t).contains('\0'));
      if (span.end > SysTime(seconds(day_of(9999, 1, 1) * day_seconds))) break;
      t = span.end;
    }
  }
  return 0;
}
