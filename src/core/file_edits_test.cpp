#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

class FileEdits : public ::testing::Test {
 protected:
  FileEdits() : bed(definition()) { bed.spawned("a"); }

  static CellDefinition definition() {
    CellDefinition cell = cell_of({process_agent("a")}, {task_of("t1"), task_of("t2")});
    cell.file_runtime[AgentId("a")].agent_status = "idle";
    cell.task_status = {{TaskId("t1"), "pending"}, {TaskId("t2"), "failed"}};
    return cell;
  }
  void edit(const CellDefinition& cell, bool first = false) {
    CellDefinition next = cell;
    next.digest = std::to_string(++digest);
    bed.post(event::CellObserved{next, true, false, first});
  }

  Bed bed;
  CellDefinition file = definition();
  int digest = 1;
};

TEST_F(FileEdits, CellJsonPausesAndStartsTheMission) {
  file.status = MissionStatus::paused;
  edit(file);
  EXPECT_EQ(bed.cell().status, MissionStatus::paused);
  EXPECT_EQ(bed.last<fact::MissionStatusChanged>().by, "file");
  file.status = MissionStatus::active;
  edit(file);
  EXPECT_EQ(bed.cell().status, MissionStatus::active);
}

TEST_F(FileEdits, AStatusThatTheMirrorHasNotWrittenYetIsNoEdit) {
  ASSERT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, ""}));
  file.mission_name = "another";
  edit(file);  // still says active
  EXPECT_EQ(bed.cell().status, MissionStatus::paused);
  bed.post(event::DaemonStarted{2, "boot", "test"});
  edit(file);
  EXPECT_EQ(bed.cell().status, MissionStatus::paused);
  bed.post(event::CellMirrored{the_cell, MissionStatus::paused});
  edit(file);  // by now it is
  EXPECT_EQ(bed.cell().status, MissionStatus::active);
}

// The daemon wrote "paused", was asked to resume, and died before it noted either writing.
TEST_F(FileEdits, WhatADeadDaemonMayHaveWrittenIsNoEditAtTheFirstLook) {
  ASSERT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, ""}));
  ASSERT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::active, ""}));
  file.status = MissionStatus::paused;
  edit(file, true);
  EXPECT_EQ(bed.cell().status, MissionStatus::active);
  file.status = MissionStatus::completed;  // which it never was
  edit(file, true);
  EXPECT_EQ(bed.cell().status, MissionStatus::completed);
}

TEST_F(FileEdits, WhatWasWrittenOverSinceIsAnEdit) {
  ASSERT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, ""}));
  const std::uint64_t paused = bed.cell().status_changes;
  ASSERT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::active, ""}));
  bed.post(event::CellMirrored{the_cell, MissionStatus::paused, paused});
  EXPECT_EQ(bed.cell().unmirrored.size(), 1U) << "active is still to be written";
  bed.post(event::CellMirrored{the_cell, MissionStatus::active, bed.cell().status_changes});
  file.status = MissionStatus::paused;
  edit(file, true);
  EXPECT_EQ(bed.cell().status, MissionStatus::paused);
}

TEST_F(FileEdits, WhileTheDaemonLivesOnlyTheStoreTellsItsOwnWriting) {
  for (const MissionStatus wish : {MissionStatus::paused, MissionStatus::active,
                                   MissionStatus::paused, MissionStatus::active}) {
    file.status = wish;  // faster than any mirror
    edit(file);
    EXPECT_EQ(bed.cell().status, wish);
  }
}

TEST_F(FileEdits, AnAgentIsPausedAndResumed) {
  file.file_runtime[AgentId("a")].agent_status = "paused";
  edit(file);
  EXPECT_TRUE(bed.agent("a").paused);
  file.file_runtime[AgentId("a")].agent_status = "idle";
  edit(file);
  EXPECT_FALSE(bed.agent("a").paused);
  file.file_runtime[AgentId("a")].agent_status = "failed";
  edit(file);
  EXPECT_EQ(bed.last<fact::EditRefused>().field, "agents/a.json status");
}

TEST_F(FileEdits, AFailedTaskIsTriedAgainAndNothingElse) {
  ASSERT_EQ(bed.task("t2").state, TaskState::failed);
  file.task_status[TaskId("t2")] = "pending";
  edit(file);
  EXPECT_NE(bed.task("t2").state, TaskState::failed);
  EXPECT_EQ(bed.count<fact::EditRefused>(), 0U);
  file.task_status[TaskId("t1")] = "completed";
  edit(file);
  EXPECT_NE(bed.task("t1").state, TaskState::completed);
  EXPECT_EQ(bed.last<fact::EditRefused>().value, "completed");
}

TEST_F(FileEdits, OurOwnLaggingMirrorIsNotAnEdit) {
  file.file_runtime[AgentId("a")].agent_status = "paused";
  file.digest = "7";
  bed.post(event::CellObserved{file, false, false});
  EXPECT_FALSE(bed.agent("a").paused);
  EXPECT_EQ(bed.count<fact::EditRefused>(), 0U);
}

TEST(Elsewhere, AnActiveCellFromElsewhereStartsPaused) {
  Bed bed;
  bed.post(event::DaemonStarted{1, "boot", "test"});
  bed.post(event::AdoptionFinished{});
  bed.post(event::CellObserved{cell_of({process_agent("a")}), false, true});
  EXPECT_EQ(bed.cell().status, MissionStatus::paused);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  bed.post(event::CellObserved{cell_of({process_agent("a")}), false, false});
  EXPECT_EQ(bed.cell().status, MissionStatus::paused);
}

}  // namespace
}  // namespace lazaret::core
