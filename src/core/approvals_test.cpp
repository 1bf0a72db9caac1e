#include "core/approvals.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

CellDefinition asking_cell() {
  CellDefinition cell = cell_of({process_agent("a"), process_agent("b")}, {task_of("t1")});
  cell.policies.auto_revive = AutoRevive::ask;
  return cell;
}

struct Asked : ::testing::Test {
  Bed bed{asking_cell()};
  void SetUp() override {
    bed.spawned("a");
    bed.exited("a", exit_code(1));
  }
  ApprovalId open() const { return bed.fleet.approvals.begin()->first; }
};

TEST_F(Asked, APersonDecidesAndUntilThenNothingStarts) {
  EXPECT_EQ(bed.agent("a").process, ProcessState::awaiting_approval);
  bed.wait(600s);
  EXPECT_EQ(bed.agent("a").process, ProcessState::awaiting_approval);
  EXPECT_TRUE(bed.ask(op::AnswerPerson{open(), AnswerWord::yes, "go on"}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
}

TEST_F(Asked, SilenceMeansTheDefaultWhichIsNo) {
  bed.wait(3601s);
  EXPECT_EQ(bed.agent("a").process, ProcessState::quarantined);
  EXPECT_EQ(bed.fleet.approvals.at(open()).answer, AnswerWord::no);
  EXPECT_EQ(bed.fleet.approvals.at(open()).by, "deadline");
}

TEST_F(Asked, OneAnswerOnly) {
  EXPECT_TRUE(bed.ask(op::AnswerPerson{open(), AnswerWord::no, ""}));
  const Answer again = bed.ask(op::AnswerPerson{open(), AnswerWord::yes, ""});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(bed.agent("a").process, ProcessState::quarantined);
}

TEST_F(Asked, StartingByHandIsAnAnswer) {
  EXPECT_TRUE(bed.ask(op::StartAgent{Bed::ref("a")}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
  EXPECT_EQ(bed.fleet.approvals.at(open()).answer, AnswerWord::yes);
}

TEST_F(Asked, AgentsDoNotAnswer) {
  bed.spawned("b");
  const Answer answer = bed.ask_as("b", op::AnswerPerson{open(), AnswerWord::yes, ""});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::refused);
}

TEST_F(Asked, TheDeadlineIsOnTheWallClock) {
  bed.now.wall += 2h;  // somebody set the clock
  bed.post(event::TimePassed{});
  EXPECT_EQ(bed.agent("a").process, ProcessState::quarantined);
}

TEST(Approvals, TheDefaultMayBeYes) {
  Bed bed(cell_of({process_agent("a")}));
  bed.spawned("a");
  const Answer asked =
      bed.ask_as("a", op::AskPerson{Bed::ref("a"), {}, "go on?", 60s, AnswerWord::yes});
  bed.wait(61s);
  EXPECT_EQ(bed.fleet.approvals.at(ApprovalId(asked->id)).answer, AnswerWord::yes);
}

}  // namespace
}  // namespace lazaret::core
