#include "calendar/zone.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "calendar/posix_tz.h"
#include "calendar/test_zones.h"
#include "calendar/time_text.h"

namespace lazaret::calendar {
namespace {

LocalTime local(const std::string& text) { return parse_time(text, "t")->local; }
SysTime utc_time(const std::string& text) { return *parse_time(text + "Z", "t")->instant; }

TEST(Zone, AGapIsCountedByTheOffsetBeforeIt) {
  const auto r = berlin()->resolve(local("20260329T023000"));
  EXPECT_EQ(r.kind, LocalKind::gap);
  EXPECT_EQ(r.first, utc_time("20260329T013000"));   // 02:30+01:00, shown as 03:30
  EXPECT_EQ(r.second, utc_time("20260329T003000"));  // 02:30+02:00, shown as 01:30
  EXPECT_EQ(r.transition, utc_time("20260329T010000"));
}

TEST(Zone, AFoldHasTwoInstants) {
  const auto r = berlin()->resolve(local("20261025T023000"));
  EXPECT_EQ(r.kind, LocalKind::fold);
  EXPECT_EQ(r.first, utc_time("20261025T003000"));
  EXPECT_EQ(r.second, utc_time("20261025T013000"));
}

TEST(Zone, TheEdgesOfGapAndFoldAreExact) {
  const auto zone = berlin();
  EXPECT_EQ(zone->resolve(local("20260329T015959")).kind, LocalKind::unique);
  EXPECT_EQ(zone->resolve(local("20260329T020000")).kind, LocalKind::gap);
  EXPECT_EQ(zone->resolve(local("20260329T025959")).kind, LocalKind::gap);
  EXPECT_EQ(zone->resolve(local("20260329T030000")).kind, LocalKind::unique);
  EXPECT_EQ(zone->resolve(local("20261025T015959")).kind, LocalKind::unique);
  EXPECT_EQ(zone->resolve(local("20261025T020000")).kind, LocalKind::fold);
  EXPECT_EQ(zone->resolve(local("20261025T030000")).kind, LocalKind::unique);
}

TEST(Zone, ADayThatWasSkippedIsAGap) {
  const auto r = apia()->resolve(local("20111230T090000"));
  EXPECT_EQ(r.kind, LocalKind::gap);
  EXPECT_EQ(r.first, utc_time("20111230T190000"));
  EXPECT_EQ(apia()->local(r.first), local("20111231T090000"));
}

TEST(Zone, TheRuleGoesOnFor8000Years) {
  const auto zone = berlin();
  for (int year : {1971, 2026, 2371, 2372, 2373, 2400, 2771, 2999, 5000, 9998}) {
    const auto summer = SysTime(seconds(day_of(year, 7, 1) * day_seconds));
    const auto winter = SysTime(seconds(day_of(year, 12, 31) * day_seconds));
    EXPECT_EQ(zone->span_at(summer).offset.count(), 7200) << year;
    EXPECT_EQ(zone->span_at(winter).offset.count(), 3600) << year;
    const Span span = zone->span_at(summer);
    EXPECT_LE(span.begin, summer);
    EXPECT_GT(span.end, summer);
    EXPECT_EQ(date_of(floor_div(span.begin.time_since_epoch().count(), day_seconds)).month, 3);
    EXPECT_EQ(date_of(floor_div(span.end.time_since_epoch().count(), day_seconds)).month, 10);
  }
}

// Every local time is found again from each instant it resolves to.
TEST(Zone, LocalAndInstantAgree) {
  Rng chance(7);
  for (const ZonePtr& zone : {berlin(), new_york(), lord_howe(), apia()}) {
    for (int i = 0; i < 20'000; ++i) {
      const SysTime t(seconds(static_cast<std::int64_t>(chance.below(4'000'000'000))));
      const LocalTime shown = zone->local(t);
      const Resolved r = zone->resolve(shown);
      ASSERT_NE(r.kind, LocalKind::gap);
      ASSERT_TRUE(r.first == t || (r.kind == LocalKind::fold && r.second == t));
    }
  }
}

TEST(Zone, ADamagedFileIsAnErrorAndNeverACrash) {
  const std::string whole =
      tzif_bytes(3600, {{0, 3600, false}, {1000, 7200, true}}, "CET-1CEST,M3.5.0,M10.5.0/3");
  ASSERT_TRUE(Zone::from_tzif("x", whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Zone::from_tzif("x", whole.substr(0, size)).has_value()) << size;
  }
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      const auto zone = Zone::from_tzif("x", damaged);
      if (!zone) {
        ++refused;
        EXPECT_FALSE(zone.error().message.empty());
        continue;
      }
      zone->resolve(local("20260329T023000"));
      zone->span_at(utc_time("99981231T000000"));
      zone->abbreviation_at(utc_time("00050101T000000"));
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(PosixTz, RulesAreRead) {
  const auto tz = parse_posix_tz("<-03>3<-02>,M3.5.0/-2,J300/5:30");
  ASSERT_TRUE(tz.has_value());
  EXPECT_EQ(tz->standard_offset.count(), -10800);
  EXPECT_EQ(tz->daylight->offset.count(), -7200);
  EXPECT_EQ(compact(tz->daylight->begins.in(2026)), "20260328T220000");
  EXPECT_EQ(compact(tz->daylight->ends.in(2026)), "20261027T053000");
  EXPECT_EQ(compact(tz->daylight->ends.in(2028)), "20281027T053000");  // J leaves leap days out
  for (const char* wrong : {"", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0",
                            "CET-1CEST,M13.5.0,M1.1.0", "CET-1CEST,M3.6.0,M1.1.0", "CET-25",
                            "CET-1CEST,M3.5.0,M10.5.0/3x", "<CET-1", "CET-1CEST,J0,J5"}) {
    EXPECT_FALSE(parse_posix_tz(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace lazaret::calendar
