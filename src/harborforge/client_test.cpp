#include "harborforge/client.h"

#include "harborforge/bed_for_tests.h"

namespace lazaret::harborforge {
namespace {

using core::SlotStatus;

struct ClientTest : testing::Test {
  Bed bed{7};
  FakeBackend backend{bed};
  Result<boost::json::object> last = fail(ErrorCode::internal, "nobody acted");

  ClientTest() { bed.agent_list = {{"scout", "m-1", "idle", "", {}}}; }
  void act(Verb verb, std::optional<std::string> agent = "scout", const std::string& text = "") {
    bed.client->act(verb, agent, text, bed.now(), [&](auto result) { last = std::move(result); });
  }
  std::string status_text() { return wire::json_document(bed.client->calendar_status()); }
};

TEST_F(ClientTest, ADueSlotWakesItsAgentOnceAndIsReported) {
  backend.add("scout", 1, "07:30:00", 0);
  bed.start();
  bed.run(5s);
  EXPECT_EQ(bed.wakes["calendar:1"], 1);
  EXPECT_NE(bed.last_message.find("[calendar slot 1]"), std::string::npos);
  EXPECT_EQ(backend.status("1"), SlotStatus::ongoing);
  const auto started = backend.find("1")->view.started_at;
  ASSERT_TRUE(started);
  EXPECT_LE(*started - Duration(8h), Duration(6s));
  bed.run(10min);
  EXPECT_EQ(bed.wakes.size(), 1U);
  EXPECT_EQ(bed.wakes["calendar:1"], 1);
  act(Verb::complete, "scout", "all done");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->at("status"), "finished");
  EXPECT_EQ(last->at("actual_duration"), 10);
  bed.run(1s);
  EXPECT_EQ(backend.status("1"), SlotStatus::finished);
  EXPECT_EQ(backend.find("1")->view.actual_duration, 10);
  EXPECT_EQ(backend.updates.back().second.summary, "all done");
}

TEST_F(ClientTest, TheHeadersNameAgentServerAndKey) {
  bed.start();
  bed.run(1s);
  ASSERT_FALSE(bed.requests.empty());
  const auto& beat = bed.requests.front();
  EXPECT_EQ(beat.method, "POST");
  EXPECT_EQ(beat.url, "http://backend/calendar/agent/heartbeat");
  EXPECT_EQ(Bed::header(beat, "X-Agent-ID"), "scout");
  EXPECT_EQ(Bed::header(beat, "X-Claw-Identifier"), "host-1");
  EXPECT_EQ(Bed::header(beat, "X-API-Key"), "key-1");
  EXPECT_EQ(beat.body, R"({"claw_identifier":"host-1","agent_id":"scout"})");
}

TEST_F(ClientTest, OneHeartbeatForEachAgentAndTick) {
  bed.agent_list = {
      {"a", "", "idle", "", {}}, {"b", "", "idle", "", {}}, {"c", "", "offline", "", {}}};
  bed.start();
  bed.run(Duration(1s));
  EXPECT_EQ(bed.count("POST", "heartbeat"), 2U);
  bed.run(Duration(30s) * 10 - 1s);
  EXPECT_EQ(bed.count("POST", "heartbeat"), 22U);
}

TEST_F(ClientTest, ASlotBeforeItsTimeWaits) {
  backend.add("scout", 1, "08:02:00", 0);
  bed.start();
  bed.run(Duration(119s));
  EXPECT_TRUE(bed.wakes.empty());
  bed.run(Duration(31s));
  EXPECT_EQ(bed.wakes["calendar:1"], 1);
}

TEST_F(ClientTest, TheHighestPriorityWinsAndTheOthersAreDeferred) {
  backend.add("scout", 4, "07:00:00", 1);
  backend.add("scout", 3, "07:00:00", 5);
  backend.add("scout", 2, "06:00:00", 5);
  backend.add("scout", 1, "09:00:00", 9);
  bed.start();
  bed.run(10s);
  EXPECT_EQ(bed.wakes.size(), 1U);
  EXPECT_EQ(bed.wakes["calendar:2"], 1);
  EXPECT_EQ(backend.status("3"), SlotStatus::deferred);
  EXPECT_EQ(backend.status("4"), SlotStatus::deferred);
  EXPECT_EQ(backend.find("4")->view.priority, 2);
  EXPECT_EQ(backend.status("1"), SlotStatus::not_started);
  bed.run(5min);  // an active slot: nobody is chosen, nobody's priority grows
  EXPECT_EQ(backend.find("4")->view.priority, 2);
  act(Verb::complete);
  bed.run(40s);
  EXPECT_EQ(bed.wakes["calendar:3"], 1);
}

TEST_F(ClientTest, OfEqualSlotsTheLowerIdentWins) {
  backend.add("scout", 10, "07:00:00", 5);
  backend.add("scout", 9, "07:00:00", 5);
  bed.start();
  bed.run(10s);
  EXPECT_EQ(bed.wakes["calendar:9"], 1);
  EXPECT_EQ(bed.wakes.size(), 1U);
}

TEST_F(ClientTest, AWakeThatFailsAbortsTheSlotWithTheReason) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.faults.wake_fails = 1;
  bed.start();
  bed.run(10s);
  EXPECT_EQ(backend.status("1"), SlotStatus::aborted);
  EXPECT_NE(backend.updates.back().second.reason.find("the agent is away"), std::string::npos);
}

