// Calendar files through the door: in, out, and in again elsewhere.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "server/server_rig.h"
#include "wire/json_document.h"

namespace lazaret::server {
namespace {

namespace json = boost::json;

Result<std::string> zone_file(const std::string& name) {
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  if (!file || name.contains(' ')) return fail(ErrorCode::not_found, "no such zone");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

constexpr std::string_view head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n";
constexpr std::string_view series =
    "BEGIN:VEVENT\r\nUID:s@x\r\nDTSTART;TZID=Europe/Berlin:20400102T090000\r\n"
    "DTEND;TZID=Europe/Berlin:20400102T091500\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU\r\n"
    "EXDATE;TZID=Europe/Berlin:20400103T090000\r\nSUMMARY:Stand-up\r\n"
    "DESCRIPTION:one\\ntwo\r\nEND:VEVENT\r\n";
constexpr std::string_view moved =
    "BEGIN:VEVENT\r\nUID:s@x\r\nRECURRENCE-ID;TZID=Europe/Berlin:20400109T090000\r\n"
    "DTSTART;TZID=Europe/Berlin:20400111T100000\r\nSUMMARY:Later\r\nEND:VEVENT\r\n";
constexpr std::string_view described_zone =
    "BEGIN:VTIMEZONE\r\nTZID:Office Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
    "TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    "BEGIN:VEVENT\r\nUID:z@x\r\nDTSTART;TZID=Office Time:20400104T090000\r\n"
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=4\r\nSUMMARY:Rent\r\nEND:VEVENT\r\n";
constexpr std::string_view end = "END:VCALENDAR\r\n";

std::string text_of(std::initializer_list<std::string_view> parts) {
  std::string out(head);
  for (const auto part : parts) out += part;
  return out + std::string(end);
}

struct Place {
  Rig rig{{}, [](Services& services) { services.zone_bytes = zone_file; }};
  Place() {
    EXPECT_EQ(
        rig.as_admin("POST", "/api/v1/calendar/agents", R"({"agent": "w", "claw_identifier": "n"})")
            .status,
        201);
  }
  Response import(const std::string& text, json::object more = {{"agent", "w"}}) {
    more["text"] = text;
    return rig.as_admin("POST", "/api/v1/calendar/import", wire::json_document(more));
  }
  // "2 made, 1 left_out"
  std::string became(const std::string& text, json::object more = {{"agent", "w"}}) {
    const auto answer = import(text, std::move(more));
    if (answer.status != 200) return answer.body;
    std::string out;
    for (const char* word : {"made", "changed", "unchanged", "removed", "left_out"}) {
      const auto count = answer.json().at(word).as_int64();
      if (count == 0) continue;
      out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + word;
    }
    return out;
  }
  json::array list(const std::string& what) {
    return rig.as_admin("GET", "/api/v1/" + what).json().at(what.substr(0, 5)).as_array();
  }
};

TEST(CalendarImport, TheSecondFileChangesWhatTheFirstMade) {
  Place it;
  const auto text = text_of({series, moved});
  EXPECT_EQ(it.became(text, {{"agent", "w"}, {"dry_run", true}}), "2 made");
  EXPECT_TRUE(it.list("plans").empty());
  EXPECT_EQ(it.became(text), "2 made");
  const auto plan = it.rig.as_admin("GET", "/api/v1/plans/1").json();
  EXPECT_EQ(plan.at("title"), "Stand-up");
  EXPECT_EQ(plan.at("prompt"), "one\ntwo");
  EXPECT_EQ(plan.at("uid"), "s@x");
  EXPECT_EQ(plan.at("estimated_duration"), 15);
  EXPECT_EQ(plan.at("next").at(0), "2040-01-02T09:00:00+01:00");
  EXPECT_EQ(plan.at("next").at(1), "2040-01-10T09:00:00+01:00") << "one is off, one was moved";
  EXPECT_EQ(it.rig.as_admin("GET", "/api/v1/slots/1").json().at("at"), "2040-01-11T09:00:00.000Z");
  EXPECT_EQ(it.became(text), "2 unchanged");
  EXPECT_EQ(it.became(text_of({series})), "1 changed, 1 removed");
  EXPECT_EQ(it.rig.as_admin("GET", "/api/v1/slots/1").json().at("status"), "skipped");
}

TEST(CalendarImport, WhatWasExportedIsTheSameHereAndElsewhere) {
  Place here;
  EXPECT_EQ(here.became(text_of({series, moved, described_zone})), "3 made");
  for (const char* plan :
       {R"({"agent": "w", "cron": "0 9 * * MON-FRI", "timezone": "Europe/Berlin", "priority": 4,
            "missed": "all", "event_type": "job", "event_data": {"type": "t", "code": "a;b,c"}})",
        R"({"agent": "w", "oncalendar": "Mon..Fri 07:30", "title": "early; very"})"}) {
    const auto made = here.rig.as_admin("POST", "/api/v1/plans", plan);
    ASSERT_EQ(made.status, 201) << made.body;
  }
  const std::string text = here.rig.as_admin("GET", "/calendar.ics").body;
  EXPECT_EQ(here.became(text, {}), "5 unchanged");
  Place there;
  EXPECT_EQ(there.became(text, {}), "5 made");
  EXPECT_EQ(there.became(text, {}), "5 unchanged");
  const auto before = here.list("plans");
  const auto after = there.list("plans");
  ASSERT_EQ(before.size(), 4U);
  ASSERT_EQ(after.size(), 4U);
  for (std::size_t i = 0; i < before.size(); ++i) {
    for (const char* field : {"title", "prompt", "timezone", "priority", "event_data", "missed",
                              "estimated_duration", "next", "agent", "overlap"}) {
      EXPECT_EQ(after[i].at(field), before[i].at(field)) << field << text;
    }
  }
  EXPECT_EQ(after[2].at("rule").at("cron"), "0 9 * * MON-FRI");
  EXPECT_EQ(after[3].at("rule").at("oncalendar"), "Mon..Fri 07:30");
  // The zone came with the file: the plan can be edited all the same.
  const auto edited = there.rig.as_admin("PATCH", "/api/v1/plans/2", R"({"title": "rent"})");
  EXPECT_EQ(edited.status, 200) << edited.body;
  EXPECT_EQ(edited.json().at("next").at(0), "2040-01-04T09:00:00+05:30");
}

// What became of single occurrences goes out with their plan, and makes the same of it elsewhere.
TEST(CalendarImport, SingleOccurrencesGoOutAndComeBack) {
  Place here;
  const auto ask = [&](const std::string& method, const std::string& path,
                       const std::string& body) {
    const auto answer = here.rig.as_admin(method, "/api/v1/" + path, body);
    EXPECT_LT(answer.status, 300) << answer.body;
  };
  ask("POST", "plans",
      R"({"agent": "w", "rrule": "FREQ=WEEKLY;BYDAY=MO", "start": "20400102T090000",
          "timezone": "Europe/Berlin", "title": "stand-up"})");
  ask("POST", "plans", R"({"agent": "w", "cron": "30 2 * * *", "timezone": "Europe/Berlin"})");
  ask("PATCH", "slots/plan-1-2040-01-09T090000",
      R"({"at": "2040-01-10T13:00:00Z", "title": "review", "priority": 7})");
  ask("PATCH", "slots/plan-1-2040-01-16T090000", R"({"prompt": "what is new?"})");
  ask("POST", "slots/plan-1-2040-01-23T090000/status", R"({"status": "skipped"})");
  const auto next = here.rig.as_admin("GET", "/api/v1/plans/2").json().at("next").as_array();
  const auto day = [&](std::size_t n) { return std::string(next.at(n).as_string()).substr(0, 10); };
  ask("PATCH", "slots/plan-2-" + day(3) + "T023000", R"({"at": ")" + day(4) + R"(T12:00:00Z"})");
  ask("POST", "slots/plan-2-" + day(5) + "T023000/status", R"({"status": "skipped"})");
  const std::string text = here.rig.as_admin("GET", "/calendar.ics").body;
  const auto has = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  EXPECT_TRUE(
      has("RECURRENCE-ID;TZID=Europe/Berlin:20400109T090000\r\n"
          "DTSTART;TZID=Europe/Berlin:20400110T140000\r\n"))
      << text;
  EXPECT_TRUE(has("RECURRENCE-ID;TZID=Europe/Berlin:20400116T090000\r\n")) << text;
  EXPECT_TRUE(has("EXDATE;TZID=Europe/Berlin:20400123T090000\r\n")) << text;
  EXPECT_FALSE(has("EXDATE;TZID=Europe/Berlin:20400109"));
  EXPECT_EQ(here.became(text, {}), "7 unchanged") << here.import(text, {}).body;

