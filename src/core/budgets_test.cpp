#include "core/budgets.h"

#include "base/rng.h"
#include "core/budget_bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

TEST(Budgets, TokensAtTheCapFreezeTheAgentAndAsk) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.tokens = 100;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 99));
  EXPECT_FALSE(bed.agent("a").frozen);
  EXPECT_TRUE(bed.spend("a", 1));
  EXPECT_TRUE(bed.agent("a").frozen);
  EXPECT_FALSE(bed.agent("b").frozen);
  EXPECT_EQ(bed.approval().kind, ApprovalKind::budget);
  EXPECT_NE(bed.approval().question.find("100 tokens more for agent a"), std::string::npos)
      << bed.approval().question;
  EXPECT_EQ(bed.ask(op::ThawAgent{Bed::ref("a"), ""}).error().code, ErrorCode::needs_person);
}

TEST(Budgets, YesRaisesByWhatWasAskedForAndThaws) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.tokens = 100;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 130));
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_FALSE(bed.agent("a").frozen);
  EXPECT_EQ(cap_at(bed.fleet, {BudgetScope::agent, the_cell, AgentId("a"), {}}, BudgetKind::tokens),
            200);
  EXPECT_TRUE(bed.spend("a", 69));
  EXPECT_FALSE(bed.agent("a").frozen);
  EXPECT_TRUE(bed.spend("a", 1));
  EXPECT_TRUE(bed.agent("a").frozen);
}

TEST(Budgets, OneRaiseIsEnoughToGoOn) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.tokens = 100;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 1000));
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_FALSE(bed.agent("a").frozen);
  EXPECT_FALSE(bed.asked());
}

TEST(Budgets, NoStopsTheAgentAndSoDoesSilence) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.tokens = 100;
  for (const bool silent : {false, true}) {
    Spending bed(cell);
    EXPECT_TRUE(bed.spend("a", 100));
    if (silent) {
      bed.wait(3601s);
    } else {
      EXPECT_TRUE(bed.say(AnswerWord::no));
    }
    EXPECT_FALSE(bed.agent("a").wanted);
    EXPECT_FALSE(bed.agent("a").frozen) << "a frozen process hears no signal";
    bed.exited("a", exit_code(0));
    EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
    EXPECT_EQ(bed.task("task").state, TaskState::pending);
  }
}

TEST(Budgets, ATaskOverItsBudgetFreezesItsOwnerAndFailsOnNo) {
  CellDefinition cell = cell_with_two();
  cell.tasks.at(TaskId("task")).budget.usd = 2'000'000;
  Spending bed(cell);
  op::ReportSpend report{Bed::ref("a"), {}, false, {}};
  report.amounts.usd = 2'000'000;
  EXPECT_TRUE(bed.ask_as("a", report));
  EXPECT_TRUE(bed.agent("a").frozen);
  EXPECT_NE(bed.approval().question.find("2.00 usd more for task task"), std::string::npos);
  EXPECT_TRUE(bed.say(AnswerWord::no));
  EXPECT_EQ(bed.task("task").state, TaskState::failed);
  EXPECT_FALSE(bed.agent("a").frozen) << "the agent did nothing wrong";
}

TEST(Budgets, AMissionOverItsBudgetFreezesAllAndFailsOnNo) {
  CellDefinition cell = cell_with_two();
  cell.budget.tokens = 100;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 60));
  EXPECT_TRUE(bed.spend("b", 60));
  EXPECT_TRUE(bed.agent("a").frozen);
  EXPECT_TRUE(bed.agent("b").frozen);
  EXPECT_EQ(bed.approval().cell, the_cell);
  EXPECT_TRUE(bed.say(AnswerWord::no));
  EXPECT_EQ(bed.cell().status, MissionStatus::failed);
  EXPECT_EQ(bed.agent("b").process, ProcessState::stopping);
}