TEST_F(ClientTest, AHostThatNeverAnswersAWakeIsGivenUp) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.faults.wake_silent = 1;
  bed.start();
  bed.run(100s);
  EXPECT_EQ(backend.status("1"), SlotStatus::not_started);
  bed.run(60s);
  EXPECT_EQ(backend.status("1"), SlotStatus::aborted);
  EXPECT_EQ(bed.wakes["calendar:1"], 1);
}

TEST_F(ClientTest, AVirtualSlotGoesOnUnderItsRealId) {
  backend.add_virtual("scout", "3", "07:00:00");
  bed.start();
  bed.run(10s);
  EXPECT_EQ(bed.wakes["calendar:plan-3-2026-11-21T070000"], 1);
  EXPECT_EQ(backend.status("1000"), SlotStatus::ongoing);
  bed.run(5min);
  EXPECT_EQ(bed.wakes.size(), 1U);
  act(Verb::complete);
  EXPECT_EQ(last->at("slot_id"), "1000");
  bed.run(1s);
  EXPECT_EQ(backend.status("1000"), SlotStatus::finished);
  EXPECT_EQ(bed.requests.back().url, "http://backend/calendar/slots/1000/agent-update");
}

TEST_F(ClientTest, PauseAndResumeAreNotWorkedTime) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(10s);
  bed.run(4min);
  act(Verb::pause, "scout", "lunch");
  bed.run(1min);
  EXPECT_EQ(backend.status("1"), SlotStatus::paused);
  act(Verb::pause);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, ErrorCode::conflict);
  bed.run(60min);
  act(Verb::resume);
  bed.run(1min);
  EXPECT_EQ(backend.status("1"), SlotStatus::ongoing);
  act(Verb::complete, std::nullopt);
  EXPECT_EQ(last->at("actual_duration"), 5);
}

TEST_F(ClientTest, WithoutAnActiveSlotNothingIsActedOn) {
  bed.start();
  bed.run(1s);
  for (const auto& agent : {std::optional<std::string>("scout"), std::optional<std::string>()}) {
    act(Verb::complete, agent);
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().message, "no active slot for agent");
    EXPECT_EQ(last.error().code, ErrorCode::not_found);
  }
}

TEST_F(ClientTest, WhoHasSeveralActiveSlotsNamesTheAgent) {
  bed.agent_list.push_back({"second", "", "idle", "", {}});
  backend.add("scout", 1, "07:00:00", 0);
  backend.add("second", 2, "07:00:00", 0);
  bed.start();
  bed.run(10s);
  act(Verb::complete, std::nullopt);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().remedy, "name one of scout, second");
}

TEST_F(ClientTest, AClientEndedBetweenWakeAndReportGoesOn) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.faults.wake_silent = 1;  // the agent is woken, and the client never hears of it
  bed.start();
  bed.run(5s);
  ASSERT_EQ(bed.wakes["calendar:1"], 1);
  bed.kill();
  bed.faults = {};
  bed.run(60s);
  EXPECT_EQ(bed.wakes["calendar:1"], 1);
  EXPECT_EQ(backend.status("1"), SlotStatus::ongoing);
}

