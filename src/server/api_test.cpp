// What the operations do, over real sockets: heartbeats, work, events, and the promises of the
// contract.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "server/server_rig.h"
#include "wire/operations.h"

namespace lazaret::server {
namespace {

std::string bearer(const std::string& key) { return "Authorization: Bearer " + key + "\r\n"; }

TEST(Heartbeats, the_contract_of_the_plain_curl_line) {
  Rig rig;
  const Response first = rig.call("POST", "/heartbeat/my-agent");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.text("status"), "ok");
  EXPECT_EQ(first.text("agent_id"), "my-agent");
  EXPECT_EQ(first.json().at("next_heartbeat").to_number<double>(), 30);
  EXPECT_FALSE(first.text("timestamp").empty());
  const Response second = rig.call("POST", "/heartbeat/my-agent",
                                   R"({"metadata": {"step": "index", "n": [1, 2]}, "progress": 17,
                                       "response_time": 0.25, "something": "else"})");
  EXPECT_EQ(second.status, 200);
  const auto entry = rig.call("GET", "/agent/my-agent").json();
  EXPECT_EQ(entry.at("status").as_string(), "healthy");
  EXPECT_EQ(entry.at("response_time").to_number<double>(), 0.25);
  EXPECT_EQ(entry.at("metadata").at("n").as_array().size(), 2U);
  EXPECT_EQ(entry.at("consecutive_failures").as_int64(), 0);
  const auto health = rig.call("GET", "/health").json();
  EXPECT_EQ(health.at("total_agents").as_int64(), 1);
  EXPECT_EQ(health.at("healthy").as_int64(), 1);
  EXPECT_TRUE(health.at("agents").as_object().contains("my-agent"));
  EXPECT_EQ(rig.call("GET", "/agent/nobody").status, 404);
}

TEST(Heartbeats, an_error_is_degraded_and_a_good_beat_recovers) {
  Rig rig;
  rig.call("POST", "/heartbeat/e");
  EXPECT_EQ(rig.call("POST", "/heartbeat/e", R"({"error": "no\u0020disk"})").status, 200);
  ASSERT_TRUE(rig.until([&] {
    return core::find_agent(rig.loop->fleet(), {CellId("external"), AgentId("e")})->health ==
           core::Health::degraded;
  }));
  EXPECT_EQ(rig.call("GET", "/agent/e").text("error_message"), "no disk");
  rig.call("POST", "/heartbeat/e");
  EXPECT_TRUE(rig.until([&] {
    return core::find_agent(rig.loop->fleet(), {CellId("external"), AgentId("e")})->health ==
           core::Health::healthy;
  }));
}

TEST(Heartbeats, bad_bodies_and_names_are_refused_with_their_place) {
  Rig rig;
  rig.call("POST", "/heartbeat/a");
  for (const std::string_view body :
       {"[]", "{", "{\"progress\": -1}", "{\"progress\": \"x\"}", "{\"metadata\": []}",
        "{\"response_time\": 1e999}", "{\"error\": 5}", "{\"a\": \"\x01\"}", "{\"a\": 01}", "{} x",
        "{\"a\": \"\xff\"}"}) {
    const Response response = rig.call("POST", "/heartbeat/a", body);
    EXPECT_EQ(response.status, 422) << body;
    EXPECT_FALSE(response.text("place").empty()) << body;
  }
  for (const std::string_view id : {".hidden", "-x", "a%20b", "7c9e6679.scout", "a%2Fb"}) {
    EXPECT_EQ(rig.call("POST", "/heartbeat/" + std::string(id)).status, 422) << id;
  }
  EXPECT_EQ(rig.call("POST", "/heartbeat/" + std::string(65, 'x')).status, 422);
}

TEST(Heartbeats, what_lazaret_started_needs_its_token) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  EXPECT_EQ(rig.call("POST", "/heartbeat/scout").status, 401);
  const std::string token = bearer(rig.token(cell_a, "scout"));
  Wire wire(rig.port);
  for (int i = 0; i < 3; ++i) {  // slow road, then the remembered one
    wire.send(request("POST", "/heartbeat/scout", R"({"progress": 1})", token));
    EXPECT_EQ(wire.read().status, 200);
    wire.send(request("POST", "/heartbeat/scout"));
    EXPECT_EQ(wire.read().status, 401);
  }
  EXPECT_EQ(rig.on_loop(
                [&] { return rig.loop->beats().find({CellId(cell_a), AgentId("scout")})->beats; }),
            3U);
}

