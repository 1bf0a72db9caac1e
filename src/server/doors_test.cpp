// Who may do what, and as whom.
#include <gtest/gtest.h>
#include <unistd.h>

#include "server/server_rig.h"

namespace lazaret::server {
namespace {

std::string bearer(const std::string& key) { return "Authorization: Bearer " + key + "\r\n"; }

TEST(Doors, the_matrix_of_rights) {
  Rig rig;
  rig.make_cell(cell_a, {"lead", "scout"});
  struct Row {
    std::string_view method, target, body;
    int nobody, viewer, operator_, admin, agent;
  };
  const std::vector<Row> rows = {
      {"GET", "/health", "", 200, 200, 200, 200, 200},
      {"GET", "/openapi.json", "", 200, 200, 200, 200, 200},
      {"GET", "/api/v1/status", "", 401, 200, 200, 200, 403},
      {"GET", "/metrics", "", 401, 200, 200, 200, 403},
      {"GET", "/api/v1/agents", "", 401, 200, 200, 200, 200},
      {"GET", "/api/v1/agents/scout", "", 401, 200, 200, 200, 200},
      {"GET", "/api/v1/cells/survey/tasks", "", 401, 200, 200, 200, 200},
      {"POST", "/api/v1/notes", R"({"text": "x"})", 401, 403, 201, 201, 201},
      {"POST", "/api/v1/agents/scout/pause", "{}", 401, 403, 200, 200, 403},
      {"POST", "/api/v1/freeze", "{}", 401, 403, 200, 200, 403},
      {"POST", "/api/v1/resume", "{}", 401, 403, 200, 200, 403},
      {"GET", "/api/v1/keys", "", 401, 403, 403, 200, 403},
      {"POST", "/api/v1/keys", R"({"name":"n","scope":"viewer"})", 401, 403, 403, 201, 403},
  };
  const std::string viewer = bearer(rig.make_key("viewer"));
  const std::string oper = bearer(rig.make_key("operator"));
  const std::string admin = bearer(rig.admin_key);
  const std::string agent = bearer(rig.token(cell_a, "scout"));
  for (const Row& row : rows) {
    const auto status = [&](const std::string& headers) {
      return rig.call(row.method, row.target, row.body, headers).status;
    };
    EXPECT_EQ(status(""), row.nobody) << row.target;
    EXPECT_EQ(status(viewer), row.viewer) << row.target;
    EXPECT_EQ(status(oper), row.operator_) << row.target;
    EXPECT_EQ(status(admin), row.admin) << row.target;
    EXPECT_EQ(status(agent), row.agent) << row.target;
    EXPECT_EQ(status(bearer("lzk_wrong")), 401) << row.target;
    EXPECT_EQ(status(bearer("lza_wrong.wrong")), 401) << row.target;
    EXPECT_EQ(status("Authorization: Basic YTpi\r\n"), 401) << row.target;
  }
}

TEST(Doors, keys_are_shown_once_stored_as_hashes_and_can_be_taken_back) {
  Rig rig;
  const std::string key = rig.make_key("viewer");
  ASSERT_EQ(key.size(), 4U + 43U);  // 256 bits in base64url
  EXPECT_EQ(rig.call("GET", "/api/v1/status", {}, bearer(key)).status, 200);
  const Response list = rig.as_admin("GET", "/api/v1/keys");
  EXPECT_EQ(list.body.find(key), std::string::npos);
  const auto stored = rig.on_loop([&] { return rig.keys.records.back(); });
  EXPECT_EQ(stored.sha256, wire::to_hex(wire::sha256(key)));
  Wire wire(rig.port);  // a connection that has shown the key already
  wire.send(request("GET", "/api/v1/status", {}, bearer(key)));
  EXPECT_EQ(wire.read().status, 200);
  EXPECT_EQ(rig.as_admin("DELETE", "/api/v1/keys/" + stored.id).status, 200);
  wire.send(request("GET", "/api/v1/status", {}, bearer(key)));
  EXPECT_EQ(wire.read().status, 401);
  EXPECT_EQ(rig.as_admin("POST", "/api/v1/keys", R"({"name":"n","scope":"god"})").status, 422);
}

TEST(Doors, agents_see_their_own_mission_and_act_as_themselves) {
  Rig rig;
  rig.make_cell(cell_a, {"lead", "scout"});
  rig.make_cell(cell_b, {"other"}, "elsewhere");
  const std::string scout = bearer(rig.token(cell_a, "scout"));
  EXPECT_EQ(rig.call("GET", "/api/v1/cells/" + cell_b, {}, scout).status, 403);
  EXPECT_EQ(rig.call("GET", "/api/v1/agents/other", {}, scout).status, 403);
  EXPECT_EQ(rig.call("GET", "/agent/other", {}, scout).status, 403);
  const auto agents = rig.call("GET", "/api/v1/agents", {}, scout).json();
  EXPECT_EQ(agents.at("agents").as_array().size(), 2U);
  EXPECT_EQ(rig.call("GET", "/api/v1/cells", {}, scout).json().at("cells").as_array().size(), 1U);
  const auto events = rig.call("GET", "/api/v1/events?limit=1000", {}, scout).json();
  EXPECT_GT(events.at("events").as_array().size(), 0U);
  for (const auto& event : events.at("events").as_array())
    EXPECT_EQ(event.at("cell").as_string(), cell_a);
  EXPECT_EQ(rig.call("POST", "/heartbeat/lead", {}, scout).status, 403);
  EXPECT_EQ(rig.call("POST", "/api/v1/agents/lead/activity", "{}", scout).status, 403);
  EXPECT_EQ(rig.call("POST", "/api/v1/next-work?agent=lead", "{}", scout).status, 403);
}

TEST(Doors, a_token_of_an_older_incarnation_is_fenced_on_every_road) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const AgentRef ref{CellId(cell_a), AgentId("scout")};
  const std::string old = bearer(rig.token(cell_a, "scout"));
  EXPECT_EQ(rig.call("POST", "/heartbeat/scout", {}, old).status, 200);
  Wire wire(rig.port);
  wire.send(request("POST", "/heartbeat/scout", {}, old));
  EXPECT_EQ(wire.read().status, 200);
  rig.on_loop([&] {
    rig.loop->post(core::event::AgentExited{
        ref, Incarnation{1}, {.kind = core::ExitKind::signalled, .signal = 9}});
  });
  ASSERT_TRUE(rig.until([&] {
    const auto* entry = rig.loop->beats().find(ref);
    return entry && entry->incarnation.value == 2;
  }));
  wire.send(request("POST", "/heartbeat/scout", {}, old));  // remembered as good until now
  const Response beat = wire.read();
  EXPECT_EQ(beat.status, 409);
  EXPECT_EQ(beat.text("type"), "urn:lazaret:fenced");
  for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{
           {"POST", "/api/v1/next-work"}, {"GET", "/api/v1/agents"}, {"POST", "/api/v1/notes"}}) {
    const Response response =
        rig.call(method, target, method == "GET" ? "" : R"({"text":"x"})", old);
    if (target == "/api/v1/next-work") continue;  // takes no text; see below
    EXPECT_EQ(response.status, 409) << target;
    EXPECT_EQ(response.text("type"), "urn:lazaret:fenced") << target;
  }
  const Response work = rig.call("POST", "/api/v1/next-work?wait_seconds=0", "{}", old);
  EXPECT_EQ(work.status, 409);
  EXPECT_EQ(work.text("type"), "urn:lazaret:fenced");
  const auto refused = rig.as_admin("GET", "/api/v1/events?kind=write_refused").json();
  EXPECT_EQ(refused.at("events").as_array().size(), 1U);  // the core recorded the write
  EXPECT_EQ(rig.call("POST", "/heartbeat/scout", {}, bearer(rig.token(cell_a, "scout"))).status,
            200);
}

