// No question outlives what it asks about: each kind, each end, and how it goes on afterwards.
#include "core/approvals.h"
#include "core/bed_for_tests.h"
#include "core/called.h"
#include "core/meter.h"

namespace lazaret::core {
namespace {

using namespace testing;

CellDefinition asking_cell() {
  TaskDefinition mine = task_of("mine");
  mine.assigned_to = AgentId("a");
  CellDefinition cell = cell_of({process_agent("a"), process_agent("b")}, {mine, task_of("other")});
  cell.policies.auto_revive = AutoRevive::ask;
  cell.policies.handoff_approval = HandoffApproval::manual;
  cell.agents.at(AgentId("a")).hang = HangPolicy::ask;
  return cell;
}

// One open question of the kind, about agent a and its task.
struct Open : Bed {
  ApprovalId id;
  explicit Open(const std::string& kind, CellDefinition cell = asking_cell()) : Bed(cell) {
    spawned("a");
    spawned("b");
    EXPECT_TRUE(ask_as("a", op::ClaimTask{ref("a"), TaskId("mine")}));
    if (kind == "revival") exited("a", exit_code(1));
    if (kind == "hang") {
      post(event::AgentStopSeen{ref("a"), agent("a").incarnation, true});
    }
    if (kind == "handoff") {
      EXPECT_TRUE(ask(op::HandOffTask{task_ref("mine"), AgentId("b"), "night shift"}));
    }
    if (kind == "question" || kind == "question of the task") {
      const bool task = kind != "question";
      EXPECT_TRUE(
          ask_as("a", op::AskPerson{ref("a"), task ? std::optional(task_ref("mine")) : std::nullopt,
                                    "go on?", 1h, AnswerWord::no}));
    }
    if (kind.ends_with("budget")) {
      op::ReportSpend report{ref("a"), {}, false, {}};
      report.amounts.tokens = 100;
      EXPECT_TRUE(ask_as("a", report));
    }
    EXPECT_EQ(fleet.approval_deadlines.size(), 1U) << kind;
    if (!fleet.approval_deadlines.empty()) id = fleet.approval_deadlines.begin()->second;
  }
  const Approval& approval() const { return fleet.approvals.at(id); }
  bool is_open() const { return !approval().answer; }
  bool asks_anew() const {
    return !fleet.approval_deadlines.empty() && fleet.approval_deadlines.begin()->second != id;
  }
};

CellDefinition with_budget(const std::string& kind) {
  CellDefinition cell = asking_cell();
  if (kind == "agent budget") cell.agents.at(AgentId("a")).budget.tokens = 100;
  if (kind == "task budget") cell.tasks.at(TaskId("mine")).budget.tokens = 100;
  if (kind == "mission budget") cell.budget.tokens = 100;
  return cell;
}

const std::vector<std::string> all_kinds = {
    "revival",      "hang",        "handoff",       "question", "question of the task",
    "agent budget", "task budget", "mission budget"};

void expect_closed(const Open& bed, const std::string& why, const std::string& reason) {
  EXPECT_FALSE(bed.is_open()) << why;
  EXPECT_EQ(bed.approval().by, "core") << why;
  EXPECT_NE(bed.approval().reason.find(reason), std::string::npos)
      << why << ": " << bed.approval().reason;
  for (const BudgetPlace& place : places_of(Bed::ref("a"), TaskId("mine"))) {
    EXPECT_FALSE(meter_at(bed.fleet, place).hold) << why;
  }
}

TEST(NoQuestionOutlives, AMissionThatEnded) {
  for (const std::string& kind : all_kinds) {
    Open bed(kind, with_budget(kind));
    EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, "lunch"}));
    EXPECT_TRUE(bed.is_open()) << kind << ": a pause is no end";
    EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::failed, "enough"}));
    expect_closed(bed, kind, "mission one (11111111) is failed: enough (by ann)");
    EXPECT_NE(bed.agent("a").process, ProcessState::awaiting_approval) << kind;
    EXPECT_FALSE(bed.task("mine").handoff) << kind;
    const Answer late = bed.ask(op::AnswerPerson{bed.id, AnswerWord::yes, ""});
    ASSERT_FALSE(late) << kind;
    EXPECT_EQ(late.error().code, ErrorCode::conflict) << kind;
  }
}

TEST(NoQuestionOutlives, AMissionThatIsGone) {
  for (const std::string& kind : all_kinds) {
    Open bed(kind, with_budget(kind));
    EXPECT_TRUE(bed.ask(op::RemoveMission{the_cell, ""}));
    EXPECT_FALSE(bed.is_open()) << kind;
    EXPECT_EQ(bed.approval().by, "core");
    EXPECT_EQ(bed.approval().reason, "its mission is gone");
  }
}

TEST(NoQuestionOutlives, AnAgentThatWasStoppedForGood) {
  for (const std::string& kind : all_kinds) {
    if (kind == "task budget" || kind == "mission budget") continue;  // others go on
    Open bed(kind, with_budget(kind));
    EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
    expect_closed(bed, kind, kind == "handoff" ? "" : "a was stopped for good (by ann)");
    if (bed.agent("a").process == ProcessState::stopping) bed.exited("a", exit_code(0));
    EXPECT_EQ(bed.agent("a").process, ProcessState::stopped) << kind;
  }
  for (const std::string kind : {"task budget", "mission budget"}) {
    Open bed(kind, with_budget(kind));
    EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
    EXPECT_TRUE(bed.is_open()) << kind;
  }
}