TEST(Heartbeats, registration_is_bounded) {
  Bounds bounds;
  bounds.external_agents = 3;
  Rig rig(bounds);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(rig.call("POST", "/heartbeat/x" + std::to_string(i)).status, 200);
  const Response fourth = rig.call("POST", "/heartbeat/x3");
  EXPECT_EQ(fourth.status, 429);
  EXPECT_TRUE(fourth.headers.contains("retry-after"));
  EXPECT_EQ(rig.call("POST", "/heartbeat/x0").status, 200);
}

TEST(Inputs, what_is_wrong_is_named) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  struct Row {
    std::string_view method, target, body;
    int status;
    std::string_view said;
  };
  for (const Row& row : std::vector<Row>{
           {"POST", "/api/v1/agents/scout/pause", R"({"reason": 5})", 422, "/reason"},
           {"POST", "/api/v1/agents/scout/pause", R"({"reson": "x"})", 422, "reson"},
           {"POST", "/api/v1/agents/scout/pause", "null", 422, "object"},
           {"POST", "/api/v1/agents/scout/pause", "{", 400, "body:1:"},
           {"POST", "/api/v1/agents/scout/pause", R"({"reason":"a","reason":"b"})", 400, "reason"},
           {"POST", "/api/v1/agents/scout/wake", "{}", 422, "message"},
           {"POST", "/api/v1/approvals", R"({"question":"?","default":"maybe"})", 422, "yes, no"},
           {"POST", "/api/v1/approvals", R"({"question":"?","deadline_seconds":1e9})", 422,
            "2592000"},
           {"POST", "/api/v1/agents/scout/activity", R"({"rate_limited_until":"soon"})", 422,
            "time"},
           {"POST", "/api/v1/cells/survey/status", R"({"status":"on"})", 422, "active"},
           {"POST", "/api/v1/cells/survey/tasks", R"({"task_id":"../../evil","title":"x"})", 422,
            "evil"},
           {"GET", "/api/v1/agents?limit=0", "", 422, "limit"},
           {"GET", "/api/v1/agents?limit=x", "", 422, "limit"},
           {"GET", "/api/v1/agents?limit=1&limit=2", "", 422, "twice"},
           {"GET", "/api/v1/agents?what=1", "", 422, "what"},
           {"GET", "/api/v1/agents?cell=%ff", "", 400, "query"}}) {
    const Response response = rig.as_admin(row.method, row.target, row.body);
    EXPECT_EQ(response.status, row.status) << row.target << " " << row.body << " " << response.body;
    EXPECT_NE(response.body.find(row.said), std::string::npos) << row.said << ": " << response.body;
  }
  Wire wire(rig.port);
  const std::string key = bearer(rig.admin_key);
  wire.send("POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\n" + key +
            "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(wire.read().status, 415);
}

