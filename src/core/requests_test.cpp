// Fencing and the rules of tasks, as agents meet them.
#include "core/requests.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

struct Working : ::testing::Test {
  Bed bed{cell_of({process_agent("a"), process_agent("b")}, {task_of("t1"), task_of("t2")})};
  void SetUp() override {
    bed.spawned("a");
    bed.spawned("b");
    bed.ask_as("a", op::ClaimTask{Bed::ref("a"), TaskId("t1")});
  }
};

TEST_F(Working, AnOlderIncarnationWritesNothingAndThatIsOnRecord) {
  const Caller old = Bed::self("a", bed.agent("a").incarnation);
  bed.exited("a", exit_code(1));
  bed.spawned("a");
  for (const Operation& write : {Operation(op::ReportDone{Bed::task_ref("t1"), ""}),
                                 Operation(op::CheckpointTask{Bed::task_ref("t1"), "{}"}),
                                 Operation(op::ClaimTask{Bed::ref("a"), {}}),
                                 Operation(op::WakeAgent{Bed::ref("b"), "x", ""})}) {
    const Answer answer = bed.ask(old, write);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::fenced);
  }
  EXPECT_EQ(bed.count<fact::WriteRefused>(), 4U);
  EXPECT_EQ(bed.task("t1").state, TaskState::in_progress);
}

TEST_F(Working, TheNextIncarnationHasItsTask) {
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.task("t1").owner_incarnation, bed.agent("a").incarnation);
  bed.spawned("a");
  EXPECT_EQ(bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}})->id, "t1");
  EXPECT_EQ(bed.task("t1").claim, 1U);
}

TEST_F(Working, OneOwner) {
  const Answer other = bed.ask_as("b", op::ClaimTask{Bed::ref("b"), TaskId("t1")});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::conflict);
  EXPECT_FALSE(bed.ask_as("b", op::ReportDone{Bed::task_ref("t1"), ""}));
}

TEST_F(Working, WhoIsPausedGetsNoWork) {
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("b"), ""}));
  const Answer answer = bed.ask_as("b", op::ClaimTask{Bed::ref("b"), {}});
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->task);
}

TEST_F(Working, AReportThatIsRepeatedIsGrantedOnce) {
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("t1"), "1"}));
  EXPECT_FALSE(bed.agent("a").task);
  EXPECT_EQ(bed.count<fact::TaskCompleted>(), 1U);
}

TEST_F(Working, TriesAreCountedAndEnd) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(bed.ask_as("a", op::ClaimTask{Bed::ref("a"),
                                            i ? std::optional(TaskId("t1")) : std::nullopt})
                  ->id,
              "t1");
    EXPECT_TRUE(bed.ask_as("a", op::ReportFailed{Bed::task_ref("t1"), "no"}));
  }
  EXPECT_EQ(bed.task("t1").state, TaskState::failed);
  EXPECT_EQ(bed.task("t1").tries, 3);
}

TEST_F(Working, AnOperatorsStopCostsNoTry) {
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
  bed.exited("a", exit_code(0));
  EXPECT_EQ(bed.task("t1").state, TaskState::pending);
  EXPECT_EQ(bed.task("t1").tries, 0);
  EXPECT_FALSE(bed.agent("a").task);
}

TEST_F(Working, AStopIsAskedForAndThenForced) {
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
  EXPECT_EQ(bed.count_commands<command::StopAgent>(), 1U);
  bed.wait(9s);
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 0U);
  bed.wait(2s);
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 1U);
}

TEST_F(Working, ATaskPastItsTimeIsCancelledThenTaken) {
  bed.wait(1801s);
  EXPECT_TRUE(bed.task("t1").cancelling);
  EXPECT_EQ(bed.agent("a").process, ProcessState::running) << "it is asked to let go first";
  bed.wait(10s);
  EXPECT_EQ(bed.task("t1").state, TaskState::pending);
  EXPECT_EQ(bed.task("t1").tries, 1);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
}

