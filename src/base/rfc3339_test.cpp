#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace lazaret {
namespace {

TEST(Rfc3339, WritesUtcWithMilliseconds) {
  EXPECT_EQ(to_rfc3339(WallTime(std::chrono::milliseconds(1'767'225'600'123))),
            "2026-01-01T00:00:00.123Z");
  EXPECT_EQ(to_rfc3339(WallTime(std::chrono::seconds(-1))), "1969-12-31T23:59:59.000Z");
}

TEST(Rfc3339, ReadsOffsetsAndFractions) {
  const auto expected = WallTime(std::chrono::milliseconds(1'767'225'600'500));
  for (const char* text : {"2026-01-01T00:00:00.5Z", "2026-01-01T02:00:00.500+02:00",
                           "2025-12-31T19:30:00.5-04:30", "2026-01-01 00:00:00.5z"}) {
    const auto read = from_rfc3339(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(*read, expected) << text;
  }
}

TEST(Rfc3339, RefusesWhatIsNotATime) {
  for (const char* text :
       {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+0200",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60", "tomorrow"}) {
    EXPECT_FALSE(from_rfc3339(text).has_value()) << text;
  }
}

// Found by a fuzzer: years beyond what 64 bits of nanoseconds hold overflowed.
TEST(Rfc3339, RefusesYearsThatCannotBeKept) {
  for (const char* text : {"0000-02-29T00:00:00Z", "0001-01-01T00:00:00Z", "1677-12-31T23:59:59Z",
                           "2262-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    const auto read = from_rfc3339(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_NE(read.error().message.find("from 1678 to 2261"), std::string::npos) << text;
  }
  for (const char* text : {"1678-01-01T00:00:00+23:59", "2261-12-31T23:59:60-23:59"}) {
    EXPECT_TRUE(from_rfc3339(text).has_value()) << text;
  }
}

TEST(ToHuman, PicksTheUnit) {
  EXPECT_EQ(to_human(std::chrono::milliseconds(12)), "12ms");
  EXPECT_EQ(to_human(std::chrono::milliseconds(1500)), "1.5s");
  EXPECT_EQ(to_human(std::chrono::seconds(42)), "42s");
  EXPECT_EQ(to_human(std::chrono::seconds(250)), "4m 10s");
  EXPECT_EQ(to_human(std::chrono::minutes(131)), "2h 11m");
  EXPECT_EQ(to_human(std::chrono::hours(146) + std::chrono::minutes(11)), "6d 02:11");
}

}  // namespace
}  // namespace lazaret
