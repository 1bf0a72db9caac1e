#include <signal.h>

#include "adapters/process/test_bed.h"

namespace lazaret::process {
namespace {

using core::ExitKind;
using core::RunState;
using core::event::AgentExited;
using core::event::AgentSpawned;
using core::event::AgentStopSeen;
using core::event::EvidenceTaken;

class StopAgent : public TestBed {
 protected:
  core::command::StopAgent ask(std::uint64_t incarnation = 1) const {
    return {agent(), Incarnation{incarnation}, "SIGTERM"};
  }
  core::command::KillAgent end(std::uint64_t incarnation = 1) const {
    return {agent(), Incarnation{incarnation}};
  }
  bool is_gone(const std::string& name) const {
    const auto pid = to_number(read_text(cell_ / "work/ant" / name).value_or("0"));
    return pid && *pid > 0 && !read_stat(*pid);
  }
};

// Ignores what can be ignored, leaves its session and its parents behind, and says where it is.
constexpr const char* stubborn =
    "trap '' TERM INT HUP; echo $$ > one; setsid sh -c '"
    "echo $$ > two; setsid sh -c \"echo \\$\\$ > three; setsid sh -c \\\"echo \\\\\\$\\\\\\$ > "
    "four;"
    " echo deep; while :; do sleep 1000; done\\\" & exit\" & exit' & wait; "
    "while :; do sleep 1000; done";

TEST_F(StopAgent, kills_everything_that_it_started) {
  adapter_->start(shell(stubborn));
  ASSERT_TRUE(saw("deep"));
  adapter_->start(ask());
  adapter_->start(end());
  const auto exited = wait_for<AgentExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->exit.kind, ExitKind::signalled);
  EXPECT_EQ(exited->exit.signal, SIGKILL);
  for (const char* name : {"one", "two", "three", "four"}) EXPECT_TRUE(is_gone(name)) << name;
  EXPECT_TRUE(adapter_->groups().is_empty(slot_name(agent())));
}

TEST_F(StopAgent, clears_what_a_dead_agent_left_before_it_says_so) {
  const auto report = exit_of(shell(std::string(stubborn) + " & sleep 0.2; until [ -e four ]; do "
                                                            "sleep 0.01; done; exit 4"));
  EXPECT_EQ(report.code, 4);
  EXPECT_TRUE(is_gone("four"));
  EXPECT_EQ(exit_of(shell("exit 6", 2)).code, 6) << "the group takes the next one";
}

TEST_F(StopAgent, asks_first) {
  adapter_->start(shell("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.01; done"));
  ASSERT_TRUE(saw("up"));
  adapter_->start(ask());
  const auto exited = wait_for<AgentExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->exit.code, 7);
  EXPECT_EQ(exited->exit.last_lines.back(), "bye");
}

TEST_F(StopAgent, reaches_the_children_of_a_shell_too) {
  adapter_->start(
      shell("sh -c 'trap \"echo child; exit\" TERM; echo up; while :; do sleep 0.01; "
            "done'; echo never"));
  ASSERT_TRUE(saw("up"));
  adapter_->start(ask());
  ASSERT_TRUE(wait_for<AgentExited>());
  EXPECT_NE(log().find("child\n"), std::string::npos);
}

TEST_F(StopAgent, freezes_and_thaws) {
  adapter_->start(shell("i=0; echo up; while :; do i=$((i+1)); echo $i > beat; done"));
  ASSERT_TRUE(saw("up"));
  const auto cpu = [&] { return adapter_->usage(agent()).cpu_ns; };
  adapter_->start(core::command::FreezeAgent{agent(), Incarnation{1}, true});
  std::int64_t before = -1;
  EXPECT_TRUE(run_until([&] { return std::exchange(before, cpu()) == cpu(); }));
  adapter_->start(core::command::FreezeAgent{agent(), Incarnation{1}, false});
  EXPECT_TRUE(run_until([&] { return cpu() > before; }));
  adapter_->start(core::command::FreezeAgent{agent(), Incarnation{1}, true});
  adapter_->start(end());
  EXPECT_TRUE(wait_for<AgentExited>()) << "the frozen can be killed";
  EXPECT_EQ(exit_of(shell("exit 0", 2)).kind, ExitKind::exited) << "the next one is not frozen";
}

TEST_F(StopAgent, sees_a_stop_that_was_not_ours) {
  adapter_->start(order({"/bin/sleep", "1000"}));
  const auto spawned = wait_for<AgentSpawned>();
  ASSERT_TRUE(spawned);
  ::kill(static_cast<pid_t>(spawned->pid), SIGSTOP);
  const auto stopped = wait_for<AgentStopSeen>(1);
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->stopped);
  adapter_->start(core::command::TakeEvidence{agent(), Incarnation{1}});
  const auto taken = wait_for<EvidenceTaken>();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->evidence.state, RunState::stopped);
  ::kill(static_cast<pid_t>(spawned->pid), SIGCONT);
  const auto continued = wait_for<AgentStopSeen>(2);
  ASSERT_TRUE(continued);
  EXPECT_FALSE(continued->stopped);
}

TEST_F(StopAgent, takes_evidence_of_work) {
  adapter_->start(shell("echo up; while :; do echo line; echo x > file; done"));
  ASSERT_TRUE(saw("up"));
  const auto look = [&](std::size_t number) {
    adapter_->start(core::command::TakeEvidence{agent(), Incarnation{1}});
    return wait_for<EvidenceTaken>(number)->evidence;
  };
  const core::Evidence first = look(1);
  const fs::path file = cell_ / "work/ant/file";
  std::size_t number = 1;
  core::Evidence later;
  EXPECT_TRUE(run_until([&] {
    later = look(++number);
    return later.cpu_ns > first.cpu_ns && later.io_bytes > first.io_bytes &&
           later.log_bytes > first.log_bytes &&
           later.files_changed_at_ns > first.files_changed_at_ns;
  }));
  EXPECT_EQ(later.state, RunState::running);
}

TEST_F(StopAgent, answers_for_an_agent_that_is_not_known) {
  adapter_->start(end(9));
  const auto exited = wait_for<AgentExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->exit.kind, ExitKind::lost);
  EXPECT_EQ(exited->incarnation.value, 9U);
}

TEST_F(StopAgent, leaves_nothing_when_it_is_retired) {
  adapter_->start(shell("echo up; sleep 1000"));
  ASSERT_TRUE(saw("up"));
  adapter_->start(core::command::RetireAgent{agent()});
  ASSERT_TRUE(wait_for<AgentExited>());
  EXPECT_TRUE(run_until([&] { return fs::is_empty(root_ / "state/slots"); }));
  EXPECT_TRUE(fs::is_empty(root_ / "run"));
  EXPECT_EQ(exit_of(shell("exit 2", 2)).code, 2) << "and it can come back";
}

}  // namespace
}  // namespace lazaret::process