TEST(Work, is_claimed_waited_for_checkpointed_and_done) {
  Rig rig;
  rig.make_cell(cell_a, {"lead", "scout"});
  const std::string lead = bearer(rig.token(cell_a, "lead"));
  const std::string scout = bearer(rig.token(cell_a, "scout"));
  EXPECT_TRUE(rig.call("POST", "/api/v1/next-work", "{}", scout).json().at("task").is_null());
  Wire waiting(rig.port);
  waiting.send(request("POST", "/api/v1/next-work?wait_seconds=30", "{}", scout));
  ASSERT_TRUE(rig.until([&] { return rig.server->counts().waiting_for_work == 1; }));
  const Response made =
      rig.call("POST", "/api/v1/cells/survey/tasks",
               R"({"tasks": [{"task_id": "t-1", "title": "first", "assigned_to": "scout",
                                     "lazaret": {"input": {"page": 7.50}}},
                                {"task_id": "t-2", "title": "second", "dependencies": ["t-1"]}]})",
               lead);
  EXPECT_EQ(made.status, 201) << made.body;
  const auto work = waiting.read().json().at("task");
  EXPECT_EQ(work.at("task_id").as_string(), "t-1");
  EXPECT_EQ(work.at("input").at("page").to_number<double>(), 7.5);
  EXPECT_EQ(work.at("owner").as_string(), "scout");
  const std::string at = "/api/v1/cells/survey/tasks/t-1";
  EXPECT_EQ(rig.call("POST", at + "/checkpoint", R"({"cursor": {"page": 1.10}})", scout).status,
            200);
  EXPECT_EQ(rig.call("POST", at + "/done", R"({"result": "x"})", lead).status, 409);  // not its own
  const auto task = rig.call("GET", at, {}, scout).json();
  EXPECT_EQ(task.at("cursor").at("page").to_number<double>(), 1.1);
  EXPECT_EQ(rig.call("POST", at + "/done", R"({"result": "all"})", scout).status, 200);
  EXPECT_EQ(rig.call("POST", at + "/done", R"({"result": "all"})", scout).status, 200);  // repeated
  EXPECT_EQ(rig.call("GET", at, {}, scout).text("status"), "completed");
  const auto graph = rig.as_admin("GET", "/api/v1/cells/survey/graph").json();
  EXPECT_EQ(graph.at("edges").at(0).at("from").as_string(), "t-1");
  const Response cycle =
      rig.as_admin("POST", "/api/v1/cells/survey/tasks",
                   R"({"tasks": [{"task_id":"x","title":"x","dependencies":["y"]},
                                          {"task_id":"y","title":"y","dependencies":["x"]}]})");
  EXPECT_EQ(cycle.status, 409);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/cells/survey/tasks/x").status, 404);  // all or none
}

TEST(Work, a_waiter_that_leaves_is_forgotten_and_one_that_waits_in_vain_is_told) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const std::string scout = bearer(rig.token(cell_a, "scout"));
  {
    Wire gone(rig.port);
    gone.send(request("POST", "/api/v1/next-work?wait_seconds=60", "{}", scout));
    ASSERT_TRUE(rig.until([&] { return rig.server->counts().waiting_for_work == 1; }));
  }
  EXPECT_TRUE(rig.until([&] { return rig.server->counts().waiting_for_work == 0; }));
  const Response vain = rig.call("POST", "/api/v1/next-work?wait_seconds=0.05", "{}", scout);
  EXPECT_TRUE(vain.json().at("task").is_null());
}

TEST(Events, live_resumed_filtered_and_with_gaps) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const std::string key = bearer(rig.admin_key);
  Wire live(rig.port);
  live.send(request("GET", "/api/v1/events/stream?kind=note_recorded", {}, key));
  live.read_until("retry: 1000\n\n");
  for (int i = 0; i < 3; ++i) {
    rig.as_admin("POST", "/api/v1/notes", R"({"text": "line\nbreak )" + std::to_string(i) + "\"}");
  }
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const std::string event = live.read_until("\n\n");
    ids.push_back(event.substr(4, event.find('\n') - 4));
    EXPECT_NE(event.find("event: note_recorded\ndata: {"), std::string::npos) << event;
    EXPECT_NE(event.find("break " + std::to_string(i)), std::string::npos) << event;
  }
  Wire resumed(rig.port);
  resumed.send(request("GET", "/api/v1/events/stream?kind=note_recorded", {},
                       key + "Last-Event-ID: " + ids[0] + "\r\n"));
  resumed.read_until("retry: 1000\n\n");
  EXPECT_TRUE(resumed.read_until("\n\n").starts_with("id: " + ids[1] + "\n"));
  EXPECT_TRUE(resumed.read_until("\n\n").starts_with("id: " + ids[2] + "\n"));
  rig.as_admin("POST", "/api/v1/notes", R"({"text": "fourth"})");  // and goes on live
  EXPECT_NE(resumed.read_until("\n\n").find("fourth"), std::string::npos);

  rig.on_loop([&] { rig.journal.oldest_kept = std::stoull(ids[2]); });
  Wire trimmed(rig.port);
  trimmed.send(request("GET", "/api/v1/events/stream?since=1", {}, key));
  trimmed.read_until("retry: 1000\n\n");
  const std::string gap = trimmed.read_until("\n\n");
  EXPECT_NE(
      gap.find("event: gap\ndata: {\"from\":2,\"to\":" + std::to_string(std::stoull(ids[2]) - 1)),
      std::string::npos)
      << gap;
  EXPECT_TRUE(trimmed.read_until("\n\n").starts_with("id: " + ids[2]));
}

