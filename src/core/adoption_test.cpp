#include "core/adoption.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

struct Restarted : ::testing::Test {
  Bed bed{cell_of({process_agent("a"), process_agent("b")}, {task_of("t1"), task_of("t2")})};
  void SetUp() override {
    bed.spawned("a");
    bed.spawned("b");
  }
  void restart() { bed.post(event::DaemonStarted{2, "boot", "test"}); }
  void adopt(const std::string& id) {
    bed.post(event::AgentAdopted{Bed::ref(id), bed.agent(id).incarnation, 100, 1, true});
  }
  void finish() { bed.post(event::AdoptionFinished{}); }
};

TEST_F(Restarted, WhoIsFoundGoesOnAndWhoIsNotIsJudged) {
  bed.ask_as("a", op::ClaimTask{Bed::ref("a"), TaskId("t1")});
  bed.ask_as("b", op::ClaimTask{Bed::ref("b"), TaskId("t2")});
  restart();
  EXPECT_TRUE(bed.agent("b").adoption_pending);
  adopt("a");
  finish();
  EXPECT_EQ(bed.agent("a").process, ProcessState::running);
  EXPECT_EQ(bed.agent("a").incarnation.value, 1U);
  EXPECT_EQ(bed.agent("b").last_exit->kind, ExitKind::lost);
  EXPECT_EQ(bed.agent("b").tries, 0) << "nobody watched: no try is used up";
  bed.wait(1s);
  EXPECT_EQ(bed.agent("b").incarnation.value, 2U);
  EXPECT_EQ(bed.agent("b").task, TaskId("t2")) << "it goes on with its task";
  EXPECT_FALSE(bed.agent("a").adoption_pending || bed.agent("b").adoption_pending);
}

TEST_F(Restarted, NothingIsJudgedBeforeAdoptionIsFinished) {
  restart();
  EXPECT_EQ(next_deadline(bed.fleet, bed.now), never);
  bed.post(event::TimePassed{});
  EXPECT_TRUE(bed.ask(op::StartAgent{Bed::ref("a")}));
  EXPECT_EQ(bed.agent("a").incarnation.value, 1U);
}

TEST_F(Restarted, AStopThatWasUnderWayIsAskedForAgain) {
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
  restart();
  bed.commands.clear();
  adopt("a");
  EXPECT_EQ(bed.count_commands<command::StopAgent>(), 1U);
  finish();
  bed.wait(11s);
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 1U) << "the grace period goes on";
}

TEST_F(Restarted, AKillThatWasUnderWayIsAKillAgain) {
  EXPECT_TRUE(bed.ask(op::KillAgent{Bed::ref("a"), ""}));
  restart();
  bed.commands.clear();
  adopt("a");
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 1U);
}

TEST_F(Restarted, AVerificationThatWasUnderWayRunsAgain) {
  CellDefinition cell = cell_of({process_agent("a")}, {task_of("t1")});
  cell.tasks.at(TaskId("t1")).verify = VerifySpec{{"check"}, 60s};
  bed = Bed(cell);
  bed.spawned("a");
  bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}});
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("t1"), ""}));
  restart();
  bed.commands.clear();
  adopt("a");
  finish();
  EXPECT_EQ(bed.count_commands<command::VerifyTask>(), 1U);
}

TEST_F(Restarted, TheNextDaemonStartsWhatTheLastOneStopped) {
  EXPECT_TRUE(bed.ask(op::StopFleet{"down"}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
  bed.exited("a", exit_code(0));
  bed.exited("b", exit_code(0));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  bed.post(event::DaemonStopping{});
  restart();
  EXPECT_FALSE(bed.last<fact::DaemonStarted>().crashed);
  finish();
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
}

TEST_F(Restarted, ADaemonThatStartsWhileTheLastOneWasStoppingBringsAllBack) {
  EXPECT_TRUE(bed.ask(op::StopFleet{"down"}));
  restart();
  adopt("a");
  adopt("b");
  finish();
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
  bed.exited("a", exit_code(0));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
}

TEST_F(Restarted, AFreezeAndAThawThatWereUnderWayAreDoneAgain) {
  EXPECT_TRUE(bed.ask(op::FreezeAgent{Bed::ref("a"), ""}));
  EXPECT_TRUE(bed.ask(op::FreezeAgent{Bed::ref("b"), ""}));
  EXPECT_TRUE(bed.ask(op::ThawAgent{Bed::ref("b"), ""}));
  restart();
  for (const bool frozen : {true, false}) {
    bed.commands.clear();
    adopt(frozen ? "a" : "b");
    const auto* freeze = std::get_if<command::FreezeAgent>(&bed.commands.front());
    ASSERT_TRUE(freeze);
    EXPECT_EQ(freeze->frozen, frozen);
  }
}

}  // namespace
}  // namespace lazaret::core
