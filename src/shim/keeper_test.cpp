// The real program, as it is started in front of a daemon; the daemon is a shell script here.
#include "shim/keeper.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace lazaret::shim {
namespace {

namespace fs = std::filesystem;

class Keeper : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/lzk-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    root_ = name;
  }
  void TearDown() override {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    fs::remove_all(root_);
  }

  // $1 is a directory of the test's own.
  void start(const std::string& script) {
    pid_ = ::fork();
    if (pid_ != 0) return;
    if (::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(99);
    ::execl(LAZARET_SHIM_PATH, "lazaret-shim", "keeper", "--", "/bin/sh", "-c", script.c_str(),
            "sh", root_.c_str(), nullptr);
    ::_exit(99);
  }
  int status() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string text(const std::string& name) const {
    std::ifstream file(root_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool appears(const std::string& name) const {
    for (int i = 0; i < 4000 && !fs::exists(root_ / name); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return fs::exists(root_ / name);
  }

  fs::path root_;
  pid_t pid_ = 0;
};

TEST_F(Keeper, starts_a_crashed_daemon_again) {
  start(
      "echo x >> $1/runs; n=$(wc -l < $1/runs); [ $n = 1 ] && exit 1; "
      "[ $n = 2 ] && kill -KILL $$; exit 0");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(text("runs"), "x\nx\nx\n");
}

TEST_F(Keeper, takes_a_final_status_for_final) {
  start("echo x >> $1/runs; exit 64");
  EXPECT_EQ(status(), 64);
  EXPECT_EQ(text("runs"), "x\n");
}

TEST_F(Keeper, goes_on_after_a_crash_until_the_settings_are_good_again) {
  start(
      "echo x >> $1/runs; n=$(wc -l < $1/runs); [ $n = 1 ] && kill -KILL $$; "
      "[ $n = 2 ] && exit 64; exit 0");
  EXPECT_EQ(status(), 0);
  EXPECT_EQ(text("runs"), "x\nx\nx\n");
}

TEST_F(Keeper, ends_in_front_of_people_with_the_status_of_their_program) {
  for (const auto& [daemons, ours] : {std::pair{"64", 2}, {"69", 1}, {"75", 1}, {"0", 0}}) {
    pid_ = ::fork();
    if (pid_ == 0) {
      const std::string script = std::string("exit ") + daemons;
      ::execl(LAZARET_SHIM_PATH, "lazaret-shim", "keeper", "--foreground", "--", "/bin/sh", "-c",
              script.c_str(), nullptr);
      ::_exit(99);
    }
    EXPECT_EQ(status(), ours) << daemons;
  }
}

TEST_F(Keeper, leaves_a_state_to_who_holds_it) {
  start("echo x >> $1/runs; n=$(wc -l < $1/runs); [ $n = 1 ] && kill -KILL $$; exit 75");
  EXPECT_EQ(status(), 75);
}

TEST_F(Keeper, hands_on_signals_and_ends_with_the_daemon) {
  start(
      "trap 'echo hup > $1/hup' HUP; trap 'echo term > $1/term; exit 3' TERM; echo $$ > $1/up; "
      "while :; do sleep 0.01; done");
  ASSERT_TRUE(appears("up"));
  ::kill(pid_, SIGHUP);
  ASSERT_TRUE(appears("hup"));
  ::kill(pid_, SIGTERM);
  EXPECT_EQ(status(), 3) << "a crash while ending is no reason to start again";
  EXPECT_EQ(text("term"), "term\n");
}

TEST_F(Keeper, reaps_what_a_daemon_leaves) {
  start(
      "[ -e $1/left ] || { sh -c 'echo $$ > '$1'/left; while [ ! -e '$1'/go ]; do sleep 0.01; "
      "done' & until [ -s $1/left ]; do sleep 0.01; done; kill -KILL $$; }; "
      "touch $1/second; until [ -e $1/end ]; do sleep 0.01; done");
  ASSERT_TRUE(appears("second"));
  const std::string left = text("left");
  std::ofstream(root_ / "go") << "";
  const fs::path proc = "/proc/" + left.substr(0, left.find('\n'));
  for (int i = 0; i < 4000 && fs::exists(proc); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_FALSE(fs::exists(proc)) << "a zombie is left";
  std::ofstream(root_ / "end") << "";
  EXPECT_EQ(status(), 0);
}

TEST_F(Keeper, says_when_the_daemon_cannot_be_executed) {
  pid_ = ::fork();
  if (pid_ == 0) {
    if (::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(99);
    ::execl(LAZARET_SHIM_PATH, "lazaret-shim", "keeper", "--", "/no/such/daemon", nullptr);
    ::_exit(99);
  }
  EXPECT_EQ(status(), exit_not_executable);
}

}  // namespace
}  // namespace lazaret::shim
