// Whatever is written as a rule: a clear error, or an answer within the steps that are allowed.
#include <gtest/gtest.h>

#include "base/rng.h"
#include "calendar/cron.h"
#include "calendar/icalendar.h"
#include "calendar/on_calendar.h"
#include "calendar/schedule.h"
#include "calendar/test_zones.h"

namespace lazaret::calendar {
namespace {

constexpr const char* seeds[] = {
    "FREQ=YEARLY;INTERVAL=999999999;BYWEEKNO=-53,53;BYDAY=-53MO,MO;BYYEARDAY=-366,366;WKST=WE",
    "FREQ=SECONDLY;INTERVAL=999999999;BYSECOND=0,60;BYMINUTE=59;BYHOUR=23;BYSETPOS=-366;COUNT=7",
    "FREQ=MONTHLY;BYMONTHDAY=-31,31;BYMONTH=2,12;BYSETPOS=1,-1;UNTIL=99991231T235959Z",
    "FREQ=HOURLY;INTERVAL=7;BYHOUR=3;BYDAY=SU;BYMONTHDAY=29;BYMONTH=2;UNTIL=00010101",
    "*/7 1-5/2,9 L-30,15W,LW JAN-DEC/5 FRI#L,5#5",
    "Mon..Fri,Sun 2199-*~1..28/3 0/23:59:0..59/7 Europe/Berlin",
};
constexpr std::string_view letters = "0123456789,;=-+*/#~.: LWTZMOUBYFREQ\t\n\xff";

std::string mutated(Rng& chance, std::string text) {
  for (std::uint64_t i = chance.below(5); i > 0 && !text.empty(); --i) {
    const std::size_t at = chance.below(text.size());
    const char c = letters[chance.below(letters.size())];
    switch (chance.below(4)) {
      case 0:
        text[at] = c;
        break;
      case 1:
        text.insert(at, 1, c);
        break;
      case 2:
        text.erase(at, 1 + chance.below(3));
        break;
      case 3:
        text.insert(at, text.substr(chance.below(text.size()), chance.below(12)));
        break;
    }
  }
  return text;
}

// Times are in order, are what their offset says, and end for a reason.
void check(const Schedule& schedule, SysTime from, const std::string& text) {
  const auto found = occurrences(schedule, from, 5);
  SysTime before = from;
  for (const Occurrence& one : found.times) {
    ASSERT_GE(one.at, before) << text;
    ASSERT_EQ(SysTime(one.nominal.time_since_epoch()) - one.offset, one.at) << text;
    before = one.at;
  }
  ASSERT_EQ(found.stop == Stop::enough, found.times.size() == 5) << text;
}

TEST(Hostile, RulesAreAnsweredOrRefused) {
  Rng chance(20261121);
  int answered = 0;
  const ZonePtr zones[] = {utc(), berlin(), lord_howe(), apia()};
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = mutated(chance, seeds[chance.below(std::size(seeds))]);
    Schedule schedule{zones[chance.below(4)], {}};
    const SysTime from(
        seconds(static_cast<std::int64_t>(chance.below(250'000'000'000)) - 60'000'000'000));
    if (const auto rule = parse_rrule(text)) {
      TimeText start;
      start.local = schedule.zone->local(from);
      start.date_only = chance.chance(0.1);
      schedule.when = Recurrence{start, {*rule}, {}, {}};
    } else if (const auto cron = parse_cron(text)) {
      schedule.when = *cron;
    } else if (const auto on_calendar = parse_on_calendar(text)) {
      schedule.when = on_calendar->pattern;
    } else {
      EXPECT_FALSE(rule.error().message.empty());
      EXPECT_FALSE(cron.error().message.empty());
      EXPECT_FALSE(on_calendar.error().message.empty());
      continue;
    }
    schedule.gap = static_cast<GapRule>(chance.below(3));
    schedule.fold = static_cast<FoldRule>(chance.below(3));
    check(schedule, from, text);
    if (HasFatalFailure()) return;
    ++answered;
  }
  EXPECT_GT(answered, 300);
}

// Going on from an occurrence finds the ones that follow it, whatever the rule.
TEST(Hostile, AnAnswerGoesOnWhereItStopped) {
  const std::pair<const char*, const char*> rules[] = {
      {"FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30", "20260327T000000"},
      {"FREQ=HOURLY;INTERVAL=5;BYMINUTE=15", "20260327T000000"},
      {"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,SA;BYHOUR=2", "20260327T023000"},
      {"FREQ=SECONDLY;INTERVAL=1801;COUNT=200", "20261024T230000"},
      {"FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=2;COUNT=60", "20260101T023000"}};
  for (const auto& [rule, start] : rules) {
    for (FoldRule fold : {FoldRule::first, FoldRule::second, FoldRule::both}) {
      const Schedule schedule{berlin(),
                              Recurrence{*parse_time(start, "t"), {*parse_rrule(rule)}, {}, {}},
                              GapRule::offset_before, fold};
      const auto all = occurrences(schedule, SysTime(seconds(0)), 50);
      for (std::size_t i = 0; i + 1 < all.times.size(); ++i) {
        if (all.times[i].at == all.times[i + 1].at) continue;
        const auto next = occurrences(schedule, all.times[i].at + seconds(1), 1);
        ASSERT_EQ(next.times.size(), 1U) << rule;
        ASSERT_EQ(next.times[0], all.times[i + 1]) << rule << ' ' << to_text(all.times[i]);
      }
    }
  }
}

}  // namespace
}  // namespace lazaret::calendar
