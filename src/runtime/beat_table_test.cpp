#include "runtime/beat_table.h"

#include <gtest/gtest.h>

namespace lazaret::runtime {
namespace {

using core::EventBody;
const AgentRef agent_a{CellId("c"), AgentId("a")};

struct BeatTableTest : ::testing::Test {
  std::vector<EventBody> edges;
  BeatTable table{[this](EventBody edge) { edges.push_back(std::move(edge)); }};
  Stamp now{Instant(1000s), {}};

  void beat(BeatEntry& entry, const Beat& sign = {}) { table.beat(entry, sign, now); }
  void move(Duration by) {
    now.mono += by;
    table.check(now.mono);
  }
  template <class E>
  std::size_t count() const {
    std::size_t found = 0;
    for (const EventBody& edge : edges) found += std::holds_alternative<E>(edge);
    return found;
  }
};

TEST_F(BeatTableTest, BeatsAreCheapOnlyEdgesAreTold) {
  BeatEntry& entry = table.watch(agent_a, Incarnation{1}, 30s, 300s, false, now.mono);
  for (int i = 0; i < 1000; ++i) {
    move(30s);
    beat(entry);
  }
  ASSERT_EQ(edges.size(), 1U);
  EXPECT_EQ(count<core::event::BeatsBegan>(), 1U);
  EXPECT_EQ(entry.beats, 1000U);
}

TEST_F(BeatTableTest, WhoHasNeverBeatenIsNotMissed) {
  table.watch(agent_a, Incarnation{1}, 30s, 300s, false, now.mono);
  move(3600s);
  EXPECT_TRUE(edges.empty());
}

TEST_F(BeatTableTest, ADeadlineIsMissedOnceForEachIntervalAndNotBefore) {
  BeatEntry& entry = table.watch(agent_a, Incarnation{1}, 30s, 300s, true, now.mono);
  beat(entry);
  edges.clear();
  move(32s);
  EXPECT_TRUE(edges.empty());
  move(2s);
  ASSERT_EQ(count<core::event::BeatMissed>(), 1U);
  move(31s);
  EXPECT_EQ(count<core::event::BeatMissed>(), 2U);
  EXPECT_EQ(std::get<core::event::BeatMissed>(edges.back()).in_a_row, 2);
  beat(entry);
  EXPECT_EQ(count<core::event::BeatRecovered>(), 1U);
  EXPECT_EQ(entry.missed, 0);
}

TEST_F(BeatTableTest, AnErrorIsAFailureAndTheNextGoodBeatARecovery) {
  BeatEntry& entry = table.watch(agent_a, Incarnation{1}, 30s, 300s, false, now.mono);
  Beat bad;
  bad.error = "no tokens";
  beat(entry, bad);
  EXPECT_EQ(count<core::event::FailureReported>(), 1U);
  beat(entry);
  EXPECT_EQ(count<core::event::BeatRecovered>(), 1U);
}

TEST_F(BeatTableTest, OurOwnAbsenceIsNobodysFault) {
  BeatEntry& entry = table.watch(agent_a, Incarnation{1}, 30s, 300s, true, now.mono);
  beat(entry);
  edges.clear();
  now.mono += 600s;
  table.grant(600s);
  table.check(now.mono);
  EXPECT_EQ(count<core::event::BeatMissed>(), 0U);
}

TEST_F(BeatTableTest, ANewIncarnationStartsAnewAndAForgottenOneIsSilent) {
  BeatEntry& entry = table.watch(agent_a, Incarnation{1}, 30s, 300s, true, now.mono);
  beat(entry);
  table.watch(agent_a, Incarnation{2}, 30s, 300s, true, now.mono);
  EXPECT_FALSE(entry.begun);
  beat(entry);
  EXPECT_EQ(count<core::event::BeatsBegan>(), 2U);
  table.forget(agent_a);
  edges.clear();
  move(3600s);
  EXPECT_TRUE(edges.empty());
}

}  // namespace
}  // namespace lazaret::runtime
