#include <gtest/gtest.h>

#include "calendar/cron.h"
#include "calendar/on_calendar.h"
#include "calendar/schedule.h"
#include "calendar/test_zones.h"

namespace lazaret::calendar {
namespace {

std::string next(Schedule schedule, const std::string& after, std::size_t count) {
  const auto from = instant_of(*parse_time(after, "t"), *schedule.zone) + seconds(1);
  std::string out;
  for (const Occurrence& one : occurrences(schedule, from, count).times) {
    out += (out.empty() ? "" : " ") + compact(one.nominal);
  }
  return out;
}

std::string cron(const std::string& text, const std::string& after, std::size_t count = 2,
                 ZonePtr zone = utc()) {
  const auto pattern = parse_cron(text);
  EXPECT_TRUE(pattern.has_value()) << text << ": " << (pattern ? "" : pattern.error().message);
  return pattern ? next({std::move(zone), *pattern}, after, count) : "";
}

std::string on_calendar(const std::string& text, const std::string& after, std::size_t count = 2) {
  const auto parsed = parse_on_calendar(text);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed ? next({utc(), parsed->pattern}, after, count) : "";
}

TEST(Cron, FieldsAreRead) {
  EXPECT_EQ(cron("30 9 * * MON-FRI", "20260102T093000"), "20260105T093000 20260106T093000");
  EXPECT_EQ(cron("*/20 10 9 * * 1", "20260101T000000"), "20260105T091000 20260105T091020");
  EXPECT_EQ(cron("15 */20 * * * *", "20260101T002015"), "20260101T004015 20260101T010015");
  EXPECT_EQ(cron("@weekly", "20260101T000000"), "20260104T000000 20260111T000000");
  EXPECT_EQ(cron("0 0 1 jan,JUL ?", "20260101T000000"), "20260701T000000 20270101T000000");
}

TEST(Cron, EitherDaySufficesWhenBothAreAskedFor) {
  EXPECT_EQ(cron("0 0 13 * 5", "20260201T000000", 3),
            "20260206T000000 20260213T000000 20260220T000000");
  EXPECT_EQ(cron("0 0 13 * *", "20260201T000000"), "20260213T000000 20260313T000000");
  EXPECT_EQ(cron("0 0 * * 7", "20260201T000000"), "20260208T000000 20260215T000000");
  EXPECT_EQ(cron("0 0 ? * SAT-SUN", "20260201T000000"), "20260207T000000 20260208T000000");
}

TEST(Cron, LastNearestAndCountedDays) {
  EXPECT_EQ(cron("0 0 L * *", "20280201T000000"), "20280229T000000 20280331T000000");
  EXPECT_EQ(cron("0 0 L-3 * *", "20260201T000000"), "20260225T000000 20260328T000000");
  EXPECT_EQ(cron("0 0 15W * *", "20260201T000000"), "20260216T000000 20260316T000000");
  EXPECT_EQ(cron("0 0 1W * *", "20260701T000000"), "20260803T000000 20260901T000000");
  EXPECT_EQ(cron("0 0 LW * *", "20260501T000000"), "20260529T000000 20260630T000000");
  EXPECT_EQ(cron("0 0 * * 5L", "20260101T000000"), "20260130T000000 20260227T000000");
  EXPECT_EQ(cron("0 0 * * FRI#L", "20260101T000000"), "20260130T000000 20260227T000000");
  EXPECT_EQ(cron("0 0 * * 5#5", "20260101T000000"), "20260130T000000 20260529T000000");
}

TEST(Cron, ATimeOfDayKeepsItsDateThroughAChangeOfTheClock) {
  EXPECT_EQ(cron("30 2 * * *", "20260328T023000", 2, berlin()), "20260329T023000 20260330T023000");
  EXPECT_EQ(cron("30 2 * * *", "20261024T023000", 2, berlin()), "20261025T023000 20261026T023000");
}

TEST(Cron, EveryHourIsAnIntervalAndRunsOn) {
  EXPECT_EQ(cron("0 * * * *", "20260329T010000", 2, berlin()), "20260329T030000 20260329T040000");
  EXPECT_EQ(cron("0 * * * *", "20261025T010000", 3, berlin()),
            "20261025T020000 20261025T020000 20261025T030000");
}

TEST(Cron, WhatNeverComesSaysSo) {
  for (const char* never : {"0 0 30 2 *", "0 0 31 4,6,9,11 *"}) {
    const auto pattern = parse_cron(never);
    const auto found = occurrences({berlin(), *pattern}, SysTime(seconds(0)), 1);
    EXPECT_TRUE(found.times.empty());
    EXPECT_EQ(found.stop, Stop::over) << never;
  }
}

TEST(Cron, WrongExpressionsAreRefusedWithTheirField) {
  const std::pair<const char*, const char*> wrong[] = {{"", "cron"},
                                                       {"* * * *", "cron"},
                                                       {"* * * * * * *", "cron"},
                                                       {"60 * * * *", "minute"},
                                                       {"* 24 * * *", "hour"},
                                                       {"* * 0 * *", "day of month"},
                                                       {"* * 32W * *", "day of month"},
                                                       {"* * * 13 *", "month"},
                                                       {"* * * FOO *", "month"},
                                                       {"* * * * 8", "weekday"},
                                                       {"* * * * FRI-MON", "weekday"},
                                                       {"* * * * 5#6", "weekday"},
                                                       {"*/0 * * * *", "minute"},
                                                       {"1- * * * *", "minute"},
                                                       {"5-1 * * * *", "minute"},
                                                       {"1,,2 * * * *", "minute"},
                                                       {"@reboot", "cron"},
                                                       {"-5 * * * *", "minute"}};
  for (const auto& [text, place] : wrong) {
    const auto parsed = parse_cron(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().place, place) << text;
    EXPECT_FALSE(parsed.error().remedy.empty()) << text;
  }
}

TEST(OnCalendar, ExpressionsAreRead) {
  EXPECT_EQ(on_calendar("Mon..Fri 09:00", "20260102T090000"), "20260105T090000 20260106T090000");
  EXPECT_EQ(on_calendar("weekdays 09:00", "20260102T090000"), "20260105T090000 20260106T090000");
  EXPECT_EQ(on_calendar("weekends", "20260102T090000"), "20260103T000000 20260104T000000");
  EXPECT_EQ(on_calendar("*-02~01", "20260101T000000", 3),
            "20260228T000000 20270228T000000 20280229T000000");
  EXPECT_EQ(on_calendar("Mon *-05~07/1", "20260101T000000"), "20260525T000000 20270531T000000");
  EXPECT_EQ(on_calendar("*-*~07/2", "20260101T000000", 4),
            "20260125T000000 20260127T000000 20260129T000000 20260131T000000");
  EXPECT_EQ(on_calendar("*:0/15", "20260101T001500"), "20260101T003000 20260101T004500");
  EXPECT_EQ(on_calendar("Sat,Sun 8..20/6:30", "20260103T083000", 3),
            "20260103T143000 20260103T203000 20260104T083000");
  EXPECT_EQ(on_calendar("2026-12-24 18:00:30", "20260101T000000"), "20261224T180030");
  EXPECT_EQ(on_calendar("12-24", "20260101T000000"), "20261224T000000 20271224T000000");
  EXPECT_EQ(on_calendar("quarterly", "20260101T000000"), "20260401T000000 20260701T000000");
  EXPECT_EQ(parse_on_calendar("Mon 09:00 Europe/Berlin")->zone, "Europe/Berlin");
  EXPECT_EQ(parse_on_calendar("daily UTC")->zone, "UTC");
}

TEST(OnCalendar, WrongExpressionsAreRefused) {
  for (const char* text : {"",
                           "Mun 09:00",
                           "09",
                           "25:00",
                           "09:60",
                           "*-13-01",
                           "*-*-32",
                           "*-*~31",
                           "*-*-*/2",
                           "Fri..Mon",
                           "Mon..",
                           "Mon-",
                           "2026-01-01-01",
                           "1969-01-01",
                           "Mon Tue 09:00",
                           "daily 09:00",
                           "09:00 2026-01-01",
                           "5..1:00",
                           "*:0/0",
                           "Mon,, 09:00x",
                           "1:2:3:4"}) {
    const auto parsed = parse_on_calendar(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_FALSE(parsed.error().remedy.empty()) << text;
  }
}

}  // namespace
}  // namespace lazaret::calendar
