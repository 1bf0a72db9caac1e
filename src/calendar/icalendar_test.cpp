#include "calendar/icalendar.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "calendar/cron.h"
#include "calendar/ical_lines.h"
#include "calendar/rrule_text.h"
#include "calendar/test_zones.h"
#include "calendar/tzif.h"

namespace lazaret::calendar {
namespace {

constexpr SysTime long_ago{seconds(-60'000'000'000)};

Result<ZonePtr> read_zone(const std::string& name) {
  if (name == "Europe/Berlin") return berlin();
  if (name == "America/New_York") return new_york();
  if (name == "UTC") return utc();
  return fail(ErrorCode::not_found, "no such zone");
}

Result<std::vector<CalendarEvent>> import(const std::string& text) {
  return from_icalendar(text, read_zone, berlin());
}

std::string times(const CalendarEvent& event, std::size_t most = 6) {
  std::string out;
  for (const Occurrence& one : occurrences(event.schedule, long_ago, most).times) {
    out += (out.empty() ? "" : " ") + to_text(one);
  }
  return out;
}

std::string wrapped(const std::string& body) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + body + "END:VCALENDAR\r\n";
}
std::string event(const std::string& body) {
  return wrapped("BEGIN:VEVENT\r\nUID:u1\r\n" + body + "END:VEVENT\r\n");
}

TEST(IcalLines, LongLinesAreFoldedAndCharactersStayWhole) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "Grüße, 世界; ";
  std::string out;
  add_line(out, "SUMMARY", escaped(text));
  std::size_t begin = 0;
  for (std::size_t end = out.find("\r\n"); end != std::string::npos;
       end = out.find("\r\n", begin)) {
    EXPECT_LE(end - begin, fold_bytes);
    begin = end + 2;
    EXPECT_NE(static_cast<unsigned char>(out[begin == out.size() ? 0 : begin + 1]) & 0xc0, 0x80);
  }
  const auto lines = read_lines(out);
  ASSERT_TRUE(lines.has_value());
  ASSERT_EQ(lines->size(), 1U);
  EXPECT_EQ(unescaped(lines->front().value), text);
}

TEST(IcalLines, EscapesComeBack) {
  const std::string text = "a\\b;c,d\ne\\n";
  EXPECT_EQ(escaped(text), "a\\\\b\\;c\\,d\\ne\\\\n");
  EXPECT_EQ(unescaped(escaped(text)), text);
  EXPECT_EQ(unescaped("x\\N"), "x\n");
}

TEST(IcalLines, ParametersMayBeQuoted) {
  const auto lines = read_lines("dtstart;X-A=\"a:b;c\";tzid=Europe/Berlin:2026\n 0101T090000\n");
  ASSERT_TRUE(lines.has_value());
  EXPECT_EQ(lines->front().name, "DTSTART");
  EXPECT_EQ(lines->front().parameter("X-A"), "a:b;c");
  EXPECT_EQ(lines->front().parameter("TZID"), "Europe/Berlin");
  EXPECT_EQ(lines->front().value, "20260101T090000");
}

TEST(Icalendar, AnEventIsReadWithAllItsTimes) {
  const auto read =
      import(event("SUMMARY:Stand-up\\, daily\r\nDTSTART;TZID=Europe/Berlin:20260327T090000\r\n"
                   "DTEND;TZID=Europe/Berlin:20260327T091500\r\nRRULE:FREQ=DAILY;COUNT=5\r\n"
                   "EXDATE;TZID=Europe/Berlin:20260328T090000\r\nRDATE:20260402T100000Z\r\n"
                   "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nSUMMARY:not this\r\nEND:VALARM\r\n"));
  ASSERT_TRUE(read.has_value()) << read.error().message << read.error().place;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().summary, "Stand-up, daily");
  EXPECT_EQ(read->front().duration, seconds(900));
  EXPECT_EQ(times(read->front()),
            "2026-03-27T09:00:00+01:00 2026-03-29T09:00:00+02:00 2026-03-30T09:00:00+02:00 "
            "2026-03-31T09:00:00+02:00 2026-04-02T12:00:00+02:00");
}

TEST(Icalendar, UtcFloatingAndDatesAreUnderstood) {
  EXPECT_EQ(times(import(event("DTSTART:20260101T090000Z\r\n"))->front()),
            "2026-01-01T09:00:00+00:00");
  EXPECT_EQ(times(import(event("DTSTART:20260101T090000\r\n"))->front()),
            "2026-01-01T09:00:00+01:00");
  EXPECT_EQ(
      times(import(event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY;COUNT=2\r\n"))->front()),
      "2026-01-01T00:00:00+01:00 2026-01-02T00:00:00+01:00");
}

TEST(Icalendar, AChangedOccurrenceTakesThePlaceOfItsOwn) {
  const auto read = import(wrapped(
      "BEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID:20260102T090000Z\r\nDTSTART:20260102T150000Z\r\n"
      "END:VEVENT\r\n"
      "BEGIN:VEVENT\r\nUID:u\r\nDTSTART:20260101T090000Z\r\nRRULE:FREQ=DAILY;COUNT=4\r\nEND:"
      "VEVENT\r\n"
      "BEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID:20260103T090000Z\r\nSTATUS:CANCELLED\r\n"
      "DTSTART:20260103T090000Z\r\nEND:VEVENT\r\n"));
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[0].uid, "u/20260102T090000");
  EXPECT_EQ((*read)[0].whole, "u");
  EXPECT_EQ(times((*read)[0]), "2026-01-02T15:00:00+00:00");
  EXPECT_EQ(times((*read)[1]), "2026-01-01T09:00:00+00:00 2026-01-04T09:00:00+00:00");
  EXPECT_EQ((*read)[1].replaced, 2U);
  EXPECT_TRUE((*read)[2].cancelled);
}

constexpr const char* outlook_zone =
    "BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\n"
    "BEGIN:STANDARD\r\nDTSTART:16011028T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";

TEST(Icalendar, AZoneWithAnotherNameIsMadeOfItsDescription) {
  const std::string body =
      "BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=W. Europe Standard Time:20260328T090000\r\n"
      "RRULE:FREQ=DAILY;COUNT=2\r\nEND:VEVENT\r\n";
  const auto read = import(wrapped(body + outlook_zone));
  ASSERT_TRUE(read.has_value()) << read.error().message << ' ' << read.error().place;
  EXPECT_EQ(times(read->front()), "2026-03-28T09:00:00+01:00 2026-03-29T09:00:00+02:00");
  const auto unknown = import(wrapped(body));
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().place, "line 5");
  const auto prefixed =
      import(event("DTSTART;TZID=/citadel.org/20250101_1/Europe/Berlin:20260701T090000\r\n"));
  ASSERT_TRUE(prefixed.has_value());
  EXPECT_EQ(times(prefixed->front()), "2026-07-01T09:00:00+02:00");
}

CalendarEvent plan(const std::string& rule, const std::string& start, const ZonePtr& zone) {
  CalendarEvent out;
  out.uid = "plan-1";
  out.summary = "Umlaute: äöü, and; more\nthan one line";
  out.description = "x";
  out.duration = seconds(1800);
  out.schedule.zone = zone;
  Recurrence when;
  when.start = *parse_time(start, "t");
  if (!rule.empty()) when.rules.push_back(*parse_rrule(rule));
  out.schedule.when = when;
  return out;
}

// What takes the place of an occurrence goes out as that, beside a series that still has it.
TEST(Icalendar, AChangedOccurrenceGoesOutAsOne) {
  const SysTime now = *parse_time("20260101T000000Z", "t")->instant;
  CalendarEvent series = plan("FREQ=DAILY;COUNT=4", "20260328T023000", berlin());
  std::get<Recurrence>(series.schedule.when).exceptions = {*parse_time("20260331T023000", "t")};
  series.called_off = {parse_time("20260330T023000", "t")->local};
  CalendarEvent moved = plan("", "20260329T150000", berlin());
  moved.summary = "later";
  moved.whole = series.uid;
  moved.replaces = *parse_time("20260329T023000", "t");  // clocks skip it
  const std::string text = to_icalendar({series, moved}, {"", now});
  EXPECT_TRUE(
      text.contains("\r\nUID:plan-1\r\nDTSTAMP:20260101T000000Z\r\n"
                    "RECURRENCE-ID;TZID=Europe/Berlin:20260329T023000\r\n"
                    "DTSTART;TZID=Europe/Berlin:20260329T150000\r\n"))
      << text;
  EXPECT_TRUE(
      text.contains("\r\nEXDATE;TZID=Europe/Berlin:20260331T023000\r\n"
                    "EXDATE;TZID=Europe/Berlin:20260330T023000\r\n"))
      << text;
  EXPECT_FALSE(text.contains("EXDATE;TZID=Europe/Berlin:20260329"));
  const auto read = import(text);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(times((*read)[0]), "2026-03-28T02:30:00+01:00");
  EXPECT_EQ((*read)[0].replaced, 1U);
  EXPECT_EQ((*read)[1].replaces->local, moved.replaces->local);
  EXPECT_EQ(times((*read)[1]), "2026-03-29T15:00:00+02:00");
  // Read and written once more it is the same file.
  EXPECT_EQ(to_icalendar(*import(to_icalendar(*read, {"", now})), {"", now}),
            to_icalendar(*read, {"", now}));
  // Whole days are known by their day, an instant by itself.
  CalendarEvent day = plan("FREQ=DAILY;COUNT=3", "20260101", utc());
  moved.schedule.zone = utc();
  moved.replaces = *parse_time("20260102", "t");
  EXPECT_TRUE(
      to_icalendar({day, moved}, {"", now}).contains("\r\nRECURRENCE-ID;VALUE=DATE:20260102\r\n"));
  moved.replaces = *parse_time("2026-01-02T09:00:00+02:00", "t");
  EXPECT_TRUE(
      to_icalendar({day, moved}, {"", now}).contains("\r\nRECURRENCE-ID:20260102T070000Z\r\n"));
}

// Whoever works out the zones of a file has a bound for all of them.
TEST(Icalendar, ZonesThatTakeTooLongAreNamed) {
  const std::string text = wrapped(
      std::string(outlook_zone) +
      "BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=W. Europe Standard Time:20260328T090000\r\nEND:VEVENT"
      "\r\n");
  Budget enough(100'000);
  EXPECT_TRUE(from_icalendar(text, read_zone, berlin(), nullptr, &enough).has_value());
  Budget little(10'000);
  const auto no = from_icalendar(text, read_zone, berlin(), nullptr, &little);
  ASSERT_FALSE(no.has_value());
  EXPECT_EQ(no.error().code, ErrorCode::too_large);
  EXPECT_EQ(no.error().place, "line 6") << "of the part that was too much";
}

// What goes out comes in again and means the same, also where DTSTART is moved to the first time.
TEST(Icalendar, OutAndInMeansTheSame) {
  const SysTime now = *parse_time("20260101T000000Z", "t")->instant;
  const std::tuple<const char*, const char*, ZonePtr> plans[] = {
      {"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU", "20260107T093000", berlin()},
      {"FREQ=MONTHLY;BYDAY=-1FR;COUNT=5", "20260101T090000", new_york()},
      {"FREQ=YEARLY;BYMONTH=3;COUNT=4", "20260115T020000", berlin()},
      {"FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=TU;UNTIL=20400101T000000", "20260115T020000", berlin()},
      {"FREQ=HOURLY;INTERVAL=5;BYMINUTE=10,50", "20260328T203000", berlin()},
      {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1,1;BYHOUR=9,17", "20260115T120000", utc()},
      {"FREQ=DAILY;UNTIL=20260405", "20260328T023000", berlin()},
      {"", "20260329T023000", berlin()},
      {"FREQ=DAILY;COUNT=3", "20260328", berlin()},
  };
  for (const auto& [rule, start, zone] : plans) {
    CalendarEvent event = plan(rule, start, zone);
    auto& when = std::get<Recurrence>(event.schedule.when);
    when.exceptions = {*parse_time("20260330T023000", "t")};
    const std::string text = to_icalendar({event}, {"Pläne", now});
    const auto read = import(text);
    ASSERT_TRUE(read.has_value()) << read.error().message << read.error().place << text;
    ASSERT_EQ(read->size(), 1U) << text;
    EXPECT_EQ(times(read->front(), 12), times(event, 12)) << text;
    EXPECT_EQ(read->front().summary, event.summary);
    EXPECT_EQ(read->front().duration, event.duration);
    if (!std::string(rule).empty()) {
      const auto again = parse_rrule(to_text(when.rules[0], *zone));
      ASSERT_TRUE(again.has_value()) << to_text(when.rules[0], *zone);
      EXPECT_EQ(to_text(*again, *zone), to_text(when.rules[0], *zone));
    }
  }
}

// A program that does not know our zones by name reads them from the VTIMEZONE.
TEST(Icalendar, TheZoneThatGoesOutSaysWhenClocksChange) {
  const SysTime now = *parse_time("20260101T000000Z", "t")->instant;
  const auto event = plan("FREQ=WEEKLY;COUNT=150", "20260107T093000", berlin());
  std::string text = to_icalendar({event}, {"", now});
  for (std::size_t at = text.find("Europe/Berlin"); at != std::string::npos;
       at = text.find("Europe/Berlin")) {
    text.replace(at, 13, "Mars/Olympus!");
  }
  const auto read = import(text);
  ASSERT_TRUE(read.has_value()) << read.error().message << text;
  EXPECT_EQ(times(read->front(), 200), times(event, 200));
}

TEST(Icalendar, APatternGoesOutAsDates) {
  CalendarEvent event = plan("", "20260101T000000", berlin());
  event.schedule.when = *parse_cron("30 2 * * *");
  const SysTime now = *parse_time("20260327T000000Z", "t")->instant;
  const auto read = import(to_icalendar({event}, {"", now}));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(times(read->front(), 3),
            "2026-03-27T02:30:00+01:00 2026-03-28T02:30:00+01:00 2026-03-29T02:30:00+01:00");
  EXPECT_EQ(occurrences(read->front().schedule, long_ago, 1000).times.size(),
            most_dates_of_a_pattern);
}

TEST(Icalendar, WhatIsWrongIsNamedWithItsLine) {
  const std::pair<std::string, const char*> wrong[] = {
      {"", "line 1"},
      {"hello", "line 1"},
      {event("DTSTART:yesterday\r\n"), "line 5"},
      {event("SUMMARY:x\r\n"), "line 3"},
      {event("DTSTART:20260101T000000Z\r\nRRULE:FREQ=DAYLY\r\n"), "line 6, FREQ"},
      {event("DTSTART:20260101T000000Z\r\nDURATION:15\r\n"), "line 6"},
      {event("DTSTART:20260101T000000Z\r\nDTEND:20250101T000000Z\r\n"), "line 3"},
      {event("DTSTART:20260101T000000Z\r\nEXRULE:FREQ=DAILY\r\n"), "line 6"},
      {event("DTSTART:20260101T000000Z\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260101T000000Z\r\n"),
       "line 6"},
      {wrapped("BEGIN:VEVENT\r\nDTSTART:20260101T000000Z\r\n"), "line 3"},
      {event("DTSTART:20260101T000000Z\r\nDURATION:P600000W\r\n"), "line 6"},
      {event("DTSTART:20260101T000000Z\r\nDESCRIPTION:" +
             std::string(most_event_text_bytes + 1, 'x') + "\r\n"),
       "line 6"},
      {event("DTSTART;TZID=a\"b:20260101T000000\r\n"), "line 5"},
      {event("DTSTART;TZID=\"open:20260101\r\n"), "line 5"},
      {event("NOVALUE\r\n"), "line 5"}};
  for (const auto& [text, place] : wrong) {
    const auto read = import(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().place, place) << text << read.error().message;
  }
  EXPECT_EQ(import(std::string(most_ical_bytes + 1, 'x')).error().code, ErrorCode::too_large);
}

// Found by the fuzzer: what is read is written so that it is read again.
TEST(Icalendar, WhatIsReadAtTheBoundsIsReadAgain) {
  std::string dates;
  for (int day = 1; day <= 28; ++day) {
    for (int minute = 0; minute < 60; ++minute) {
      dates += fmt::format("RDATE:202602{:02}T07{:02}00Z,202603{:02}T08{:02}00Z\r\n", day, minute,
                           day, minute);
    }
  }
  std::string odd = outlook_zone;
  odd.replace(odd.find("W. Europe"), 9, "(UTC+01:00) W; Europe, Berlin");
  const std::vector<std::string> texts = {
      event("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:90260101\r\n"),
      event("DTSTART:20260101T000000Z\r\nDURATION:P500000W\r\n"),
      event("DTSTART:20260101T000000Z\r\n" + dates),
      event("DTSTART:20260101T000000Z\r\nSUMMARY:" + std::string(most_event_text_bytes, ';') +
            "\r\n"),
      wrapped(odd +
              "BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=\"(UTC+01:00) W; Europe, Berlin Standard "
              "Time\":20260328T090000\r\nEND:VEVENT\r\n")};
  for (const std::string& text : texts) {
    const auto read = import(text);
    ASSERT_TRUE(read.has_value()) << text.substr(0, 200) << read.error().message;
    const auto again = import(to_icalendar(*read, {"again", SysTime(seconds(0))}));
    ASSERT_TRUE(again.has_value()) << text.substr(0, 200) << again.error().message;
    ASSERT_EQ(again->size(), read->size());
    EXPECT_EQ(again->front().duration, read->front().duration);
    EXPECT_EQ(again->front().summary, read->front().summary);
  }
}

TEST(Icalendar, AnOccurrenceThatMovedToAnotherZoneLeavesItsOwnTime) {
  const auto read = import(
      wrapped("BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=Europe/Berlin:20260101T090000\r\n"
              "RRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT\r\n"
              "BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n"
              "BEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID;TZID=America/New_York:20260102T030000\r\n"
              "DTSTART;TZID=America/New_York:20260102T120000\r\nEND:VEVENT\r\n"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(times((*read)[0]), "2026-01-01T09:00:00+01:00 2026-01-03T09:00:00+01:00");
  EXPECT_EQ((*read)[1].whole, "u");
  EXPECT_EQ((*read)[1].line, 11);
  std::vector<OtherPart> others;
  ASSERT_TRUE(from_icalendar(wrapped("BEGIN:VTODO\r\nUID:t\r\nBEGIN:VALARM\r\nEND:VALARM\r\n"
                                     "END:VTODO\r\n"),
                             read_zone, berlin(), &others)
                  .has_value());
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].name, "VTODO");
  EXPECT_EQ(others[0].line, 3);
}

TEST(Icalendar, WhatOthersDoNotKnowComesBack) {
  auto read = import(event("DTSTART:20260101T090000Z\r\n"));
  ASSERT_TRUE(read.has_value());
  read->front().extra = R"({"cron":"0 9 * * 1,2;3"})";
  const auto again = import(to_icalendar(*read, {"again", SysTime(seconds(0))}));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->front().extra, read->front().extra);
}

// A zone that a file describes is kept as the bytes of a zone file.
TEST(Icalendar, ADescribedZoneBecomesAZoneFile) {
  const auto read = import(
      wrapped(std::string(outlook_zone) +
              "BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=W. Europe Standard Time:20260328T090000\r\n"
              "RRULE:FREQ=MONTHLY;COUNT=400\r\nEND:VEVENT\r\n"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const Zone& described = *read->front().schedule.zone;
  const auto zone = Zone::from_tzif(described.name(), to_tzif(described));
  ASSERT_TRUE(zone.has_value()) << zone.error().message;
  CalendarEvent other = read->front();
  other.schedule.zone = std::make_shared<const Zone>(*zone);
  EXPECT_EQ(times(other, 400), times(read->front(), 400));
  EXPECT_EQ(zone->abbreviation_at(SysTime(seconds(1'770'000'000))),
            described.abbreviation_at(SysTime(seconds(1'770'000'000))));
  for (const ZonePtr& one : {utc(), berlin(), new_york()}) {
    const auto copy = Zone::from_tzif(one->name(), to_tzif(*one));
    ASSERT_TRUE(copy.has_value()) << one->name() << copy.error().message;
    for (std::int64_t t = 0; t < 4'000'000'000; t += 7'000'000) {
      ASSERT_EQ(copy->span_at(SysTime(seconds(t))).offset, one->span_at(SysTime(seconds(t))).offset)
          << one->name() << t;
    }
  }
}

TEST(Icalendar, DamagedFilesNeverCrash) {
  const std::string whole = wrapped(
      std::string(outlook_zone) +
      "BEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=W. Europe Standard Time:20260328T090000\r\n"
      "DURATION:P1DT2H\r\nRRULE:FREQ=DAILY;COUNT=2\r\nEXDATE:20260328T080000Z\r\nEND:VEVENT\r\n");
  ASSERT_TRUE(import(whole).has_value());
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    import(whole.substr(0, at));
    for (char c : {'\0', '9', ':', '\n'}) {
      std::string damaged = whole;
      damaged[at] = c;
      const auto read = import(damaged);
      if (!read) EXPECT_FALSE(read.error().message.empty());
    }
  }
}

}  // namespace
}  // namespace lazaret::calendar
