#include "calendar/policy.h"

#include <gtest/gtest.h>

#include <set>

#include "calendar/cron.h"
#include "calendar/test_zones.h"
#include "calendar/virtual_id.h"

namespace lazaret::calendar {
namespace {

SysTime at(const std::string& text) { return *parse_time(text + "Z", "t")->instant; }

Occurrence occurrence(const std::string& text) {
  const auto time = parse_time(text + "Z", "t");
  return {time->local, false, false, *time->instant, seconds(0)};
}

std::vector<Occurrence> hourly(const std::string& day, int from, int to) {
  std::vector<Occurrence> out;
  for (int hour = from; hour <= to; ++hour) {
    out.push_back(occurrence(day + "T" + (hour < 10 ? "0" : "") + std::to_string(hour) + "0000"));
  }
  return out;
}

std::string fates(const std::vector<Verdict>& verdicts) {
  std::string out;
  for (const Verdict& verdict : verdicts) {
    out += (out.empty() ? "" : " ") + std::string(to_word(verdict.fate));
  }
  return out;
}

TEST(Policy, WhatIsNoticedInTimeIsFired) {
  const auto due = hourly("20260101", 8, 8);
  EXPECT_EQ(fates(judge({}, "p", due, at("20260101T080000"))), "fired");
  EXPECT_EQ(fates(judge({}, "p", due, at("20260101T080005"))), "fired");
  EXPECT_EQ(fates(judge({}, "p", due, at("20260101T080006"))), "late");
}

TEST(Policy, ByDefaultTheNewestOfTheLastHourRunsOnce) {
  const auto verdicts = judge({}, "p", hourly("20260101", 4, 8), at("20260101T083000"));
  EXPECT_EQ(fates(verdicts), "missed missed missed missed late");
  EXPECT_EQ(
      fate_line(verdicts[0]),
      "2026-01-01T04:00:00+00:00 missed: noticed 4h 30m late; the plan runs what is at most 1h "
      "late");
}

TEST(Policy, EachMissedPolicy) {
  const auto due = hourly("20260101", 6, 8);
  const SysTime now = at("20260101T083000");
  EXPECT_EQ(fates(judge({.missed = Missed::skip}, "p", due, now)), "missed missed missed");
  EXPECT_EQ(fates(judge({.missed = Missed::once, .within = {}}, "p", due, now)),
            "superseded superseded late");
  EXPECT_EQ(fates(judge({.missed = Missed::all, .within = {}}, "p", due, now)), "late late late");
  EXPECT_EQ(fates(judge({.missed = Missed::all, .within = seconds(7200)}, "p", due, now)),
            "missed late late");
}

TEST(Policy, WhatIsJustDueStandsForWhatWasMissed) {
  EXPECT_EQ(fates(judge({.within = {}}, "p", hourly("20260101", 6, 8), at("20260101T080001"))),
            "superseded superseded fired");
}

TEST(Policy, AfterDowntimeOneWakeAPlanAndFiveInAllFiveSecondsApart) {
  std::vector<PlanVerdicts> plans;
  const SysTime now = at("20260101T120100");
  for (int i = 0; i < 8; ++i) {
    const std::string name = "plan" + std::to_string(i);
    plans.push_back({name, judge({.missed = Missed::all, .within = {}}, name,
                                 hourly("20260101", 2, 12 - i % 4), now)});
  }
  const auto wakes = catch_up(plans, now);
  ASSERT_EQ(wakes.size(), most_catch_up_wakes);
  std::set<std::string> woken;
  for (std::size_t i = 0; i < wakes.size(); ++i) {
    EXPECT_EQ(wakes[i].at, now + seconds(5 * static_cast<int>(i)));
    EXPECT_TRUE(woken.insert(wakes[i].plan).second);
    if (i > 0) EXPECT_LE(wakes[i].occurrence.at, wakes[i - 1].occurrence.at);
  }
  EXPECT_EQ(wakes[0].plan, "plan0");
  EXPECT_EQ(wakes[1].plan, "plan4");
  // Every other time has a fate and says why.
  for (const PlanVerdicts& plan : plans) {
    int late = 0;
    for (const Verdict& verdict : plan.verdicts) {
      late += verdict.fate == Fate::late ? 1 : 0;
      EXPECT_FALSE(verdict.reason.empty());
      EXPECT_TRUE(verdict.fate == Fate::late || verdict.fate == Fate::missed);
    }
    EXPECT_EQ(late, woken.contains(plan.plan) ? 1 : 0);
  }
}

TEST(Policy, WhatIsOnTimeDoesNotCountAsCatchingUp) {
  std::vector<PlanVerdicts> plans;
  const SysTime now = at("20260101T080000");
  for (int i = 0; i < 8; ++i) {
    const std::string name = "plan" + std::to_string(i);
    plans.push_back({name, judge({}, name, hourly("20260101", 8, 8), now)});
  }
  EXPECT_EQ(catch_up(plans, now).size(), 8U);
}

TEST(Policy, JitterIsTheSameEachTimeAndSpread) {
  const Policy policy{.jitter = seconds(300)};
  std::set<SysTime> seen;
  for (int hour = 0; hour < 24; ++hour) {
    const Occurrence one = hourly("20260101", hour, hour).front();
    const SysTime due = due_at(policy, "p", one);
    EXPECT_EQ(due, due_at(policy, "p", one));
    EXPECT_GE(due, one.at);
    EXPECT_LE(due, one.at + seconds(300));
    seen.insert(SysTime(due - one.at.time_since_epoch()));
  }
  EXPECT_GT(seen.size(), 15U);
  EXPECT_EQ(due_at({}, "p", occurrence("20260101T080000")), at("20260101T080000"));
}

TEST(Policy, EachOverlapPolicy) {
  for (Overlap policy :
       {Overlap::queue_newest, Overlap::skip, Overlap::queue, Overlap::cancel_other}) {
    EXPECT_EQ(overlap({.overlap = policy}, false, 0).turn, Turn::run);
  }
  EXPECT_EQ(overlap({.overlap = Overlap::queue_newest}, true, 0).turn, Turn::wait);
  EXPECT_EQ(overlap({.overlap = Overlap::queue_newest}, true, 1).turn, Turn::replace_waiting);
  EXPECT_EQ(overlap({.overlap = Overlap::skip}, true, 0).turn, Turn::skip);
  EXPECT_EQ(overlap({.overlap = Overlap::queue}, true, 3).turn, Turn::wait);
  const auto full = overlap({.overlap = Overlap::queue}, true, most_waiting);
  EXPECT_EQ(full.turn, Turn::skip);
  EXPECT_NE(full.reason.find("16"), std::string::npos);
  EXPECT_EQ(overlap({.overlap = Overlap::cancel_other}, true, 0).turn, Turn::cancel_running);
}

TEST(Policy, APlanPausesAfterFailuresInARow) {
  const Policy policy{.pause_after_failures = 3};
  FailureCount count;
  count = after_end(policy, count, false);
  count = after_end(policy, count, false);
  EXPECT_FALSE(count.paused);
  count = after_end(policy, count, true);
  EXPECT_EQ(count.in_a_row, 0);
  for (int i = 0; i < 3; ++i) count = after_end(policy, count, false);
  EXPECT_TRUE(count.paused);
  EXPECT_TRUE(after_end(policy, count, true).paused);
  for (int i = 0; i < 100; ++i) count = after_end({}, {}, false);
  EXPECT_FALSE(count.paused);
}

TEST(VirtualId, IsThePlanAndTheNominalTime) {
  const Schedule nightly{berlin(), *parse_cron("30 2 * * *"), GapRule::offset_before,
                         FoldRule::both};
  const auto found = occurrences(nightly, at("20261024T220000"), 3);
  EXPECT_EQ(virtual_id("7", found.times[0]), "plan-7-2026-10-25T023000");
  EXPECT_EQ(virtual_id("7", found.times[1]), "plan-7-2026-10-25T023000b");
  for (const Occurrence& one : found.times) {
    const auto id = parse_virtual_id(virtual_id("a-b-7", one));
    ASSERT_TRUE(id.has_value());
    EXPECT_EQ(id->plan, "a-b-7");
    const auto again = find_occurrence(nightly, *id);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(*again, one);
  }
  EXPECT_EQ(
      find_occurrence(nightly, {"7", found.times[0].nominal + seconds(60), false}).error().code,
      ErrorCode::not_found);
}

TEST(VirtualId, InAGapItIsFoundByTheTimeThatClocksSkip) {
  const Schedule nightly{berlin(), *parse_cron("30 2 * * *")};
  const auto found = find_occurrence(nightly, *parse_virtual_id("plan-7-2026-03-29T023000"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->at, at("20260329T013000"));
}

TEST(VirtualId, NothingElseIsAccepted) {
  for (const char* text :
       {"", "plan-", "plan-7", "7-2026-10-25T023000", "plan--2026-10-25T023000",
        "plan-7-2026-10-25T0230", "plan-7-2026-13-25T023000", "plan-7-2026-10-25T023000c",
        "plan-7-2026-10-25t023000", "plan-7-20261025T023000", "plan-7-2026-10-25T023060",
        "plan-7-2026-10-25T023000bb", "plan-7-2026-10-25T023000 "}) {
    EXPECT_FALSE(parse_virtual_id(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace lazaret::calendar
