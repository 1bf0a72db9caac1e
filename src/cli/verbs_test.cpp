// Whole command lines against a daemon that answers by a script.
#include "cli/verbs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <sstream>

#include "cli/cli_fixture.h"
#include "wire/operations.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

TEST_F(Cli, VerbsOfTheTableBecomeRequests) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines = {
      {{"agent", "pause", "a b", "--reason", "x"},
       R"(POST /api/v1/agents/a%20b/pause {"reason":"x"})"},
      {{"agent", "wake", "s", "look"}, R"(POST /api/v1/agents/s/wake {"message":"look"})"},
      {{"agent", "wake", "s", "-"}, R"(POST /api/v1/agents/s/wake {"message":"from stdin"})"},
      {{"agent", "ls", "--cell", "c d", "--limit", "5"}, "GET /api/v1/agents?cell=c%20d&limit=5 "},
      {{"agent", "show", "s"}, "GET /api/v1/agents/s "},
      {{"agent", "heartbeat", "s", "--progress", "7", "--metadata", R"({"a":1})"},
       R"(POST /heartbeat/s {"metadata":{"a":1},"progress":7})"},
      {{"agent", "add", "c", "s", "--role", "read", "--mem", "1G", "--restart", "on-failure", "--",
        "./s", "-v"},
       R"(POST /api/v1/cells/c/agents {"agent_id":"s","role":"read","lazaret":{"limits":)"
       R"({"memory":"1G"},"run":{"command":["./s","-v"],"restart":"on_failure"}}})"},
      {{"mission", "new", "survey", "--template", "single", "--set", "policies.auto_revive=ask",
        "--set", "max_agents=3", "--", "prog"},
       R"(POST /api/v1/cells {"mission_name":"survey","template":"single","command":["prog"],)"
       R"("policies":{"auto_revive":"ask"},"max_agents":3})"},
      {{"mission", "pause", "c"}, R"(POST /api/v1/cells/c/status {"status":"paused"})"},
      {{"mission", "resume", "c"}, R"(POST /api/v1/cells/c/status {"status":"active"})"},
      {{"mission", "close", "c", "--reason", "r"},
       R"(POST /api/v1/cells/c/status {"reason":"r","status":"completed"})"},
      {{"task", "ls", "c", "--status", "failed"}, "GET /api/v1/cells/c/tasks?status=failed "},
      {{"task", "add", "c", "Read the Archive!", "--after", "a", "--after", "b", "--timeout", "5"},
       R"(POST /api/v1/cells/c/tasks {"title":"Read the Archive!","task_id":"read-the-archive",)"
       R"("dependencies":["a","b"],"timeout":5})"},
      {{"task", "dep", "c", "t-2", "t-1"}, R"(POST /api/v1/cells/c/tasks/t-2/depend {"on":"t-1"})"},
      {{"task", "assign", "c", "t", "null"},
       R"(POST /api/v1/cells/c/tasks/t/assign {"agent":null})"},
      {{"task", "done", "c", "t", "--result", "ok"},
       R"(POST /api/v1/cells/c/tasks/t/done {"result":"ok"})"},
      {{"task", "verify", "c", "t"}, "POST /api/v1/cells/c/tasks/t/verify {}"},
      {{"checkpoint", "save", "s"}, "POST /api/v1/agents/s/checkpoints {}"},
      {{"checkpoint", "ask", "s", "--reason", "why"},
       R"(POST /api/v1/agents/s/checkpoints/ask {"reason":"why"})"},
      {{"checkpoint", "restore", "s", "000001-x"},
       R"(POST /api/v1/agents/s/checkpoints/restore {"checkpoint":"000001-x"})"},
      {{"checkpoint", "diff", "s", "a"}, "GET /api/v1/agents/s/checkpoints/diff?from=a "},
      {{"task", "checkpoint", "c", "t", R"({"page":7})"},
       R"(POST /api/v1/cells/c/tasks/t/checkpoint {"cursor":{"page":7}})"},
      {{"task", "checkpoint", "c", "t", "-"},
       R"(POST /api/v1/cells/c/tasks/t/checkpoint {"cursor":"from stdin"})"},
      {{"sign-in"}, "POST /api/v1/sign-in {}"},
      {{"health"}, "GET /health "},
      {{"agent", "health", "s"}, "GET /agent/s "},
      {{"inbox"}, "GET /api/v1/approvals?open=true "},
      {{"inbox", "--open", "no"}, "GET /api/v1/approvals?open=false "},
      {{"inbox", "approve", "r-3"}, R"(POST /api/v1/approvals/r-3/answer {"answer":"yes"})"},
      {{"inbox", "deny", "r-3", "--reason", "no"},
       R"(POST /api/v1/approvals/r-3/answer {"reason":"no","answer":"no"})"},
      {{"token", "new", "ci", "--scope", "viewer"},
       R"(POST /api/v1/keys {"name":"ci","scope":"viewer"})"},
      {{"token", "revoke", "k-3"}, "DELETE /api/v1/keys/k-3 "},
      {{"freeze", "--all"}, "POST /api/v1/freeze {}"},
  };
  for (const auto& [words, request] : lines) {
    say(words, "from stdin");
    EXPECT_EQ(asked(), request);
  }
}