  Place there;
  EXPECT_EQ(there.became(text, {{"dry_run", true}}), "5 made, 2 removed");
  EXPECT_EQ(there.became(text, {}), "5 made, 2 removed");
  EXPECT_EQ(there.became(text, {}), "7 unchanged");
  EXPECT_EQ(there.rig.as_admin("GET", "/api/v1/plans/2").json().at("rule").at("cron"),
            "30 2 * * *");
  const std::string span = "slots?from=2040-01-01T00:00:00Z&until=2040-02-01T00:00:00Z";
  const auto before = here.list(span);
  const auto after = there.list(span);
  ASSERT_EQ(before.size(), after.size());
  std::set<std::string> told;
  for (std::size_t i = 0; i < before.size(); ++i) {
    for (const char* field :
         {"virtual_id", "at", "title", "prompt", "priority", "status", "plan"}) {
      EXPECT_EQ(after[i].at(field), before[i].at(field)) << field;
    }
    if (before[i].at("plan") == 1) told.emplace(before[i].at("status").as_string());
  }
  EXPECT_EQ(told, (std::set<std::string>{"not_started", "skipped"}));
}

// A calendar program that drops what it does not know still speaks of our plan's occurrences.
TEST(CalendarImport, WhatOthersChangedInOurFileIsChangedHere) {
  Place it;
  it.rig.as_admin("POST", "/api/v1/plans",
                  R"({"agent": "w", "rrule": "FREQ=DAILY", "start": "20400101T090000",
                      "title": "stand-up", "priority": 3})");
  std::string text = it.rig.as_admin("GET", "/calendar.ics").body;
  const auto uid_at = text.find("UID:") + 4;
  const std::string uid = text.substr(uid_at, text.find("\r\n", uid_at) - uid_at);
  const auto part = [&](const std::string& rest) {
    return "BEGIN:VEVENT\r\nUID:" + uid + "\r\n" + rest + "END:VEVENT\r\n";
  };
  const std::string bare = part(
      "DTSTART:20400101T090000Z\r\nRRULE:FREQ=DAILY\r\n"
      "DURATION:PT30M\r\nSUMMARY:stand-up (w)\r\n");
  const std::string later = part(
      "RECURRENCE-ID:20400103T090000Z\r\nDTSTART:20400103T110000Z\r\n"
      "DURATION:PT30M\r\nSUMMARY:stand-up (w)\r\n");
  const std::string off = part(
      "RECURRENCE-ID:20400104T090000Z\r\nDTSTART:20400104T090000Z\r\n"
      "STATUS:CANCELLED\r\n");
  const std::string changed = text_of({bare, later, off});
  EXPECT_EQ(it.became(changed), "1 made, 1 changed, 1 removed") << it.import(changed).body;
  const auto slot = it.rig.as_admin("GET", "/api/v1/slots/plan-1-2040-01-03T090000").json();
  EXPECT_EQ(slot.at("at"), "2040-01-03T11:00:00.000Z");
  EXPECT_EQ(slot.at("priority"), 3) << "what people set here stays";
  EXPECT_EQ(it.rig.as_admin("GET", "/api/v1/slots/plan-1-2040-01-04T090000").json().at("status"),
            "skipped");
  EXPECT_EQ(it.list("plans")[0].at("exceptions"), json::array()) << "they are no exceptions";
}

