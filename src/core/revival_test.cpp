#include "core/revival.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

// Lets the agent die the moment it was spawned, again and again, and returns when it was started:
// seconds since the first start.
std::vector<double> crash_loop(Bed& bed, const std::string& id, int deaths) {
  const Instant begin = bed.now.mono;
  std::vector<double> starts = {0};
  for (int i = 0; i < deaths; ++i) {
    bed.spawned(id);
    bed.exited(id, exit_code(1));
    while (bed.agent(id).process == ProcessState::backoff) {
      bed.wait(bed.agent(id).backoff_until - bed.now.mono);
    }
    if (bed.agent(id).process != ProcessState::starting) break;
    starts.push_back(in_seconds(bed.now.mono - begin));
  }
  return starts;
}

CellDefinition crashing_cell(int max_retries) {
  CellDefinition cell = cell_of({process_agent("a")});
  cell.policies.max_retries = max_retries;
  return cell;
}

TEST(Revival, ACrashLoopHasAnExactTableOfStarts) {
  Bed bed(crashing_cell(12));
  const std::vector<double> starts = crash_loop(bed, "a", 20);
  // The first try at once; then 1, 2, 4 … 300 s from the last spawn, each with its own jitter of
  // ±20 %.
  const std::vector<double> gaps = {0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
  ASSERT_EQ(starts.size(), gaps.size() + 1);
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const double gap = starts[i + 1] - starts[i];
    EXPECT_GE(gap, gaps[i] * 0.8 - 1e-6) << i;
    EXPECT_LE(gap, std::min(300.0, gaps[i] * 1.2) + 1e-6) << i;
  }
  EXPECT_EQ(bed.agent("a").process, ProcessState::quarantined);
  // To the nanosecond: the table is the same in every run, build and machine.
  Bed again(crashing_cell(12));
  EXPECT_EQ(crash_loop(again, "a", 20), starts);
  EXPECT_EQ(bed.agent("a").incarnation.value, 13U);
}

TEST(Revival, RulesThatWereEditedDuringTheBackoffHold) {
  for (const AutoRevive edited : {AutoRevive::yes, AutoRevive::no, AutoRevive::ask}) {
    CellDefinition cell = crashing_cell(5);
    Bed bed(cell);
    for (int i = 0; i < 2; ++i) {
      bed.spawned("a");
      bed.exited("a", exit_code(1));
    }
    ASSERT_EQ(bed.agent("a").process, ProcessState::backoff);
    cell.digest = "2";
    cell.policies.auto_revive = edited;
    cell.policies.max_retries = 1;
    bed.post(event::CellObserved{cell});
    bed.wait(10s);
    EXPECT_EQ(bed.agent("a").process, edited == AutoRevive::ask ? ProcessState::awaiting_approval
                                                                : ProcessState::quarantined);
    EXPECT_EQ(bed.agent("a").tries, 2) << "nothing was forgiven";
  }
}

TEST(Revival, WhoRanElsewhereMeanwhileBeginsAnew) {
  CellDefinition cell = crashing_cell(1);
  Bed bed(cell);
  crash_loop(bed, "a", 5);
  ASSERT_EQ(bed.agent("a").process, ProcessState::quarantined);
  const auto run = std::exchange(cell.agents.at(AgentId("a")).run, std::nullopt);
  cell.digest = "2";
  bed.post(event::CellObserved{cell});
  EXPECT_EQ(bed.agent("a").process, ProcessState::external);
  cell.agents.at(AgentId("a")).run = run;
  cell.digest = "3";
  bed.post(event::CellObserved{cell});
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
  EXPECT_EQ(bed.agent("a").tries, 0);
  EXPECT_FALSE(bed.agent("a").died);
}

TEST(Revival, TheTableItself) {
  Policies policies;
  std::vector<std::int64_t> milliseconds;
  for (int tries = 1; tries <= 6; ++tries) {
    milliseconds.push_back(revival::backoff(policies, tries, 7) / 1ms);
  }
  EXPECT_EQ(milliseconds, (std::vector<std::int64_t>{0, 806, 1613, 3226, 6453, 12907}));
}

TEST(Revival, ADaemonRestartResetsNothing) {
  Bed straight(crashing_cell(5));
  Bed restarted(crashing_cell(5));
  crash_loop(straight, "a", 3);
  crash_loop(restarted, "a", 3);
  restarted.post(event::DaemonStarted{2, "boot", "test"});
  restarted.post(event::AdoptionFinished{});  // its process is not found: lost, which is no failure
  EXPECT_EQ(restarted.agent("a").tries, straight.agent("a").tries);
  EXPECT_EQ(restarted.agent("a").last_exit->kind, ExitKind::lost);
}

