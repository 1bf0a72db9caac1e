#include "cli/render.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/rfc3339.h"
#include "cli/json_view.h"
#include "cli/look_verbs.h"
#include "cli/run_verb.h"
#include "cli/screen.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

const WallTime noon = from_rfc3339("2026-11-21T12:00:00Z").value();

TEST(Render, StatusBeginsWithTheSentence) {
  const auto status = json::parse(R"json({
    "sentence": "2 alive · 1 waiting for you · 0 lost",
    "needs_you": [{"id":"r-118","text":"revive forge? died 3x in 4 min (SIGKILL)","default":"no",
                   "deadline":"2026-11-21T14:20:00.000Z","command":"lazaret inbox approve r-118"}],
    "daemon": {"uptime_seconds":526260,"memory_bytes":39845888,"cpu_percent":0.31}})json");
  const auto agents = json::parse(R"({"agents":[
    {"ref":"scout","process":"running","activity":"working","health":"healthy","pid":812,
     "since":"2026-11-21T11:49:00Z","task":{"task_id":"t-41","title":"index corpus"},
     "last_beat":"2026-11-21T11:59:58Z","reason":"ready"},
    {"ref":"1f2e3d4c.forge","process":"awaiting_approval","activity":"offline","health":"unknown",
     "pid":null,"since":"2026-11-21T11:57:00Z","task":null,"reason":"SIGKILL\u001b[2J"}]})");
  EXPECT_EQ(render_status(status, agents, Look{.width = 0}, noon),
            "2 alive · 1 waiting for you · 0 lost      uptime 6d 02:11   38 MB   0.3 % cpu\n"
            "NEEDS YOU  r-118  revive forge? died 3x in 4 min (SIGKILL)   default: no at 14:20   "
            "lazaret inbox approve r-118\n"
            "AGENT           STATE              SINCE  HEALTH   TASK               BEAT  PID  WHY\n"
            "scout           working            11m    healthy  t-41 index corpus  2s    812\n"
            "1f2e3d4c.forge  awaiting_approval  3m                                            "
            "SIGKILL?[2J\n");
}

TEST(Render, AnEmptyFleetSaysHowToBegin) {
  EXPECT_EQ(render_agents(json::parse(R"({"agents":[]})"), Look{}, noon),
            "no agents yet; begin with `lazaret run -- PROGRAM`\n");
}

TEST(Render, WhyIsEvidenceThenRuleThenSetting) {
  const auto why = json::parse(R"({"agent":"write-2","state":"backoff",
    "sentence":"write-2 is in backoff for 4s: SIGKILL",
    "rule":"a failing agent is started again after a pause that doubles",
    "setting":"backoff_first = 1s","setting_place":"config/policies.json","next":"start 4 in 2s",
    "evidence":[{"at":"2026-11-21T11:58:00Z","kind":"agent_spawned","text":"start 3, pid 77"},
                {"at":"2026-11-21T11:59:56Z","kind":"agent_exited","text":"SIGKILL"}]})");
  EXPECT_EQ(render_why(why, Look{}, noon),
            "write-2 is in backoff for 4s: SIGKILL\n"
            "\n"
            "EVIDENCE, oldest first\n"
            "     2m ago  agent_spawned        start 3, pid 77\n"
            "     4s ago  agent_exited         SIGKILL\n"
            "\n"
            "RULE     a failing agent is started again after a pause that doubles\n"
            "SETTING  backoff_first = 1s   in config/policies.json\n"
            "NEXT     start 4 in 2s\n");
}

TEST(Render, EventsAreOneLineEach) {
  const auto known = json::parse(R"({"number":812,"at":"2026-11-21T05:00:01.250Z",
    "kind":"agent_exited","cell":"1f2e3d4c-0000","agent":"write-2","task":null,
    "text":"exited: SIGKILL","body":{"incarnation":3}})");
  EXPECT_EQ(render_event(known, Look{}),
            "   812  2026-11-21 05:00:01  agent_exited           write-2          exited: SIGKILL");
  const auto unknown =
      json::parse(R"({"number":9,"at":"2026-11-21T05:00:01.250Z","kind":"odd_thing",
    "cell":"1f2e3d4c-0000","agent":null,"task":null,"text":"odd_thing",
    "body":{"exit":{"kind":"signalled","signal":9},"tries":2,"note":"a\nb"}})");
  EXPECT_EQ(render_event(unknown, Look{}),
            "     9  2026-11-21 05:00:01  odd_thing              1f2e3d4c         "
            "SIGKILL tries=2 note=a b");
}

