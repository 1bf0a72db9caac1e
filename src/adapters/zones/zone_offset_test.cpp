#include "adapters/zones/zone_offset.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "base/rfc3339.h"

namespace lazaret::zones {
namespace {

const WallTime winter = from_rfc3339("2026-01-15T12:00:00Z").value();
const WallTime summer = from_rfc3339("2026-07-15T12:00:00Z").value();

TEST(ZoneOffset, IsOfTheNamedZoneAtThatTime) {
  EXPECT_EQ(offset_at("Europe/Berlin", winter), std::chrono::hours(1));
  EXPECT_EQ(offset_at("Europe/Berlin", summer), std::chrono::hours(2));
  EXPECT_EQ(offset_at("UTC", summer), Duration(0));
  EXPECT_FALSE(offset_at("Mars/Olympus", summer));
  EXPECT_FALSE(offset_at("../../../etc/passwd", summer));
}

TEST(ZoneOffset, WithoutANameIsOfTheMachine) {
  const char* before = std::getenv("TZ");
  const std::string kept = before ? before : "";
  ::setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
  ::tzset();
  EXPECT_EQ(offset_at("", winter), -std::chrono::hours(5));
  EXPECT_EQ(offset_at("", summer), -std::chrono::hours(4));
  before ? ::setenv("TZ", kept.c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
}

}  // namespace
}  // namespace lazaret::zones
