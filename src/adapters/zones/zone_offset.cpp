#include "adapters/zones/zone_offset.h"

#include <chrono>
#include <ctime>

#include "adapters/zones/zone_files.h"

namespace lazaret::zones {

std::optional<Duration> offset_at(const std::string& name, WallTime at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  if (name.empty()) {
    const std::time_t when = second.time_since_epoch().count();
    std::tm here{};
    if (::localtime_r(&when, &here) == nullptr) return std::nullopt;
    return std::chrono::seconds(here.tm_gmtoff);
  }
  const auto zone = read_zone(name);
  if (!zone) return std::nullopt;
  return (*zone)->span_at(second).offset;
}

}  // namespace lazaret::zones
