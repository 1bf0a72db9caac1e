#include <gtest/gtest.h>

#include "server/server_rig.h"

namespace lazaret::server {
namespace {

std::string bearer(const std::string& key) { return "Authorization: Bearer " + key + "\r\n"; }

core::CheckpointInfo info(const std::string& id) {
  core::CheckpointInfo one;
  one.id = id;
  one.manifest_hash = std::string(64, 'a');
  one.bytes = 7;
  one.files = 1;
  return one;
}

// A disk that takes everything, and counts.
struct Disk {
  int saves = 0;
  void serve(Services& services) {
    services.save_checkpoint = [this](AgentRef, std::string, Services::CheckpointSaved done) {
      done(info("00000" + std::to_string(++saves) + "-aaaaaaaaaaaaaaaa"));
    };
    services.rehearse_checkpoint = [](AgentRef, core::CheckpointRef,
                                      Services::CheckpointRehearsed done) {
      done(fail(ErrorCode::invalid_input, "torn"));
    };
    services.read_checkpoints = [](AgentRef, std::vector<core::CheckpointRef> which,
                                   Services::CheckpointsRead done) {
      std::vector<wire::Manifest> manifests(which.size());
      manifests.back().files = {{"state.json", 7, std::string(64, 'b')}};
      done(std::move(manifests));
    };
  }
};

constexpr const char* path = "/api/v1/agents/scout/checkpoints";

TEST(Checkpoints, AreSavedListedComparedAndPicked) {
  Disk disk;
  Rig rig({}, [&](Services& services) { disk.serve(services); });
  rig.make_cell(cell_a, {"lead", "scout"});
  const std::string scout = bearer(rig.token(cell_a, "scout"));
  const Response first = rig.call("POST", path, "{}", scout);
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.text("checkpoint"), "000001-aaaaaaaaaaaaaaaa");
  EXPECT_EQ(rig.call("POST", path, "{}", scout).status, 201);
  const auto all = rig.call("GET", path, {}, scout).json().at("checkpoints").as_array();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].at("checkpoint").as_string(), "000002-aaaaaaaaaaaaaaaa") << "newest first";
  EXPECT_TRUE(all[0].at("broken").is_null());
  const std::string at = path;
  const Response diff = rig.as_admin("GET", at + "/diff");
  EXPECT_EQ(diff.json().at("files").at(0).at("change").as_string(), "added") << diff.body;
  const Response rehearsed = rig.as_admin("POST", at + "/rehearse", "{}");
  EXPECT_FALSE(rehearsed.json().at("restorable").as_bool()) << rehearsed.body;
  EXPECT_EQ(rig.as_admin("POST", at + "/restore", R"({"checkpoint": "none"})").status, 404);
  EXPECT_EQ(
      rig.as_admin("POST", at + "/restore", R"({"checkpoint": "000001-aaaaaaaaaaaaaaaa"})").status,
      200);
  const auto listed = rig.call("GET", path, {}, scout).json();
  EXPECT_EQ(listed.at("next").as_string(), "000001-aaaaaaaaaaaaaaaa");
  const auto after = listed.at("checkpoints").as_array();
  EXPECT_EQ(after[0].at("checkpoint").as_string(), "000002-aaaaaaaaaaaaaaaa") << "newest first";
  EXPECT_EQ(after[1].at("saved_at"), all[1].at("saved_at")) << "picked is not saved anew";
  const auto changed = rig.as_admin("GET", at + "/diff").json();
  EXPECT_EQ(changed.at("from").as_string(), "000001-aaaaaaaaaaaaaaaa") << "the older one";
  EXPECT_EQ(changed.at("to").as_string(), "000002-aaaaaaaaaaaaaaaa");
}

TEST(Checkpoints, AreTheAgentsOwnAndOfTheLiveIncarnation) {
  Disk disk;
  Rig rig({}, [&](Services& services) { disk.serve(services); });
  rig.make_cell(cell_a, {"lead", "scout"});
  const std::string lead = bearer(rig.token(cell_a, "lead"));
  EXPECT_NE(rig.call("POST", path, "{}", lead).status, 201);
  EXPECT_NE(rig.call("POST", std::string(path) + "/restore", R"({"checkpoint": "x"})", lead).status,
            200);
  const std::string old =
      bearer(rig.tokens.mint({CellId(cell_a), AgentId("scout")}, Incarnation{0}));
  EXPECT_EQ(rig.call("POST", path, "{}", old).status, 409);
  EXPECT_EQ(disk.saves, 0) << "the disk is not troubled";
  EXPECT_EQ(
      rig.as_admin("POST", path, R"({"workspace": "not a commit, but forty characters long"})")
          .status,
      422);
}

TEST(Checkpoints, WithoutADiskForThemAreRefused) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  EXPECT_EQ(rig.as_admin("POST", path, "{}").status, 501);
}

}  // namespace
}  // namespace lazaret::server
