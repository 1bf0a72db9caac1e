// The board of presences, over real sockets.
#include <gtest/gtest.h>

#include "server/server_rig.h"

namespace lazaret::server {
namespace {

struct MemoryBoard : ports::PresenceBoard {
  const ports::PresenceEntry* find(const std::string& id) const override {
    const auto found = entries.find(id);
    return found == entries.end() ? nullptr : &found->second;
  }
  void put(ports::PresenceEntry entry, Done done) override {
    if (trouble) return done(std::unexpected(*trouble));
    entries.insert_or_assign(entry.fabric_user_id, entry);
    done({});
  }
  std::map<std::string, ports::PresenceEntry> entries;
  std::optional<Error> trouble;
};

std::string bearer(const std::string& key) { return "Authorization: Bearer " + key + "\r\n"; }

TEST(Presences, AreToldAndRead) {
  MemoryBoard board;
  Rig rig({}, [&](Services& services) { services.presences = &board; });
  const std::string path = "/api/agents/u%2F7/presence";
  EXPECT_EQ(rig.as_admin("GET", path).text("status"), "unknown");
  const Response put = rig.as_admin("PUT", path, R"({"status": "busy", "since": "later"})");
  EXPECT_EQ(put.status, 200);
  EXPECT_TRUE(put.json().at("source").is_null());
  const Response got = rig.as_admin("GET", path);
  EXPECT_EQ(got.text("fabric_user_id"), "u/7");
  EXPECT_EQ(got.text("status"), "busy");
  EXPECT_EQ(got.body, put.body);
  EXPECT_EQ(rig.as_admin("PUT", path, R"({"status": "away"})").status, 422);
  EXPECT_EQ(rig.as_admin("PUT", path, "{}").status, 422);
  board.trouble = Error{ErrorCode::too_many, "the board is full", {}, {}};
  EXPECT_EQ(rig.as_admin("PUT", path, R"({"status": "idle"})").status, 429);
  EXPECT_EQ(rig.as_admin("GET", path).text("status"), "busy");
}

TEST(Presences, AreReadByViewersAndToldByOperators) {
  MemoryBoard board;
  Rig rig({}, [&](Services& services) { services.presences = &board; });
  const std::string path = "/api/agents/u/presence";
  const std::string body = R"({"status": "idle"})";
  const std::string viewer = bearer(rig.make_key("viewer"));
  const std::string person = bearer(rig.make_key("operator"));
  EXPECT_EQ(rig.call("GET", path).status, 401);
  EXPECT_EQ(rig.call("PUT", path, body).status, 401);
  EXPECT_EQ(rig.call("GET", path, {}, viewer).status, 200);
  EXPECT_EQ(rig.call("PUT", path, body, viewer).status, 403);
  EXPECT_EQ(rig.call("PUT", path, body, person).status, 200);
}

TEST(Presences, NeedABoard) {
  Rig rig;
  EXPECT_EQ(rig.as_admin("GET", "/api/agents/u/presence").status, 501);
  EXPECT_EQ(rig.as_admin("PUT", "/api/agents/u/presence", R"({"status": "idle"})").status, 501);
}

}  // namespace
}  // namespace lazaret::server
