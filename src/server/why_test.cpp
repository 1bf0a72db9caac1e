// GET /why: what is meant, for whom, and evidence of the journal.
#include <gtest/gtest.h>

#include "server/server_rig.h"

namespace lazaret::server {
namespace {

std::string bearer(const std::string& key) { return "Authorization: Bearer " + key + "\r\n"; }

TEST(Why, of_a_mission_shows_what_the_journal_knows_of_it) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const Response paused = rig.as_admin("POST", "/api/v1/cells/" + std::string(cell_a) + "/status",
                                       R"({"status": "paused", "reason": "lunch"})");
  EXPECT_EQ(paused.status, 200) << paused.body;
  const auto why = rig.as_admin("GET", "/api/v1/why?of=" + std::string(cell_a)).json();
  EXPECT_EQ(why.at("what").as_string(), "mission");
  EXPECT_EQ(why.at("state").as_string(), "paused");
  bool told = false;
  for (const auto& line : why.at("evidence").as_array()) {
    told = told || line.at("kind").as_string() == "mission_status_changed";
  }
  EXPECT_TRUE(told) << boost::json::serialize(why);
}

TEST(Why, of_an_agent_is_the_same_on_both_roads_and_agents_see_their_own_mission_only) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  rig.make_cell(cell_b, {"forge"}, "other");
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/why?of=scout").text("rule"),
            rig.as_admin("GET", "/api/v1/agents/scout/why").text("rule"));
  const std::string scout = bearer(rig.token(cell_a, "scout"));
  EXPECT_EQ(rig.call("GET", "/api/v1/why?of=scout", "", scout).status, 200);
  EXPECT_EQ(rig.call("GET", "/api/v1/why?of=forge", "", scout).status, 403);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/why?of=nobody").status, 404);
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/why").status, 422);
}

}  // namespace
}  // namespace lazaret::server