TEST(Budgets, WhatWouldPassTheCapIsNotSetAside) {
  CellDefinition cell = cell_with_two();
  cell.budget.tokens = 100;
  Spending bed(cell);
  const Answer first = bed.set_aside("a", 70);
  ASSERT_TRUE(first);
  const Answer second = bed.set_aside("b", 40);
  EXPECT_EQ(second.error().code, ErrorCode::needs_person);
  EXPECT_EQ(bed.cell().meter.reserved.tokens, 70);
  EXPECT_TRUE(bed.asked());
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_TRUE(bed.set_aside("b", 40));
  EXPECT_TRUE(bed.spend("a", 10, first->id));
  EXPECT_EQ(bed.cell().meter.reserved.tokens, 40);
  EXPECT_EQ(bed.cell().meter.spent.tokens, 10);
  EXPECT_EQ(bed.agent("a").meter.reserved.tokens, 0);
  EXPECT_EQ(bed.spend("a", 10, first->id).error().code, ErrorCode::not_found) << "settled once";
}

TEST(Budgets, WhatADeadAgentHadSetAsideCountsAsSpent) {
  Spending bed(cell_with_two());
  EXPECT_TRUE(bed.set_aside("a", 70));
  EXPECT_EQ(bed.task("task").meter->reserved.tokens, 70);
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.agent("a").meter.spent.tokens, 70);
  EXPECT_EQ(bed.task("task").meter->spent.tokens, 70);
  EXPECT_EQ(bed.agent("a").meter.reserved.tokens, 0);
  EXPECT_EQ(bed.cell().meter.reserved.tokens, 0);
}

TEST(Budgets, StartsAreCountedAndTheOneTooManyIsAskedAbout) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.spawns = 2;
  Spending bed(cell);
  EXPECT_EQ(bed.agent("a").meter.spent.spawns, 1);
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
  bed.spawned("a");
  bed.wait(100s);
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  EXPECT_TRUE(bed.asked());
  EXPECT_EQ(bed.agent("a").incarnation.value, 2U);
  EXPECT_EQ(bed.ask(op::StartAgent{Bed::ref("a")}).error().code, ErrorCode::needs_person);
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
}

TEST(Budgets, AStartThatNeverCameAboutIsGivenBack) {
  Spending bed(cell_with_two());
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.agent("a").meter.reserved.spawns, 1);
  bed.post(event::SpawnFailed{Bed::ref("a"), bed.agent("a").incarnation, "no such program", true});
  EXPECT_EQ(bed.agent("a").meter.reserved.spawns, 0);
  EXPECT_EQ(bed.agent("a").meter.spent.spawns, 1);
  EXPECT_EQ(bed.cell().meter.spent.spawns, 2) << "with b's";
}

TEST(Budgets, WallTimeOfAnAgentStandsWhileItIsFrozen) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.wall = Duration(100s).count();
  Spending bed(cell);
  bed.wait(60s);
  EXPECT_TRUE(bed.ask(op::FreezeAgent{Bed::ref("a"), ""}));
  bed.wait(1000s);
  EXPECT_FALSE(bed.asked());
  EXPECT_TRUE(bed.ask(op::ThawAgent{Bed::ref("a"), ""}));
  bed.wait(39s);
  EXPECT_FALSE(bed.asked());
  bed.wait(2s);
  EXPECT_TRUE(bed.asked());
  EXPECT_TRUE(bed.agent("a").frozen);
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_FALSE(bed.agent("a").frozen);
  bed.wait(99s);
  EXPECT_FALSE(bed.asked());
  bed.wait(2s);
  EXPECT_TRUE(bed.asked()) << "the raise is used up too";
}

TEST(Budgets, WallTimeOfAMissionStandsWhileItIsPaused) {
  CellDefinition cell = cell_with_two();
  cell.budget.wall = Duration(100s).count();
  Spending bed(cell);
  bed.wait(50s);
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, ""}));
  bed.wait(500s);
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::active, ""}));
  bed.wait(49s);
  EXPECT_FALSE(bed.asked());
  bed.wait(2s);
  EXPECT_TRUE(bed.asked());
  EXPECT_TRUE(bed.agent("b").frozen);
}

