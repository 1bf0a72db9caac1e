#include "core/slots.h"

#include "core/bed_for_tests.h"
#include "core/slot_view.h"

namespace lazaret::core {
namespace {

using namespace testing;
using calendar::Fate;

PlanDefinition daily_plan(const std::string& agent, const std::string& start) {
  PlanDefinition plan;
  plan.work.agent = agent;
  plan.work.title = "stand-up";
  plan.rule = "FREQ=DAILY";
  plan.start = start;
  return plan;
}

PlanDefinition own_plan(const std::string& rule = "FREQ=HOURLY") {
  PlanDefinition plan = daily_plan("a", "20260901T003000");
  plan.rule = rule;
  plan.work.own = Bed::ref("a");
  return plan;
}

struct SlotsTest : ::testing::Test {
  Bed bed{cell_of({turn_agent("a"), turn_agent("b")})};

  std::string define(const PlanDefinition& plan) {
    const Answer answer = bed.ask(op::DefinePlan{0, plan, ""});
    EXPECT_TRUE(answer) << answer.error().message << answer.error().place;
    return answer ? answer->id : "";
  }
  void know(const std::string& agent) {
    ASSERT_TRUE(bed.ask(op::RegisterCalendarAgent{agent, "node-1", "UTC", ""}));
    bed.post(event::BeatsBegan{{calendar_cell, AgentId(agent)}, {}});
  }
  std::vector<Slot> today(const std::string& agent) const {
    return slots_for(bed.fleet.calendar, agent, bed.now.wall,
                     *zone_named(bed.fleet.calendar, "UTC"));
  }
  Answer report(const std::string& ident, SlotStatus status, WallTime heard = {}) {
    return bed.ask({CallerKind::viewer, "agent x", {}, {}},
                   op::ChangeSlot{ident, "x", status, {}, 0, heard, ""});
  }
  const Slot& slot(const std::string& ident) const { return *find_slot(bed.fleet.calendar, ident); }
  CalendarStatus status_of(const std::string& agent) const {
    return bed.fleet.calendar.agents.at(agent).status;
  }
  const std::vector<TimeFate>& fates(std::int64_t plan = 1) const {
    return bed.fleet.calendar.plans.at(plan).fates;
  }
  void end_turn(int code = 0) {
    bed.spawned("a");
    bed.exited("a", exit_code(code));
  }
  // What is derived says the same when it is made anew.
  void TearDown() override {
    Calendar again = bed.fleet.calendar;
    index_calendar(again);
    EXPECT_EQ(again, bed.fleet.calendar);
  }
};

TEST_F(SlotsTest, APlanWakesItsAgentAndTheSlotEndsWithTheTurn) {
  define(own_plan());
  bed.wait(29min);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 0U);
  bed.wait(1min);
  ASSERT_EQ(bed.count<fact::WakeAccepted>(), 1U);
  const Wake& wake = bed.last<fact::WakeAccepted>().wake;
  EXPECT_EQ(wake.source, "calendar:slot-1");
  EXPECT_NE(wake.message.find("stand-up"), std::string::npos);
  EXPECT_NE(wake.message.find("\"scheduled_at\": \"2026-09-01T00:30:00"), std::string::npos);
  EXPECT_EQ(slot("1").status, SlotStatus::ongoing);
  EXPECT_EQ(slot("plan-1-2026-09-01T003000").id, 1);
  bed.wait(90s);
  end_turn();
  EXPECT_EQ(slot("1").status, SlotStatus::finished);
  EXPECT_EQ(slot("1").actual_minutes, 2);
  ASSERT_EQ(fates().size(), 1U);
  EXPECT_EQ(fates().front().fate, Fate::fired);
}

TEST_F(SlotsTest, ATurnThatFailsForGoodAbortsItsSlotAndPausesThePlan) {
  PlanDefinition plan = own_plan();
  plan.pause_after_failures = 2;
  define(plan);
  for (int hour = 0; hour < 2; ++hour) {
    bed.wait(30min);
    for (int tries = 0; tries < 20 && bed.agent("a").running_wake; ++tries) {
      end_turn(1);
      bed.wait(60s);
    }
    bed.ask(op::StartAgent{Bed::ref("a")});
    bed.wait(30min - (bed.now.wall.time_since_epoch() % 30min));
  }
  EXPECT_FALSE(bed.fleet.calendar.plans.at(1).fates.empty());
  EXPECT_EQ(slot("1").status, SlotStatus::aborted) << slot("1").reason;
}

TEST_F(SlotsTest, AfterDowntimeItRunsOnceAndTheRestIsRecorded) {
  define(own_plan("FREQ=MINUTELY;INTERVAL=10"));
  bed.post(event::DaemonStopping{});
  bed.move_to(bed.now.mono + 3h + 33min);
  bed.post(event::DaemonStarted{2, "boot", "test"});
  bed.post(event::AdoptionFinished{});
  bed.post(event::TimePassed{});
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 1U);
  ASSERT_EQ(fates().size(), 19U);
  EXPECT_EQ(fates().back().fate, Fate::late);
  EXPECT_EQ(fates().front().fate, Fate::missed);
  EXPECT_EQ(fates()[17].fate, Fate::superseded);
}

