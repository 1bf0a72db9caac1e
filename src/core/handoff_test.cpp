#include "core/handoff.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

CellDefinition pair_of_agents() {
  TaskDefinition mine = task_of("mine");
  mine.assigned_to = AgentId("a");
  return cell_of({process_agent("a"), process_agent("b"), process_agent("c")}, {mine});
}

struct Handing : Bed {
  explicit Handing(const CellDefinition& cell = pair_of_agents()) : Bed(cell) {
    spawned("a");
    spawned("b");
    EXPECT_EQ(ask_as("a", op::ClaimTask{ref("a"), {}})->id, "mine");
  }
  Answer hand_to(const std::string& to) {
    return ask(op::HandOffTask{task_ref("mine"), AgentId(to), "night shift"});
  }
  Answer hand_as(const std::string& from, const std::string& to) {
    return ask_as(from, op::HandOffTask{task_ref("mine"), AgentId(to), "night shift"});
  }
  Answer save(const std::string& cursor) {
    return ask_as("a", op::CheckpointTask{task_ref("mine"), cursor});
  }
};

TEST(Handoff, TheOtherGetsTheTaskWithItsCursorAndWhoHadIt) {
  Handing bed;
  EXPECT_TRUE(bed.save("{\"page\":7}"));
  const Answer answer = bed.hand_to("b");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->id.empty());
  EXPECT_EQ(bed.task("mine").definition.assigned_to, AgentId("b"));
  EXPECT_FALSE(bed.agent("a").task);
  EXPECT_EQ(bed.ask_as("b", op::ClaimTask{Bed::ref("b"), {}})->id, "mine");
  EXPECT_EQ(bed.task("mine").cursor, "{\"page\":7}");
  EXPECT_EQ(bed.task("mine").handed_over->from, AgentId("a"));
  EXPECT_EQ(bed.task("mine").handed_over->reason, "night shift");
  EXPECT_EQ(bed.task("mine").tries, 0);
}

TEST(Handoff, LateWritesOfTheOldOwnerAreFencedAndRecorded) {
  Handing bed;
  EXPECT_TRUE(bed.hand_as("a", "b"));
  for (const Operation& late : {Operation(op::CheckpointTask{Bed::task_ref("mine"), "1"}),
                                Operation(op::ReportDone{Bed::task_ref("mine"), "me!"}),
                                Operation(op::ReportFailed{Bed::task_ref("mine"), "no"}),
                                Operation(op::ReleaseTask{Bed::task_ref("mine"), ""})}) {
    const Answer answer = bed.ask_as("a", late);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::fenced);
  }
  EXPECT_EQ(bed.count<fact::WriteRefused>(), 4U);
  EXPECT_EQ(bed.last<fact::WriteRefused>().task, TaskId("mine"));
  EXPECT_EQ(bed.task("mine").state, TaskState::pending);
  EXPECT_TRUE(bed.task("mine").cursor.empty());
  EXPECT_EQ(bed.agent("a").history.back().kind, "write_refused");
}

TEST(Handoff, TheOldOwnerIsToldToLetGo) {
  Handing bed;
  bed.commands.clear();
  EXPECT_TRUE(bed.hand_to("b"));
  const auto* line = std::get_if<command::SendLine>(&bed.commands.front());
  ASSERT_TRUE(line);
  EXPECT_EQ(line->agent, Bed::ref("a"));
  EXPECT_NE(line->line.find("cancel"), std::string::npos);
}

TEST(Handoff, OnlyItsOwnerOrAnOperatorMayAsk) {
  Handing bed;
  EXPECT_EQ(bed.hand_as("b", "c").error().code, ErrorCode::refused);
  const Answer old = bed.ask(Bed::self("a", Incarnation{0}),
                             op::HandOffTask{Bed::task_ref("mine"), AgentId("b"), ""});
  EXPECT_EQ(old.error().code, ErrorCode::fenced);
  const Caller viewer{CallerKind::viewer, "v", std::nullopt, {}};
  EXPECT_EQ(bed.ask(viewer, op::HandOffTask{Bed::task_ref("mine"), AgentId("b"), ""}).error().code,
            ErrorCode::refused);
  EXPECT_EQ(bed.task("mine").owner, AgentId("a"));
}

