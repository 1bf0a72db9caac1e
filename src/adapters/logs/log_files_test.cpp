#include "adapters/logs/log_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lazaret::logs {
namespace {

class Logs : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("lazaret-logs-" + std::to_string(getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "a.log").string(); }
  void write(const std::string& text) { std::ofstream(path(), std::ios::app) << text; }
  void turn_over() {
    if (std::filesystem::exists(path() + ".1"))
      std::filesystem::rename(path() + ".1", path() + ".2");
    std::filesystem::rename(path(), path() + ".1");
  }
  LogFiles files_{[this](const AgentRef&) -> Result<std::string> { return path(); }};
  std::filesystem::path folder_;
  AgentRef agent_;
};

using Lines = std::vector<std::string>;

TEST_F(Logs, NothingWrittenIsNothing) {
  EXPECT_EQ(files_.tail(agent_, 10)->lines, Lines());
  EXPECT_EQ(files_.from(agent_, 0, 10)->lines, Lines());
}

TEST_F(Logs, TailGivesWholeLinesAndAPlaceToGoOn) {
  write("one\ntwo\nthr");
  const auto tail = files_.tail(agent_, 1);
  EXPECT_EQ(tail->lines, Lines{"two"});
  write("ee\nfour\n");
  EXPECT_EQ(files_.from(agent_, tail->next, 10)->lines, (Lines{"three", "four"}));
}

TEST_F(Logs, AFollowerLosesNothingOverTurnOvers) {
  write("one\n");
  auto at = files_.tail(agent_, 10);
  write("two\n");
  turn_over();
  write("three\n");
  turn_over();
  write("four\n");
  at = files_.from(agent_, at->next, 10);
  EXPECT_EQ(at->lines, (Lines{"two", "three", "four"}));
  EXPECT_FALSE(at->gap);
  EXPECT_EQ(files_.from(agent_, at->next, 10)->lines, Lines());
  EXPECT_EQ(files_.tail(agent_, 2)->lines, (Lines{"three", "four"}));
}

TEST_F(Logs, SaysWhenItsPlaceIsGone) {
  write("one\n");
  const auto at = files_.tail(agent_, 10);
  std::filesystem::rename(path(), folder_ / "away");
  write("two\n");
  const auto next = files_.from(agent_, at->next, 10);
  EXPECT_TRUE(next->gap);
  EXPECT_EQ(next->lines, Lines{"two"});
}

TEST_F(Logs, BoundsAnAnswer) {
  write("1\n2\n3\n");
  const auto first = files_.from(agent_, 0, 2);
  EXPECT_EQ(first->lines, (Lines{"1", "2"}));
  EXPECT_EQ(files_.from(agent_, first->next, 2)->lines, Lines{"3"});
}

}  // namespace
}  // namespace lazaret::logs