TEST_F(SlotsTest, ATimeThatComesWhileTheOneBeforeRunsWaitsAndTheNewestWins) {
  define(own_plan("FREQ=MINUTELY;INTERVAL=10"));
  bed.wait(30min);
  bed.spawned("a");
  bed.wait(10min);
  EXPECT_EQ(slot("2").status, SlotStatus::deferred);
  bed.wait(10min);
  EXPECT_EQ(slot("2").status, SlotStatus::skipped);
  EXPECT_EQ(slot("3").status, SlotStatus::deferred);
  bed.exited("a", exit_code(0));
  EXPECT_EQ(slot("1").status, SlotStatus::finished);
  EXPECT_EQ(slot("3").status, SlotStatus::ongoing);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 2U);
}

TEST_F(SlotsTest, AWaitingWakeThatIsReplacedAbortsItsSlot) {
  bed.ask(op::WakeAgent{Bed::ref("a"), "long", "cli"});
  const Answer made = bed.ask(op::DefineSlot{"", own_plan().work, bed.now.wall + 5min});
  ASSERT_TRUE(made);
  bed.wait(5min);
  EXPECT_EQ(slot("1").status, SlotStatus::not_started);
  EXPECT_TRUE(slot("1").wake);
  bed.ask(op::WakeAgent{Bed::ref("a"), "newer", "cli"});
  EXPECT_EQ(slot("1").status, SlotStatus::aborted);
  EXPECT_EQ(slot("1").reason, "superseded");
}