TEST(Events, what_never_was_is_an_error_and_what_is_gone_is_not) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const Response kind = rig.as_admin("GET", "/api/v1/events?kind=note_recorder");
  EXPECT_EQ(kind.status, 422) << kind.body;
  EXPECT_EQ(kind.text("remedy"), "did you mean note_recorded?");
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/events/stream?kind=bogus").status, 422);
  const Response nobody = rig.as_admin("GET", "/api/v1/events?agent=nobody");
  EXPECT_EQ(nobody.status, 404) << nobody.body;
  EXPECT_NE(nobody.text("detail").find("no agent \"nobody\""), std::string::npos);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/events?cell=nowhere").status, 404);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/events?task=nothing").status, 404);
  const std::string last = std::to_string(rig.recorded());
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/events?agent=scout&since=" + last).status, 200);
  const std::string gone = std::string("/api/v1/events?cell=") + cell_a;
  EXPECT_EQ(rig.as_admin("DELETE", std::string("/api/v1/cells/") + cell_a).status, 200);
  const Response past = rig.as_admin("GET", gone);
  EXPECT_GT(past.json().at("events").as_array().size(), 0U) << past.body;
  EXPECT_EQ(rig.as_admin("GET", gone + "&since=" + std::to_string(rig.recorded())).status, 200);
  const Response ahead = rig.as_admin("GET", gone + "&since=1000000");
  EXPECT_EQ(ahead.status, 400) << ahead.body;
  EXPECT_NE(ahead.text("detail").find("no event 1000000"), std::string::npos) << ahead.body;
  EXPECT_EQ(ahead.text("place"), "query since");
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/events?limit=0").status, 422);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/events?since=x").status, 422);
}

TEST(Events, history_in_pages_misses_nothing_and_shows_no_secrets) {
  Rig rig;
  rig.make_cell(cell_a, {"lead", "scout"});
  std::uint64_t next = 0;
  std::uint64_t expected = 1;
  const std::uint64_t recorded = rig.recorded();
  while (next < recorded) {
    const Response response =
        rig.as_admin("GET", "/api/v1/events?limit=3&since=" + std::to_string(next));
    EXPECT_EQ(response.body.find("very secret"), std::string::npos);
    const auto page = response.json();
    for (const auto& event : page.at("events").as_array()) {
      EXPECT_EQ(event.at("number").to_number<std::uint64_t>(), expected++);
    }
    next = page.at("next").to_number<std::uint64_t>();
  }
  EXPECT_EQ(expected, recorded + 1);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/agents/scout").body.find("very secret"),
            std::string::npos);
}

TEST(Events, a_reader_that_does_not_read_is_cut_off) {
  Bounds bounds;
  bounds.stream_bytes = 32 * 1024;
  Rig rig(bounds);
  Wire stuck(rig.port);
  stuck.send(request("GET", "/api/v1/events/stream", {}, bearer(rig.admin_key)));
  stuck.read_until("retry: 1000\n\n");
  const std::string note(4000, 'x');
  for (int i = 0; i < 4000 && rig.on_loop([&] { return rig.server->counts().streams; }) == 1; ++i) {
    rig.on_loop([&] {
      for (int k = 0; k < 20; ++k) {
        rig.loop->request({.name = "test"}, core::op::RecordNote{CellId(), note},
                          [](core::Answer) {});
      }
    });
  }
  EXPECT_EQ(rig.on_loop([&] { return rig.server->counts().streams; }), 0U);
}