TEST_F(ClientTest, WhereAHostForgetsItsWakesTheSlotIsAborted) {
  bed.once = false;
  backend.add("scout", 1, "07:00:00", 0);
  bed.faults.wake_silent = 1;
  bed.start();
  bed.run(5s);
  bed.kill();
  bed.run(60s);
  EXPECT_EQ(bed.wakes["calendar:1"], 1);
  EXPECT_EQ(backend.status("1"), SlotStatus::aborted);
  EXPECT_EQ(backend.updates.back().second.reason, "the client was ended while it woke the agent");
}

TEST_F(ClientTest, AnOutboxWaitsForABackendThatIsAway) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(5s);
  bed.faults.lost = 1;
  act(Verb::complete);
  EXPECT_TRUE(last);
  bed.run(10min);
  EXPECT_EQ(backend.status("1"), SlotStatus::ongoing);
  EXPECT_LT(bed.count("PATCH", "/slots/1/"), 30U) << "it backs off";
  bed.kill();
  bed.faults = {};
  bed.run(3min);
  EXPECT_EQ(backend.status("1"), SlotStatus::finished);
}

TEST_F(ClientTest, ARefusedReportIsNotSentAgain) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(5s);
  backend.find("1")->view.status = SlotStatus::aborted;  // by somebody at the backend
  act(Verb::complete);
  bed.run(5min);
  EXPECT_EQ(bed.count("PATCH", "/slots/1/"), 2U);
  EXPECT_NE(status_text().find("409: Illegal transition"), std::string::npos) << status_text();
}

TEST_F(ClientTest, ASlotEndedAtTheBackendIsNoLongerActive) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(5s);
  backend.find("1")->view.status = SlotStatus::aborted;
  bed.run(31s);
  act(Verb::complete);
  EXPECT_FALSE(last);
}

TEST_F(ClientTest, ASlotLeftOngoingByNobodyIsAbortedWithAReason) {
  backend.add("scout", 1, "07:00:00", 0).status = SlotStatus::ongoing;
  bed.start();
  bed.run(5s);
  EXPECT_TRUE(bed.wakes.empty());
  EXPECT_EQ(backend.status("1"), SlotStatus::aborted);
  EXPECT_NE(backend.updates.back().second.reason.find("left ongoing"), std::string::npos);
}

TEST_F(ClientTest, ASlotWhoseAgentIsAtWorkIsTakenUpAgain) {
  bed.agent_list[0].status = "working";
  wire::SlotView& slot = backend.add("scout", 1, "07:00:00", 0);
  slot.status = SlotStatus::ongoing;
  slot.started_at = Duration(7h);
  bed.start();
  bed.run(5s);
  EXPECT_TRUE(bed.wakes.empty());
  act(Verb::complete);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->at("actual_duration"), 60);
  bed.run(1s);
  EXPECT_EQ(backend.status("1"), SlotStatus::finished);
}

TEST_F(ClientTest, ABackendThatForgotIsToldAgain) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(5s);
  backend.find("1")->view.status = SlotStatus::not_started;
  bed.run(31s);
  EXPECT_EQ(bed.wakes["calendar:1"], 1);
  EXPECT_EQ(backend.status("1"), SlotStatus::ongoing);
  act(Verb::complete);
  bed.run(5s);
  backend.find("1")->view.status = SlotStatus::ongoing;
  bed.run(31s);
  EXPECT_EQ(backend.status("1"), SlotStatus::finished);
  backend.find("1")->view.status = SlotStatus::not_started;
  bed.run(2min);
  EXPECT_EQ(bed.wakes["calendar:1"], 1) << "it never fires again";
}

TEST_F(ClientTest, AReplacedWakeAbortsItsSlot) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(10s);
  bed.client->wake_lost("calendar:1", "superseded", bed.now());
  bed.run(1s);
  EXPECT_EQ(backend.status("1"), SlotStatus::aborted);
  EXPECT_EQ(backend.updates.back().second.reason, "superseded");
}

TEST_F(ClientTest, ATurnThatEndedWellFinishesItsSlot) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(10s);
  bed.client->wake_done("calendar:1", "", bed.now());
  bed.client->wake_done("calendar:1", "", bed.now());
  bed.run(1s);
  EXPECT_EQ(backend.status("1"), SlotStatus::finished);
}

