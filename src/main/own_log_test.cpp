#include "main/own_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "files/beneath.h"

namespace lazaret::main {
namespace {

namespace fs = std::filesystem;

class OwnLog : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "lazaret-own-log-" + std::to_string(::getpid());
    fs::create_directories(folder_);
    path_ = folder_ + "/daemon.log";
    daemon_ = open_for_appending();
  }
  void TearDown() override { fs::remove_all(folder_); }
  files::Fd open_for_appending() const {
    return files::Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  static void say(const files::Fd& fd, const std::string& text) {
    ASSERT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  static std::string text_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string folder_;
  std::string path_;
  files::Fd daemon_;
};

TEST_F(OwnLog, IsTurnedOverPastItsBoundAndAllWhoAppendGoOn) {
  const files::Fd keeper = open_for_appending();
  say(daemon_, "0123456789");
  EXPECT_FALSE(turn_over(daemon_.get(), path_, 10)) << "it fits";
  say(keeper, "AB");
  EXPECT_TRUE(turn_over(daemon_.get(), path_, 10));
  EXPECT_EQ(text_of(path_ + ".1"), "23456789AB") << "no more than the bound is kept";
  say(keeper, "keeper ");
  say(daemon_, "daemon");
  EXPECT_EQ(text_of(path_), "keeper daemon");
  EXPECT_TRUE(turn_over(daemon_.get(), path_, 10));
  EXPECT_EQ(text_of(path_ + ".1"), "per daemon");
  EXPECT_EQ(text_of(path_), "");
}

TEST_F(OwnLog, AnotherFileIsNotTouched) {
  say(daemon_, "0123456789");
  const files::Fd other(::open((folder_ + "/other").c_str(), O_WRONLY | O_CREAT, 0600));
  say(other, "0123456789");
  EXPECT_FALSE(turn_over(other.get(), path_, 1)) << "as in the foreground with 2> other";
  fs::rename(path_, folder_ + "/away");
  EXPECT_FALSE(turn_over(daemon_.get(), path_, 1));
  fs::create_symlink(folder_ + "/away", path_);
  EXPECT_FALSE(turn_over(daemon_.get(), path_, 1)) << "nobody leads us elsewhere";
  EXPECT_EQ(text_of(folder_ + "/away") + text_of(folder_ + "/other"), "01234567890123456789");
}

}  // namespace
}  // namespace lazaret::main