TEST(Handoff, BothSidesMustBePermitted) {
  CellDefinition cell = pair_of_agents();
  cell.permissions[AgentId("a")].handoff_to = {"b"};
  cell.permissions[AgentId("c")].handoff_from = {"a"};
  cell.permissions[AgentId("b")].handoff_from = {"c"};
  Handing bed(cell);
  const Answer not_from = bed.hand_to("b");
  EXPECT_EQ(not_from.error().code, ErrorCode::refused);
  EXPECT_NE(not_from.error().remedy.find("handoff_from"), std::string::npos);
  const Answer not_to = bed.hand_to("c");
  EXPECT_EQ(not_to.error().code, ErrorCode::refused);
  EXPECT_NE(not_to.error().remedy.find("handoff_to"), std::string::npos);
}

TEST(Handoff, ReadersHandNothingOverUnlessNamed) {
  CellDefinition cell = pair_of_agents();
  cell.agents.at(AgentId("b")).role = Role::read;
  EXPECT_EQ(Handing(cell).hand_to("b").error().code, ErrorCode::refused);
  cell.permissions[AgentId("b")].handoff_from = {"*"};
  EXPECT_TRUE(Handing(cell).hand_to("b"));
}

TEST(Handoff, WhoMayTakeItOverMayAlsoExecuteIt) {
  CellDefinition cell = pair_of_agents();
  cell.permissions[AgentId("b")].execute = {"other"};
  cell.permissions[AgentId("b")].handoff_from = {"a"};
  Handing bed(cell);
  EXPECT_TRUE(bed.hand_to("b"));
  EXPECT_EQ(bed.ask_as("b", op::ClaimTask{Bed::ref("b"), {}})->id, "mine");
}

TEST(Handoff, TheMissionMayForbidThem) {
  CellDefinition cell = pair_of_agents();
  cell.policies.handoff_allowed = false;
  EXPECT_EQ(Handing(cell).hand_to("b").error().code, ErrorCode::refused);
}

TEST(Handoff, WhoIsHeldOrUnknownOrLacksTheSkillGetsNothing) {
  CellDefinition cell = pair_of_agents();
  cell.tasks.at(TaskId("mine")).needs_capabilities = {"any"};
  cell.agents.at(AgentId("c")).capabilities = {};
  cell.policies.max_retries = 0;
  Handing bed(cell);
  EXPECT_EQ(bed.hand_to("nobody").error().code, ErrorCode::not_found);
  EXPECT_EQ(bed.hand_to("a").error().code, ErrorCode::conflict);
  EXPECT_EQ(bed.hand_to("c").error().code, ErrorCode::refused);
  bed.exited("b", exit_code(1));
  EXPECT_EQ(bed.hand_to("b").error().code, ErrorCode::conflict) << "quarantined";
}

CellDefinition manual() {
  CellDefinition cell = pair_of_agents();
  cell.policies.handoff_approval = HandoffApproval::manual;
  return cell;
}

TEST(Handoff, ByHandItWaitsForYes) {
  Handing bed(manual());
  const Answer answer = bed.hand_to("b");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->id, "r-1");
  EXPECT_EQ(bed.task("mine").owner, AgentId("a")) << "it works on meanwhile";
  EXPECT_EQ(bed.hand_to("c").error().code, ErrorCode::conflict) << "one at a time";
  EXPECT_EQ(bed.fleet.approvals.at(ApprovalId("r-1")).kind, ApprovalKind::handoff);
  EXPECT_TRUE(bed.ask(op::AnswerPerson{ApprovalId("r-1"), AnswerWord::yes, "fine"}));
  EXPECT_EQ(bed.task("mine").definition.assigned_to, AgentId("b"));
}

TEST(Handoff, NoAndSilenceLeaveItWhereItIs) {
  Handing bed(manual());
  EXPECT_TRUE(bed.hand_to("b"));
  EXPECT_TRUE(bed.ask(op::AnswerPerson{ApprovalId("r-1"), AnswerWord::no, ""}));
  EXPECT_FALSE(bed.task("mine").handoff);
  EXPECT_EQ(bed.task("mine").owner, AgentId("a"));
  EXPECT_TRUE(bed.hand_to("b"));
  bed.wait(2h);
  EXPECT_FALSE(bed.task("mine").handoff);
  EXPECT_EQ(bed.count<fact::HandoffEnded>(), 2U);
  EXPECT_EQ(bed.count<fact::TaskTransferred>(), 0U);
}

