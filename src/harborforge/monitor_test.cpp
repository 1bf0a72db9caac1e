#include "harborforge/bed_for_tests.h"

namespace lazaret::harborforge {
namespace {

struct Monitor : testing::Test {
  Bed bed{7};
  std::vector<Stamp> arrived;
  std::vector<std::string> bodies;
  int status = 200;

  Monitor() {
    bed.settings.calendar_enabled = false;
    bed.settings.monitor_push_enabled = true;
    bed.settings.monitor_push_interval = 10s;
    bed.agent_list = {{"scout", "m-1", "working", "", {}}};
    bed.backend = [this](const ports::HttpRequest& request) {
      arrived.push_back(bed.now());
      bodies.push_back(request.body);
      EXPECT_EQ(request.url, "http://backend/monitor/server/heartbeat");
      EXPECT_EQ(Bed::header(request, "X-API-Key"), "key-1");
      return Bed::answer(status, {});
    };
  }
};

TEST_F(Monitor, PushesComeInTheIntervalAndKnowTheProcessorsUse) {
  bed.start();
  bed.run(65s);
  ASSERT_EQ(arrived.size(), 7U);
  for (std::size_t i = 1; i < arrived.size(); ++i) {
    EXPECT_NEAR(in_seconds(arrived[i].mono - arrived[i - 1].mono), 10, 0.2) << i;
  }
  const auto first = wire::read_monitor_heartbeat(bodies.front());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->cpu_pct, 12.5);
  EXPECT_EQ(first->mem_pct, 40);
  EXPECT_EQ(first->identifier, "host-1");
  EXPECT_EQ(first->plugin_version, "0.1.0");
  ASSERT_EQ(first->agents.size(), 1U);
  EXPECT_EQ(first->agents[0].status, "working");
  EXPECT_EQ(bed.client->monitor_status().at("pushes"), 7U);
}

TEST_F(Monitor, NothingIsPushedUnlessAsked) {
  bed.settings.monitor_push_enabled = false;
  bed.start();
  bed.run(5min);
  EXPECT_TRUE(bed.requests.empty());
  EXPECT_EQ(bed.client->next_deadline(), never);
}

TEST_F(Monitor, ABackendThatIsAwayIsTriedAtMostOnceAnInterval) {
  status = 503;
  bed.start();
  bed.run(100s);
  const std::size_t tries = arrived.size();
  EXPECT_GE(tries, 12U) << "sooner at first";
  EXPECT_LE(tries, 30U);
  for (std::size_t i = 6; i < tries; ++i) {
    EXPECT_GE(arrived[i].mono - arrived[i - 1].mono, Duration(5s));
    EXPECT_LE(arrived[i].mono - arrived[i - 1].mono, Duration(11s));
  }
  EXPECT_EQ(bed.log.size(), 1U);
  status = 200;
  bed.agent_list[0].status = "idle";
  bed.run(11s);
  const auto fresh = wire::read_monitor_heartbeat(bodies[tries]);
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->agents[0].status, "idle") << "fresh data, nothing was queued";
  EXPECT_TRUE(bed.client->monitor_status().at("last_error").is_null());
}

TEST_F(Monitor, TheBridgeAnswersHealthAndTelemetry) {
  bed.start();
  bed.run(3s);
  Bridge bridge(*bed.client, "0.1.0");
  EXPECT_TRUE(bridge.status().at("served").is_null());
  const auto health = bridge.answer("GET", "/health", bed.now());
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(wire::json_of(health.body).at("status"), "ok");
  const auto telemetry = bridge.answer("GET", "/telemetry?x=1", bed.now());
  EXPECT_EQ(telemetry.status, 200);
  const auto body = wire::json_of(telemetry.body);
  EXPECT_EQ(body.at("cpu_pct"), 12.5);
  EXPECT_EQ(body.at("captured_at").as_string(), to_rfc3339(bed.now().wall));
  EXPECT_EQ(bridge.answer("POST", "/telemetry", bed.now()).status, 405);
  EXPECT_EQ(bridge.answer("GET", "/etc/passwd", bed.now()).status, 404);
  EXPECT_EQ(bridge.status().at("requests"), 4U);
  EXPECT_EQ(bridge.status().at("last_status"), 404);
  EXPECT_EQ(bridge.status().at("served"), body);
}

TEST_F(Monitor, TheConfigMasksTheKey) {
  bed.start();
  EXPECT_EQ(bed.client->config().at("api_key"), "***");
  EXPECT_EQ(wire::json_document(bed.client->config()).find("key-1"), std::string::npos);
}

}  // namespace
}  // namespace lazaret::harborforge
