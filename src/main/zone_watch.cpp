#include "main/zone_watch.h"

#include "adapters/zones/zone_files.h"

namespace lazaret::main {
namespace {

constexpr auto looks_again = std::chrono::hours(1);

}  // namespace

void ZoneWatch::start() {
  look();
  timer_.expires_after(looks_again);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) start();
  });
}

// A file that cannot be read now changes nothing: what was known still holds.
void ZoneWatch::look() {
  const auto known = loop_.fleet().calendar.zones;
  for (const auto& [name, data] : known) {
    const auto bytes = zones::read_zone_bytes(name);
    if (!bytes || core::hex_of(*bytes) == data) continue;
    const core::Caller caller{core::CallerKind::admin, "tzdata", std::nullopt, {}};
    loop_.request(caller, core::op::RefreshZone{name, core::hex_of(*bytes)}, [](const auto&) {});
  }
}

}  // namespace lazaret::main
