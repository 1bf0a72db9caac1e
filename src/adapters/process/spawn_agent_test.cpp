#include <signal.h>

#include "adapters/process/test_bed.h"

namespace lazaret::process {
namespace {

using core::ExitKind;
using core::event::AgentExited;
using core::event::AgentSpawned;
using core::event::SpawnFailed;

class SpawnAgent : public TestBed {};

TEST_F(SpawnAgent, tells_the_pid_and_the_exit_code) {
  const core::ExitReport report = exit_of(shell("echo $$; echo last words >&2; exit 3"));
  const auto spawned = all<AgentSpawned>();
  ASSERT_EQ(spawned.size(), 1U);
  EXPECT_GT(spawned[0].process_start, 0);
  EXPECT_EQ(report.kind, ExitKind::exited);
  EXPECT_EQ(report.code, 3);
  ASSERT_EQ(report.last_lines.size(), 2U);
  EXPECT_EQ(report.last_lines[0], std::to_string(spawned[0].pid));
  EXPECT_EQ(report.last_lines[1], "last words");
}

TEST_F(SpawnAgent, the_last_lines_are_text_whatever_was_printed) {
  const core::ExitReport report = exit_of(
      shell("printf 'a\\377b\\n'; printf x; i=0; while [ $i -lt 300 ]; do printf '\\303\\251'; "
            "i=$((i+1)); done; echo; printf '\\303'"));
  ASSERT_EQ(report.last_lines.size(), 3U);
  EXPECT_EQ(report.last_lines[0],
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(report.last_lines[1].size(), 199U) << "cut between two characters";
  EXPECT_TRUE(report.last_lines[1].ends_with("é"));
  EXPECT_EQ(report.last_lines[2], "\xEF\xBF\xBD");
}

TEST_F(SpawnAgent, tells_the_signal) {
  const core::ExitReport report = exit_of(shell("kill -SEGV $$"));
  EXPECT_EQ(report.kind, ExitKind::signalled);
  EXPECT_EQ(report.signal, SIGSEGV);
}

TEST_F(SpawnAgent, gives_an_environment_of_its_own) {
  ::setenv("A_SECRET_OF_THE_DAEMON", "x", 1);
  std::ofstream(root_ / "keys.env") << "# keys\nexport API_KEY='a b'\nBOTH=file\n";
  auto command = shell("env; pwd; cat /proc/self/oom_score_adj; ls /proc/self/fd; ulimit -n");
  command.task = TaskId("t-1");
  command.definition.run->env_file = root_ / "keys.env";
  command.definition.run->env = {{"BOTH", "run"}};
  exit_of(command);
  const std::string text = "\n" + log();
  for (const std::string line :
       {"LAZARET_AGENT=ant", "LAZARET_INCARNATION=1", "LAZARET_TOKEN=token-ant-1",
        "LAZARET_TASK=t-1", "LAZARET_URL=http://127.0.0.1:1", "API_KEY=a b", "BOTH=run", "500",
        "LAZARET_CELL=0123456789abcdef"}) {
    EXPECT_NE(text.find("\n" + line + "\n"), std::string::npos) << line << " in " << text;
  }
  EXPECT_NE(text.find("\n" + (cell_ / "work/ant").string() + "\n"), std::string::npos);
  EXPECT_EQ(text.find("A_SECRET_OF_THE_DAEMON"), std::string::npos);
  EXPECT_NE(text.find("\n0\n1\n2\n3\n"), std::string::npos) << "3 is ls's own";
  EXPECT_EQ(text.find("\n4\n"), std::string::npos) << "a descriptor leaked";
}

TEST_F(SpawnAgent, refuses_what_cannot_work_with_a_sentence) {
  struct Case {
    std::vector<std::string> command;
    std::string expected;
  };
  std::ofstream(cell_ / "script") << "#!/no/such/interpreter -x\n";
  fs::permissions(cell_ / "script", fs::perms::owner_all);
  std::ofstream(cell_ / "windows") << "#!/bin/sh\r\necho\r\n";
  fs::permissions(cell_ / "windows", fs::perms::owner_all);
  std::ofstream(cell_ / "data") << "text\n";
  std::ofstream(cell_ / "odd") << "\x01\x02\x03";
  fs::permissions(cell_ / "odd", fs::perms::owner_all);
  const std::string cell = cell_;
  const std::vector<Case> cases = {
      {{cell + "/script"}, "'/no/such/interpreter'"},
      {{cell + "/windows"}, "ends with a carriage return"},
      {{cell + "/data"}, "chmod +x"},
      {{cell + "/nothing"}, "does not exist"},
      {{cell + "/odd"}, "neither a program"},
      {{"no-such-program-anywhere"}, "not in any directory of PATH"},
      {{}, "run.command is empty"},
  };
  std::uint64_t incarnation = 0;
  for (const Case& one : cases) {
    adapter_->start(order(one.command, ++incarnation));
    const auto failed = wait_for<SpawnFailed>(incarnation);
    ASSERT_TRUE(failed);
    EXPECT_TRUE(failed->permanent) << failed->reason;
    EXPECT_NE(failed->reason.find(one.expected), std::string::npos) << failed->reason;
    EXPECT_EQ(failed->incarnation.value, incarnation);
  }
  EXPECT_TRUE(all<AgentSpawned>().empty());
  EXPECT_EQ(exit_of(shell("exit 5", ++incarnation)).code, 5) << "the slot works afterwards";
}

TEST_F(SpawnAgent, refuses_an_isolation_that_it_cannot_give) {
  auto command = shell("true");
  command.isolation.level = core::Isolation::level_2;
  adapter_->start(command);
  const auto failed = wait_for<SpawnFailed>();
  ASSERT_TRUE(failed);
  EXPECT_TRUE(failed->permanent);
  EXPECT_NE(failed->reason.find("level_2"), std::string::npos);
}

TEST_F(SpawnAgent, refuses_a_missing_working_directory) {
  auto command = shell("true");
  command.definition.run->working_directory = "not/there";
  adapter_->start(command);
  const auto failed = wait_for<SpawnFailed>();
  ASSERT_TRUE(failed);
  EXPECT_TRUE(failed->permanent);
  EXPECT_NE(failed->reason.find("run.working_directory"), std::string::npos);
}

TEST_F(SpawnAgent, is_done_once_for_each_incarnation) {
  const auto command = shell("echo once; sleep 100");
  adapter_->start(command);
  ASSERT_TRUE(saw("once"));
  adapter_->start(command);
  adapter_->start(shell("echo older", 0));
  adapter_->start(core::command::KillAgent{agent(), Incarnation{1}});
  ASSERT_TRUE(wait_for<AgentExited>());
  adapter_->start(command);
  EXPECT_EQ(exit_of(shell("echo two", 2)).code, 0);
  EXPECT_EQ(log(), "once\ntwo\n");
  EXPECT_EQ(all<AgentSpawned>().size(), 2U);
}

TEST_F(SpawnAgent, replaces_placeholders_of_a_turn) {
  auto command = order({"/bin/sh", "-c", "echo \"$1|$2\"; cat; readlink /proc/self/fd/0", "sh",
                        "say {message}", "--session={session}"});
  command.definition.run->adapter = core::AdapterKind::turn;
  command.wake = core::Wake{WakeId("w-1"), "hello {session}", "cli"};
  EXPECT_EQ(exit_of(command).code, 0);
  EXPECT_EQ(log(), "say hello {session}|--session=01234567.ant\n/dev/null\n");
}

TEST_F(SpawnAgent, uses_the_given_environment_whole_when_it_is_inherited) {
  auto command = shell("echo $MINE $HOME");
  command.definition.run->inherit_env = true;
  command.definition.run->env = {{"MINE", "yes"}, {"HOME", "/elsewhere"}, {"PATH", "/bin"}};
  exit_of(command);
  EXPECT_EQ(log(), "yes /elsewhere\n");
}

TEST_F(SpawnAgent, keeps_one_shim_over_incarnations) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    exit_of(shell("read -r line < /proc/$PPID/stat; echo ${line%% *}", i));
  }
  const std::string text = log();
  const std::string first = text.substr(0, text.find('\n') + 1);
  EXPECT_EQ(text, first + first + first);
}

}  // namespace
}  // namespace lazaret::process