TEST(Handoff, ATaskThatEndsMeanwhileClosesTheQuestion) {
  Handing bed(manual());
  EXPECT_TRUE(bed.hand_to("b"));
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("mine"), "ready"}));
  EXPECT_EQ(bed.task("mine").state, TaskState::completed);
  EXPECT_EQ(bed.fleet.approvals.at(ApprovalId("r-1")).answer, AnswerWord::no);
  EXPECT_EQ(bed.fleet.approvals.at(ApprovalId("r-1")).by, "core");
}

CellDefinition with_checkpoint() {
  CellDefinition cell = pair_of_agents();
  cell.policies.checkpoint_required = true;
  return cell;
}

TEST(Handoff, ACheckpointIsAskedForAndAwaited) {
  Handing bed(with_checkpoint());
  EXPECT_TRUE(bed.save("1"));
  bed.commands.clear();
  EXPECT_TRUE(bed.hand_to("b"));
  EXPECT_EQ(bed.task("mine").owner, AgentId("a"));
  const auto* line = std::get_if<command::SendLine>(&bed.commands.front());
  ASSERT_TRUE(line);
  EXPECT_NE(line->line.find("checkpoint"), std::string::npos);
  EXPECT_TRUE(bed.save("2"));
  EXPECT_EQ(bed.task("mine").definition.assigned_to, AgentId("b"));
  EXPECT_EQ(bed.task("mine").cursor, "2");
}

TEST(Handoff, TheLastCheckpointDoesAfterAWhile) {
  Handing bed(with_checkpoint());
  EXPECT_TRUE(bed.save("1"));
  EXPECT_TRUE(bed.hand_to("b"));
  bed.wait(29s);
  EXPECT_EQ(bed.task("mine").owner, AgentId("a"));
  bed.wait(2s);
  EXPECT_EQ(bed.task("mine").definition.assigned_to, AgentId("b"));
  EXPECT_EQ(bed.task("mine").cursor, "1");
}

TEST(Handoff, WithoutAnyCheckpointItIsGivenUp) {
  Handing bed(with_checkpoint());
  EXPECT_EQ(bed.hand_as("a", "b").error().code, ErrorCode::conflict) << "it could save one first";
  EXPECT_TRUE(bed.hand_to("b"));
  bed.wait(31s);
  EXPECT_EQ(bed.task("mine").owner, AgentId("a"));
  EXPECT_EQ(bed.count<fact::HandoffEnded>(), 1U);
  EXPECT_TRUE(bed.save("1"));
  EXPECT_TRUE(bed.hand_as("a", "b"));
  EXPECT_EQ(bed.task("mine").definition.assigned_to, AgentId("b"));
}

TEST(Handoff, ATurnThatLosesItsTaskIsStopped) {
  CellDefinition cell = pair_of_agents();
  cell.agents.at(AgentId("a")).run->adapter = AdapterKind::turn;
  Bed bed(cell);
  bed.spawned("a");
  bed.spawned("b");
  ASSERT_EQ(bed.task("mine").owner, AgentId("a"));
  EXPECT_TRUE(bed.ask(op::HandOffTask{Bed::task_ref("mine"), AgentId("b"), ""}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
  bed.exited("a", exit_code(0));
  EXPECT_EQ(bed.task("mine").state, TaskState::pending) << "its exit says nothing about the task";
  EXPECT_EQ(bed.ask_as("b", op::ClaimTask{Bed::ref("b"), {}})->id, "mine");
}

TEST(Handoff, WhoWentWhileTheCheckpointWasAwaitedGetsNothing) {
  Handing bed(with_checkpoint());
  EXPECT_TRUE(bed.hand_to("b"));
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("b"), "home"}));
  EXPECT_TRUE(bed.save("2"));
  EXPECT_EQ(bed.task("mine").owner, AgentId("a")) << "it stays with the one who works on it";
  EXPECT_FALSE(bed.task("mine").handoff);
  EXPECT_EQ(bed.count<fact::HandoffEnded>(), 1U);
}

}  // namespace
}  // namespace lazaret::core
