#include "core/substitution.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

CellDefinition cell_with_substitutes() {
  TaskDefinition mine = task_of("mine");
  mine.assigned_to = AgentId("a");
  TaskDefinition next = task_of("next", {"mine"});
  next.assigned_to = AgentId("a");
  CellDefinition cell =
      cell_of({process_agent("a"), process_agent("b"), process_agent("s1"), process_agent("s2")},
              {mine, next});
  cell.agents.at(AgentId("s1")).role = Role::read;
  cell.policies.substitute_agents = {AgentId("s1"), AgentId("s2")};
  cell.policies.max_retries = 0;
  return cell;
}

TEST(Substitution, TheFirstFitOneGetsTheTasksWithTheirCursors) {
  Bed bed(cell_with_substitutes());
  EXPECT_EQ(bed.agent("s2").process, ProcessState::stopped) << "substitutes wait until needed";
  bed.spawned("a");
  bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}});
  EXPECT_TRUE(bed.ask_as("a", op::CheckpointTask{Bed::task_ref("mine"), "{\"page\":7}"}));
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.agent("a").process, ProcessState::quarantined);
  EXPECT_EQ(bed.agent("a").replaced_by, AgentId("s2")) << "s1 has another role";
  EXPECT_EQ(bed.agent("s2").process, ProcessState::starting);
  EXPECT_EQ(bed.task("mine").definition.assigned_to, AgentId("s2"));
  EXPECT_EQ(bed.task("next").definition.assigned_to, AgentId("s2"));
  bed.spawned("s2");
  const Answer claimed = bed.ask_as("s2", op::ClaimTask{Bed::ref("s2"), {}});
  EXPECT_EQ(claimed->id, "mine");
  EXPECT_EQ(bed.task("mine").cursor, "{\"page\":7}");
  EXPECT_EQ(bed.task("mine").tries, 0);
}

TEST(Substitution, WithoutAFitOneAPersonIsAskedAndTheWorkIsFree) {
  CellDefinition cell = cell_with_substitutes();
  cell.policies.substitute_agents = {AgentId("s1")};
  cell.tasks.at(TaskId("mine")).assigned_to.reset();
  Bed bed(cell);
  bed.spawned("a");
  bed.ask_as("a", op::ClaimTask{Bed::ref("a"), TaskId("mine")});
  bed.exited("a", exit_code(1));
  EXPECT_FALSE(bed.agent("a").replaced_by);
  EXPECT_EQ(bed.fleet.approvals.size(), 1U);
  EXPECT_EQ(bed.task("mine").state, TaskState::pending);
  EXPECT_FALSE(bed.task("mine").owner);
  bed.spawned("b");
  EXPECT_EQ(bed.ask_as("b", op::ClaimTask{Bed::ref("b"), {}})->id, "mine");
}

TEST(Substitution, OneThatMayNotExecuteTheWorkIsPassedOver) {
  CellDefinition cell = cell_with_substitutes();
  cell.permissions[AgentId("s2")].execute = {"something else"};
  Bed bed(cell);
  EXPECT_FALSE(substitution::choose(bed.cell(), AgentId("a")));
}

TEST(Substitution, OneThatMayTakeOverButNotExecuteDoesTheWorkAllTheSame) {
  CellDefinition cell = cell_with_substitutes();
  cell.permissions[AgentId("s2")].execute = {"something else"};
  cell.permissions[AgentId("s2")].handoff_from = {"a"};
  Bed bed(cell);
  bed.spawned("a");
  bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}});
  bed.exited("a", exit_code(1));
  ASSERT_EQ(bed.agent("a").replaced_by, AgentId("s2"));
  bed.spawned("s2");
  EXPECT_EQ(bed.ask_as("s2", op::ClaimTask{Bed::ref("s2"), {}})->id, "mine");
}

TEST(Substitution, StartingASubstituteByHandTwiceStartsItOnce) {
  Bed bed(cell_with_substitutes());
  EXPECT_TRUE(bed.ask(op::StartAgent{Bed::ref("s2")}));
  EXPECT_TRUE(bed.ask(op::StartAgent{Bed::ref("s2")}));
  EXPECT_EQ(bed.agent("s2").incarnation.value, 1U);
  bed.spawned("s2");
  EXPECT_TRUE(bed.ask(op::StartAgent{Bed::ref("s2")}));
  EXPECT_EQ(bed.agent("s2").incarnation.value, 1U);
}

}  // namespace
}  // namespace lazaret::core
