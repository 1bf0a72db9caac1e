// What programs print of a rate limit: whatever they write, the time that is read lies ahead, and
// not beyond what may be.
#include "fuzz.h"
#include "wire/recovery_time.h"

using namespace lazaret;

namespace {

const WallTime now{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};

// A zone for each letter that its name begins with.
std::optional<Duration> offset_of(const std::string& zone, WallTime) {
  if (zone.empty()) return std::chrono::hours(1);
  if (zone.front() < 'A' || zone.front() > 'Z') return std::nullopt;
  return std::chrono::hours(zone.front() - 'M');
}

void look(const std::optional<core::LimitSeen>& seen) {
  if (!seen || !seen->until) return;
  LAZARET_ASSERT(*seen->until >= now && *seen->until <= now + wire::recovery_most);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> lines;
  for (const std::string_view part : fuzz::parts_of(fuzz::text_of(data, size))) {
    lines.emplace_back(part);
  }
  look(wire::limit_in(lines, now, offset_of));
  const auto stated = wire::limit_stated(lines, now, offset_of);
  look(stated);
  LAZARET_ASSERT(!stated || (stated->until && *stated->until > now));
  return 0;
}