TEST(Doors, the_unix_socket_knows_its_peers) {
  Rig mine;
  Wire admin(mine.unix_path);
  admin.send(request("GET", "/api/v1/keys"));
  EXPECT_EQ(admin.read().status, 200);

  // The same user, but the process belongs to an agent's group: it is that agent, not admin.
  Rig theirs({}, [](Services& services) {
    services.agent_of_pid = [](pid_t pid) -> std::optional<AgentRef> {
      EXPECT_EQ(pid, ::getpid());
      return AgentRef{CellId(cell_a), AgentId("scout")};
    };
  });
  theirs.make_cell(cell_a, {"scout"});
  Wire agent(theirs.unix_path);
  agent.send(request("GET", "/api/v1/keys"));
  EXPECT_EQ(agent.read().status, 403);
  agent.send(request("POST", "/heartbeat/scout"));
  EXPECT_EQ(agent.read().status, 200);
  agent.send(request("POST", "/api/v1/next-work", "{}"));
  EXPECT_EQ(agent.read().status, 200);
}

TEST(Doors, a_port_in_use_is_named_as_it_was_asked_for) {
  Rig rig;
  Result<std::uint16_t> got = std::uint16_t(0);
  const auto listen = [&](const char* host, std::uint16_t port, bool next_free) {
    rig.on_loop([&] { got = rig.server->listen_tcp(host, port, next_free); });
  };
  listen("127.0.0.1", rig.port, false);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::conflict);
  EXPECT_EQ(got.error().message, "port " + std::to_string(rig.port) + " is in use");
  // If these two are somebody else's, they are in use as well.
  listen("127.0.0.1", 65534, false);
  listen("127.0.0.1", 65535, false);
  listen("127.0.0.1", 65534, true);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "the ports 65534 to 65535 are all in use");
  EXPECT_EQ(got.error().place, "127.0.0.1:65534");
  listen("192.0.2.1", 7878, true);  // RFC 5737: nobody's
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "this machine has no address 192.0.2.1");
}

TEST(Doors, ambiguous_ids_name_their_candidates) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  rig.make_cell(cell_b, {"scout"}, "elsewhere");
  const Response both = rig.as_admin("GET", "/api/v1/agents/scout");
  EXPECT_EQ(both.status, 409);
  EXPECT_NE(both.text("remedy").find("7c9e6679.scout"), std::string::npos);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/agents/7c9e6679.scout").text("cell_id"), cell_a);
  // The token decides first.
  const std::string token = bearer(rig.token(cell_b, "scout"));
  EXPECT_EQ(rig.call("GET", "/api/v1/agents/scout", {}, token).text("cell_id"), cell_b);
  EXPECT_EQ(rig.call("POST", "/heartbeat/scout", {}, token).status, 200);
  EXPECT_EQ(rig.call("POST", "/heartbeat/scout").status, 409);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/cells/16fd").text("mission_name"), "elsewhere");
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/cells/16f").status, 404);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/cells/elsewhere").text("cell_id"), cell_b);
}

}  // namespace
}  // namespace lazaret::server
