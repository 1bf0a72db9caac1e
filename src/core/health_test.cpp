#include "core/health.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

struct HealthTest : ::testing::Test {
  Bed bed{cell_of({process_agent("a")})};
  void SetUp() override { bed.spawned("a"); }
  Incarnation live() { return bed.agent("a").incarnation; }
  void miss(int in_a_row, Duration silent) {
    bed.post(event::BeatMissed{Bed::ref("a"), live(), in_a_row, silent});
  }
};

TEST_F(HealthTest, MissedDeadlinesDegradeAndThreeMakeUnhealthy) {
  bed.post(event::BeatsBegan{Bed::ref("a"), live()});
  EXPECT_EQ(bed.agent("a").health, Health::healthy);
  miss(1, 33s);
  EXPECT_EQ(bed.agent("a").health, Health::degraded);
  miss(2, 63s);
  EXPECT_EQ(bed.agent("a").health, Health::degraded);
  miss(3, 93s);
  EXPECT_EQ(bed.agent("a").health, Health::unhealthy);
  bed.post(event::BeatRecovered{Bed::ref("a"), live()});
  EXPECT_EQ(bed.agent("a").health, Health::healthy);
  EXPECT_EQ(bed.agent("a").failures, 0);
}

TEST_F(HealthTest, NoSignForTheTimeoutIsUnhealthyAtOnce) {
  miss(1, 300s);
  EXPECT_EQ(bed.agent("a").health, Health::unhealthy);
}

TEST_F(HealthTest, AReportedFailureAddsOne) {
  bed.post(event::FailureReported{Bed::ref("a"), live(), "out of ideas"});
  EXPECT_EQ(bed.agent("a").health, Health::degraded);
  EXPECT_EQ(bed.agent("a").health_reason, "it reported: out of ideas");
}

TEST_F(HealthTest, NewsOfAnOlderIncarnationChangesNothing) {
  const Incarnation old = live();
  bed.exited("a", exit_code(1));
  const auto before = bed.facts.size();
  bed.post(event::BeatMissed{Bed::ref("a"), old, 1, 33s});
  bed.post(event::BeatsBegan{Bed::ref("a"), old});
  bed.post(event::FailureReported{Bed::ref("a"), old, "late"});
  EXPECT_EQ(bed.facts.size(), before);
}

TEST_F(HealthTest, SilenceNeverKills) {
  for (int i = 1; i < 100; ++i) miss(i, i * 30s);
  EXPECT_EQ(bed.agent("a").process, ProcessState::running);
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 0U);
}

TEST_F(HealthTest, WhoIsFrozenByUsIsNotBlamed) {
  EXPECT_TRUE(bed.ask(op::FreezeAgent{Bed::ref("a"), ""}));
  miss(1, 400s);
  EXPECT_EQ(bed.agent("a").health, Health::unknown);
}

}  // namespace
}  // namespace lazaret::core