TEST(Budgets, WallTimeOfATaskRunsWhileSomebodyHasIt) {
  CellDefinition cell = cell_with_two();
  cell.tasks.at(TaskId("task")).budget.wall = Duration(100s).count();
  Spending bed(cell);
  bed.wait(60s);
  EXPECT_TRUE(bed.ask_as("a", op::ReleaseTask{Bed::task_ref("task"), ""}));
  bed.wait(1000s);
  EXPECT_FALSE(bed.asked());
  EXPECT_TRUE(bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}}));
  bed.wait(41s);
  EXPECT_TRUE(bed.asked());
}

TEST(Budgets, WallTimeOfATaskStandsWhileItsOwnerDoes) {
  CellDefinition cell = cell_with_two();
  cell.tasks.at(TaskId("task")).budget.wall = Duration(100s).count();
  Spending bed(cell);
  bed.wait(60s);
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
  bed.exited("a", ExitReport{});
  bed.wait(1000s);
  EXPECT_FALSE(bed.asked()) << "nobody works on it";
}

TEST(Budgets, NoToWallTimeIsNotAskedAgainWhileTheAgentEnds) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.wall = Duration(100s).count();
  Spending bed(cell);
  bed.wait(101s);
  EXPECT_TRUE(bed.asked());
  EXPECT_TRUE(bed.say(AnswerWord::no));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
  bed.wait(5s);
  EXPECT_FALSE(bed.asked());
  bed.exited("a", ExitReport{});
  bed.wait(100s);
  EXPECT_FALSE(bed.asked());
  EXPECT_EQ(bed.count<fact::BudgetReached>(), 1U);
}

TEST(Budgets, CpuTimeIsCountedOnceHoweverOftenItIsTold) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.cpu = Duration(10s).count();
  Spending bed(cell);
  const Incarnation first = bed.agent("a").incarnation;
  bed.post(event::CpuUsed{Bed::ref("a"), first, Duration(4s).count()});
  bed.post(event::CpuUsed{Bed::ref("a"), first, Duration(4s).count()});
  EXPECT_EQ(bed.agent("a").meter.spent.cpu, Duration(4s).count());
  bed.exited("a", exit_code(1));
  bed.spawned("a");
  bed.post(event::CpuUsed{Bed::ref("a"), first, Duration(99s).count()});
  EXPECT_EQ(bed.agent("a").meter.spent.cpu, Duration(4s).count()) << "late news";
  bed.post(event::CpuUsed{Bed::ref("a"), bed.agent("a").incarnation, Duration(6s).count()});
  EXPECT_TRUE(bed.agent("a").frozen);
}

TEST(Budgets, WhoDiesWhileHeldUsesUpNoTryAndStaysDownUntilTheAnswer) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.tokens = 1;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 1));
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.agent("a").tries, 0);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  bed.wait(2s);
  EXPECT_EQ(bed.agent("a").incarnation.value, 2U);
}

TEST(Budgets, ATaskIsNotTimedOutWhileItsOwnerIsHeld) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.tokens = 1;
  cell.tasks.at(TaskId("task")).timeout = 100s;
  Spending bed(cell);
  bed.wait(60s);
  EXPECT_TRUE(bed.spend("a", 1));
  bed.wait(1000s);
  EXPECT_EQ(bed.task("task").state, TaskState::in_progress);
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  bed.wait(39s);
  EXPECT_FALSE(bed.task("task").cancelling);
  bed.wait(2s);
  EXPECT_TRUE(bed.task("task").cancelling) << "what was left of its time goes on";
}