TEST(Render, ListsAndSmallAnswers) {
  const auto tasks = json::parse(R"({"tasks":[{"task_id":"t-1","status":"completed","title":"Read",
    "since":"2026-11-21T11:00:00Z","priority":"high","tries":0,"dependencies":[],"owner":null},
    {"task_id":"t-2","status":"pending","title":"Write","dependencies":["t-1","t-0"],"tries":1,
     "priority":"low","since":"2026-11-21T11:59:30Z","owner":null}],"next":null})");
  EXPECT_EQ(render("TaskPage", tasks, Look{}, noon),
            "TASK  STATUS     SINCE  PRIORITY  TRIES  AFTER     TITLE\n"
            "t-1   completed  60m    high      0                Read\n"
            "t-2   pending    30s    low       1      t-1, t-0  Write\n");
  EXPECT_EQ(render("TaskPage", json::parse(R"({"tasks":[]})"), Look{}, noon), "no tasks\n");
  EXPECT_EQ(render("WakeMade", json::parse(R"({"wake":"w-7","fate":"started"})"), Look{}, noon),
            "w-7 started\n");
  EXPECT_EQ(render("Task", json::parse(R"({"task_id":"t","result":"","needs":{},"tries":0,
    "verify":{"command":["a","b"]},"list":[{"x":1}]})"),
                   Look{}, noon),
            "task_id  t\ntries    0\nverify \n  command  a, b\nlist   \n  {\"x\":1}\n");
  EXPECT_EQ(render("Done", json::parse("{}"), Look{}, noon), "done\n");
  EXPECT_EQ(
      render("Graph", json::parse(R"({"tasks":[{"task_id":"b","title":"B","status":"pending"}],
    "edges":[{"from":"a","to":"b"}]})"),
             Look{}, noon),
      "b                pending     B   after a\n");
  EXPECT_EQ(render("LintPage", json::parse(R"({"faults":[{"file":"cell.json","line":3,"column":7,
    "pointer":"/status","found":"\"busy\"","expected":"active","severity":"error"}]})"),
                   Look{}, noon),
            "error cell.json:3:7 /status: found \"busy\", expected active\n");
}

TEST(Render, WhatCannotBeRecordedComesRightAfterTheSentence) {
  const auto status = json::parse(
      R"({"sentence":"1 alive","trouble":"disk full","trouble_place":"/s/journal.db",
          "trouble_remedy":"free space","needs_you":[]})");
  const std::string text = render_status(status, json::parse(R"({"agents":[]})"), Look{}, noon);
  EXPECT_TRUE(
      text.starts_with("1 alive\nTROUBLE  nothing can be recorded: disk full\n"
                       "  at: /s/journal.db\n  try: free space\n"))
      << text;
}

TEST(Render, ColourOnlyWhereAsked) {
  EXPECT_EQ(inked(Look{.colour = false}, Ink::bad, "x"), "x");
  EXPECT_EQ(inked(Look{.colour = true}, Ink::bad, "x"), "\033[31mx\033[0m");
  EXPECT_FALSE(look_of(0, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}).colour);
}

TEST(Render, WhatAgentsSayCannotDriveTheTerminal) {
  EXPECT_EQ(plain("a\033]0;x\007b\nc\u009bd"), "a?]0;x?b c?d");
  EXPECT_EQ(plain("äöü€", 3), "äö…");
  EXPECT_EQ(plain("äöü", 3), "äöü");
}

TEST(Render, ALongLastColumnIsCutAtTheEdge) {
  Table table({"A", "B"});
  table.row({{"x"}, {std::string(100, 'y')}});
  const std::string text = table.draw(Look{.width = 40});
  EXPECT_EQ(text, "A  B\nx  " + std::string(36, 'y') + "…\n");
}

