#include "adapters/process/strays.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace lazaret::process {
namespace {

pid_t sleeper(const std::string& variable) {
  std::string words[] = {"/bin/sleep", "1000"};
  char* arguments[] = {words[0].data(), words[1].data(), nullptr};
  std::string entry = variable;
  char* environment[] = {entry.data(), nullptr};
  pid_t pid = 0;
  EXPECT_EQ(::posix_spawn(&pid, arguments[0], nullptr, nullptr, arguments, environment), 0);
  return pid;
}

TEST(Strays, AreThoseStartedWithTheWholeEntryAndNoOthers) {
  const std::string entry = "NOTIFY_SOCKET=/run/test-" + std::to_string(::getpid());
  const pid_t ours = sleeper(entry);
  const pid_t longer = sleeper(entry + "0");
  const pid_t within = sleeper("X" + entry);
  EXPECT_EQ(kill_by_environment(entry), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(ours, &status, 0), ours);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_EQ(kill_by_environment(entry), 0);
  for (const pid_t other : {longer, within}) {
    EXPECT_EQ(::waitpid(other, &status, WNOHANG), 0) << "killed, though it is not ours";
    ::kill(other, SIGKILL);
    ::waitpid(other, &status, 0);
  }
}

}  // namespace
}  // namespace lazaret::process