TEST(Revival, AStableRunZeroesTheCount) {
  Bed bed(crashing_cell(5));
  crash_loop(bed, "a", 3);
  EXPECT_EQ(bed.agent("a").tries, 3);
  bed.spawned("a");
  bed.wait(61s);
  EXPECT_EQ(bed.agent("a").tries, 0);
  bed.exited("a", exit_code(1));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting) << "the first try comes at once";
}

TEST(Revival, APausedMissionForgivesNothing) {
  Bed bed(crashing_cell(5));
  crash_loop(bed, "a", 2);
  bed.spawned("a");
  bed.exited("a", exit_code(1));
  ASSERT_EQ(bed.agent("a").process, ProcessState::backoff);
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, ""}));
  bed.wait(60s);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  EXPECT_EQ(bed.agent("a").tries, 3);
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::active, ""}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
  EXPECT_EQ(bed.agent("a").tries, 3);
}

TEST(Revival, WhoIsKilledByHandInBackoffStaysDown) {
  Bed bed(crashing_cell(5));
  crash_loop(bed, "a", 2);
  bed.spawned("a");
  bed.exited("a", exit_code(1));
  EXPECT_TRUE(bed.ask(op::KillAgent{Bed::ref("a"), ""}));
  bed.wait(600s);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  EXPECT_FALSE(bed.agent("a").wanted);
}

TEST(Revival, EndingsAreToldApart) {
  Agent agent;
  agent.definition = process_agent("a");
  agent.process = ProcessState::running;
  ExitReport killed;
  killed.kind = ExitKind::signalled;
  EXPECT_EQ(revival::judge(agent, exit_code(0)), revival::Ending::finished);
  EXPECT_EQ(revival::judge(agent, exit_code(75)), revival::Ending::restart_asked);
  EXPECT_EQ(revival::judge(agent, exit_code(125)), revival::Ending::no_restart);
  EXPECT_EQ(revival::judge(agent, exit_code(1)), revival::Ending::failure);
  EXPECT_EQ(revival::judge(agent, killed), revival::Ending::failure);
  agent.definition.run->restart = Restart::never;
  EXPECT_EQ(revival::judge(agent, exit_code(1)), revival::Ending::finished);
  EXPECT_EQ(revival::judge(agent, killed), revival::Ending::finished);
  agent.definition.run->restart = Restart::always;
  EXPECT_EQ(revival::judge(agent, exit_code(0)), revival::Ending::failure);
  agent.process = ProcessState::stopping;
  EXPECT_EQ(revival::judge(agent, exit_code(1)), revival::Ending::asked);
  agent.exit_counts = true;
  EXPECT_EQ(revival::judge(agent, killed), revival::Ending::failure);
}

TEST(Revival, WhoIsRateLimitedUsesUpNoTryAndDoesNotSpin) {
  Bed bed(crashing_cell(1));
  EXPECT_TRUE(bed.ask(op::ReportActivity{Bed::ref("a"), bed.now.wall + 1h, "429"}));
  const std::vector<double> starts = crash_loop(bed, "a", 10);
  EXPECT_EQ(bed.agent("a").tries, 0);
  ASSERT_EQ(starts.size(), 11U);
  EXPECT_GE(starts.back(), 10.0) << "a loop without a pause";
}

TEST(Revival, AskingForARestartDoesNotSpinEither) {
  Bed bed(crashing_cell(1));
  for (int i = 0; i < 5; ++i) {
    bed.spawned("a");
    bed.exited("a", exit_code(75));
    EXPECT_EQ(bed.agent("a").process, ProcessState::backoff);
    bed.wait(1s);
    EXPECT_EQ(bed.agent("a").process, ProcessState::starting);
  }
  EXPECT_EQ(bed.agent("a").tries, 0);
}

TEST(Revival, AnExitThatIsToldTwiceCountsOnce) {
  Bed bed(crashing_cell(5));
  bed.spawned("a");
  const Incarnation first = bed.agent("a").incarnation;
  for (int i = 0; i < 3; ++i) bed.post(event::AgentExited{Bed::ref("a"), first, exit_code(1)});
  EXPECT_EQ(bed.agent("a").tries, 1);
  EXPECT_EQ(bed.agent("a").incarnation.value, first.value + 1);
}

TEST(Revival, AnImpossibleStartGoesToAPersonAtOnce) {
  Bed bed(crashing_cell(5));
  bed.post(event::SpawnFailed{Bed::ref("a"), bed.agent("a").incarnation, "no interpreter", true});
  EXPECT_EQ(bed.agent("a").process, ProcessState::quarantined);
  EXPECT_EQ(bed.fleet.approvals.size(), 1U);
}

}  // namespace
}  // namespace lazaret::core
