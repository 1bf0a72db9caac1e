#include "core/permissions.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

Cell cell_with(const std::string& agent, const Permission& permission, Role role = Role::write) {
  Cell cell;
  cell.definition.permissions[AgentId(agent)] = permission;
  Agent one;
  one.definition = process_agent(agent);
  one.definition.role = role;
  cell.agents[AgentId(agent)] = one;
  return cell;
}

TEST(Permissions, OnlyAFilledListRestricts) {
  EXPECT_TRUE(permissions::may_execute(Cell{}, AgentId("a"), TaskId("t")));
  EXPECT_TRUE(permissions::may_execute(cell_with("a", {}), AgentId("a"), TaskId("t")));
  Permission some;
  some.execute = {"t"};
  EXPECT_TRUE(permissions::may_execute(cell_with("a", some), AgentId("a"), TaskId("t")));
  EXPECT_FALSE(permissions::may_execute(cell_with("a", some), AgentId("a"), TaskId("u")));
}

TEST(Permissions, LeadsPublishAndOthersWithWriteOnAll) {
  EXPECT_TRUE(permissions::may_publish(cell_with("a", {}, Role::lead), AgentId("a")));
  EXPECT_FALSE(permissions::may_publish(cell_with("a", {}), AgentId("a")));
  Permission all;
  all.write = {"*"};
  EXPECT_TRUE(permissions::may_publish(cell_with("a", all), AgentId("a")));
}

TEST(Permissions, HandoffFromAllowsWhatExecuteDoesNot) {
  Permission permission;
  permission.execute = {"own"};
  permission.handoff_from = {"b"};
  const Cell cell = cell_with("a", permission);
  EXPECT_TRUE(permissions::may_stand_in(cell, AgentId("a"), AgentId("b"), TaskId("t")));
  EXPECT_FALSE(permissions::may_stand_in(cell, AgentId("a"), AgentId("c"), TaskId("t")));
}

TEST(Permissions, AnAgentActsForItselfOnly) {
  Bed bed(cell_of({process_agent("a"), process_agent("b")}, {task_of("t1")}));
  bed.spawned("a");
  bed.spawned("b");
  const Answer other = bed.ask_as("a", op::ClaimTask{Bed::ref("b"), {}});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::refused);
  EXPECT_FALSE(bed.ask_as("a", op::StopAgent{Bed::ref("b"), ""}));
  EXPECT_FALSE(bed.ask_as("a", op::AddTasks{the_cell, {task_of("x")}})) << "it is no lead";
}

TEST(Permissions, AViewerChangesNothing) {
  Bed bed(cell_of({process_agent("a")}, {task_of("t1")}));
  const Caller viewer{CallerKind::viewer, "eve", std::nullopt, {}};
  EXPECT_FALSE(bed.ask(viewer, op::WakeAgent{Bed::ref("a"), "x", ""}));
  EXPECT_FALSE(bed.ask(viewer, op::PauseAgent{Bed::ref("a"), ""}));
  EXPECT_FALSE(bed.ask(viewer, op::ClaimTask{Bed::ref("a"), {}}));
  EXPECT_FALSE(bed.ask(viewer, op::RecordNote{the_cell, "x"}));
}

}  // namespace
}  // namespace lazaret::core
