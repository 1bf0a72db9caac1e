#include "core/plan_changes.h"

#include "base/rfc3339.h"
#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

struct PlanChangesTest : ::testing::Test {
  Bed bed{cell_of({turn_agent("a")})};
  PlanDefinition plan;

  PlanChangesTest() {
    EXPECT_TRUE(bed.ask(op::RegisterCalendarAgent{"x", "node-1", "UTC", ""}));
    plan.work.agent = "x";
    plan.work.title = "stand-up";
    plan.rule = "FREQ=DAILY";
    plan.start = "20260901T090000";
    EXPECT_TRUE(bed.ask(op::DefinePlan{0, plan, ""}));
  }
  static std::string day(int n) { return "plan-1-2026-09-0" + std::to_string(n) + "T090000"; }
  static WallTime usual(int n) {
    return *from_rfc3339("2026-09-0" + std::to_string(n) + "T09:00:00Z");
  }
  void define(int n, WallTime at, const std::string& title = "stand-up") {
    SlotWork work = plan.work;
    work.title = title;
    ASSERT_TRUE(bed.ask(op::DefineSlot{day(n), work, at}));
  }
  void set(const std::string& ident, SlotStatus status, const std::string& by_agent = "") {
    const Caller who{by_agent.empty() ? CallerKind::operator_ : CallerKind::viewer, "p", {}, {}};
    ASSERT_TRUE(bed.ask(who, op::ChangeSlot{ident, by_agent, status, {}, 0, bed.now.wall, ""}));
  }
  std::string told() const {
    std::string out;
    for (const auto& [id, changes] : plan_changes(bed.fleet.calendar)) {
      for (const PlanChange& one : changes) {
        out += calendar::compact(one.nominal).substr(6, 2);
        out += one.called_off ? " off; " : " " + one.slot->work.title + "; ";
      }
    }
    return out;
  }
};

TEST_F(PlanChangesTest, MovedReWordedAndCalledOff) {
  define(2, usual(2) + 1h);
  define(3, usual(3), "review");
  set(day(4), SlotStatus::skipped);
  define(5, usual(5));
  EXPECT_EQ(told(), "02 stand-up; 03 review; 04 off; ") << "the fifth is as its plan says";
  define(2, usual(2));
  EXPECT_EQ(told(), "03 review; 04 off; ") << "back in its place";
  // The plan itself has none that day: nothing is said of a single one.
  plan.exceptions = {"20260904"};
  ASSERT_TRUE(bed.ask(op::DefinePlan{1, plan, ""}));
  EXPECT_EQ(told(), "03 review; ");
}

TEST_F(PlanChangesTest, WhatMerelyHappenedIsNoChange) {
  bed.wait(9h + 10min);
  set(day(1), SlotStatus::deferred, "x");  // which raises its priority
  set(day(1), SlotStatus::ongoing, "x");
  EXPECT_EQ(told(), "");
  set(day(1), SlotStatus::aborted, "x");
  EXPECT_EQ(told(), "") << "it had begun";
  bed.wait(24h);
  set(day(2), SlotStatus::skipped);
  EXPECT_EQ(told(), "") << "its time had come";
  plan.work.title = "renamed";
  ASSERT_TRUE(bed.ask(op::DefinePlan{1, plan, ""}));
  EXPECT_EQ(told(), "") << "what is over keeps the words that it had";
}

TEST_F(PlanChangesTest, TheNewestAreToldWhereThereAreTooMany) {
  plan.rule = "FREQ=HOURLY";
  ASSERT_TRUE(bed.ask(op::DefinePlan{1, plan, ""}));
  const WallTime first = usual(1);
  for (int i = 0; i < static_cast<int>(changes_most) + 20; ++i) {
    const auto at = std::chrono::floor<std::chrono::seconds>(first + i * 1h);
    const calendar::LocalTime local(at.time_since_epoch());
    set("plan-1-" + calendar::compact(local).insert(4, "-").insert(7, "-"), SlotStatus::skipped);
  }
  const auto changes = plan_changes(bed.fleet.calendar).at(1);
  ASSERT_EQ(changes.size(), changes_most);
  EXPECT_EQ(changes.front().usual, first + 20 * 1h);
}

}  // namespace
}  // namespace lazaret::core