TEST(Render, ATableIsNotWiderThanTheTerminalAndSaysWhereItIsCut) {
  Table table({"NAME", "CELL", "TITLE", "WHY"});
  table.row({{"a-longer-name"}, {std::string(36, 'c')}, {std::string(20, 't')}, {"because of it"}});
  table.row({{"b"}, {"short"}, {"t"}, {"w"}});
  EXPECT_EQ(table.draw(Look{.width = 70}),
            "NAME           CELL                 TITLE                WHY\n"
            "a-longer-name  " +
                std::string(18, 'c') + "…  " + std::string(18, 't') +
                "…  because of it\n"
                "b              short                t                    w\n");
  EXPECT_EQ(table.draw(Look{.width = 40}),
            "NAME           CELL     TITLE    WHY\n"
            "a-longer-name  cccccc…  tttttt…  becaus…\n"
            "b              short    t        w\n");
  EXPECT_EQ(table.draw(Look{.width = 0}).find("…"), std::string::npos);
}

TEST(Render, TheQuestionIsCutNotItsDeadline) {
  const auto page = json::parse(R"({"approvals":[{"id":"r-1","kind":"revive","agent":"scout",
    "question":"scout ended three times within a minute; shall it be started once more?",
    "default":"no","deadline":"2026-11-21T14:20:00.000Z"}]})");
  const std::string text = render("ApprovalPage", page, Look{.width = 80}, noon);
  EXPECT_NE(text.find("scout ended three times …"), std::string::npos) << text;
  EXPECT_NE(text.find("2026-11-21T14:20:00.000Z"), std::string::npos) << text;
}

TEST(Render, APageHasNoMoreLinesAndColumnsThanTheTerminal) {
  EXPECT_EQ(fit_page("one\ntwo\nthree\n", Look{.width = 4, .height = 3}), "one\ntwo\nthr…");
  EXPECT_EQ(fit_page("1\n2\n3\n4\n", Look{.width = 40, .height = 3}), "1\n2\n… and 2 more");
  EXPECT_EQ(fit_page("1\n2\n", Look{.width = 4, .height = 1}), "… a…");
  EXPECT_EQ(fit_page("äöü€\n", Look{.width = 3, .height = 3}), "äö…");
  EXPECT_EQ(fit_page("\033[31mred\033[0m x", Look{.width = 5}), "\033[31mred\033[0m x");
  EXPECT_EQ(fit_page("\033[31mred\033[0m xy", Look{.width = 5}), "\033[31mred\033[0m …\033[0m");
}

TEST(JsonView, ReadsWithoutCeremony) {
  const auto value = json::parse(R"({"a":{"b":null,"c":1.5,"d":true,"e":["x",2]}})");
  EXPECT_EQ(text_at(value, "a.b"), "");
  EXPECT_EQ(text_at(value, "a.c"), "1.5");
  EXPECT_EQ(text_at(value, "a.e"), "x, 2");
  EXPECT_EQ(text_at(value, "a.e.f"), "");
  EXPECT_TRUE(flag_at(value, "a.d"));
  EXPECT_EQ(pretty(json::parse(R"({"a":[],"b":[1,{"c":"é"}]})")),
            "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {\n      \"c\": \"é\"\n    }\n  ]\n}\n");
  EXPECT_EQ(in_bytes(1536), "1.5 KB");
  EXPECT_EQ(in_bytes(39845888), "38 MB");
}

TEST(Durations, AreRead) {
  EXPECT_EQ(read_duration("90s"), Duration(90s));
  EXPECT_EQ(read_duration("10m"), Duration(600s));
  EXPECT_EQ(read_duration("7d"), Duration(604'800s));
  EXPECT_EQ(read_duration("500ms"), Duration(500ms));
  for (const char* wrong : {"", "s", "5", "5x", "-5s", "99999999999s", "999999999d"}) {
    EXPECT_FALSE(read_duration(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace lazaret::cli
