#include "main/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace lazaret::main {
namespace {

// A file of this run, gone at its end.
class TempFile {
 public:
  explicit TempFile(const std::string& content) {
    char name[] = "/tmp/lazaret-settings-XXXXXX";
    ::close(::mkstemp(name));
    path_ = name;
    std::ofstream(path_) << content;
  }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  ~TempFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Settings, FlagWinsOverEnvironmentOverFileOverDefault) {
  const TempFile written("[http]\nport = 1001\nhost = \"::1\"\n[logs]\nkept = 9\n");
  const std::string& file = written.path();
  const auto config = Config::load({"--port", "1003"},
                                   {{"LAZARET_PORT", "1002"}, {"LAZARET_HOST", "127.0.0.2"}}, file);
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->integer("http.port"), 1003);
  EXPECT_EQ(config->text("http.host"), "127.0.0.2");
  EXPECT_EQ(config->integer("logs.kept"), 9);
  EXPECT_EQ(config->integer("logs.bytes"), 16'777'216);
}

TEST(Settings, ErrorsNameThePlaceAndWhatWasExpected) {
  const TempFile written("[http]\nprot = 1\n");
  const std::string& unknown = written.path();
  const auto config = Config::load({}, {}, unknown);
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().place, unknown + ":2:8");
  EXPECT_NE(config.error().remedy.find("http.port"), std::string::npos);

  const auto range = Config::load({"--port=99999"}, {}, "/nonexistent");
  ASSERT_FALSE(range.has_value());
  EXPECT_NE(range.error().message.find("from 0 to 65535"), std::string::npos);

  const auto host = Config::load({"--host", "nosuch"}, {}, "/nonexistent");
  ASSERT_FALSE(host.has_value());
  EXPECT_EQ(host.error().place, "--host");
  EXPECT_NE(host.error().remedy.find("127.0.0.1"), std::string::npos);
  EXPECT_TRUE(Config::load({"--host", "localhost"}, {}, "/nonexistent").has_value());
  EXPECT_TRUE(Config::load({"--host", "::1"}, {}, "/nonexistent").has_value());

  EXPECT_NE(Config::load({"--prot", "1"}, {}, "/nonexistent").error().remedy.find("mean --port?"),
            std::string::npos);
  EXPECT_EQ(Config::load({"--prot", "1"}, {}, "/nonexistent").error().place, "--prot");
  EXPECT_EQ(Config::load({"--port"}, {}, "/nonexistent").error().message, "--port needs a value");
  EXPECT_FALSE(Config::load({}, {}, TempFile("= broken").path()).has_value());
}

TEST(Settings, EachValueSaysWhereItCameFrom) {
  const TempFile written("[http]\nport = 1001\n");
  const std::string& file = written.path();
  std::vector<Error> faults;
  const auto config = Config::read({"--logs-kept=7"}, {{"LAZARET_HOST", "::1"}}, file, faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(config.value("http.port").source, SettingSource::file);
  EXPECT_EQ(config.value("http.port").place, file + ":2:8");
  EXPECT_EQ(config.value("http.host").source, SettingSource::environment);
  EXPECT_EQ(config.value("http.host").place, "LAZARET_HOST");
  EXPECT_EQ(config.value("logs.kept").source, SettingSource::flag);
  EXPECT_EQ(config.value("logs.kept").place, "--logs-kept");
  EXPECT_EQ(config.value("stop.most").source, SettingSource::initial);
}

TEST(Settings, AllFaultsAreListedAndTheirDefaultsStand) {
  const TempFile written("[http]\nport = 99999\nprot = 1\nhost = [1, 2]\n[logs]\nkept = 5\n");
  const std::string& file = written.path();
  std::vector<Error> faults;
  const auto config = Config::read({"--bogus"}, {}, file, faults);
  ASSERT_EQ(faults.size(), 4U);  // toml++ gives a table's keys in the order of their names
  EXPECT_EQ(faults[0].place, file + ":4:8");
  EXPECT_EQ(faults[1].place, file + ":2:8");
  EXPECT_EQ(faults[2].place, file + ":3:8");
  EXPECT_EQ(faults[3].place, "--bogus");
  EXPECT_EQ(config.integer("http.port"), 7878);
  EXPECT_EQ(config.integer("logs.kept"), 5);
  const auto refused = Config::load({"--bogus"}, {}, file);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("and 3 more"), std::string::npos);
}

TEST(Settings, NamesAreAList) {
  const auto config = Config::load({"--names", "a.example, b.example,"}, {}, "/nonexistent");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->words("http.names"), (std::vector<std::string>{"a.example", "b.example"}));
}

TEST(Settings, ThePageOfTheDocsIsTheOneOfTheTable) {
  std::ifstream file(std::string(LAZARET_SOURCE) + "/docs/settings.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), settings_page()) << "write it anew: lazaret daemon --print-settings";
}

}  // namespace
}  // namespace lazaret::main