TEST_F(Working, AnAgentWithoutAFileEndsAndItsTaskIsFree) {
  CellDefinition cell = cell_of({process_agent("b")}, {task_of("t1"), task_of("t2")});
  cell.digest = "2";
  bed.post(event::CellObserved{cell});
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
  bed.exited("a", exit_code(0));
  EXPECT_EQ(find_agent(bed.fleet, Bed::ref("a")), nullptr);
  EXPECT_EQ(bed.task("t1").state, TaskState::pending);
  EXPECT_EQ(bed.task("t1").tries, 0);
  bed.wait(3600s);
}

TEST_F(Working, AnAgentInBackoffWhoseFileGoesLeavesNoTimer) {
  bed.exited("a", exit_code(1));
  bed.spawned("a");
  bed.exited("a", exit_code(1));
  ASSERT_EQ(bed.agent("a").process, ProcessState::backoff);
  CellDefinition cell = cell_of({process_agent("b")}, {task_of("t1"), task_of("t2")});
  cell.digest = "2";
  bed.post(event::CellObserved{cell});
  EXPECT_EQ(find_agent(bed.fleet, Bed::ref("a")), nullptr);
  for (const auto& [timer, at] : bed.fleet.timers.all()) EXPECT_NE(timer.subject, "a");
  bed.wait(60s);
}

TEST_F(Working, WhoNoLongerRunsHereIsStoppedFirst) {
  CellDefinition cell = cell_of({process_agent("a"), process_agent("b")}, {task_of("t1")});
  cell.agents.at(AgentId("a")).run.reset();
  cell.digest = "2";
  bed.post(event::CellObserved{cell});
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
  bed.wait(60s);
  bed.exited("a", exit_code(0));
  EXPECT_EQ(bed.agent("a").process, ProcessState::external);
  EXPECT_FALSE(bed.agent("a").definition.run);
}

TEST(Verify, ReportedIsNotCompleted) {
  CellDefinition cell = cell_of({process_agent("a")}, {task_of("t1"), task_of("t2", {"t1"})});
  cell.tasks.at(TaskId("t1")).verify = VerifySpec{{"check"}, 60s};
  Bed bed(cell);
  bed.spawned("a");
  bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}});
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("t1"), ""}));
  EXPECT_EQ(bed.task("t1").state, TaskState::reported);
  EXPECT_TRUE(bed.cell().ready.empty());
  bed.post(event::VerifyFinished{Bed::task_ref("t1"), 0, true, ""});  // of an older claim
  EXPECT_EQ(bed.task("t1").state, TaskState::reported);
  bed.post(event::VerifyFinished{Bed::task_ref("t1"), 1, false, "2 tests fail"});
  EXPECT_EQ(bed.task("t1").state, TaskState::pending);
  EXPECT_EQ(bed.task("t1").tries, 1);
}

TEST(Verify, ACheckThatIsTakenAwayMeanwhileDoesNotHoldTheTask) {
  CellDefinition cell = cell_of({process_agent("a")}, {task_of("t1"), task_of("t2")});
  cell.tasks.at(TaskId("t1")).verify = VerifySpec{{"check"}, 60s};
  Bed bed(cell);
  bed.spawned("a");
  bed.ask_as("a", op::ClaimTask{Bed::ref("a"), TaskId("t1")});
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("t1"), ""}));
  cell.tasks.at(TaskId("t1")).verify.reset();
  cell.digest = "2";
  bed.post(event::CellObserved{cell});
  bed.post(event::DaemonStarted{2, "boot", "test"});
  bed.post(event::AgentAdopted{Bed::ref("a"), bed.agent("a").incarnation, 100, 1, true});
  bed.post(event::AdoptionFinished{});
  EXPECT_EQ(bed.task("t1").state, TaskState::completed);
}

}  // namespace
}  // namespace lazaret::core
