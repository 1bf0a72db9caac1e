#include "server/summary.h"

#include "core/bed_for_tests.h"

namespace lazaret::server {
namespace {

using namespace core::testing;

struct GivenUp : ::testing::Test {
  core::testing::Bed bed{cell_of({process_agent("a")})};
  void SetUp() override {
    bed.post(core::event::SpawnFailed{Bed::ref("a"), bed.agent("a").incarnation, "no such program",
                                      true});
  }
};

TEST_F(GivenUp, WhoIsAskedAboutIsListedOnceAndCountsAsQuarantined) {
  ASSERT_EQ(bed.agent("a").process, core::ProcessState::quarantined);
  const Summary summary = summary_of(bed.fleet);
  ASSERT_EQ(summary.needs.size(), 1U);
  EXPECT_EQ(summary.needs[0].id, "r-1");
  EXPECT_EQ(summary.sentence, "0 alive · 1 waiting for you · 1 quarantined · 0 lost");
}

TEST_F(GivenUp, AfterANoTheQuarantineStaysListed) {
  EXPECT_TRUE(bed.ask(core::op::AnswerPerson{ApprovalId("r-1"), core::AnswerWord::no, ""}));
  const Summary summary = summary_of(bed.fleet);
  ASSERT_EQ(summary.needs.size(), 1U);
  EXPECT_EQ(summary.needs[0].command, "lazaret agent start a");
  EXPECT_EQ(summary.sentence, "0 alive · 0 waiting for you · 1 quarantined · 0 lost");
}

TEST_F(GivenUp, NobodyIsNeededForAMissionThatIsOver) {
  EXPECT_TRUE(bed.ask(core::op::SetMission{the_cell, core::MissionStatus::failed, "enough"}));
  const Summary summary = summary_of(bed.fleet);
  EXPECT_TRUE(summary.needs.empty());
  EXPECT_EQ(summary.sentence, "0 alive · 0 waiting for you · 1 quarantined · 0 lost");
}

TEST(Missions, WhoseTasksNobodyCanTakeAreListed) {
  core::TaskDefinition gpu = task_of("gpu");
  gpu.needs_capabilities = {"gpu"};
  core::testing::Bed bed(cell_of({process_agent("a")}, {gpu}));
  bed.spawned("a");
  const Summary summary = summary_of(bed.fleet);
  ASSERT_EQ(summary.needs.size(), 1U);
  EXPECT_EQ(summary.needs[0].text,
            "mission one (11111111): 1 task is ready, and no agent of the mission can take it");
  EXPECT_EQ(summary.needs[0].command, "lazaret why task:gpu");
  EXPECT_EQ(summary.sentence, "1 alive · 1 waiting for you · 0 quarantined · 0 lost");
}

TEST(Halted, IsWhomSomebodyElseStoppedAndNothingWakes) {
  Bed bed(cell_of({process_agent("a")}));
  bed.spawned("a");
  bed.post(core::event::AgentStopSeen{Bed::ref("a"), bed.agent("a").incarnation, true});
  const Summary summary = summary_of(bed.fleet);
  ASSERT_EQ(summary.needs.size(), 1U);
  EXPECT_NE(summary.needs[0].command.find("kill -CONT"), std::string::npos);
  EXPECT_EQ(summary.sentence, "1 alive · 1 waiting for you · 0 quarantined · 0 lost");
}

}  // namespace
}  // namespace lazaret::server