// What only programs call: browsers, or a verb of another name.
TEST_F(Cli, EveryOperationHasItsWords) {
  const std::map<std::string_view, std::string> otherwise = {{"fleet.stop", "down"},
                                                             {"sign_in", "sign-in"},
                                                             {"session.show", "sign-in"},
                                                             {"session.begin", "sign-in"},
                                                             {"session.end", "sign-in"}};
  for (const auto& operation : wire::operations()) {
    if (operation.foreign) continue;  // nobody types those
    const auto other = otherwise.find(operation.name);
    std::string words;
    if (other != otherwise.end()) {
      words = other->second;
    } else {
      ASSERT_FALSE(operation.cli.empty()) << operation.name;
      std::istringstream in{std::string(operation.cli)};
      for (std::string word; in >> word && std::islower(static_cast<unsigned char>(word[0]));) {
        words += (words.empty() ? "" : " ") + word;
      }
    }
    const auto verbs = all_verbs();
    const auto found = std::ranges::find(verbs, words, &Verb::words);
    ASSERT_NE(found, verbs.end()) << operation.name << ": " << words;
    EXPECT_FALSE(found->summary.empty()) << words;
    EXPECT_FALSE(found->example.empty()) << words;
  }
}

TEST_F(Cli, TheApiIsDescribedWithoutADaemon) {
  const auto said = say({"openapi"});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_EQ(asked(), "nothing");
  const auto api = json::parse(said.out);
  const auto& pause = api.at("paths").at("/api/v1/agents/{agent}/pause").at("post");
  EXPECT_EQ(pause.at("x-cli").as_string(), "lazaret agent pause AGENT");
  EXPECT_TRUE(pause.at("x-example").as_string().starts_with("lazaret agent pause "));
}

TEST_F(Cli, CursorsAreListedAndShown) {
  answers_["GET /api/v1/cells/c/tasks"] = json_answer(
      R"({"next":null,"tasks":[{"task_id":"t-1","status":"in_progress","owner":"a",
          "since":"2026-11-21T11:59:00Z","cursor":{"page":7}},
          {"task_id":"t-2","status":"pending","owner":null,"since":"","cursor":null},
          {"task_id":"t-3","status":"pending","owner":null,"since":"","cursor":[1]}]})");
  answers_["GET /api/v1/cells/c/tasks/t-1"] = json_answer(R"({"cursor":{"page":7}})");
  answers_["GET /api/v1/cells/c/tasks/t-2"] = json_answer(R"({"cursor":null})");
  const auto list = say({"task", "cursors", "c"}).out;
  EXPECT_NE(list.find(R"(t-1   in_progress  60s    a      {"page":7})"), std::string::npos) << list;
  EXPECT_EQ(list.find("t-2"), std::string::npos);
  EXPECT_NE(list.find("t-3"), std::string::npos) << "it has a cursor, and waits for an owner";
  EXPECT_EQ(say({"task", "cursor", "c", "t-1"}).out, "{\n  \"page\": 7\n}\n");
  EXPECT_EQ(say({"task", "cursor", "c", "t-2"}).status, 3);
}