TEST(NoQuestionOutlives, AnAgentWhoseFileIsGone) {
  for (const std::string& kind : all_kinds) {
    if (kind == "task budget" || kind == "mission budget") continue;
    CellDefinition cell = with_budget(kind);
    Open bed(kind, cell);
    cell.agents.erase(AgentId("a"));
    cell.digest = "2";
    bed.post(event::CellObserved{cell});
    EXPECT_FALSE(bed.is_open()) << kind;
    EXPECT_EQ(bed.approval().by, "core") << kind;
    EXPECT_FALSE(bed.task("mine").handoff) << kind;
    EXPECT_EQ(bed.count<fact::AgentQuarantined>(), 0U) << "nothing else follows";
  }
}

TEST(NoQuestionOutlives, ATaskThatEnded) {
  for (const std::string kind : {"handoff", "question of the task", "task budget"}) {
    Open bed(kind, with_budget(kind));
    EXPECT_TRUE(bed.ask(op::ReportDone{Bed::task_ref("mine"), "by hand"}));
    expect_closed(bed, kind,
                  kind == std::string("handoff") ? "reported done" : "task mine is completed");
    EXPECT_EQ(bed.agent("a").process, ProcessState::running) << kind;
    EXPECT_FALSE(bed.agent("a").frozen) << kind;
  }
}

TEST(NoQuestionOutlives, WhatWasToBeDecided) {
  Open hang("hang");
  hang.post(event::AgentStopSeen{Bed::ref("a"), hang.agent("a").incarnation, false});
  expect_closed(hang, "hang", "a does not hang any more");
  Open moved("handoff");
  EXPECT_TRUE(moved.ask(op::StopAgent{Bed::ref("b"), ""}));
  expect_closed(moved, "handoff", "b was stopped for good (by ann)");
  EXPECT_FALSE(moved.task("mine").handoff);
}

TEST(NoQuestionOutlives, AndItIsAskedAnewWhenItGoesOn) {
  for (const std::string kind : {"revival", "agent budget", "mission budget"}) {
    Open bed(kind, with_budget(kind));
    EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::failed, "enough"}));
    for (const std::string agent : {"a", "b"}) {
      if (bed.agent(agent).process == ProcessState::stopping) bed.exited(agent, exit_code(0));
    }
    EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::active, "once more"}));
    EXPECT_TRUE(bed.asks_anew()) << kind << ": its cause is still there";
    EXPECT_NE(bed.agent("a").process, ProcessState::starting) << kind;
  }
}

TEST(NoQuestionOutlives, WhoWasStoppedWhileAPersonWasAskedCanBeStartedByHand) {
  Open bed("revival");
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
  EXPECT_TRUE(bed.ask(op::StartAgent{Bed::ref("a")}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
  EXPECT_FALSE(bed.is_open());
}

TEST(NoQuestionOutlives, TheReleaseThatKnewNothingOfIt) {
  Open bed("revival");
  bed.fleet.cells.at(the_cell).agents.at(AgentId("a")).wanted = false;  // as an older build left it
  bed.post(event::DaemonStarted{2, "boot", "test"});
  EXPECT_TRUE(bed.is_open());
  bed.post(event::AdoptionFinished{});
  expect_closed(bed, "after an upgrade", "a was stopped for good");
}

TEST(NoQuestionOutlives, AndNoneIsAskedAboutWhatHasEnded) {
  Open bed("question");
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
  const Answer answer = bed.ask(op::AskPerson{Bed::ref("a"), {}, "and now?", 1h, AnswerWord::no});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::conflict);
  EXPECT_NE(answer.error().message.find("a was stopped for good"), std::string::npos);
  EXPECT_TRUE(bed.ask(op::AskPerson{{}, {}, "and now?", 1h, AnswerWord::no}));
}

TEST(NoQuestionOutlives, ABudgetThatIsReachedWhileTheMissionEndsAsksNobody) {
  CellDefinition cell = asking_cell();
  cell.budget.tokens = 100;
  cell.agents.at(AgentId("a")).budget.wall = Duration(1h).count();
  Bed bed(cell);
  bed.spawned("a");
  bed.spawned("b");
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::failed, "enough"}));
  ASSERT_EQ(bed.agent("a").process, ProcessState::stopping);
  op::ReportSpend report{Bed::ref("a"), {}, false, {}};
  report.amounts.tokens = 200;
  EXPECT_TRUE(bed.ask_as("a", report));
  EXPECT_EQ(bed.cell().meter.spent.tokens, 200) << "it is true";
  bed.fleet.timers.clear({TimerKind::agent_kill, the_cell, "a"});  // its end takes hours
  bed.wait(2h);
  EXPECT_EQ(bed.count<fact::ApprovalOpened>(), 0U);
}

TEST(Called, IdsThatAreAmbiguousAreToldApart) {
  Bed bed(cell_of({process_agent("a")}, {task_of("t")}));
  EXPECT_EQ(agent_called(bed.fleet, Bed::ref("a")), "a");
  CellDefinition twin = cell_of({process_agent("a")}, {task_of("t")});
  twin.id = CellId("22222222-0000-4000-8000-000000000001");
  bed.post(event::CellObserved{twin});
  EXPECT_EQ(agent_called(bed.fleet, Bed::ref("a")), "11111111.a");
  EXPECT_EQ(task_called(bed.fleet, Bed::task_ref("t")), "11111111.t");
  EXPECT_EQ(mission_called(bed.cell()), "mission one (11111111)");
}

}  // namespace
}  // namespace lazaret::core
