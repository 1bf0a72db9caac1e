// The older contract, and sync.
#include "harborforge/bed_for_tests.h"

namespace lazaret::harborforge {
namespace {

using core::SlotStatus;

struct ServerWide : testing::Test {
  Bed bed{7};
  wire::ServerAnswer list;
  std::vector<std::string> updates;

  ServerWide() {
    bed.settings.contract = Contract::server_wide;
    bed.agent_list = {{"scout", "m-1", "idle", "", {}}};
    bed.backend = [this](const ports::HttpRequest& request) {
      if (request.url == "http://backend/calendar/server/heartbeat") {
        const auto beat = wire::read_server_heartbeat(request.body);
        EXPECT_TRUE(beat && beat->api_key == "key-1" && beat->agents.size() == 1U);
        return Bed::answer(200, wire::to_json(list));
      }
      updates.push_back(request.url + " " + request.body);
      return Bed::answer(200, {});
    };
  }
};

TEST_F(ServerWide, ASlotThatIsListedAgainFiresOnce) {
  list.slots_to_fire = {{"12", "scout", "Sweep", "", ""}};
  bed.start();
  bed.run(10min);
  EXPECT_EQ(bed.wakes["calendar:12"], 1);
  EXPECT_EQ(bed.last_message, "[calendar] slot 12: Sweep");
  EXPECT_EQ(bed.count("POST", "heartbeat"), 21U) << "one for the whole server";
  bed.client->act(Verb::complete, std::nullopt, "swept", bed.now(), [](const auto&) {});
  bed.run(10min);
  EXPECT_EQ(bed.wakes["calendar:12"], 1);
  ASSERT_EQ(updates.size(), 2U);
  EXPECT_EQ(updates[0],
            "http://backend/calendar/slots/12/server-update {\"status\":\"in_progress\"}");
  EXPECT_EQ(updates[1],
            "http://backend/calendar/slots/12/server-update "
            "{\"status\":\"completed\",\"summary\":\"swept\"}");
}

TEST_F(ServerWide, ASecondSlotWaitsForTheFirst) {
  list.slots_to_fire = {{"12", "scout", "", "one", ""}, {"13", "scout", "", "two", ""}};
  bed.start();
  bed.run(2min);
  EXPECT_EQ(bed.wakes.size(), 1U);
  bed.client->act(Verb::abort, "scout", "no", bed.now(), [](const auto&) {});
  bed.run(31s);
  EXPECT_EQ(bed.wakes["calendar:13"], 1);
}

TEST_F(ServerWide, ASlotForAStrangerIsSaid) {
  list.slots_to_fire = {{"12", "nobody", "", "one", ""}};
  list.restart_pending = true;
  bed.start();
  bed.run(10s);
  EXPECT_TRUE(bed.wakes.empty());
  EXPECT_EQ(bed.client->calendar_status().at("last_error"),
            "slot 12 is for nobody, which is no agent here");
  EXPECT_EQ(bed.client->restart_status(bed.now()).at("restart_pending"), true);
}

struct Sync : testing::Test {
  Bed bed{7};
  wire::SyncAnswer all;
  wire::SyncAnswer changes;
  std::vector<std::string> asked;
  std::vector<std::string> updates;

  Sync() {
    bed.settings.contract = Contract::sync;
    bed.agent_list = {{"scout", "m-1", "idle", "", {}}};
    all.sync_token = "t 1";
    changes.full = false;
    changes.sync_token = "t2";
    bed.backend = [this](const ports::HttpRequest& request) {
      if (request.url.find("/calendar/sync") != std::string::npos) {
        asked.push_back(request.method + " " + request.url);
        return Bed::answer(200, wire::to_json(asked.size() == 1 ? all : changes));
      }
      updates.push_back(request.body);
      return Bed::answer(200, {});
    };
  }
  static wire::SlotView slot(std::int64_t id, const std::string& clock) {
    wire::SlotView slot;
    slot.id = id;
    slot.date = "2026-11-21";
    slot.scheduled_at = clock;
    return slot;
  }
};

TEST_F(Sync, SlotsFireAtTheirTimeBetweenTwoAnswers) {
  all.schedules["scout"] = {slot(1, "08:01:00"), slot(2, "08:03:00"), slot(3, "08:04:00")};
  changes.schedules["scout"] = {};
  bed.start();
  bed.run(59s);
  EXPECT_TRUE(bed.wakes.empty());
  bed.run(2s);
  EXPECT_EQ(bed.wakes["calendar:1"], 1) << "by the clock";
  bed.run(2min);
  EXPECT_EQ(bed.wakes.size(), 1U) << "the agent is at it";
  bed.client->act(Verb::complete, "scout", "", bed.now(), [](const auto&) {});
  bed.run(1s);
  EXPECT_EQ(bed.wakes["calendar:2"], 1);
  EXPECT_EQ(asked.size(), 1U);
  bed.run(5min);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0], "GET http://backend/calendar/sync?claw_identifier=host-1");
  EXPECT_EQ(asked[1], "GET http://backend/calendar/sync?claw_identifier=host-1&since=t%201");
}

// A backend tells changes only: what was said before an agent came would never be heard.
TEST_F(Sync, WhoComesLaterHearsAllOfItAtOnce) {
  all.schedules["late"] = {slot(9, "07:00:00")};
  bed.backend = [this](const ports::HttpRequest& request) {
    if (request.method == "PATCH") return Bed::answer(200, {});
    asked.push_back(request.url);
    return Bed::answer(200, wire::to_json(request.url.contains("since") ? changes : all));
  };
  bed.start();
  bed.run(1min);
  EXPECT_EQ(asked.size(), 1U);
  bed.agent_list.push_back({"late", "", "idle", "", {}});
  bed.client->on_agents_changed(bed.now());
  bed.run(2s);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[1], "http://backend/calendar/sync?claw_identifier=host-1");
  EXPECT_EQ(bed.wakes["calendar:9"], 1);
  bed.run(6min);
  EXPECT_TRUE(asked[2].contains("since")) << "then changes are enough again";
}

// The same where it comes while an answer is on its way.
TEST_F(Sync, WhoComesMeanwhileHearsItTheNextTime) {
  all.schedules["late"] = {slot(9, "07:00:00")};
  bed.backend = [this](const ports::HttpRequest& request) {
    if (request.method == "PATCH") return Bed::answer(200, {});
    asked.push_back(request.url);
    return Bed::answer(200, wire::to_json(all));
  };
  bed.start();
  bed.agent_list.push_back({"late", "", "idle", "", {}});
  bed.client->on_agents_changed(bed.now());
  bed.run(5s);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_FALSE(asked[1].contains("since"));
  EXPECT_EQ(bed.wakes["calendar:9"], 1);
}

TEST_F(Sync, AChangeReplacesWhatWasKnown) {
  all.schedules["scout"] = {slot(1, "08:10:00")};
  wire::SlotView cancelled = slot(1, "08:10:00");
  cancelled.status = SlotStatus::aborted;
  changes.schedules["scout"] = {cancelled};
  bed.start();
  bed.run(30min);
  EXPECT_TRUE(bed.wakes.empty());
}

}  // namespace
}  // namespace lazaret::harborforge