TEST(Contract, etag_and_if_match) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const Response first = rig.as_admin("GET", "/api/v1/agents/scout");
  const std::string tag = first.headers.at("etag");
  EXPECT_EQ(
      rig.as_admin("GET", "/api/v1/agents/scout", {}, "If-None-Match: " + tag + "\r\n").status,
      304);
  const std::string if_match = "If-Match: " + tag + "\r\n";
  EXPECT_EQ(rig.as_admin("POST", "/api/v1/agents/scout/pause", "{}", if_match).status, 200);
  EXPECT_EQ(rig.as_admin("POST", "/api/v1/agents/scout/resume", "{}", if_match).status, 412);
  EXPECT_EQ(
      rig.as_admin("GET", "/api/v1/agents/scout", {}, "If-None-Match: " + tag + "\r\n").status,
      200);
}

TEST(Contract, an_idempotency_key_makes_one_thing) {
  Rig rig;
  const std::string key = "Idempotency-Key: once\r\n";
  const std::string body = R"({"question": "Deploy?", "default": "yes"})";
  const Response first = rig.as_admin("POST", "/api/v1/approvals", body, key);
  EXPECT_EQ(first.status, 201);
  const Response again = rig.as_admin("POST", "/api/v1/approvals", body, key);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.at("idempotency-replayed"), "true");
  EXPECT_EQ(rig.as_admin("POST", "/api/v1/approvals", R"({"question": "Other?"})", key).status,
            422);
  EXPECT_EQ(
      rig.as_admin("GET", "/api/v1/approvals?open=true").json().at("approvals").as_array().size(),
      1U);
  const std::string id = first.text("approval");
  EXPECT_EQ(
      rig.as_admin("POST", "/api/v1/approvals/" + id + "/answer", R"({"answer": "no"})").status,
      200);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/approvals/" + id).text("answer"), "no");
  EXPECT_EQ(
      rig.as_admin("POST", "/api/v1/approvals/" + id + "/answer", R"({"answer": "no"})").status,
      409);
}

TEST(Contract, a_new_key_is_never_answered_twice) {
  Rig rig;
  const std::string once = "Idempotency-Key: once\r\n";
  const std::string body = R"({"name": "ci", "scope": "viewer"})";
  const std::string first = rig.as_admin("POST", "/api/v1/keys", body, once).text("key");
  const Response second = rig.as_admin("POST", "/api/v1/keys", body, once);
  EXPECT_EQ(second.body.find(first), std::string::npos);
}

TEST(Contract, a_key_fits_an_agent_that_is_there) {
  Rig rig;
  rig.make_cell(cell_a, {"a"});
  const auto key = [&](const std::string& scope) {
    return rig.as_admin("POST", "/api/v1/keys", R"({"name": "k", "scope": ")" + scope + "\"}");
  };
  const std::string cell(cell_a);
  core::AgentDefinition elsewhere;
  elsewhere.id = AgentId("b");
  rig.on_loop([&] {
    rig.loop->request({.name = "test"}, core::op::DefineAgent{CellId(cell), elsewhere},
                      [](core::Answer answer) { EXPECT_TRUE(answer); });
  });
  EXPECT_EQ(key("agent:" + cell + "/b").text("scope"), "agent:" + cell + "/b");
  EXPECT_EQ(key("agent:" + cell.substr(0, 8) + "/b").text("scope"), "agent:" + cell + "/b");
  const auto started_here = key("agent:" + cell + "/a");
  EXPECT_EQ(started_here.status, 409);
  EXPECT_NE(started_here.text("remedy").find("LAZARET_TOKEN"), std::string::npos);
  EXPECT_EQ(key("agent:" + cell + "/nobody").status, 404);
  EXPECT_EQ(key("agent:nowhere/a").status, 404);
  EXPECT_EQ(key("agent:external/not-yet").status, 201);
}

