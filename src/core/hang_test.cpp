#include "core/hang.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

struct HangTest : ::testing::Test {
  Bed bed{cell_of({process_agent("a")})};
  Evidence still;

  void SetUp() override {
    still.cpu_ns = 5;
    bed.spawned("a");
    bed.post(event::BeatsBegan{Bed::ref("a"), live()});
  }
  Incarnation live() { return bed.agent("a").incarnation; }
  void miss() { bed.post(event::BeatMissed{Bed::ref("a"), live(), 1, 33s}); }
  void sample(const Evidence& evidence) {
    bed.post(event::EvidenceTaken{Bed::ref("a"), live(), evidence});
  }
};

TEST_F(HangTest, TwoEqualSamplesAWindowApartAreAHang) {
  miss();
  sample(still);
  EXPECT_EQ(bed.agent("a").hang, HangStage::sampling);
  bed.wait(10s);
  sample(still);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 1U);
  ExitReport killed;
  killed.kind = ExitKind::signalled;
  killed.signal = 9;
  bed.exited("a", killed);
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
  EXPECT_EQ(bed.agent("a").tries, 1) << "a hang is a failure";
}

TEST_F(HangTest, AnythingThatMovesIsNoHang) {
  for (int what = 0; what < 6; ++what) {
    miss();
    sample(still);
    bed.wait(10s);
    Evidence moved = still;
    if (what == 0) moved.cpu_ns += 1;
    if (what == 1) moved.io_bytes += 1;
    if (what == 2) moved.log_bytes += 1;
    if (what == 3) moved.files_changed_at_ns += 1;
    if (what == 4) moved.children += 1;
    if (what == 5) moved.progress += 1;
    sample(moved);
    EXPECT_EQ(bed.agent("a").process, ProcessState::running) << what;
    EXPECT_EQ(bed.agent("a").hang, HangStage::none) << what;
  }
}

TEST_F(HangTest, OneSampleToldTwiceIsNoVerdict) {
  miss();
  sample(still);
  bed.wait(1s);
  sample(still);
  EXPECT_EQ(bed.agent("a").hang, HangStage::sampling);
}

TEST_F(HangTest, OneSampleToldTwiceIsNoVerdictThoughTheSecondTimeComesLate) {
  miss();
  sample(still);
  bed.move_to(bed.now.mono + 60s);  // our own loop was away, no timer could ring
  sample(still);
  EXPECT_EQ(bed.agent("a").hang, HangStage::sampling);
  bed.wait(0s);
  sample(still);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping) << "this one was asked for";
}

TEST_F(HangTest, ALostSampleIsAskedForAgain) {
  miss();
  const auto asked = bed.count_commands<command::TakeEvidence>();
  miss();
  EXPECT_EQ(bed.count_commands<command::TakeEvidence>(), asked + 1);
}

TEST_F(HangTest, ExcusesHold) {
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("a"), ""}));
  miss();
  EXPECT_EQ(bed.agent("a").hang, HangStage::none) << "paused";
  EXPECT_TRUE(bed.ask(op::ResumeAgent{Bed::ref("a"), ""}));
  EXPECT_TRUE(bed.ask_as("a", op::ReportActivity{Bed::ref("a"), bed.now.wall + 60s, ""}));
  miss();
  EXPECT_EQ(bed.agent("a").hang, HangStage::none) << "rate-limited";
  bed.wait(61s);
  EXPECT_TRUE(bed.ask_as("a", op::AskPerson{Bed::ref("a"), {}, "may I?", 60s, AnswerWord::no}));
  miss();
  EXPECT_EQ(bed.agent("a").hang, HangStage::none) << "waits for a person";
  bed.wait(61s);
  miss();
  EXPECT_EQ(bed.agent("a").hang, HangStage::suspected) << "no excuse is left";
}

TEST_F(HangTest, StateTCountsAtOnceUnlessWeDidIt) {
  EXPECT_TRUE(bed.ask(op::FreezeAgent{Bed::ref("a"), ""}));
  bed.post(event::AgentStopSeen{Bed::ref("a"), live(), true});
  EXPECT_EQ(bed.agent("a").process, ProcessState::running);
  EXPECT_TRUE(bed.ask(op::ThawAgent{Bed::ref("a"), ""}));
  bed.post(event::AgentStopSeen{Bed::ref("a"), live(), true});
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
}

TEST_F(HangTest, TheSettingDecides) {
  Agent agent = bed.agent("a");
  EXPECT_EQ(hang::policy_of(agent), HangPolicy::revive);
  agent.has_beaten = false;
  EXPECT_EQ(hang::policy_of(agent), HangPolicy::observe);
  agent.definition.hang = HangPolicy::ask;
  EXPECT_EQ(hang::policy_of(agent), HangPolicy::ask);
}

TEST(Hang, AskingAPersonKillsOnlyAfterYes) {
  AgentDefinition definition = process_agent("a");
  definition.hang = HangPolicy::ask;
  Bed bed(cell_of({definition}));
  bed.spawned("a");
  bed.post(event::AgentStopSeen{Bed::ref("a"), bed.agent("a").incarnation, true});
  ASSERT_EQ(bed.fleet.approvals.size(), 1U);
  EXPECT_EQ(bed.agent("a").process, ProcessState::running);
  EXPECT_TRUE(bed.ask(op::AnswerPerson{bed.fleet.approvals.begin()->first, AnswerWord::yes, ""}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
}

TEST(Hang, NobodyIsAskedAboutWhatHasEndedOrMovesAgain) {
  AgentDefinition definition = process_agent("a");
  definition.hang = HangPolicy::ask;
  for (const bool ends : {true, false}) {
    Bed bed(cell_of({definition}));
    bed.spawned("a");
    const Incarnation live = bed.agent("a").incarnation;
    bed.post(event::AgentStopSeen{Bed::ref("a"), live, true});
    ASSERT_EQ(bed.fleet.approval_deadlines.size(), 1U);
    if (ends) bed.exited("a", exit_code(1));
    if (!ends) bed.post(event::AgentStopSeen{Bed::ref("a"), live, false});
    EXPECT_TRUE(bed.fleet.approval_deadlines.empty()) << ends;
    EXPECT_EQ(bed.last<fact::ApprovalAnswered>().by, "core");
  }
}

}  // namespace
}  // namespace lazaret::core
