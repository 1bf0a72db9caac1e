// What agents use is read without stopping the loop, and shown at most a second old.
#include "main/telemetry.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>

namespace lazaret::main {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

class Readings : public ::testing::Test {
 protected:
  void have(int agents) {
    core::Cell& cell = fleet_.cells[CellId("c")];
    for (int i = 0; i < agents; ++i) {
      cell.agents[AgentId(fmt::format("a{:04}", i))].pid = 1000 + i;
    }
  }
  process::Usage use(const AgentRef&) {
    ++read_;
    now_ += microseconds(100);
    process::Usage usage;
    usage.cpu_ns = now_.time_since_epoch().count() / 2;
    usage.memory_bytes = 4096;
    usage.io_bytes = 77;
    usage.pids = 2;
    return usage;
  }
  void turn() {
    auto work = std::move(later_.front());
    later_.pop_front();
    work();
  }

  core::Fleet fleet_;
  Instant now_{std::chrono::hours(1)};
  int read_ = 0;
  std::deque<std::function<void()>> later_;
  Telemetry telemetry_{[this](const AgentRef& agent) { return use(agent); },
                       [this]() -> const core::Fleet& { return fleet_; }, [this] { return now_; },
                       [this](std::function<void()> work) { later_.push_back(std::move(work)); },
                       "/"};
};

TEST_F(Readings, CpuTimeIsToldWhereABudgetCountsItAndAnewForEachIncarnation) {
  have(2);
  core::Agent& agent = fleet_.cells[CellId("c")].agents[AgentId("a0001")];
  agent.definition.budget.cpu = 1;
  agent.incarnation.value = 1;
  const auto first = telemetry_.cpu_of_budgeted(10);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].agent.agent.value, "a0001");
  EXPECT_EQ(first[0].cpu_ns, now_.time_since_epoch().count() / 2);
  agent.incarnation.value = 2;
  now_ += milliseconds(1000);
  const auto second = telemetry_.cpu_of_budgeted(10);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].cpu_ns, now_.time_since_epoch().count() / 2 - first[0].cpu_ns);
  agent.cpu_seen = second[0].cpu_ns;
  EXPECT_TRUE(telemetry_.cpu_of_budgeted(10).empty()) << "too little to be told";
}

TEST_F(Readings, OfAFewAgentsAreThereAtOnce) {
  have(3);
  const auto all = telemetry_.agents();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].agent.agent.value, "a0000");
  EXPECT_EQ(all[0].memory_bytes, 4096U);
  EXPECT_EQ(all[0].io_bytes, 77U);
  EXPECT_EQ(all[0].processes, 2U);
  EXPECT_FALSE(all[0].cpu_percent) << "one reading gives no rate";
  EXPECT_TRUE(later_.empty());
}

TEST_F(Readings, OfAThousandAgentsStopTheLoopForFiveMillisecondsAtMost) {
  have(1000);
  const Instant before = now_;
  EXPECT_EQ(telemetry_.agents().size(), 50U);
  int turns = 1;
  for (; !later_.empty(); ++turns) turn();
  EXPECT_EQ(turns, 20);
  EXPECT_EQ(now_ - before, milliseconds(100));
  EXPECT_EQ(telemetry_.agents().size(), 1000U);
  EXPECT_EQ(read_, 1000);
}

TEST_F(Readings, AreTakenOnceASecondHoweverOftenTheyAreAskedFor) {
  have(1);
  for (int i = 0; i < 10; ++i) telemetry_.agents();
  EXPECT_EQ(read_, 1);
  now_ += std::chrono::seconds(1);
  const auto all = telemetry_.agents();
  EXPECT_EQ(read_, 2);
  EXPECT_NEAR(all[0].cpu_percent.value_or(0), 50, 0.1);
}

TEST_F(Readings, OfANewAgentDoNotWaitAndThoseOfADeadOneAreGone) {
  have(1);
  telemetry_.agents();
  have(2);
  EXPECT_EQ(telemetry_.agents().size(), 2U);
  EXPECT_EQ(read_, 2);
  fleet_.cells[CellId("c")].agents[AgentId("a0000")].pid = 0;
  const auto all = telemetry_.agents();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].agent.agent.value, "a0001");
}

}  // namespace
}  // namespace lazaret::main
