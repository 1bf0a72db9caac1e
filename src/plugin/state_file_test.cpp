#include "plugin/state_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "plugin/options.h"
#include "plugin/stderr_log.h"

namespace lazaret::plugin {
namespace {

class TheStateFile : public testing::Test {
 protected:
  TheStateFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lz-plugin-XXXXXX").string();
    place_ = ::mkdtemp(pattern.data());
  }
  ~TheStateFile() override { std::filesystem::remove_all(place_); }
  std::string place_;
};

TEST_F(TheStateFile, IsReplacedInWhole) {
  StateFile file(place_ + "/new/dir");
  ASSERT_TRUE(file.lock());
  EXPECT_EQ(file.load().value(), "");
  EXPECT_TRUE(file.save("one"));
  EXPECT_TRUE(file.save("two"));
  EXPECT_EQ(file.load().value(), "two");
  struct stat info{};
  ASSERT_EQ(::stat((place_ + "/new/dir/state.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_FALSE(std::filesystem::exists(place_ + "/new/dir/state.json.new"));
}

TEST_F(TheStateFile, IsHeldByOne) {
  {
    StateFile first(place_);
    ASSERT_TRUE(first.lock());
    StateFile second(place_);
    const auto held = second.lock();
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, ErrorCode::conflict);
    EXPECT_NE(held.error().message.find(std::to_string(::getpid())), std::string::npos);
  }
  StateFile third(place_);
  EXPECT_TRUE(third.lock());
}

TEST_F(TheStateFile, SaysWhyItCannotBeWritten) {
  StateFile file(place_);
  ASSERT_TRUE(file.lock());
  std::filesystem::create_directory(place_ + "/state.json.new");
  const auto saved = file.save("x");
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::unavailable);
}

TEST(TheOptions, FindTheConfiguration) {
  const Environment home = {{"HOME", "/h"}};
  EXPECT_EQ(read_options({}, home, "")->config, "/h/.plexum/plugins/harbor-forge/config.json");
  EXPECT_EQ(read_options({}, home, "/beside")->config, "/beside/config.json");
  EXPECT_EQ(read_options({"--config", "a.json"}, {}, "/beside")->config, "a.json");
  EXPECT_EQ(read_options({"--config=a.json"}, {}, "")->config, "a.json");
  EXPECT_TRUE(read_options({"--manifest"}, {}, "")->manifest);
  EXPECT_FALSE(read_options({}, {}, ""));
  EXPECT_FALSE(read_options({"--config"}, home, ""));
  EXPECT_NE(read_options({"--manfest"}, home, "").error().remedy.find("--manifest"),
            std::string::npos);
}

TEST(TheLog, HidesSecrets) {
  const StderrLog log(-1, {"secret-key", "", "a"});
  EXPECT_EQ(log.masked("X-API-Key: secret-key, secret-key!"), "X-API-Key: ***, ***!");
  EXPECT_EQ(log.masked("plain"), "plain");
}

}  // namespace
}  // namespace lazaret::plugin