TEST_F(ClientTest, ADiskThatIsFullKeepsEverythingBack) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.faults.full = 1;
  bed.run(2min);
  EXPECT_TRUE(bed.wakes.empty()) << "nothing is done before it is recorded";
  bed.faults.full = 0;
  bed.run(2min);
  EXPECT_LE(bed.wakes["calendar:1"], 1);
  bed.run(3min);
  EXPECT_NE(backend.status("1"), SlotStatus::not_started);
}

// The agent's turn is over, but who could not write that down does not tell it either.
TEST_F(ClientTest, AReportThatIsNotOnTheDiskDoesNotLeave) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(10s);
  const auto told = bed.count("PATCH", "/slots/1/");
  bed.faults.full = 1;
  bed.client->wake_done("calendar:1", "done", bed.now());
  bed.run(2min);
  EXPECT_EQ(bed.count("PATCH", "/slots/1/"), told);
  EXPECT_EQ(backend.status("1"), SlotStatus::ongoing);
  bed.faults.full = 0;
  bed.run(2min);
  EXPECT_EQ(backend.status("1"), SlotStatus::finished);
}

TEST_F(ClientTest, AnActThatCannotBeRecordedIsRefusedAndLeavesTheSlot) {
  backend.add("scout", 1, "07:00:00", 0);
  bed.start();
  bed.run(10s);
  bed.faults.full = 1;
  act(Verb::complete);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, ErrorCode::unavailable);
  bed.faults.full = 0;
  act(Verb::complete);
  EXPECT_TRUE(last);
}

TEST_F(ClientTest, AnExhaustedAgentIsReportedAndNotWoken) {
  bed.agent_list[0] = {"scout", "", "exhausted", "rate_limit",
                       *from_rfc3339("2026-11-21T12:00:00Z")};
  bed.start();
  bed.run(2min);
  ASSERT_EQ(backend.statuses.size(), 1U);
  EXPECT_EQ(backend.statuses[0],
            R"({"claw_identifier":"host-1","agent_id":"scout","status":"exhausted",)"
            R"("reason":"rate_limit","recovery_at":"2026-11-21T12:00:00.000Z"})");
}

TEST_F(ClientTest, AnAgentThatComesLaterIsHeardAtOnce) {
  bed.start();
  bed.run(5s);
  bed.agent_list.push_back({"late", "", "idle", "", {}});
  bed.client->on_agents_changed(bed.now());
  bed.run(1s);
  EXPECT_EQ(bed.count("POST", "heartbeat"), 2U);
}

TEST_F(ClientTest, ABackendThatIsAwayIsOneLineOfTheLog) {
  bed.faults.lost = 1;
  bed.start();
  bed.run(10min);
  EXPECT_EQ(bed.log.size(), 1U);
  bed.faults = {};
  bed.run(1min);
  ASSERT_EQ(bed.log.size(), 2U);
  EXPECT_EQ(bed.log[1], "scout: it works again");
}

TEST_F(ClientTest, AnUnreadableStateIsSaid) {
  bed.disk = "{\"format\": 1, \"active\": 3}";
  Client client(bed.settings, World{bed, bed, bed, bed, {}, {}});
  const auto started = client.start(bed.now());
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("unreadable"), std::string::npos);
}

TEST_F(ClientTest, SettingsThatAreNoneAreNamed) {
  const auto place = [&](const std::function<void(ClientSettings&)>& change) {
    ClientSettings settings = bed.settings;
    change(settings);
    const auto checked = check(settings);
    return checked ? std::string() : checked.error().place;
  };
  EXPECT_EQ(place([](auto&) {}), "");
  EXPECT_EQ(place([](auto& s) { s.backend_url = "backend:80"; }), "backend_url");
  EXPECT_EQ(place([](auto& s) { s.backend_url = "http://x/"; }), "backend_url");
  EXPECT_EQ(place([](auto& s) { s.identifier = "a\r\nX-Evil: 1"; }), "identifier");
  EXPECT_EQ(place([](auto& s) { s.api_key = "a b"; }), "api_key");
  EXPECT_EQ(place([](auto& s) { s.calendar_interval = 10ms; }), "calendar_interval");
}

}  // namespace
}  // namespace lazaret::harborforge
