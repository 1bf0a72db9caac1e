#include "core/strategy.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

struct Group : Bed {
  explicit Group(Strategy strategy) : Bed(cell(strategy)) {
    for (const char* id : {"a", "b", "c"}) spawned(id);
  }
  static CellDefinition cell(Strategy strategy) {
    TaskDefinition task = task_of("task");
    task.assigned_to = AgentId("c");
    CellDefinition cell =
        cell_of({process_agent("a"), process_agent("b"), process_agent("c")}, {task});
    cell.policies.strategy = strategy;
    return cell;
  }
  std::string stopping() const {
    std::string ids;
    for (const char* id : {"a", "b", "c"}) {
      if (agent(id).process == ProcessState::stopping) ids += id;
    }
    return ids;
  }
};

TEST(Strategy, SaysWhoGoesWithTheDead) {
  Group alone(Strategy::one_for_one);
  alone.exited("b", exit_code(1));
  EXPECT_EQ(alone.stopping(), "");
  Group rest(Strategy::rest_for_one);
  rest.exited("b", exit_code(1));
  EXPECT_EQ(rest.stopping(), "c");
  Group all(Strategy::one_for_all);
  all.exited("b", exit_code(1));
  EXPECT_EQ(all.stopping(), "ac");
}

TEST(Strategy, TheOthersComeBackWithTheirTaskAndWithoutLosingATry) {
  Group bed(Strategy::one_for_all);
  EXPECT_EQ(bed.ask_as("c", op::ClaimTask{Bed::ref("c"), {}})->id, "task");
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.agent("a").tries, 1);
  bed.exited("b", exit_code(0));
  ExitReport killed;
  killed.kind = ExitKind::signalled;
  killed.signal = 9;
  bed.exited("c", killed);
  for (const char* id : {"a", "b", "c"}) {
    EXPECT_EQ(bed.agent(id).process, ProcessState::starting) << id;
    EXPECT_EQ(bed.agent(id).incarnation.value, 2U) << id;
  }
  EXPECT_EQ(bed.agent("b").tries, 0);
  EXPECT_EQ(bed.agent("c").tries, 0);
  EXPECT_EQ(bed.agent("c").deaths, 0U);
  EXPECT_EQ(bed.task("task").owner, AgentId("c"));
  EXPECT_EQ(bed.task("task").tries, 0);
}

TEST(Strategy, EndingsThatAreNoFailureTouchNobody) {
  Group bed(Strategy::one_for_all);
  bed.exited("a", exit_code(0));
  EXPECT_EQ(bed.stopping(), "");
  ExitReport lost;
  lost.kind = ExitKind::lost;
  bed.exited("b", lost);
  EXPECT_EQ(bed.stopping(), "") << "nobody's fault";
}

TEST(Strategy, TheTriesOfTheOneThatDiesBoundIt) {
  Group bed(Strategy::one_for_all);
  for (int i = 0; i < 20 && bed.agent("a").process != ProcessState::quarantined; ++i) {
    bed.spawned("b");
    bed.spawned("c");
    while (bed.agent("a").process == ProcessState::backoff) bed.wait(1s);
    bed.spawned("a");
    bed.exited("a", exit_code(1));
    bed.exited("b", exit_code(0));
    bed.exited("c", exit_code(0));
  }
  EXPECT_EQ(bed.agent("a").process, ProcessState::quarantined);
  EXPECT_EQ(bed.agent("b").process, ProcessState::starting);
  EXPECT_EQ(bed.agent("b").tries, 0);
}

}  // namespace
}  // namespace lazaret::core