TEST(Budgets, ATurnTooManyClaimsNothing) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).run->adapter = AdapterKind::turn;
  cell.agents.at(AgentId("a")).budget.spawns = 1;
  cell.tasks.emplace(TaskId("next"), task_of("next"));
  cell.tasks.at(TaskId("next")).assigned_to = AgentId("a");
  Bed bed(cell);
  bed.spawned("a");
  bed.exited("a", exit_code(0));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  EXPECT_FALSE(bed.agent("a").task);
  EXPECT_TRUE(bed.agent("a").waiting_wake);
  EXPECT_TRUE(bed.ask(op::AnswerPerson{ApprovalId("r-1"), AnswerWord::yes, ""}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
  EXPECT_TRUE(bed.agent("a").task);
}

// Whatever is spent, asked and answered: nothing is granted past a cap, and what is over one waits.
TEST(Budgets, NothingPassesACapWithoutAnAnswer) {
  Rng rng(7);
  for (int round = 0; round < 40; ++round) {
    CellDefinition cell = cell_with_two();
    cell.policies.max_retries = 1000;
    cell.budget = {Duration(2000s).count(), 0, 9, 300, 0};
    cell.agents.at(AgentId("a")).budget = {0, Duration(20s).count(), 4, 100, 0};
    cell.tasks.at(TaskId("task")).budget = {Duration(700s).count(), 0, 3, 60, 0};
    Spending bed(cell);
    for (int step = 0; step < 60; ++step) {
      const std::string id = rng.chance(0.5) ? "a" : "b";
      const std::uint64_t what = rng.below(7);
      if (what == 0) bed.exited(id, exit_code(1));
      if (what == 1) bed.spawned(id);
      if (what == 2) bed.spend(id, static_cast<std::int64_t>(rng.below(40)));
      if (what == 3) bed.set_aside(id, static_cast<std::int64_t>(rng.below(40)));
      if (what == 4 && bed.asked()) {
        bed.ask(op::AnswerPerson{bed.fleet.approval_deadlines.begin()->second,
                                 rng.chance(0.9) ? AnswerWord::yes : AnswerWord::no, ""});
      }
      if (what == 5) bed.wait(Duration(1s) * static_cast<int>(rng.below(300)));
      if (what == 6) bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}});
      for (const BudgetPlace& place : {BudgetPlace{BudgetScope::agent, the_cell, AgentId("a"), {}},
                                       BudgetPlace{BudgetScope::task, the_cell, {}, TaskId("task")},
                                       BudgetPlace{BudgetScope::mission, the_cell, {}, {}}}) {
        const Meter& meter = meter_at(bed.fleet, place);
        const auto spawns = meter.spent.spawns + meter.reserved.spawns;
        ASSERT_LE(spawns, cap_at(bed.fleet, place, BudgetKind::spawns));
        const bool over = meter.spent.tokens >= cap_at(bed.fleet, place, BudgetKind::tokens);
        const Agent& a = bed.agent("a");
        const bool lives = is_live(a.process) && a.process != ProcessState::stopping;
        if (over && lives && bed.cell().status == MissionStatus::active && a.meter.hold) {
          ASSERT_TRUE(a.frozen);
        }
        ASSERT_GE(meter.reserved.tokens, 0);
        ASSERT_GE(meter.reserved.spawns, 0);
      }
    }
  }
}

TEST(Budgets, TheFleetSwitchThawsNobodyWhoIsHeld) {
  CellDefinition cell = cell_with_two();
  cell.agents.at(AgentId("a")).budget.tokens = 1;
  Spending bed(cell);
  EXPECT_TRUE(bed.spend("a", 1));
  EXPECT_TRUE(bed.ask(op::FreezeFleet{true, ""}));
  EXPECT_TRUE(bed.ask(op::FreezeFleet{false, ""}));
  EXPECT_TRUE(bed.agent("a").frozen);
  EXPECT_FALSE(bed.agent("b").frozen);
  EXPECT_TRUE(bed.ask(op::FreezeFleet{true, ""}));
  EXPECT_TRUE(bed.say(AnswerWord::yes));
  EXPECT_TRUE(bed.agent("a").frozen) << "the fleet is frozen";
  EXPECT_TRUE(bed.ask(op::FreezeFleet{false, ""}));
  EXPECT_FALSE(bed.agent("a").frozen);
}

}  // namespace
}  // namespace lazaret::core