TEST(Contract, lists_come_in_pages) {
  Rig rig;
  std::vector<std::string> names;
  for (int i = 0; i < 7; ++i) names.push_back("a" + std::to_string(i));
  rig.make_cell(cell_a, names);
  std::set<std::string> seen;
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = rig.as_admin("GET", "/api/v1/agents?limit=3" + cursor).json();
    for (const auto& agent : page.at("agents").as_array()) {
      EXPECT_TRUE(seen.insert(std::string(agent.at("agent_id").as_string())).second);
    }
    if (page.at("next").is_null()) break;
    cursor = "&cursor=" + std::string(page.at("next").as_string());
  }
  EXPECT_EQ(seen.size(), 7U);
  for (const std::string wrong : {"garbage", "agents", "cells:x", "a/b"}) {
    const Response refused = rig.as_admin("GET", "/api/v1/agents?cursor=" + wrong);
    EXPECT_EQ(refused.status, 400) << wrong;
    EXPECT_EQ(refused.text("place"), "query cursor") << refused.body;
    EXPECT_NE(refused.text("detail").find('"' + wrong + '"'), std::string::npos) << refused.body;
  }
}

TEST(Contract, storage_trouble_is_503_with_its_reason_and_passes) {
  Rig rig;
  rig.call("POST", "/heartbeat/known");
  rig.on_loop([&] {
    rig.journal.set_trouble(
        Error{ErrorCode::unavailable, "the disk is full", {}, "free some space"});
  });
  const Response refused = rig.as_admin("POST", "/api/v1/notes", R"({"text": "x"})");
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.text("detail").find("the disk is full"), std::string::npos);
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  EXPECT_EQ(rig.call("POST", "/heartbeat/known").status, 200);  // agents live on
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/status").text("trouble"), "the disk is full");
  rig.on_loop([&] { rig.journal.set_trouble(std::nullopt); });
  EXPECT_EQ(rig.as_admin("POST", "/api/v1/notes", R"({"text": "x"})").status, 201);
}

// Every $ref leads somewhere, every name is unique, every parameter of a path is declared.
void check_refs(const boost::json::value& value, const boost::json::object& schemas) {
  if (const auto* object = value.if_object()) {
    for (const auto& [name, one] : *object) {
      if (name == "$ref") {
        const std::string target(one.as_string());
        EXPECT_TRUE(schemas.contains(target.substr(target.rfind('/') + 1))) << target;
      }
      check_refs(one, schemas);
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& one : *array) check_refs(one, schemas);
  }
}

TEST(Contract, the_openapi_description_is_whole) {
  Rig rig;
  const auto api = rig.call("GET", "/openapi.json").json();
  EXPECT_EQ(api.at("openapi").as_string(), "3.1.0");
  check_refs(api, api.at("components").at("schemas").as_object());
  std::set<std::string> ids;
  for (const auto& [path, methods] : api.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      EXPECT_TRUE(ids.insert(std::string(operation.at("operationId").as_string())).second);
      std::set<std::string> declared;
      for (const auto& parameter : operation.at("parameters").as_array()) {
        if (parameter.at("in").as_string() == "path") {
          declared.insert("{" + std::string(parameter.at("name").as_string()) + "}");
        }
      }
      for (const std::string& name : declared)
        EXPECT_NE(std::string(path).find(name), std::string::npos);
      const auto count = std::count(path.begin(), path.end(), '{');
      EXPECT_EQ(static_cast<std::size_t>(count), declared.size()) << std::string_view(path);
    }
  }
  EXPECT_EQ(ids.size(), wire::operations().size());
  for (const auto& operation : wire::operations()) {
    std::set<std::string_view> names;
    for (const auto& input : operation.inputs)
      EXPECT_TRUE(names.insert(input.name).second) << operation.name;
  }
}

TEST(Contract, metrics_have_help_and_type_and_no_duplicates) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const Response response = rig.as_admin("GET", "/metrics");
  std::set<std::string> series;
  std::set<std::string> families;
  std::istringstream lines(response.body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(families.insert(line.substr(7, line.find(' ', 7) - 7)).second) << line;
    } else if (!line.starts_with("#")) {
      EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
      EXPECT_TRUE(families.contains(line.substr(0, line.find_first_of("{ ")))) << line;
    }
  }
  EXPECT_TRUE(series.contains("lazaret_agents{state=\"starting\"}"));
  EXPECT_GT(series.size(), 20U);
}

}  // namespace
}  // namespace lazaret::server
