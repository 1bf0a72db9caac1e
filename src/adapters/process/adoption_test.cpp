// A daemon that dies takes nobody along, and the next one finds everything as it was.
#include <signal.h>

#include "adapters/process/exit_report.h"
#include "adapters/process/test_bed.h"

namespace lazaret::process {
namespace {

using core::ExitKind;
using core::event::AgentAdopted;
using core::event::AgentExited;
using core::event::AgentSaidReady;
using core::event::AgentSpawned;
using core::event::SpawnFailed;

class Adoption : public TestBed {
 protected:
  // Waits for a file of the agent's own, while no daemon is there.
  bool appears(const std::string& name) {
    return run_until([&] { return fs::exists(cell_ / "work/ant" / name); });
  }
  bool has_exit_record(std::uint64_t incarnation) {
    const fs::path directory = root_ / "state/slots" / slot_name(agent());
    return run_until([&] {
      const auto record = read_exit_record(directory);
      return record && record->incarnation == incarnation;
    });
  }
};

TEST_F(Adoption, finds_the_same_process) {
  adapter_->start(shell("echo up; i=0; while [ ! -e go ]; do i=$((i+1)); done; echo end; exit 9"));
  ASSERT_TRUE(saw("up"));
  const auto spawned = wait_for<AgentSpawned>().value();
  adopt(2, fleet_with(1));
  const auto adopted = all<AgentAdopted>();
  ASSERT_EQ(adopted.size(), 1U);
  EXPECT_EQ(adopted[0].pid, spawned.pid);
  EXPECT_EQ(adopted[0].process_start, spawned.process_start);
  EXPECT_FALSE(adopted[0].ready);
  EXPECT_EQ(adapter_->agent_of_pid(spawned.pid), agent());
  std::ofstream(cell_ / "work/ant/go") << "";
  const auto exited = wait_for<AgentExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->exit.code, 9);
  EXPECT_EQ(exited->exit.last_lines.back(), "end");
}

TEST_F(Adoption, delivers_an_exit_of_the_downtime_once) {
  adapter_->start(shell("echo up; until [ -e go ]; do sleep 0.01; done; echo gone; exit 9"));
  ASSERT_TRUE(saw("up"));
  adapter_.reset();
  std::ofstream(cell_ / "work/ant/go") << "";
  ASSERT_TRUE(has_exit_record(1));
  adopt(2, fleet_with(1));
  const auto exits = all<AgentExited>();
  ASSERT_EQ(exits.size(), 1U);
  EXPECT_EQ(exits[0].exit.kind, ExitKind::exited);
  EXPECT_EQ(exits[0].exit.code, 9);
  EXPECT_EQ(exits[0].exit.last_lines.back(), "gone");
  // The fleet now knows of the end: nothing more comes, and the next start works.
  core::Fleet fleet = fleet_with(1);
  core::Agent& one = fleet.cells.begin()->second.agents.begin()->second;
  one.process = core::ProcessState::stopped;
  one.adoption_pending = false;
  adopt(3, fleet);
  EXPECT_EQ(all<AgentExited>().size(), 1U);
  EXPECT_EQ(exit_of(shell("exit 2", 2)).code, 2);
}

TEST_F(Adoption, loses_no_line) {
  constexpr int lines = 20'000;
  adapter_->start(
      shell(fmt::format("seq {}; touch done; until [ -e go ]; do sleep 0.01; done", lines)));
  ASSERT_TRUE(saw("1\n"));
  adapter_.reset();
  ASSERT_TRUE(appears("done"));
  adopt(2, fleet_with(1));
  std::ofstream(cell_ / "work/ant/go") << "";
  ASSERT_TRUE(wait_for<AgentExited>());
  std::string expected;
  for (int i = 1; i <= lines; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(log(), expected);
}

TEST_F(Adoption, knows_who_said_ready_meanwhile) {
  adapter_->start(order({"/usr/bin/python3", "-c",
                         "import os,socket,time\n"
                         "print('up',flush=True)\n"
                         "while not os.path.exists('go'): time.sleep(0.01)\n"
                         "s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
                         "s.sendto(b'READY=1',os.environ['NOTIFY_SOCKET'])\n"
                         "open('said','w').close()\n"
                         "time.sleep(1000)\n"}));
  ASSERT_TRUE(saw("up"));
  adapter_.reset();
  std::ofstream(cell_ / "work/ant/go") << "";
  ASSERT_TRUE(appears("said"));
  // The shim takes the datagram before it answers a later hello.
  adopt(2, fleet_with(1));
  const auto adopted = all<AgentAdopted>();
  ASSERT_EQ(adopted.size(), 1U);
  EXPECT_TRUE(adopted[0].ready);
}

TEST_F(Adoption, survives_a_killed_daemon) {
  adapter_.reset();
  const pid_t daemon = ::fork();
  if (daemon == 0) {
    boost::asio::io_context io;
    ProcessAdapter adapter(io, settings(5), [](core::EventBody) {});
    adapter.start(shell("echo up; exec sleep 1000"));
    io.run_for(60s);
    ::_exit(1);
  }
  ASSERT_TRUE(saw("up"));
  ::kill(daemon, SIGKILL);
  ::waitpid(daemon, nullptr, 0);
  adopt(6, fleet_with(1));
  const auto adopted = all<AgentAdopted>();
  ASSERT_EQ(adopted.size(), 1U);
  EXPECT_TRUE(is_same_process(adopted[0].pid, adopted[0].process_start));
  adapter_->start(core::command::KillAgent{agent(), Incarnation{1}});
  ASSERT_TRUE(wait_for<AgentExited>());
  EXPECT_FALSE(is_same_process(adopted[0].pid, adopted[0].process_start));
}

TEST_F(Adoption, says_lost_for_what_never_began) {
  exit_of(shell("exit 0"));
  adopt(2, fleet_with(2));
  const auto exits = all<AgentExited>();
  ASSERT_EQ(exits.size(), 2U);
  EXPECT_EQ(exits[1].exit.kind, ExitKind::lost);
  EXPECT_EQ(exits[1].incarnation.value, 2U);
  EXPECT_EQ(exit_of(shell("exit 3", 3)).code, 3);
}

TEST_F(Adoption, says_lost_without_a_shim_and_without_any_trace) {
  adopt(2, fleet_with(4, "bee"));
  const auto exits = all<AgentExited>();
  ASSERT_EQ(exits.size(), 1U);
  EXPECT_EQ(exits[0].exit.kind, ExitKind::lost);
  EXPECT_TRUE(all<AgentAdopted>().empty());
}

TEST_F(Adoption, ends_an_agent_whose_shim_was_killed) {
  adapter_->start(shell("setsid sh -c 'echo $$ > stray; echo up; sleep 1000' & sleep 1000"));
  ASSERT_TRUE(saw("up"));
  const auto spawned = wait_for<AgentSpawned>().value();
  const auto stray = to_number(*read_text(cell_ / "work/ant/stray")).value();
  const auto shim = read_stat(spawned.pid)->parent;
  ::kill(shim, SIGKILL);
  const auto exited = wait_for<AgentExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->exit.kind, ExitKind::lost);
  EXPECT_FALSE(is_same_process(spawned.pid, spawned.process_start));
  const auto left = read_stat(stray);
  EXPECT_TRUE(!left || left->state == 'Z');
  EXPECT_EQ(exit_of(shell("exit 2", 2)).code, 2);
}

TEST_F(Adoption, obeys_only_the_newest_daemon) {
  adapter_->start(shell("echo up; sleep 1000"));
  ASSERT_TRUE(saw("up"));
  auto older = std::move(adapter_);
  adopt(2, fleet_with(1));
  ASSERT_EQ(all<AgentAdopted>().size(), 1U);
  older->start(core::command::KillAgent{agent(), Incarnation{1}});
  older.reset();
  adapter_->start(core::command::TakeEvidence{agent(), Incarnation{1}});
  const auto taken = wait_for<core::event::EvidenceTaken>();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->evidence.state, core::RunState::running);
  EXPECT_TRUE(all<AgentExited>().empty());
}

TEST_F(Adoption, reports_a_failed_start_of_the_downtime) {
  // The daemon heard of it and died before it could write that down.
  adapter_->start(order({(cell_ / "nothing").string()}));
  ASSERT_TRUE(wait_for<SpawnFailed>());
  events_.clear();
  adopt(2, fleet_with(1));
  const auto failed = all<SpawnFailed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_TRUE(failed[0].permanent);
  EXPECT_NE(failed[0].reason.find((cell_ / "nothing").string()), std::string::npos);
}

TEST_F(Adoption, gives_up_on_a_shim_that_does_not_answer) {
  adapter_->start(shell("echo up; sleep 1000"));
  ASSERT_TRUE(saw("up"));
  const auto spawned = wait_for<AgentSpawned>().value();
  ::kill(read_stat(spawned.pid)->parent, SIGSTOP);
  adapter_->start(core::command::KillAgent{agent(), Incarnation{1}});
  const auto exited = wait_for<AgentExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->exit.kind, ExitKind::lost);
  EXPECT_FALSE(is_same_process(spawned.pid, spawned.process_start));
}

}  // namespace
}  // namespace lazaret::process
