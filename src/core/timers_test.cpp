#include "core/timers.h"

#include <gtest/gtest.h>

namespace lazaret::core {
namespace {

TimerKey key(TimerKind kind, const std::string& subject) { return {kind, CellId("c"), subject}; }

TEST(Timers, EarliestFirstAndOneForEachKey) {
  Timers timers;
  EXPECT_EQ(timers.next(), never);
  timers.set(key(TimerKind::agent_kill, "a"), Instant(3s));
  timers.set(key(TimerKind::agent_ready, "a"), Instant(2s));
  timers.set(key(TimerKind::agent_kill, "a"), Instant(1s));
  EXPECT_EQ(timers.next(), Instant(1s));
  EXPECT_EQ(timers.all().size(), 2U);
  const auto due = timers.due(Instant(2s));
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due.front().kind, TimerKind::agent_kill);
}

TEST(Timers, NeverClears) {
  Timers timers;
  timers.set(key(TimerKind::task_timeout, "t"), Instant(1s));
  timers.set(key(TimerKind::task_timeout, "t"), never);
  EXPECT_FALSE(timers.is_due(key(TimerKind::task_timeout, "t"), Instant(9s)));
  EXPECT_EQ(timers.next(), never);
}

TEST(Timers, ACellTakesItsOwnAlong) {
  Timers timers;
  timers.set(key(TimerKind::task_timeout, "t"), Instant(1s));
  timers.set({TimerKind::task_timeout, CellId("other"), "t"}, Instant(2s));
  timers.clear_cell(CellId("c"));
  EXPECT_EQ(timers.next(), Instant(2s));
}

}  // namespace
}  // namespace lazaret::core