TEST_F(SlotsTest, AnotherAgentsSlotsAreVirtualUntilTheyAreTouched) {
  know("x");
  define(daily_plan("x", "20260901T090000"));
  ASSERT_EQ(today("x").size(), 1U);
  EXPECT_EQ(today("x")[0].id, 0);
  EXPECT_EQ(today("x")[0].virtual_id, "plan-1-2026-09-01T090000");
  bed.wait(9h);
  bed.post(event::BeatRecovered{{calendar_cell, AgentId("x")}, {}});
  ASSERT_TRUE(report("plan-1-2026-09-01T090000", SlotStatus::ongoing));
  EXPECT_EQ(status_of("x"), CalendarStatus::busy);
  ASSERT_EQ(today("x").size(), 1U);
  EXPECT_EQ(today("x")[0].id, 1);
  bed.wait(125s);
  EXPECT_TRUE(report("1", SlotStatus::ongoing)) << "a report that is sent twice";
  ASSERT_TRUE(report("plan-1-2026-09-01T090000", SlotStatus::finished));
  EXPECT_EQ(slot("1").actual_minutes, 3);
  EXPECT_EQ(status_of("x"), CalendarStatus::idle);
  EXPECT_EQ(report("1", SlotStatus::ongoing).error().code, ErrorCode::conflict);
  EXPECT_EQ(report("plan-1-2026-09-01T100000", SlotStatus::ongoing).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(report("plan-7-2026-09-01T090000", SlotStatus::ongoing).error().code,
            ErrorCode::not_found);
  bed.wait(3h);
  EXPECT_TRUE(fates().empty());
}

TEST_F(SlotsTest, ATimeThatNobodyTookUpIsMissed) {
  know("x");
  define(daily_plan("x", "20260901T090000"));
  bed.wait(10h + 1s);
  ASSERT_EQ(fates().size(), 1U);
  EXPECT_EQ(fates()[0].fate, Fate::missed);
  EXPECT_NE(fates()[0].reason.find("did not take it up within 1h"), std::string::npos);
  EXPECT_TRUE(today("x").empty());
  bed.wait(24h);
  EXPECT_EQ(fates().size(), 2U);
}

TEST_F(SlotsTest, DeferringRaisesThePriorityOnceAHeartbeat) {
  know("x");
  define(daily_plan("x", "20260901T090000"));
  const std::string id = "plan-1-2026-09-01T090000";
  bed.wait(9h);
  ASSERT_TRUE(report(id, SlotStatus::deferred, bed.now.wall));
  EXPECT_EQ(slot(id).work.priority, 1);
  ASSERT_TRUE(report(id, SlotStatus::deferred, bed.now.wall - 1s));
  EXPECT_EQ(slot(id).work.priority, 1);
  bed.wait(30s);
  ASSERT_TRUE(report(id, SlotStatus::deferred, bed.now.wall));
  EXPECT_EQ(slot(id).work.priority, 2);
}

TEST_F(SlotsTest, AnAgentIsOfflineInSilenceAndExhaustedUntilItsTime) {
  know("x");
  EXPECT_EQ(status_of("x"), CalendarStatus::idle);
  bed.post(event::BeatMissed{{calendar_cell, AgentId("x")}, {}, 1, 120s});
  EXPECT_EQ(status_of("x"), CalendarStatus::offline);
  const Caller x{CallerKind::viewer, "x", {}, {}};
  EXPECT_EQ(bed.ask(x, op::SetCalendarStatus{"x", CalendarStatus::busy, {}, ""}).error().code,
            ErrorCode::conflict);
  bed.post(event::BeatRecovered{{calendar_cell, AgentId("x")}, {}});
  ASSERT_TRUE(bed.ask(x, op::SetCalendarStatus{"x", CalendarStatus::exhausted, {}, "rate_limit"}));
  EXPECT_FALSE(bed.ask(x, op::SetCalendarStatus{"x", CalendarStatus::idle, {}, ""}));
  bed.wait(5h - 1s);
  EXPECT_EQ(status_of("x"), CalendarStatus::exhausted);
  bed.wait(1s);
  EXPECT_EQ(status_of("x"), CalendarStatus::idle);
}

TEST_F(SlotsTest, APausedPlanSkipsAndGoesOnFromNow) {
  define(own_plan());
  ASSERT_TRUE(bed.ask(op::PausePlan{1, true, "holidays"}));
  bed.wait(3h);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 0U);
  ASSERT_TRUE(bed.ask(op::PausePlan{1, false, ""}));
  EXPECT_EQ(fates().size(), 3U);
  EXPECT_EQ(fates()[0].fate, Fate::skipped);
  bed.wait(30min);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 1U);
}

TEST_F(SlotsTest, APlanThatGoesOnAfterTheClockWentBackRepeatsNothing) {
  define(own_plan());
  ASSERT_TRUE(bed.ask(op::PausePlan{1, true, ""}));
  bed.wait(40min);
  ASSERT_TRUE(bed.ask(op::PausePlan{1, false, ""}));
  ASSERT_EQ(fates().size(), 1U) << "00:30 was skipped";
  ASSERT_TRUE(bed.ask(op::PausePlan{1, true, ""}));
  bed.now.wall -= 20min;
  ASSERT_TRUE(bed.ask(op::PausePlan{1, false, ""}));
  bed.wait(30min);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 0U) << "00:30 has had its fate";
  bed.wait(40min);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 1U);
}

TEST_F(SlotsTest, AnEditedRuleBeginsNow) {
  define(own_plan());
  bed.wait(30min);
  end_turn();
  bed.wait(15min);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 1U);
  ASSERT_TRUE(bed.ask(op::DefinePlan{1, own_plan("FREQ=MINUTELY;INTERVAL=5"), ""}));
  bed.post(event::TimePassed{});
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 1U) << "what would have come before does not run";
  bed.wait(5min);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 2U);
}

