#include "cli/endpoint.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/keeper_record.h"
#include "cli/places.h"

namespace lazaret::cli {
namespace {

TEST(Url, IsTakenApart) {
  auto plain = parse_url("http://example.org").value();
  EXPECT_EQ(plain.host + " " + plain.port, "example.org 7878");
  auto v6 = parse_url("http://[::1]:80/").value();
  EXPECT_EQ(v6.host + " " + v6.port, "::1 80");
  EXPECT_EQ(v6.name(), "http://[::1]:80");
  for (const char* wrong : {"", "ftp://x", "http://", "http://x:y", "http://x/path", "http://a@b",
                            "http://[::1", "http://x:123456"}) {
    EXPECT_EQ(parse_url(wrong).error().code, ErrorCode::invalid_input) << wrong;
  }
  EXPECT_EQ(parse_url("https://x").error().code, ErrorCode::unsupported);
}

TEST(FindEndpoint, FlagsWinOverTheEnvironment) {
  const Environment inside = {{"LAZARET_URL", "http://127.0.0.1:1"},
                              {"LAZARET_TOKEN", "agent's"},
                              {"LAZARET_KEY", "person's"},
                              {"HOME", "/nowhere"}};
  auto agent = find_endpoint({}, inside).value();
  EXPECT_EQ(agent.port, "1");
  EXPECT_EQ(agent.key, "agent's");  // an agent is itself first
  auto by_url = find_endpoint({.url = "http://127.0.0.1:2", .key = "k"}, inside).value();
  EXPECT_EQ(by_url.port + by_url.key, "2k");
  auto by_state = find_endpoint({.state = "/tmp/lazaret-none"}, inside).value();
  EXPECT_TRUE(by_state.socket_path.ends_with("/api.sock"));
  EXPECT_EQ(by_state.state, "/tmp/lazaret-none");
  EXPECT_EQ(by_state.key, "");
}

class Places : public testing::Test {
 protected:
  void SetUp() override {
    std::string place = "/tmp/lazaret-cli-test-XXXXXX";
    root_ = mkdtemp(place.data());
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  std::string root_;
};

TEST_F(Places, AreMadePrivateAndLinked) {
  Paths paths{root_ + "/a/state", root_ + "/run", root_ + "/missions"};
  for (int again = 0; again < 2; ++again) {
    auto made = make_places(paths);
    ASSERT_TRUE(made) << made.error().message;
  }
  struct stat found{};
  ASSERT_EQ(stat(paths.state.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
  EXPECT_EQ(std::filesystem::read_symlink(paths.run_link()), paths.run);
  EXPECT_TRUE(std::filesystem::is_directory(paths.missions));
  // The link is what a client follows, whatever its own environment says.
  auto endpoint = find_endpoint({.state = paths.state}, {}).value();
  EXPECT_EQ(endpoint.socket_path, paths.run + "/api.sock");
}

TEST_F(Places, ALinkOfSomebodyElseIsNoPrivateDirectory) {
  std::filesystem::create_directory(root_ + "/real");
  std::filesystem::create_symlink(root_ + "/real", root_ + "/link");
  EXPECT_EQ(make_private_directory(root_ + "/link").error().code, ErrorCode::refused);
}

TEST_F(Places, PrivateFilesAreNeverOverwritten) {
  ASSERT_TRUE(write_private_file(root_ + "/f", "secret"));
  struct stat found{};
  stat((root_ + "/f").c_str(), &found);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  EXPECT_EQ(write_private_file(root_ + "/f", "x").error().code, ErrorCode::conflict);
}

TEST_F(Places, TheKeeperIsKnownByMoreThanItsPid) {
  const std::string file = root_ + "/keeper";
  EXPECT_EQ(living_keeper(file), 0);
  ASSERT_TRUE(record_keeper(file));
  EXPECT_EQ(living_keeper(file), getpid());
  std::ifstream in(file);
  std::string pid;
  std::string start;
  std::string boot;
  in >> pid >> start >> boot;
  std::ofstream(file) << pid << " " << start << "0 " << boot << "\n";  // another of that pid
  EXPECT_EQ(living_keeper(file), 0);
  std::ofstream(file) << pid << " " << start << " another-boot\n";
  EXPECT_EQ(living_keeper(file), 0);
}

}  // namespace
}  // namespace lazaret::cli