// A thousand rules that each take their time, or never come: the daemon is not kept by them.
TEST(CalendarImport, ManySlowRulesAreRefusedWithTheLineWhereItIsEnough) {
  for (const std::string rule :
       {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY;BYSECOND=1;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=97;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU;COUNT=3"}) {
    Place it;
    std::string text(head);
    for (int i = 0; i < 1'000; ++i) {
      text += "BEGIN:VEVENT\r\nUID:e" + std::to_string(i) +
              "\r\nDTSTART:20400101T090000Z\r\nRRULE:" + rule + "\r\nEND:VEVENT\r\n";
    }
    const auto answer = it.import(text + std::string(end));
    ASSERT_NE(answer.status, 200) << rule;
    EXPECT_NE(answer.body.find("line "), std::string::npos) << answer.body;
    EXPECT_TRUE(it.list("plans").empty());
  }
}

TEST(CalendarImport, WhatCannotBeTakenIsNamedAndNothingIsTaken) {
  Place it;
  const auto bad = [](const std::string& line) {
    return "BEGIN:VEVENT\r\nUID:bad\r\nDTSTART:20400101T050000Z\r\n" + line + "\r\nEND:VEVENT\r\n";
  };
  for (const auto& [line, said] : std::vector<std::pair<std::string, std::string>>{
           {"RRULE:FREQ=WEEKLY;BYDAY=XX", "line 15"},
           {"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "line 12, rule"},
           {"RRULE:FREQ=DAILY\r\nRRULE:FREQ=YEARLY", "2 recurrence rules"},
           {"DURATION:P30D", "43200 minutes"},
           {"X-LAZARET:{\"agent\": \"w\"\\, \"prioritty\": 1}", "prioritty"}}) {
    const auto answer = it.import(text_of({series, bad(line)}));
    EXPECT_NE(answer.status, 200) << line;
    EXPECT_NE(answer.body.find(said), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find("line 1"), std::string::npos) << answer.body;
  }
  const auto old = "BEGIN:VEVENT\r\nUID:o\r\nDTSTART:16010101T000000Z\r\nEND:VEVENT\r\n";
  EXPECT_NE(it.became(text_of({old})).find("a year from 1678 to 2261"), std::string::npos);
  EXPECT_NE(it.became(text_of({series}), {}).find("whose it is"), std::string::npos);
  EXPECT_NE(it.became("hello", {{"agent", "w"}}).find("line 1"), std::string::npos);
  EXPECT_TRUE(it.list("plans").empty());
  EXPECT_EQ(it.became(text_of({"BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n"})), "1 left_out");
  EXPECT_EQ(it.became(text_of({bad("RRULE:FREQ=DAILY;UNTIL=20391231T000000Z")})), "1 left_out");
}

TEST(CalendarImport, AListOfSlotsThatIsCutGoesOn) {
  Place it;
  it.rig.as_admin("POST", "/api/v1/plans",
                  R"({"agent": "w", "rrule": "FREQ=MINUTELY", "start": "20400101T000000"})");
  const std::string span = "/api/v1/slots?from=2040-01-01T00:00:00Z&until=2040-01-02T00:00:00Z";
  std::set<std::string> seen;
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = it.rig.as_admin("GET", span + "&limit=5000" + cursor).json();
    for (const auto& slot : page.at("slots").as_array()) {
      EXPECT_TRUE(seen.insert(std::string(slot.at("ident").as_string())).second);
    }
    EXPECT_EQ(page.at("more").as_bool(), page.at("next").is_string());
    if (!page.at("next").is_string()) break;
    cursor = "&cursor=" + std::string(page.at("next").as_string());
  }
  EXPECT_EQ(seen.size(), 1440U);
  EXPECT_EQ(it.rig.as_admin("GET", span + "&cursor=x").status, 422);
}

}  // namespace
}  // namespace lazaret::server