TEST_F(SlotsTest, ThePlanOfAnAgentThatIsGonePauses) {
  define(own_plan());
  CellDefinition cell = cell_of({turn_agent("b")});
  cell.digest = "2";
  bed.post(event::CellObserved{cell});
  bed.wait(30min);
  EXPECT_TRUE(bed.fleet.calendar.plans.at(1).paused);
  EXPECT_EQ(slot("1").status, SlotStatus::aborted);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 0U);
}

// A list that is cut says so, and its pages together are all of it.
TEST_F(SlotsTest, PagesOfSlotsLeaveNothingOut) {
  define(own_plan("FREQ=MINUTELY"));
  define(own_plan("FREQ=HOURLY"));
  ASSERT_TRUE(bed.ask(op::DefineSlot{"", own_plan().work, bed.now.wall + 90min}));
  const WallTime to = bed.now.wall + 20h;
  for (const std::size_t most : {7U, 500U, 5000U}) {
    std::vector<SlotPlace> all;
    std::optional<SlotPlace> after;
    int pages = 0;
    do {
      const auto page = slots_between(bed.fleet.calendar, "", bed.now.wall, to, most, after);
      EXPECT_LE(page.slots.size(), most);
      for (const Slot& one : page.slots) all.push_back(place_of(one));
      after = page.next ? read_place(to_text(*page.next)) : std::nullopt;
      EXPECT_EQ(after, page.next);
    } while (after && ++pages < 500);
    EXPECT_EQ(all.size(), 20U * 60 - 30 + 20 + 1) << most;
    EXPECT_TRUE(std::ranges::is_sorted(all));
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
    EXPECT_GE(pages, 2);
  }
  EXPECT_FALSE(read_place("5_x_"));
  EXPECT_FALSE(read_place("12"));
}

// A backend's slot may have the same number: names of wakes tell them apart. A wake of a release
// that did not is still known.
TEST_F(SlotsTest, AWakeOfAnEarlierReleaseStillEndsItsSlot) {
  define(own_plan());
  bed.wait(30min);
  EXPECT_EQ(bed.last<fact::WakeAccepted>().wake.source, "calendar:slot-1");
  for (auto& [id, receipt] : bed.fleet.wakes) receipt.wake.source = "calendar:1";
  end_turn();
  EXPECT_EQ(slot("1").status, SlotStatus::finished);
}

TEST_F(SlotsTest, WhatIsWrongIsNamed) {
  PlanDefinition plan = own_plan("FREQ=DAYLY");
  EXPECT_EQ(bed.ask(op::DefinePlan{0, plan, ""}).error().place, "rule, FREQ");
  plan = own_plan("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
  EXPECT_EQ(bed.ask(op::DefinePlan{0, plan, ""}).error().place, "rule");
  plan = own_plan();
  plan.work.own.reset();
  EXPECT_EQ(bed.ask(op::DefinePlan{0, plan, ""}).error().code, ErrorCode::not_found);
  plan = own_plan();
  plan.zone = "Europe/Berlin";
  EXPECT_EQ(bed.ask(op::DefinePlan{0, plan, "zz"}).error().place, "zone");
  EXPECT_EQ(bed.ask(op::RemovePlan{3, ""}).error().code, ErrorCode::not_found);
  EXPECT_EQ(
      bed.ask({CallerKind::viewer, "v", {}, {}}, op::DefinePlan{0, own_plan(), ""}).error().code,
      ErrorCode::refused);
}

// Found by a fuzzer: nanoseconds in 64 bits do not reach that year.
TEST_F(SlotsTest, AnOccurrenceAfterTheEndOfOurTimeIsWaitedFor) {
  PlanDefinition plan = own_plan("FREQ=WEEKLY;BYDAY=MO");
  plan.start = "28270101T090000";
  define(plan);
  bed.wait(25h);
  EXPECT_TRUE(bed.fleet.calendar.slots.empty());
  EXPECT_TRUE(today("a").empty());
  EXPECT_EQ(bed.fleet.calendar.plan_due.begin()->first,
            WallTime(std::chrono::sys_days(std::chrono::year(2262) / 1 / 1)) - 1s);
}

}  // namespace
}  // namespace lazaret::core
