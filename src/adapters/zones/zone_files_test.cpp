#include "adapters/zones/zone_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "calendar/time_text.h"

namespace lazaret::zones {
namespace {

TEST(ZoneFiles, AZoneIsReadAndSaysItsOffsets) {
  const auto berlin = read_zone("Europe/Berlin");
  ASSERT_TRUE(berlin.has_value()) << berlin.error().message;
  const auto winter = calendar::parse_time("20260115T120000Z", "t");
  const auto summer = calendar::parse_time("20260715T120000Z", "t");
  EXPECT_EQ((*berlin)->span_at(*winter->instant).offset.count(), 3600);
  EXPECT_EQ((*berlin)->span_at(*summer->instant).offset.count(), 7200);
  EXPECT_EQ((*berlin)->abbreviation_at(*summer->instant), "CEST");
  EXPECT_EQ((*berlin)->hash(), (*read_zone("Europe/Berlin"))->hash());
  EXPECT_NE((*berlin)->hash(), (*read_zone("Europe/Rome"))->hash());
}

TEST(ZoneFiles, UtcNeedsNoFile) { EXPECT_EQ((*read_zone("UTC", "/nonexistent"))->name(), "UTC"); }

TEST(ZoneFiles, ANameNeverLeadsOutOfTheDirectory) {
  for (const char* name : {"", "../../../etc/passwd", "/etc/localtime", "Europe/../Europe/Berlin",
                           "Europe/", "Europe//Berlin", "a\nb"}) {
    const auto zone = read_zone(name);
    ASSERT_FALSE(zone.has_value()) << name;
    EXPECT_EQ(zone.error().code, ErrorCode::invalid_input) << name;
  }
  EXPECT_EQ(read_zone("Europe/Bielefeld").error().code, ErrorCode::not_found);
  EXPECT_EQ(read_zone("Europe").error().code, ErrorCode::not_found);
  EXPECT_EQ(read_zone("tzdata+zi").error().code, ErrorCode::not_found);
}

// Whatever zone the machine knows, it can be read.
TEST(ZoneFiles, EveryZoneOfTheMachineIsUnderstood) {
  int read = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(usual_directory)) {
    const std::string name =
        std::filesystem::relative(entry.path(), usual_directory).generic_string();
    if (!entry.is_regular_file() || name.starts_with("right/") || name.starts_with("posix/") ||
        name.find('.') != std::string::npos) {
      continue;
    }
    char magic[4] = {};
    std::ifstream(entry.path(), std::ios::binary).read(magic, 4);
    if (std::string_view(magic, 4) != "TZif") continue;
    const auto zone = read_zone(name);
    EXPECT_TRUE(zone.has_value()) << name << ": " << zone.error().message;
    ++read;
  }
  EXPECT_GT(read, 300);
}

}  // namespace
}  // namespace lazaret::zones
