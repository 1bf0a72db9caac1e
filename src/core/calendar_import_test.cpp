#include "core/calendar_import.h"

#include "base/rfc3339.h"
#include "core/bed_for_tests.h"
#include "core/slot_view.h"

namespace lazaret::core {
namespace {

using namespace testing;
using op::ImportCalendar;

struct CalendarImportTest : ::testing::Test {
  Bed bed{cell_of({turn_agent("a")})};
  CalendarImportTest() {
    EXPECT_TRUE(bed.ask(op::RegisterCalendarAgent{"x", "node-1", "UTC", ""}));
  }

  ImportedEvent single(const std::string& uid, Duration in, const std::string& title = "review") {
    ImportedEvent event;
    event.line = static_cast<std::int64_t>(uid.size()) + 10;
    event.uid = uid;
    event.plan.work.agent = "x";
    event.plan.work.title = title;
    event.at = std::chrono::floor<std::chrono::seconds>(bed.now.wall + in);
    return event;
  }
  ImportedEvent series(const std::string& uid, const std::string& rule = "FREQ=DAILY",
                       const std::string& start = "20260901T003000") {
    ImportedEvent event = single(uid, 0s, "stand-up");
    event.recurs = true;
    event.plan.rule = rule;
    event.plan.start = start;
    return event;
  }
  Answer import(std::vector<ImportedEvent> events) {
    return bed.ask(ImportCalendar{std::move(events), {}});
  }
  std::vector<std::string> acts(std::vector<ImportedEvent> events) const {
    const ImportCalendar wish{std::move(events), {}};
    const auto steps = import_steps(bed.fleet, wish, bed.now.wall);
    if (!steps) return {steps.error().place + ": " + steps.error().message};
    std::vector<std::string> out;
    for (const ImportStep& step : *steps) {
      out.push_back(std::string(to_word(step.act)) + (step.is_plan ? " plan " : " slot ") +
                    std::to_string(step.id));
    }
    return out;
  }
  const Calendar& calendar() const { return bed.fleet.calendar; }
};

using Acts = std::vector<std::string>;

TEST_F(CalendarImportTest, TheSecondImportChangesWhatTheFirstMade) {
  const auto s = series("s");
  const auto one = single("one", 1h);
  EXPECT_EQ(acts({s, one}), (Acts{"made plan 1", "made slot 1"}));
  ASSERT_TRUE(import({s, one}));
  EXPECT_EQ(calendar().plans.at(1).definition.work.uid, "s");
  EXPECT_EQ(acts({s, one}), (Acts{"unchanged plan 1", "unchanged slot 1"}));
  bed.facts.clear();
  ASSERT_TRUE(import({s, one}));
  EXPECT_EQ(bed.count<fact::PlanDefined>() + bed.count<fact::SlotDefined>(), 0U);
  auto moved = single("one", 2h);
  auto weekly = series("s", "FREQ=WEEKLY");
  EXPECT_EQ(acts({weekly, moved}), (Acts{"changed plan 1", "changed slot 1"}));
  ASSERT_TRUE(import({weekly, moved}));
  EXPECT_EQ(calendar().plans.size(), 1U);
  EXPECT_EQ(calendar().slots.size(), 1U);
  EXPECT_EQ(calendar().plans.at(1).definition.rule, "FREQ=WEEKLY");
  EXPECT_EQ(calendar().slots.at(1).at, moved.at);
}

TEST_F(CalendarImportTest, WhatPeopleSetHereStaysThroughAnImport) {
  ASSERT_TRUE(import({series("s")}));
  PlanDefinition mine = calendar().plans.at(1).definition;
  mine.work.priority = 7;
  mine.missed = calendar::Missed::all;
  ASSERT_TRUE(bed.ask(op::DefinePlan{1, mine, ""}));
  auto renamed = series("s");
  renamed.plan.work.title = "daily";
  ASSERT_TRUE(import({renamed}));
  const PlanDefinition& now = calendar().plans.at(1).definition;
  EXPECT_EQ(now.work.title, "daily");
  EXPECT_EQ(now.work.priority, 7);
  EXPECT_EQ(now.missed, calendar::Missed::all);
}

TEST_F(CalendarImportTest, WhatIsOverOrCancelledIsLeftOut) {
  auto cancelled = series("c");
  cancelled.cancelled = true;
  EXPECT_EQ(
      acts({single("past", -1h),
            series("until", "FREQ=DAILY;UNTIL=20200101T000000Z", "20190101T000000"), cancelled}),
      (Acts{"left_out slot 0", "left_out plan 0", "left_out plan 0"}));
}

TEST_F(CalendarImportTest, ACancelledEventEndsWhatItHadMade) {
  auto s = series("s");
  auto one = single("one", 1h);
  ASSERT_TRUE(import({s, one}));
  s.cancelled = one.cancelled = true;
  EXPECT_EQ(acts({s, one}), (Acts{"removed plan 1", "removed slot 1"}));
  ASSERT_TRUE(import({s, one}));
  EXPECT_TRUE(calendar().plans.empty());
  EXPECT_EQ(calendar().slots.at(1).status, SlotStatus::skipped);
  EXPECT_EQ(acts({s, one}), (Acts{"left_out plan 0", "left_out slot 0"}));
}

TEST_F(CalendarImportTest, AnEventThatRecursNowTakesThePlaceOfItsSlotAndBack) {
  ASSERT_TRUE(import({single("e", 1h)}));
  EXPECT_EQ(acts({series("e")}), (Acts{"removed slot 1", "made plan 1"}));
  ASSERT_TRUE(import({series("e")}));
  EXPECT_EQ(calendar().slots.at(1).status, SlotStatus::skipped);
  EXPECT_EQ(acts({single("e", 3h)}), (Acts{"removed plan 1", "made slot 2"}));
  ASSERT_TRUE(import({single("e", 3h)}));
  EXPECT_TRUE(calendar().plans.empty());
  EXPECT_EQ(calendar().slots.at(2).status, SlotStatus::not_started);
}

TEST_F(CalendarImportTest, AnOccurrenceThatIsNoLongerMovedLosesItsSlot) {
  auto part = single("s/20260902T003000", 30h);
  part.whole = "s";
  auto neighbour = single("s/other", 30h);  // a UID of its own
  ASSERT_TRUE(import({series("s"), part, neighbour}));
  EXPECT_EQ(acts({series("s")}), (Acts{"unchanged plan 1", "removed slot 1"}));
}

// Of a plan of ours an occurrence stays one, whatever its time.
struct OccurrencesTest : CalendarImportTest {
  ImportedEvent part(const std::string& which, Duration in) {
    auto event = single("s/" + which, in, "later");
    event.whole = "s";
    event.occurrence = which;
    return event;
  }
  ImportedEvent off(const std::string& which) {
    auto event = part(which, 0s);
    event.cancelled = true;
    return event;
  }
  const Slot& slot(std::int64_t id) const { return calendar().slots.at(id); }
};

TEST_F(OccurrencesTest, TheyAreTouchedAndComeBack) {
  const auto moved = part("2026-09-03T003000", 60h);
  const auto gone = off("2026-09-04T003000");
  EXPECT_EQ(acts({moved, series("s"), gone}),
            (Acts{"made plan 1", "made slot 1", "removed slot 0"}));
  ASSERT_TRUE(import({moved, series("s"), gone}));
  EXPECT_TRUE(calendar().plans.at(1).definition.exceptions.empty());
  EXPECT_EQ(slot(1).plan, 1);
  EXPECT_EQ(slot(1).virtual_id, "plan-1-2026-09-03T003000");
  EXPECT_EQ(slot(1).at, moved.at);
  EXPECT_EQ(slot(1).work.title, "later");
  EXPECT_EQ(slot(2).virtual_id, "plan-1-2026-09-04T003000");
  EXPECT_EQ(slot(2).status, SlotStatus::skipped);
  EXPECT_EQ(acts({moved, series("s"), gone}),
            (Acts{"unchanged plan 1", "unchanged slot 1", "unchanged slot 2"}));
  const auto again = part("2026-09-03T003000", 70h);
  ASSERT_TRUE(import({series("s"), again}));
  EXPECT_EQ(slot(1).at, again.at);
  // What is as the others again is in no file: it goes back to its place.
  EXPECT_EQ(acts({series("s")}), (Acts{"unchanged plan 1", "changed slot 1"}));
  ASSERT_TRUE(import({series("s")}));
  EXPECT_EQ(slot(1).at, *from_rfc3339("2026-09-03T00:30:00Z"));
  EXPECT_EQ(slot(1).work.title, "stand-up");
  EXPECT_EQ(acts({series("s")}), (Acts{"unchanged plan 1"}));
  EXPECT_EQ(calendar().slots.size(), 2U);
}

TEST_F(OccurrencesTest, TheTimeOfAMovedOneFiresOnce) {
  ImportedEvent daily = series("s");
  daily.plan.work.agent = "a";
  daily.plan.work.own = Bed::ref("a");
  auto moved = part("2026-09-01T003000", 2h);
  moved.plan.work = daily.plan.work;
  ASSERT_TRUE(import({daily, moved}));
  bed.wait(1h);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 0U) << "its own time is not its time";
  bed.wait(90min);
  EXPECT_EQ(bed.count<fact::WakeAccepted>(), 1U);
}

TEST_F(OccurrencesTest, WhatAPersonMovedHereStaysWhereAFileSaysNothing) {
  ASSERT_TRUE(import({series("s")}));
  const SlotWork work = calendar().plans.at(1).definition.work;
  const WallTime there = single("", 50h).at;
  ASSERT_TRUE(bed.ask(op::DefineSlot{"plan-1-2026-09-03T003000", work, there}));
  EXPECT_EQ(acts({series("s")}), (Acts{"unchanged plan 1"}));
  EXPECT_EQ(slot(1).at, there);
  // One that says something is about that very slot.
  EXPECT_EQ(acts({series("s"), part("2026-09-03T003000", 60h)}),
            (Acts{"unchanged plan 1", "changed slot 1"}));
  EXPECT_EQ(acts({series("s"), off("2026-09-03T003000")}),
            (Acts{"unchanged plan 1", "removed slot 1"}));
  ASSERT_TRUE(import({series("s"), off("2026-09-03T003000")}));
  EXPECT_EQ(slot(1).status, SlotStatus::skipped);
}

TEST_F(OccurrencesTest, WhatIsUnderWayOrOverOrNoneOfItsTimes) {
  ASSERT_TRUE(import({series("s"), part("2026-09-03T003000", 60h)}));
  ASSERT_TRUE(bed.ask({CallerKind::viewer, "agent x", {}, {}},
                      op::ChangeSlot{"1", "x", SlotStatus::ongoing, {}, 0, {}, ""}));
  EXPECT_EQ(acts({series("s"), part("2026-09-03T003000", 70h)}),
            (Acts{"unchanged plan 1", "left_out slot 1"}));
  // 07:00 is no time of the plan: what is put in its place stands by itself.
  EXPECT_EQ(acts({series("s"), part("2026-09-05T070000", 70h)}),
            (Acts{"unchanged plan 1", "made slot 2"}));
  EXPECT_EQ(acts({series("s"), off("2026-09-05T070000")}),
            (Acts{"unchanged plan 1", "left_out slot 0"}));
  EXPECT_EQ(acts({series("s"), part("2026-08-20T003000", -70h)}),
            (Acts{"unchanged plan 1", "left_out slot 0"}));
  EXPECT_EQ(acts({series("s"), part("2026-09-05T003000", -1h)}),
            (Acts{"unchanged plan 1", "removed slot 0"}))
      << "moved into the past it does not come";
}

TEST_F(CalendarImportTest, AnEndThatMovedFarAheadIsAChange) {
  auto s = series("s");
  s.plan.rule = "FREQ=DAILY;UNTIL=20400101T000000";
  ASSERT_TRUE(import({s}));
  EXPECT_EQ(acts({s}), (Acts{"unchanged plan 1"}));
  s.plan.rule = "FREQ=DAILY;UNTIL=20420101T000000";
  EXPECT_EQ(acts({s}), (Acts{"changed plan 1"}));
  s.plan.rule = "FREQ=DAILY";
  EXPECT_EQ(acts({s}), (Acts{"changed plan 1"}));
}

// Each rule alone is within its bound; together they would keep the daemon for tens of seconds.
TEST_F(CalendarImportTest, AnImportHasSoManySteps) {
  std::vector<ImportedEvent> many;
  for (int i = 0; i < 1'000; ++i) {
    auto slow = series("slow-" + std::to_string(i), "FREQ=MINUTELY;COUNT=200000;BYDAY=MO",
                       "20240601T000000");
    slow.line = 100 + i;
    many.push_back(std::move(slow));
  }
  const auto steps = import_steps(bed.fleet, {many, {}}, bed.now.wall);
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().code, ErrorCode::too_large);
  EXPECT_EQ(steps.error().place, "line 102") << "where it is always";
  EXPECT_NE(steps.error().remedy.find("in parts"), std::string::npos);
  ASSERT_FALSE(import(many));
  EXPECT_TRUE(calendar().plans.empty());
  many.resize(2);
  EXPECT_TRUE(import(many)) << "two of them are no trouble";
}

