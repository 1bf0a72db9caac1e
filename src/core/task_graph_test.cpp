#include "core/task_graph.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;
using task_graph::Edges;

TEST(TaskGraph, ACycleIsShownClosed) {
  const Edges edges = {{TaskId("a"), {TaskId("b")}},
                       {TaskId("b"), {TaskId("c")}},
                       {TaskId("c"), {TaskId("a")}},
                       {TaskId("d"), {TaskId("a")}}};
  const auto cycle = task_graph::find_cycle(edges);
  ASSERT_TRUE(cycle);
  EXPECT_EQ(task_graph::to_text(*cycle), "a → b → c → a");
}

TEST(TaskGraph, ADiamondIsNoCycleAndDepthIsNoDanger) {
  Edges edges = {{TaskId("a"), {}},
                 {TaskId("b"), {TaskId("a")}},
                 {TaskId("c"), {TaskId("a")}},
                 {TaskId("d"), {TaskId("b"), TaskId("c")}}};
  EXPECT_FALSE(task_graph::find_cycle(edges));
  for (int i = 1; i < 20'000; ++i) {
    edges[TaskId(std::to_string(i))] = {TaskId(std::to_string(i - 1))};
  }
  EXPECT_FALSE(task_graph::find_cycle(edges));
}

TEST(TaskGraph, ACycleThroughTasksThatWereThereIsFound) {
  Bed bed(cell_of({process_agent("a")},
                  {task_of("t1", {"later"}), task_of("t2", {"t1"}), task_of("other")}));
  const Answer late = bed.ask(op::AddTasks{the_cell, {task_of("later", {"other", "t2"})}});
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message.find("later → t2 → t1 → later"), std::string::npos)
      << late.error().message;
  EXPECT_TRUE(bed.ask(op::AddTasks{the_cell, {task_of("later", {"other"})}}));
  EXPECT_FALSE(bed.ask(op::AddDependency{Bed::task_ref("other"), TaskId("t2")}));
  EXPECT_TRUE(bed.ask(op::AddDependency{Bed::task_ref("t2"), TaskId("other")}));
}

TEST(TaskGraph, ACycleIsRefusedAndNothingOfTheRequestStays) {
  Bed bed(cell_of({process_agent("a")}, {task_of("t1")}));
  const Answer answer = bed.ask(op::AddTasks{the_cell, {task_of("x", {"y"}), task_of("y", {"x"})}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::conflict);
  EXPECT_NE(answer.error().message.find("x → y → x"), std::string::npos);
  EXPECT_EQ(bed.cell().tasks.size(), 1U);
}

TEST(TaskGraph, ReadyFollowsDependencies) {
  Bed bed(cell_of({process_agent("a")}, {task_of("t1"), task_of("t2", {"t1"})}));
  bed.spawned("a");
  EXPECT_FALSE(bed.ask_as("a", op::ClaimTask{Bed::ref("a"), TaskId("t2")})) << "t1 is not done";
  ASSERT_TRUE(bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}})->task);
  EXPECT_EQ(bed.agent("a").task, TaskId("t1"));
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("t1"), ""}));
  EXPECT_EQ(bed.cell().ready, (std::set<TaskId>{TaskId("t2")}));
}

TEST(TaskGraph, PriorityFirstAndWaitingRaisesIt) {
  TaskDefinition low = task_of("low");
  low.priority = Priority::low;
  TaskDefinition high = task_of("high");
  high.priority = Priority::high;
  Bed bed(cell_of({process_agent("a")}, {low}));
  bed.wait(30s);
  EXPECT_TRUE(bed.ask(op::AddTasks{the_cell, {high}}));
  EXPECT_EQ(task_graph::best_for(bed.cell(), AgentId("a"), bed.now.mono), TaskId("high"));
  bed.wait(100s);
  TaskDefinition higher = task_of("higher");
  higher.priority = Priority::high;
  EXPECT_TRUE(bed.ask(op::AddTasks{the_cell, {higher}}));
  EXPECT_TRUE(bed.ask(op::ReportDone{Bed::task_ref("high"), ""}));
  EXPECT_EQ(task_graph::best_for(bed.cell(), AgentId("a"), bed.now.mono), TaskId("low"))
      << "it has waited longer than two steps of ageing";
}

TEST(TaskGraph, AFailedDependencyEndsTheMission) {
  TaskDefinition first = task_of("t1");
  first.max_tries = 1;
  Bed bed(cell_of({process_agent("a")}, {first, task_of("t2", {"t1"})}));
  bed.spawned("a");
  bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}});
  EXPECT_TRUE(bed.ask_as("a", op::ReportFailed{Bed::task_ref("t1"), "no"}));
  EXPECT_EQ(bed.cell().status, MissionStatus::failed);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
}

}  // namespace
}  // namespace lazaret::core
