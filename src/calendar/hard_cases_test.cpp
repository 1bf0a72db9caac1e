// The well-known hard cases of recurrence, as a table. Those without a remark are examples of RFC
// 5545 3.8.5.3 or follow from its words.
#include <gtest/gtest.h>

#include <algorithm>

#include "calendar/cron.h"
#include "calendar/on_calendar.h"
#include "calendar/schedule.h"
#include "calendar/test_zones.h"

namespace lazaret::calendar {
namespace {

struct HardCase {
  const char* why;
  const char* rule;
  const char* start;
  const char* expected;  // compact local times; "…" at the end: and more
};

// What a test is called by.
void PrintTo(const HardCase& one, std::ostream* out) { *out << one.rule << " from " << one.start; }

std::string compact_times(const Expansion& found, bool dates) {
  std::string out;
  for (const Occurrence& one : found.times) {
    if (!out.empty()) out += ' ';
    out += dates ? compact_date(day_of(one.nominal)) : compact(one.nominal);
  }
  return out;
}

Schedule schedule_of(const std::string& rule, const std::string& start, ZonePtr zone = utc()) {
  auto parsed = parse_rrule(rule);
  EXPECT_TRUE(parsed.has_value()) << rule << ": " << (parsed ? "" : parsed.error().message);
  auto begin = parse_time(start, "start");
  EXPECT_TRUE(begin.has_value()) << start;
  return {std::move(zone), Recurrence{*begin, {*parsed}, {}, {}}};
}

constexpr SysTime long_ago{seconds(-60'000'000'000)};

class HardCases : public testing::TestWithParam<HardCase> {};

TEST_P(HardCases, AsTheStandardSays) {
  const HardCase& hard = GetParam();
  const std::string expected = hard.expected;
  const auto words =
      static_cast<std::size_t>(std::count(expected.begin(), expected.end(), ' ')) + 1;
  const bool dates = std::string(hard.start).size() == 8;
  const bool more = std::string(hard.rule).find("COUNT") == std::string::npos &&
                    std::string(hard.rule).find("UNTIL") == std::string::npos;
  const auto found = occurrences(schedule_of(hard.rule, hard.start), long_ago,
                                 expected.empty() ? 5 : words + (more ? 0 : 1));
  EXPECT_EQ(compact_times(found, dates), expected) << hard.why << '\n' << hard.rule;
  EXPECT_NE(found.stop, Stop::gave_up);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, HardCases,
    testing::Values(
        HardCase{"week 20 when weeks begin on Friday",
                 "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=FR;COUNT=3", "19970512T090000",
                 "19970519T090000 19980518T090000 19990517T090000"},
        HardCase{"week 1 may begin in December", "FREQ=YEARLY;BYWEEKNO=1,2;UNTIL=20160101T000000Z",
                 "20130101T000000",
                 "20130101T000000 20130108T000000 20131231T000000 20140107T000000 20141230T000000 "
                 "20150106T000000"},
        HardCase{"the weekday comes from DTSTART", "FREQ=YEARLY;BYWEEKNO=53;COUNT=1",
                 "20230101T000000Z", "20270103T000000"},
        HardCase{"INTERVAL counts years, not weeks' years",
                 "FREQ=YEARLY;BYWEEKNO=53;INTERVAL=6;BYDAY=TH;COUNT=1", "20270103T000000Z",
                 "20931231T000000"},
        HardCase{"US presidential election day",
                 "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3",
                 "19961105T090000", "19961105T090000 20001107T090000 20041102T090000"},
        HardCase{"a leap day without another part comes every leap year", "FREQ=YEARLY;COUNT=3",
                 "20120229T120000", "20120229T120000 20160229T120000 20200229T120000"},
        HardCase{"a century that is no leap year", "FREQ=YEARLY;COUNT=2", "20960229",
                 "20960229 21040229"},
        HardCase{"the 31st, where there is one", "FREQ=MONTHLY;COUNT=4", "20070131T090000",
                 "20070131T090000 20070331T090000 20070531T090000 20070731T090000"},
        HardCase{"the 31st last", "FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=3", "20150201T000000",
                 "20150301T000000 20150501T000000 20150701T000000"},
        HardCase{"Friday the 13th", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3",
                 "19970902T090000", "19980213T090000 19980313T090000 19981113T090000"},
        HardCase{"the second to last weekday",
                 "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3", "19970929T090000",
                 "19970929T090000 19971030T090000 19971127T090000"},
        HardCase{"a position twice is one time, and positions before DTSTART count",
                 "FREQ=MONTHLY;BYMINUTE=12,39;BYHOUR=8,14,15;BYDAY=1MO,1TU,2SA,3MO;"
                 "BYSETPOS=1,-5,3,-21,4,-8;COUNT=4",
                 "20240102T143900",
                 "20240113T151200 20240115T083900 20240205T081200 20240205T141200"},
        HardCase{"the week's start decides which weeks are the other ones",
                 "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805T090000",
                 "19970805T090000 19970810T090000 19970819T090000 19970824T090000"},
        HardCase{"the same with Sunday", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
                 "19970805T090000",
                 "19970805T090000 19970817T090000 19970819T090000 19970831T090000"},
        HardCase{"BYDAY and BYMONTHDAY in a year without BYMONTH",
                 "FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR;COUNT=3", "20260101T000000",
                 "20260213T000000 20260313T000000 20261113T000000"},
        HardCase{"the 20th Monday of a year", "FREQ=YEARLY;BYDAY=20MO;COUNT=2", "19970519T090000",
                 "19970519T090000 19980518T090000"},
        HardCase{"counted in the month as soon as BYMONTH is there",
                 "FREQ=YEARLY;BYMONTH=10;BYDAY=-1FR;COUNT=2", "20101029T120000",
                 "20101029T120000 20111028T120000"},
        HardCase{"day 366 and day -366", "FREQ=YEARLY;BYYEARDAY=366,-366;COUNT=4",
                 "20110101T120000",
                 "20120101T120000 20121231T120000 20160101T120000 20161231T120000"},
        HardCase{"90 minutes", "FREQ=MINUTELY;INTERVAL=90;COUNT=3", "19970902T230000",
                 "19970902T230000 19970903T003000 19970903T020000"},
        HardCase{"61 seconds, on two of a minute",
                 "FREQ=SECONDLY;BYSECOND=5,25;INTERVAL=61;COUNT=2", "20250101T051005",
                 "20250101T051005 20250101T053025"},
        HardCase{"a long interval and a short list",
                 "FREQ=MINUTELY;BYMINUTE=5,25;INTERVAL=61;COUNT=3", "20250101T050500",
                 "20250101T050500 20250102T012500 20250103T180500"},
        HardCase{"limits of a year in a rule of hours",
                 "FREQ=HOURLY;BYHOUR=12;BYYEARDAY=-366;COUNT=2", "20120101T120000",
                 "20120101T120000 20160101T120000"},
        HardCase{"BYMINUTE says nothing for a date", "FREQ=DAILY;BYMINUTE=1,2;INTERVAL=2;COUNT=2",
                 "20241018", "20241018 20241020"},
        HardCase{"UNTIL includes itself", "FREQ=DAILY;UNTIL=20260103T090000", "20260101T090000",
                 "20260101T090000 20260102T090000 20260103T090000"},
        HardCase{"a date as UNTIL includes its day", "FREQ=DAILY;UNTIL=20260102", "20260101T090000",
                 "20260101T090000 20260102T090000"},
        HardCase{"lists in any order, values twice",
                 "FREQ=DAILY;BYHOUR=10,9,9;BYMINUTE=20,0,0;COUNT=3", "19970902T090000",
                 "19970902T090000 19970902T092000 19970902T100000"},
        HardCase{"as written by a calendar on the web",
                 "RRULE:FREQ=WEEKLY;INTERVAL=1;COUNT=2;BYDAY=MO;", "20141006T090000",
                 "20141006T090000 20141013T090000"},
        HardCase{"more than 2^16 times a month, of which two",
                 "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17;"
                 "BYHOUR=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16;"
                 "BYMINUTE=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16;"
                 "BYSECOND=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16;BYSETPOS=1,-1;COUNT=3",
                 "20250101T010101", "20250101T010101 20250117T161616 20250201T010101"},
        HardCase{"February the 30th", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "20260101T000000", ""},
        HardCase{"a Tuesday every seventh day from a Monday", "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
                 "20260105T000000", ""},
        HardCase{"no minute 37 every third second", "FREQ=SECONDLY;BYSECOND=37;INTERVAL=3",
                 "20290106T001500", ""},
        HardCase{"a position that no month has", "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2",
                 "20260101T000000", ""}));

TEST(HardCases, InTheGapItHappensOnceByTheOffsetBefore) {
  auto daily = schedule_of("FREQ=DAILY", "20260328T023000", berlin());
  auto found = occurrences(daily, long_ago, 3);
  EXPECT_EQ(to_text(found.times[1]), "2026-03-29T02:30:00+01:00");
  EXPECT_TRUE(found.times[1].in_gap);
  EXPECT_EQ(to_text(found.times[2]), "2026-03-30T02:30:00+02:00");
  daily.gap = GapRule::skip;
  EXPECT_EQ(to_text(occurrences(daily, long_ago, 3).times[1]), "2026-03-30T02:30:00+02:00");
  daily.gap = GapRule::offset_after;
  EXPECT_EQ(to_text(occurrences(daily, long_ago, 3).times[1]), "2026-03-29T02:30:00+02:00");
}

TEST(HardCases, InTheFoldItHappensOnceAtTheFirst) {
  auto daily = schedule_of("FREQ=DAILY", "20261025T023000", berlin());
  EXPECT_EQ(to_text(occurrences(daily, long_ago, 1).times[0]), "2026-10-25T02:30:00+02:00");
  daily.fold = FoldRule::second;
  EXPECT_EQ(to_text(occurrences(daily, long_ago, 1).times[0]), "2026-10-25T02:30:00+01:00");
  daily.fold = FoldRule::both;
  const auto both = occurrences(daily, long_ago, 3);
  EXPECT_EQ(to_text(both.times[0]), "2026-10-25T02:30:00+02:00");
  EXPECT_EQ(to_text(both.times[1]), "2026-10-25T02:30:00+01:00");
  EXPECT_TRUE(both.times[1].second);
  EXPECT_EQ(to_text(both.times[2]), "2026-10-26T02:30:00+01:00");
}

// What the gap puts off comes in order of time, not of its nominal time.
TEST(HardCases, TimesAreInOrderOfInstants) {
  const auto found =
      occurrences(schedule_of("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=15,45", "20260329T000000", berlin()),
                  long_ago, 4);
  EXPECT_EQ(compact_times(found, false),
            "20260329T021500 20260329T031500 20260329T024500 20260329T034500");
  EXPECT_TRUE(std::ranges::is_sorted(found.times, {}, &Occurrence::at));
}

TEST(HardCases, IntervalsRunByInstant) {
  const auto spring =
      occurrences(schedule_of("FREQ=HOURLY", "20260329T010000", berlin()), long_ago, 3);
  EXPECT_EQ(compact_times(spring, false), "20260329T010000 20260329T030000 20260329T040000");
  const auto autumn =
      occurrences(schedule_of("FREQ=HOURLY", "20261025T010000", berlin()), long_ago, 4);
  EXPECT_EQ(compact_times(autumn, false),
            "20261025T010000 20261025T020000 20261025T020000 20261025T030000");
  EXPECT_TRUE(autumn.times[2].second);
  const auto half = occurrences(
      schedule_of("FREQ=MINUTELY;INTERVAL=30", "20261004T013000", lord_howe()), long_ago, 3);
  EXPECT_EQ(compact_times(half, false), "20261004T013000 20261004T023000 20261004T030000");
}

TEST(HardCases, DatesJoinAndExceptionsLeave) {
  auto schedule = schedule_of("FREQ=DAILY;COUNT=4", "20260101T090000", berlin());
  auto& when = std::get<Recurrence>(schedule.when);
  const auto time = [](const char* text) { return *parse_time(text, "t"); };
  when.dates = {time("20260102T120000"), time("20260101T090000"), time("20260110T080000Z")};
  when.exceptions = {time("20260102T090000"), time("20260103T080000Z"), time("20260104")};
  EXPECT_EQ(compact_times(occurrences(schedule, long_ago, 9), false),
            "20260101T090000 20260102T120000 20260110T090000");
}

TEST(HardCases, ALateStartAsksForNoMoreThanIsNeeded) {
  const auto far = *parse_time("90000101T000000Z", "t")->instant;
  for (const char* rule :
       {"FREQ=SECONDLY", "FREQ=SECONDLY;COUNT=900000000", "FREQ=MINUTELY;BYHOUR=3", "FREQ=DAILY",
        "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY"}) {
    const auto found = occurrences(schedule_of(rule, "20260101T000000", berlin()), far, 3);
    EXPECT_NE(found.stop, Stop::gave_up) << rule;
  }
}

TEST(HardCases, WrongRulesAreRefusedWithTheirPlace) {
  const std::pair<const char*, const char*> wrong[] = {
      {"", "RRULE"},
      {"FREQ=DAYLY", "FREQ"},
      {"INTERVAL=2", "FREQ"},
      {"FREQ=DAILY;INTERVAL=0", "INTERVAL"},
      {"FREQ=DAILY;COUNT=0", "COUNT"},
      {"FREQ=DAILY;COUNT=2;UNTIL=20260101", "UNTIL"},
      {"FREQ=DAILY;UNTIL=20261301", "UNTIL"},
      {"FREQ=DAILY;FREQ=DAILY", "FREQ"},
      {"FREQ=YEARLY;BYMONTH=13", "BYMONTH"},
      {"FREQ=YEARLY;BYMONTHDAY=0", "BYMONTHDAY"},
      {"FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY"},
      {"FREQ=DAILY;BYHOUR=24", "BYHOUR"},
      {"FREQ=DAILY;BYHOUR=1,,2", "BYHOUR"},
      {"FREQ=WEEKLY;BYDAY=1MO", "BYDAY"},
      {"FREQ=MONTHLY;BYDAY=0MO", "BYDAY"},
      {"FREQ=MONTHLY;BYDAY=54MO", "BYDAY"},
      {"FREQ=DAILY;BYSETPOS=1", "BYSETPOS"},
      {"FREQ=DAILY;WKST=XX", "WKST"},
      {"FREQ=DAILY;BYWEEK=1", "BYWEEK"},
      {"FREQ=DAILY;X=99999999999999999999999", "X"},
  };
  for (const auto& [rule, place] : wrong) {
    const auto parsed = parse_rrule(rule);
    ASSERT_FALSE(parsed.has_value()) << rule;
    EXPECT_EQ(parsed.error().place, place) << rule;
    EXPECT_FALSE(parsed.error().remedy.empty()) << rule;
  }
}

}  // namespace
}  // namespace lazaret::calendar