TEST_F(Cli, CheckpointsAreListedWithWhatIsKnownOfThem) {
  answers_["GET /api/v1/agents/s/checkpoints"] = json_answer(
      R"({"agent_id":"s","cell_id":"c","asked":null,
          "went_on_from":{"agent":"s","checkpoint":"000001-aa"},"checkpoints":[
          {"checkpoint":"000002-bb","saved_at":"2026-11-21T11:59:00Z","task":"t","bytes":2048,
           "files":2,"proven_at":null,"broken":"state.json is not what was saved"},
          {"checkpoint":"000001-aa","saved_at":"2026-11-21T11:00:00Z","task":null,"bytes":5,
           "files":1,"proven_at":"2026-11-21T11:59:30Z","broken":null}]})");
  const auto list = say({"checkpoint", "ls", "s"}).out;
  EXPECT_NE(list.find("does not verify: state.json"), std::string::npos) << list;
  EXPECT_NE(list.find("restorable, proven 30s ago"), std::string::npos) << list;
  EXPECT_NE(list.find("went on from 000001-aa of s"), std::string::npos) << list;
}

TEST_F(Cli, ConfigShowsWhatRunsAndWhatWillChange) {
  answers_["GET /api/v1/settings"] = json_answer(
      R"({"settings":[{"setting":"state","value":"/s","source":"flag","place":"--state"},
          {"setting":"http.port","value":7878,"source":"default","place":""},
          {"setting":"logs.kept","value":3,"source":"flag","place":"--logs-kept"}]})");
  std::vector<std::string> asked_with;
  hooks_.read_settings = [&](const Paths&, const std::vector<std::string>& flags) {
    asked_with = flags;
    return Result<json::value>(json::parse(
        R"({"settings":[{"setting":"state","value":"/s","source":"default","place":""},
            {"setting":"http.port","value":9000,"source":"file","place":"c.toml:2:8"},
            {"setting":"logs.kept","value":9,"source":"default","place":""}],"faults":[]})"));
  };
  const auto shown = say({"config"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_NE(shown.out.find("state      /s     default"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("http.port  7878   default"), std::string::npos) << shown.out;
  EXPECT_NE(shown.err.find("http.port becomes 9000"), std::string::npos) << shown.err;
  EXPECT_EQ(shown.err.find("logs.kept"), std::string::npos) << shown.err;
  EXPECT_TRUE(say({"config", "--json"}).out.contains(R"("running": true)"));
  hooks_.read_settings = [](const Paths&, const std::vector<std::string>&) {
    return Result<json::value>(json::parse(
        R"({"settings":[],"faults":[{"message":"odd","place":"c.toml:1:1","remedy":""}]})"));
  };
  const auto wrong = say({"config"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_NE(wrong.err.find("c.toml:1:1"), std::string::npos) << wrong.err;
}

TEST_F(Cli, MetricsArePassedOnAsTheyAre) {
  answers_["GET /metrics"] = json_answer("# TYPE a counter\na 1\n");
  EXPECT_EQ(say({"metrics"}).out, "# TYPE a counter\na 1\n");
}

TEST_F(Cli, ExitStatusTellsWhatHappened) {
  auto problem = [](const std::string& code, const std::string& status) {
    return json_answer(R"({"type":"urn:lazaret:)" + code + R"(","detail":"why"})", status);
  };
  answers_["GET /api/v1/agents/fenced"] = problem("fenced", "409 Conflict");
  answers_["GET /api/v1/agents/refused"] = problem("refused", "403 Forbidden");
  answers_["GET /api/v1/agents/person"] = problem("needs_person", "409 Conflict");
  answers_["GET /api/v1/agents/conflict"] = problem("conflict", "409 Conflict");
  answers_["GET /api/v1/agents/bad"] = problem("invalid_input", "422 Unprocessable Entity");
  answers_["GET /api/v1/agents/key"] = problem("unauthenticated", "401 Unauthorized");
  answers_["GET /api/v1/agents/fine"] = json_answer(R"({"agent_id":"fine"})");
  EXPECT_EQ(say({"agent", "show", "fine"}).status, 0);
  EXPECT_EQ(say({"agent", "show", "conflict"}).status, 1);
  EXPECT_EQ(say({"agent", "show", "bad"}).status, 2);
  EXPECT_EQ(say({"agent", "show"}).status, 2);
  EXPECT_EQ(say({"agent", "show", "nobody"}).status, 3);
  EXPECT_EQ(say({"agent", "show", "person"}).status, 4);
  EXPECT_EQ(say({"agent", "show", "refused"}).status, 5);
  EXPECT_EQ(say({"agent", "show", "fenced"}).status, 5);
  EXPECT_EQ(say({"agent", "show", "key"}).status, 5);
}

TEST_F(Cli, ErrorsHavePlaceAndRemedyOnLinesOfTheirOwn) {
  answers_["GET /api/v1/agents/x"] = json_answer(
      R"({"type":"urn:lazaret:conflict","detail":"no","place":"here:3","remedy":"do that"})",
      "409 Conflict");
  const auto outcome = say({"agent", "show", "x"});
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "error: no\n  at: here:3\n  try: do that\n");
}

TEST_F(Cli, WrongValuesAreRefusedBeforeTheyAreSent) {
  EXPECT_EQ(say({"agent", "heartbeat", "s", "--progress", "many"}).err,
            "error: --progress cannot be 'many'\n  try: it is a whole number\n");
  EXPECT_EQ(say({"agent", "heartbeat", "s", "--metadata", "[1]x"}).status, 2);
  EXPECT_EQ(say({"events", "--since", "yesterday"}).status, 2);
  EXPECT_EQ(say({"task", "add", "c", "t", "--timeout", "soon"}).status, 2);
  EXPECT_EQ(say({"mission", "new", "m", "--body", "/nonexistent"}).status, 3);
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(Cli, JsonIsTheAnswerItself) {
  answers_["GET /api/v1/agents/x"] = json_answer(R"({"agent_id":"x","tries":0})");
  EXPECT_EQ(say({"agent", "show", "x", "--json"}).out,
            "{\n  \"agent_id\": \"x\",\n  \"tries\": 0\n}\n");
}

TEST_F(Cli, ListsAreReadToTheirEnd) {
  answers_["GET /api/v1/agents"] = json_answer(R"({"agents":[{"ref":"a"}],"next":"2 3"})");
  answers_["GET /api/v1/agents?cursor=2%203"] =
      json_answer(R"({"agents":[{"ref":"b"}],"next":null})");
  EXPECT_EQ(say({"agent", "ls"}).out, "AGENT\na\nb\n");
  EXPECT_EQ(json::parse(say({"agent", "ls", "--json"}).out),
            json::parse(R"({"agents":[{"ref":"a"},{"ref":"b"}],"next":null})"));
}

TEST_F(Cli, StatusCanSayThatSomebodyIsNeeded) {
  answers_["GET /api/v1/status"] =
      json_answer(R"({"sentence":"1 waiting for you","needs_you":[{"id":"r-1","text":"why?"}]})");
  answers_["GET /api/v1/agents?limit=1000"] = json_answer(R"({"agents":[]})");
  const auto outcome = say({"status"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.out.starts_with("1 waiting for you\nNEEDS YOU  r-1  why?\n"));
  EXPECT_EQ(say({"status", "--check"}).status, 4);
  EXPECT_EQ(say({"status", "--check", "--json"}).status, 4);
}

TEST_F(Cli, EventsOfARangeArePaged) {
  answers_["GET /api/v1/events?since=3&limit=1000&kind=k"] = json_answer(
      R"({"events":[{"number":4,"at":"2026-11-21T10:00:00Z","kind":"k","text":"one"}],"next":4})");
  answers_["GET /api/v1/events?since=4&limit=1000&kind=k"] = json_answer(
      R"({"events":[{"number":5,"at":"2026-11-21T11:55:00Z","kind":"k","text":"two"}],"next":5})");
  answers_["GET /api/v1/events?since=5&limit=1000&kind=k"] =
      json_answer(R"({"events":[],"next":5})");
  EXPECT_TRUE(say({"events", "--kind", "k", "--since", "3"}).out.contains("one"));
  const auto newest = say({"events", "--kind", "k", "--since", "3", "--limit", "1"}).out;
  EXPECT_FALSE(newest.contains("one"));
  EXPECT_TRUE(newest.contains("two"));
  EXPECT_FALSE(say({"events", "--kind", "k", "--since", "3", "--until", "4"}).out.contains("two"));
  const auto all = json::parse(say({"events", "--kind", "k", "--since", "3", "--json"}).out);
  EXPECT_EQ(list_at(all, "events").size(), 2u);
  EXPECT_EQ(text_at(all, "next"), "5");
}

TEST_F(Cli, TheNewestEventsAreOneQuestionAndTimesAreAskedForAsTimes) {
  const std::string one =
      R"({"events":[{"number":1,"at":"2026-11-21T10:00:00Z","kind":"k","text":"one"}],"next":1})";
  answers_["GET /api/v1/events?since=0&limit=50&newest=true&kind=k%2Cj&text=a%20b"] =
      json_answer(one);
  EXPECT_TRUE(say({"events", "--kind", "k", "--kind", "j", "--text", "a b"}).out.contains("one"));
  answers_
      ["GET /api/v1/events?since=0&limit=7&newest=true&from=2026-11-21T11%3A50%3A00.000Z"
       "&until=2026-11-21T11%3A59%3A00.000Z"] = json_answer(one);
  EXPECT_TRUE(
      say({"events", "--since", "10m", "--until", "1m", "--limit", "7"}).out.contains("one"));
  EXPECT_EQ(say({"events", "--since", "1m", "--until", "10m"}).status, 2);
  EXPECT_EQ(say({"events", "-f", "--until", "1m"}).status, 2);
}

TEST_F(Cli, WhileTheDaemonIsDownTheStateAnswers) {
  daemon_.stop();
  unlink(daemon_.path().c_str());
  EXPECT_EQ(say({"why", "scout"}).status, 1);
  std::string target;
  hooks_.read_offline = [&](const Paths& paths, std::string_view asked_for) {
    EXPECT_EQ(paths.state, state_);
    target = asked_for;
    return Result<json::value>(json::parse(R"({"sentence":"scout was running"})"));
  };
  const auto outcome = say({"why", "scout"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(target, "/api/v1/why?of=scout");
  EXPECT_TRUE(outcome.out.starts_with("scout was running\n"));
  EXPECT_TRUE(outcome.err.starts_with("the daemon is down; ")) << outcome.err;
  // What would change something is not answered from the past.
  EXPECT_EQ(say({"agent", "pause", "scout"}).status, 1);
}

TEST_F(Cli, LogsOfManyCarryTheirNames) {
  answers_["GET /api/v1/agents?limit=200"] = json_answer(
      R"({"agents":[{"ref":"a","process":"running"},{"ref":"b","process":"stopped"},
          {"ref":"x","process":"external"}]})");
  answers_["GET /api/v1/agents/a/logs?tail=10"] = json_answer(R"({"lines":["one"],"next":4})");
  answers_["GET /api/v1/agents/b/logs?tail=10"] = json_answer(R"({"lines":["two"],"next":4})");
  answers_["GET /api/v1/agents/a/logs?tail=100"] = json_answer(R"({"lines":["one"],"next":4})");
  EXPECT_EQ(say({"logs"}).out, "a | one\nb | two\n");
  EXPECT_EQ(say({"logs", "a"}).out, "one\n");
  EXPECT_EQ(say({"logs", "nobody"}).status, 3);
  for (const char* tail : {"0", "10x", "", "10001"}) {
    EXPECT_EQ(say({"logs", "a", "--tail", tail}).status, 2) << tail;
  }
}

TEST_F(Cli, LintIsAnExitStatus) {
  answers_["GET /api/v1/cells/warned/lint"] = json_answer(
      R"({"faults":[{"file":"cell.json","found":"a","expected":"b","severity":"warning"}]})");
  answers_["GET /api/v1/cells/wrong/lint"] = json_answer(
      R"({"faults":[{"file":"cell.json","found":"a","expected":"b","severity":"error"}]})");
  EXPECT_EQ(say({"cell", "lint", "warned"}).status, 0);
  EXPECT_EQ(say({"cell", "lint", "wrong"}).status, 1);
  EXPECT_EQ(say({"cell", "lint", state_}).status, 1);  // a directory, but this build has no reader
  hooks_.lint_cell = [&](const std::string& directory) {
    EXPECT_EQ(directory, state_);
    return Result<json::value>(json::parse(R"({"faults":[]})"));
  };
  EXPECT_EQ(say({"cell", "lint", state_}).out, "nothing is wrong\n");
}

TEST_F(Cli, DestroyAsksAndNobodyIsThereToAnswer) {
  answers_["GET /api/v1/cells/m"] = json_answer(R"({"cell_id":"1f2e","mission_name":"m"})");
  answers_["DELETE /api/v1/cells/1f2e?reason=old"] = json_answer("{}");
  EXPECT_EQ(say({"mission", "destroy", "m", "--yes", "--reason", "old"}).out, "destroyed 1f2e\n");
  if (isatty(STDIN_FILENO) == 0) {
    EXPECT_EQ(say({"mission", "destroy", "m"}).status, 4);
  }
  EXPECT_EQ(say({"mission", "destroy", "nothing", "--yes"}).status, 3);
}

TEST_F(Cli, ImportSendsWhatTheReaderMade) {
  hooks_.import_proposal = [](std::string_view text) -> Result<json::value> {
    if (text != "# Mission") return fail(ErrorCode::invalid_input, "line 1: no title");
    return json::parse(R"({"mission_name":"m"})");
  };
  answers_["POST /api/v1/cells"] = json_answer(R"({"cell_id":"1"})", "201 Created");
  EXPECT_EQ(say({"mission", "import", "-"}, "# Mission").status, 0);
  EXPECT_EQ(asked(), R"(POST /api/v1/cells {"mission_name":"m"})");
  EXPECT_EQ(say({"mission", "import", "-"}, "nothing").status, 2);
  EXPECT_EQ(say({"mission", "import", "-", "--dry"}, "# Mission").out,
            "{\n  \"mission_name\": \"m\"\n}\n");
}

TEST_F(Cli, CompletionIsAScriptThatBashAccepts) {
  const std::string script = say({"completion", "bash"}).out;
  const std::string file = state_ + "/completion";
  FILE* out = fopen(file.c_str(), "w");
  fputs(script.c_str(), out);
  fputs(
      "\ncheck() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _lazaret; echo "
      "\"${COMPREPLY[*]}\"; }\n"
      "check lazaret agent pa\ncheck lazaret inbox app\ncheck lazaret --state /x up --det\n",
      out);
  fclose(out);
  FILE* bash = popen(("bash --norc " + file + " 2>&1").c_str(), "r");
  std::string said(4096, '\0');
  said.resize(fread(said.data(), 1, said.size(), bash));
  EXPECT_EQ(pclose(bash), 0);
  unlink(file.c_str());
  EXPECT_EQ(said, "pause\napprove\n--detach\n");
  EXPECT_EQ(say({"completion", "fish"}).status, 2);
}

TEST_F(Cli, WhatIsWrongWithARunNamesItsFlag) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> lines = {
      {{"--mem", "12x"}, "--mem cannot be '12x'\n  try: it is an amount, such as 512M"},
      {{"--cpu", "all"}, "--cpu cannot be 'all'\n  try: it is a number of cores"},
      {{"--pids", "0"}, "--pids cannot be '0'\n  try: it is a whole number"},
      {{"--name", "a b/c"}, "--name cannot be 'a b/c'\n  try: it is "},
  };
  for (const auto& [flags, text] : lines) {
    std::vector<std::string> words = {"run"};
    words.insert(words.end(), flags.begin(), flags.end());
    words.insert(words.end(), {"--", "true"});
    const auto said = say(words);
    EXPECT_EQ(said.status, 2) << said.err;
    EXPECT_NE(said.err.find(text), std::string::npos) << said.err;
    EXPECT_EQ(said.err.find("at:"), std::string::npos) << said.err;
  }
  EXPECT_EQ(asked(), "nothing") << "nobody needs to be asked about that";
}

TEST_F(Cli, ARunTakesNoNameThatIsTaken) {
  answers_["GET /api/v1/agents/web"] =
      json_answer(R"({"ref":"web","cell_id":"3f2b8c1e-5d4a","process":"running"})");
  answers_["GET /api/v1/cells/3f2b8c1e-5d4a"] = json_answer(R"({"created_by":"lazaret run"})");
  answers_["GET /api/v1/status"] = json_answer("{}");
  const auto said = say({"run", "-d", "--name", "web", "--", "sleep", "9"});
  EXPECT_EQ(said.status, 1);
  EXPECT_NE(said.err.find("an agent is called web already: it is running"), std::string::npos)
      << said.err;
  EXPECT_NE(said.err.find("`lazaret agent show web`"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("`lazaret mission destroy 3f2b8c1e --yes`"), std::string::npos);
  for (const auto& request : daemon_.seen()) EXPECT_NE(request.method, "POST");
}

TEST_F(Cli, LintSaysWhatItLookedFor) {
  const auto said = say({"cell", "lint", "survey"});
  EXPECT_EQ(said.status, 3);
  EXPECT_NE(said.err.find("no directory \"survey\", and no mission of that name"),
            std::string::npos)
      << said.err;
  EXPECT_NE(said.err.find("lazaret mission new survey"), std::string::npos) << said.err;
}

TEST_F(Cli, EventsWantALimitThatIsOne) {
  for (const char* limit : {"0", "-1", "x", "5y", "99999999999999999999"}) {
    const auto said = say({"events", "--limit", limit});
    EXPECT_EQ(said.status, 2) << limit;
    EXPECT_NE(said.err.find("--limit cannot be"), std::string::npos) << said.err;
  }
}

TEST_F(Cli, SettingsThatNoDaemonTakesStartNone) {
  daemon_.stop();
  unlink(daemon_.path().c_str());
  hooks_.read_settings = [](const Paths&, const std::vector<std::string>& flags) {
    return Result<json::value>(json::value{
        {"faults", {{{"message", "odd " + flags.back()}, {"place", "--port"}, {"remedy", ""}}}}});
  };
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"up", "--port", "abc"}, {"up", "--detach", "--port", "abc"}}) {
    const auto said = say(words);
    EXPECT_EQ(said.status, 2) << said.err;
    EXPECT_NE(said.err.find("odd abc"), std::string::npos) << said.err;
  }
}

}  // namespace
}  // namespace lazaret::cli