TEST_F(CalendarImportTest, AThousandUsualRulesAreNoTrouble) {
  std::vector<ImportedEvent> many;
  for (int i = 0; i < 1'000; ++i) {
    many.push_back(series("u-" + std::to_string(i),
                          i % 2 ? "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" : "FREQ=DAILY;COUNT=400"));
  }
  ASSERT_TRUE(import(many));
  EXPECT_EQ(calendar().plans.size(), 1'000U);
  ASSERT_TRUE(import(many)) << "looked at once more, beside what is known";
}

TEST_F(CalendarImportTest, OneThatCannotBeTakenKeepsAllOut) {
  auto wrong = series("wrong", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
  wrong.line = 44;
  const Answer no = import({series("s"), single("one", 1h), wrong});
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error().place, "line 44, rule");
  auto week = single("week", 1h);
  week.plan.work.minutes = 20'000;
  EXPECT_EQ(acts({week}).front(), "line 14, estimated_duration: 20000 minutes; from 1 to 10080");
  EXPECT_EQ(acts({single("d", 1h), single("d", 2h)}).front(),
            "line 11: two events have the UID \"d\"");
  auto nobody = single("n", 1h);
  nobody.plan.work.agent = "nobody";
  EXPECT_NE(acts({nobody}).front().find("knows no agent \"nobody\""), std::string::npos);
  EXPECT_EQ(bed.ask({CallerKind::viewer, "v", {}, {}}, ImportCalendar{{single("d", 1h)}, {}})
                .error()
                .code,
            ErrorCode::refused);
  EXPECT_TRUE(calendar().plans.empty());
  EXPECT_TRUE(calendar().slots.empty());
}

TEST_F(CalendarImportTest, OurOwnNamesAreKnownAgainAndOnlyOnceInAFile) {
  PlanDefinition plan = series("").plan;
  ASSERT_TRUE(bed.ask(op::DefinePlan{0, plan, ""}));
  const std::string uid = export_uid(bed.fleet, "plan", 1);
  EXPECT_EQ(acts({series(uid)}), (Acts{"unchanged plan 1"}));
  plan.work.uid = "theirs";
  ASSERT_TRUE(bed.ask(op::DefinePlan{1, plan, ""}));
  EXPECT_EQ(acts({series("theirs")}), (Acts{"unchanged plan 1"}));
  EXPECT_NE(acts({series(uid), series("theirs")}).front().find("the same plan"), std::string::npos);
  Fleet elsewhere = bed.fleet;
  elsewhere.seed += 1;
  EXPECT_NE(export_uid(elsewhere, "plan", 1), uid);
}

// A pattern is written as dates: they are no reason to give it up.
TEST_F(CalendarImportTest, DatesOfAPatternAreThePatternAgain) {
  PlanDefinition cron = series("").plan;
  cron.kind = RuleKind::cron;
  cron.rule = "0 9 * * *";
  cron.start = "";
  ASSERT_TRUE(bed.ask(op::DefinePlan{0, cron, ""}));
  auto dates = series(export_uid(bed.fleet, "plan", 1), "FREQ=DAILY;COUNT=1", "20270101T090000");
  dates.plan.dates = {"20270102T090000", "20270103T090000"};
  ASSERT_TRUE(import({dates}));
  EXPECT_EQ(calendar().plans.at(1).definition.rule, "0 9 * * *");
  dates.plan.dates.back() = "20270103T100000";
  ASSERT_TRUE(import({dates}));
  EXPECT_EQ(calendar().plans.at(1).definition.kind, RuleKind::rrule);
}

TEST_F(CalendarImportTest, ASlotThatIsUnderWayIsLeftAlone) {
  ASSERT_TRUE(import({single("one", 1h)}));
  ASSERT_TRUE(bed.ask({CallerKind::viewer, "agent x", {}, {}},
                      op::ChangeSlot{"1", "x", SlotStatus::ongoing, {}, 0, {}, ""}));
  EXPECT_EQ(acts({single("one", 5h)}), (Acts{"left_out slot 1"}));
  ASSERT_TRUE(bed.ask({CallerKind::viewer, "agent x", {}, {}},
                      op::ChangeSlot{"1", "x", SlotStatus::finished, {}, 0, {}, ""}));
  EXPECT_EQ(acts({single("one", 1h)}), (Acts{"left_out slot 1"}));
  EXPECT_EQ(acts({single("one", 5h)}), (Acts{"made slot 2"}));
}

}  // namespace
}  // namespace lazaret::core
