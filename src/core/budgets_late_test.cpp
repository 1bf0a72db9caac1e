// Budgets where something else happens at the same time: ends, removals, freezes, late requests.
#include "core/budget_bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

TEST(BudgetsLate, ATaskThatIsUsedUpIsTakenByNobodyBeforeTheAnswer) {
  CellDefinition cell = cell_with_two({task_of("other")});
  cell.tasks.at(TaskId("task")).budget.tokens = 100;
  cell.tasks.at(TaskId("task")).priority = Priority::high;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 100));
  EXPECT_TRUE(bed.say(AnswerWord::no));
  EXPECT_EQ(bed.task("task").state, TaskState::failed);
  EXPECT_TRUE(bed.ask(op::RetryTask{Bed::task_ref("task"), "once more"}));
  const op::ClaimTask any{Bed::ref("a"), {}};
  EXPECT_EQ(bed.ask_as("a", any)->task, Bed::task_ref("other"));
  ASSERT_TRUE(bed.asked());
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("other"), "ready"}));
  const op::ClaimTask this_one{Bed::ref("a"), TaskId("task")};
  EXPECT_EQ(bed.ask_as("a", this_one).error().code, ErrorCode::needs_person);
  EXPECT_EQ(bed.ask_as("a", any)->task, std::nullopt);
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_EQ(bed.ask_as("a", this_one)->task, Bed::task_ref("task"));
}

TEST(BudgetsLate, ATaskThatEndsTakesItsQuestionWithIt) {
  CellDefinition cell = cell_with_two({task_of("other")});
  cell.tasks.at(TaskId("task")).budget.tokens = 100;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 100));
  ASSERT_TRUE(bed.asked());
  EXPECT_TRUE(bed.ask(op::ReportDone{Bed::task_ref("task"), "by hand"}));
  EXPECT_EQ(bed.task("task").state, TaskState::completed);
  EXPECT_FALSE(bed.asked()) << "nobody needs to answer any more";
  EXPECT_EQ(bed.last<fact::ApprovalAnswered>().by, "core");
  EXPECT_FALSE(bed.task("task").meter->hold);
  EXPECT_FALSE(bed.agent("a").frozen);
}

TEST(BudgetsLate, AMissionThatEndsTakesItsQuestionWithItAndStaysAsItEnded) {
  CellDefinition cell = cell_with_two({task_of("other")});
  cell.budget.tokens = 100;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 100));
  ASSERT_TRUE(bed.asked());
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::completed, "good enough"}));
  EXPECT_FALSE(bed.asked());
  bed.wait(2h);
  EXPECT_EQ(bed.cell().status, MissionStatus::completed) << "silence must not fail it afterwards";
  EXPECT_TRUE(bed.spend("b", 5)) << "what was spent is true";
  EXPECT_FALSE(bed.asked()) << "nobody is asked about what is over";
}

TEST(BudgetsLate, WhatIsHeldGetsNoTask) {
  CellDefinition cell = cell_with_two({task_of("other")});
  AgentDefinition outside;
  outside.id = AgentId("outside");
  outside.capabilities = {"any"};
  cell.agents.emplace(outside.id, outside);
  cell.budget.tokens = 100;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 100));
  const Answer held = bed.ask_as("outside", op::ClaimTask{Bed::ref("outside"), {}});
  ASSERT_TRUE(held);
  EXPECT_FALSE(held->task) << "nobody can freeze what runs elsewhere, but it gets no new work";
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_TRUE(bed.ask_as("outside", op::ClaimTask{Bed::ref("outside"), {}})->task);
}

TEST(BudgetsLate, AStartTooManyFreezesAllThatTheMissionHasAtOnce) {
  CellDefinition cell = cell_with_two({task_of("other")});
  cell.agents.emplace(AgentId("t"), turn_agent("t"));
  cell.budget.spawns = 2;
  Spending bed(cell);
  EXPECT_TRUE(bed.ask(op::WakeAgent{Bed::ref("t"), "look", "cli"}));
  ASSERT_TRUE(bed.asked());
  EXPECT_TRUE(bed.agent("a").frozen);
  EXPECT_TRUE(bed.agent("b").frozen);
}

TEST(BudgetsLate, TheDeadSetNothingAside) {
  Spending bed(cell_with_two({task_of("other")}));
  const Incarnation last = bed.agent("b").incarnation;
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("b"), ""}));
  bed.exited("b", exit_code(0));
  op::ReportSpend late{Bed::ref("b"), {}, true, {}};
  late.amounts.tokens = 10;
  const Answer answer = bed.ask(Bed::self("b", last), late);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::conflict);
  EXPECT_EQ(bed.cell().meter.reserved, Amounts{});
}

TEST(BudgetsLate, WhatSomebodyOutsideHadSetAsideEndsWithItsFile) {
  CellDefinition cell = cell_with_two({task_of("other")});
  AgentDefinition outside;
  outside.id = AgentId("outside");
  cell.agents.emplace(outside.id, outside);
  Spending bed(cell);
  EXPECT_TRUE(bed.set_aside("outside", 10));
  EXPECT_EQ(bed.cell().meter.reserved.tokens, 10);
  cell.digest = "2";
  for (const bool gone : {false, true}) {
    Spending one(bed);
    CellDefinition edited = cell;
    if (gone) edited.agents.erase(AgentId("outside"));
    if (!gone) edited.agents.at(AgentId("outside")).run = process_agent("x").run;
    one.post(event::CellObserved{edited});
    EXPECT_EQ(one.cell().meter.reserved.tokens, 0) << gone;
    EXPECT_EQ(one.cell().meter.spent.tokens, 10) << "nobody can tell that it was not spent";
  }
}

TEST(BudgetsLate, AFreezeOfTheFleetMeanwhileIsNotForever) {
  CellDefinition cell = cell_with_two({task_of("other")});
  cell.agents.at(AgentId("a")).budget.tokens = 100;
  Spending bed(cell);
  EXPECT_TRUE(bed.ask(op::FreezeFleet{true, "a look"}));
  EXPECT_TRUE(bed.spend("a", 100));  // it was on its way
  ASSERT_TRUE(bed.asked());
  EXPECT_TRUE(bed.ask(op::FreezeFleet{false, ""}));
  EXPECT_TRUE(bed.agent("a").frozen);
  EXPECT_FALSE(bed.agent("b").frozen);
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_FALSE(bed.agent("a").frozen) << "the answer thaws it, whoever froze it first";
}

// A process that is not there yet cannot be frozen, so it is as soon as it is there.
TEST(BudgetsLate, WhatIsFrozenBeforeItIsThereIsFrozenOnceItIs) {
  Bed bed(cell_of({process_agent("a")}));
  EXPECT_TRUE(bed.ask(op::FreezeFleet{true, "a look"}));
  bed.commands.clear();
  bed.spawned("a");
  ASSERT_EQ(bed.count_commands<command::FreezeAgent>(), 1U);
  EXPECT_TRUE(std::get<command::FreezeAgent>(bed.commands.back()).frozen);
}

}  // namespace
}  // namespace lazaret::core
