#include "adapters/logs/log_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
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

// As the shim marks it.
TEST_F(Logs, TheBeginningThatIsGoneIsAGapToo) {
  write("two\n");
  EXPECT_FALSE(files_.from(agent_, 0, 10)->gap);
  ASSERT_EQ(chmod(path().c_str(), 01640), 0);
  const auto read = files_.from(agent_, 0, 10);
  EXPECT_TRUE(read->gap);
  EXPECT_EQ(read->lines, Lines{"two"});
  EXPECT_EQ(files_.from(agent_, read->first, 10)->lines, Lines{"two"});
  EXPECT_FALSE(files_.from(agent_, read->first, 10)->gap);
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

std::string joined(LogFiles& files, const AgentRef& agent, std::uint64_t at) {
  std::string all;
  for (;;) {
    auto answer = files.from(agent, at, 1000);
    for (std::size_t i = 0; i < answer->lines.size(); ++i) {
      all += answer->lines[i];
      if (i + 1 < answer->lines.size() || !answer->continues) all += '\n';
    }
    if (answer->next == at || answer->lines.empty()) return all;
    at = answer->next;
  }
}

TEST_F(Logs, AVeryLongLineComesInPiecesAndWhole) {
  std::string line = "x";  // so that a piece of even size would end in the middle of a character
  while (line.size() < 3'000'000) line += "é";
  const std::string twenty(20'000, 'y');
  write("before\n" + line + "\n" + twenty + "\nafter\n");
  EXPECT_TRUE(joined(files_, agent_, 0) == "before\n" + line + "\n" + twenty + "\nafter\n");
  const auto first = files_.from(agent_, 0, 100);
  EXPECT_EQ(first->lines, Lines{"before"}) << "a piece gets an answer of its own";
  const auto piece = files_.from(agent_, first->next, 100);
  EXPECT_TRUE(piece->continues);
  ASSERT_EQ(piece->lines.size(), 1U);
  EXPECT_TRUE(piece->lines[0].ends_with("é"));
}

TEST_F(Logs, ALineThatWasTurnedOverInItsMiddleIsWhole) {
  write("one\ntw");
  turn_over();
  write("o\nthree\n");
  EXPECT_EQ(joined(files_, agent_, 0), "one\ntwo\nthree\n");
  EXPECT_EQ(files_.tail(agent_, 2)->lines, (Lines{"two", "three"}));
}

TEST_F(Logs, AnUnfinishedLineIsNotGivenBeforeItsEnd) {
  write("one\n" + std::string(2000, 'x'));
  const auto read = files_.from(agent_, 0, 100);
  EXPECT_EQ(read->lines, Lines{"one"});
  EXPECT_FALSE(read->continues);
}

TEST_F(Logs, TheTailOfALineThatIsTooLongSaysThatItIsCut) {
  write(std::string(2'000'000, 'x') + "end\n");
  const auto tail = files_.tail(agent_, 5);
  ASSERT_EQ(tail->lines.size(), 1U);
  EXPECT_TRUE(tail->lines[0].starts_with("…x"));
  EXPECT_TRUE(tail->lines[0].ends_with("xend"));
}

TEST_F(Logs, AReaderWhoComesAmidATurnOverMissesNothing) {
  write("one\n");
  const auto at = files_.tail(agent_, 10);
  turn_over();
  write("two\n");
  turn_over();
  write("three\n");
  std::filesystem::rename(path() + ".2", path() + ".3");
  const auto read = files_.from(agent_, at->next, 10);
  EXPECT_FALSE(read->gap);
  EXPECT_EQ(read->lines, (Lines{"two", "three"}));
  std::filesystem::rename(path() + ".1", path() + ".2");
  EXPECT_EQ(files_.from(agent_, at->next, 10)->lines, (Lines{"two", "three"}));
}

// A file system gives the inode of a removed file to the next one it makes.
TEST_F(Logs, AnotherFileWithTheSameInodeIsAGapToo) {
  write("one\n");
  const auto at = files_.tail(agent_, 10);
  for (int i = 0; i < 20; ++i) {
    std::filesystem::remove(path());
    write("two\n");
    EXPECT_TRUE(files_.from(agent_, at->next, 10)->gap);
  }
}

std::int64_t held_for(const std::string& path) {
  struct stat found{};
  return stat(path.c_str(), &found) == 0 ? found.st_atim.tv_sec - time(nullptr) : -1;
}

TEST_F(Logs, HoldsTheFileThatIsReadAndLetsGoOfThoseBefore) {
  write("one\n");
  const auto at = files_.tail(agent_, 10)->next;
  turn_over();
  write("two\n");
  ASSERT_TRUE(files_.hold(agent_, at, std::chrono::seconds(50)));
  EXPECT_GT(held_for(path() + ".1"), 30);
  EXPECT_LE(held_for(path()), 1);
  ASSERT_TRUE(files_.hold(agent_, files_.from(agent_, at, 10)->next, std::chrono::seconds(500)));
  EXPECT_LE(held_for(path() + ".1"), 1);
  EXPECT_GT(held_for(path()), 30);
  EXPECT_LE(held_for(path()), 61) << "longer is no hold";
}

TEST_F(Logs, BoundsAnAnswer) {
  write("1\n2\n3\n");
  const auto first = files_.from(agent_, 0, 2);
  EXPECT_EQ(first->lines, (Lines{"1", "2"}));
  EXPECT_EQ(files_.from(agent_, first->next, 2)->lines, Lines{"3"});
}

}  // namespace
}  // namespace lazaret::logs
