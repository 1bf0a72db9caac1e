#include "plugin/host_api.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/rfc3339.h"
#include "mcp/schema.h"
#include "wire/json_document.h"

namespace lazaret::plugin {
namespace {

using namespace std::chrono_literals;

struct HandClock : ports::Clock {
  Stamp now() const override { return at; }
  Stamp at{Instant(1000s), WallTime(1'800'000'000s)};
};

// A host and the plugin's side of it, with hands on the clock.
class TheHostApi : public testing::Test {
 protected:
  explicit TheHostApi(HostNames names = {.preset = HostPreset::lazaret}) { make(names); }

  void make(const HostNames& names) {
    session_.reset();
    api_.emplace(names, HostApi::Surroundings{
                            .clock = clock_,
                            .sample = [] { return Result<ports::HostSample>(); },
                            .agents_changed = [this] { ++changes_; },
                            .wake_lost =
                                [this](const std::string& source, const std::string& why) {
                                  lost_.push_back(source + " " + why);
                                },
                            .rearm = [] {},
                            .log = [this](const std::string& line) { log_.push_back(line); }});
    server_.emplace(mcp::Identity{.name = "t", .title = "T", .version = "1"});
    api_->add_to(*server_);
    session_.emplace(*server_, [this](std::string_view line) {
      lines_.push_back(json::parse({line.data(), line.size()}));
    });
    api_->attach(*session_);
    session_->on_ready = [this] { api_->on_ready(); };
  }

  json::value last() {
    if (lines_.empty()) return nullptr;
    const json::value line = lines_.back();
    lines_.clear();
    return line;
  }
  void take(const json::value& line) { session_->take(wire::json_document(line)); }
  // A legacy host that declares the extension so.
  void open(json::object declared) {
    take({{"jsonrpc", "2.0"},
          {"id", 1},
          {"method", "initialize"},
          {"params",
           {{"protocolVersion", "2025-11-25"},
            {"capabilities", {{"experimental", {{host_extension, declared}}}}}}}});
    lines_.clear();
    take({{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}});
  }
  // Modern, as that works without initialize.
  void exchange(json::object params, int id = 7) {
    const json::object extensions = {{host_extension, json::object()}};
    params["_meta"] = {
        {"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
        {"io.modelcontextprotocol/clientCapabilities", {{"extensions", extensions}}}};
    take({{"jsonrpc", "2.0"}, {"id", id}, {"method", "lazaret/host/exchange"}, {"params", params}});
  }
  void wake(const std::string& agent, const std::string& source) {
    api_->wake(agent, "please", source, [this](Result<void> outcome) {
      outcomes_.push_back(outcome ? "accepted" : outcome.error().message);
    });
  }
  void pass(Duration time) {
    clock_.at.mono += time;
    clock_.at.wall += time;
    while (api_->next_deadline() <= clock_.at.mono) {
      const Instant due = api_->next_deadline();
      api_->on_time(clock_.at);
      ASSERT_NE(api_->next_deadline(), due) << "it would turn for ever";
    }
  }

  HandClock clock_;
  int changes_ = 0;
  std::vector<std::string> log_;
  std::vector<std::string> outcomes_;
  std::vector<std::string> lost_;
  std::vector<json::value> lines_;
  std::optional<HostApi> api_;
  std::optional<mcp::Server> server_;
  std::optional<mcp::Session> session_;
};

TEST_F(TheHostApi, UnderstandsWhenAnAgentRecoversHoweverItIsTold) {
  int seq = 0;
  const auto told = [&](json::object exhausted) {
    exchange({{"hostId", "h"},
              {"seq", ++seq},
              {"waitMs", 0},
              {"agents", {{{"agentId", "a"}, {"state", "idle"}, {"exhausted", exhausted}}}}});
    return api_->agents().at(0).recovery_at;
  };
  clock_.at.wall = *from_rfc3339("2026-11-22T10:00:00Z");
  const WallTime began = clock_.at.wall;
  EXPECT_EQ(told({{"recoveryAt", "resets in 3 hours"}}), began + 3h);
  pass(1h);
  EXPECT_EQ(told({{"recoveryAt", "resets in 3 hours"}}), began + 3h) << "it was told before";
  EXPECT_EQ(told({{"recoveryAt", 120}}), began + 1h + 120s);
  EXPECT_EQ(told({{"recoveryAt", "90"}}), began + 1h + 90s);
  EXPECT_EQ(told({{"recovery_at", "Sun, 22 Nov 2026 12:00:00 GMT"}}), began + 2h);
  EXPECT_EQ(told({{"recoveryAt", "2026-11-23T00:00:00Z"}}), began + 14h);
  EXPECT_EQ(told({{"reason", "try again in 30m"}}), began + 1h + 30min);
  EXPECT_EQ(told({{"reason", "billing"}}), std::nullopt);
}

TEST_F(TheHostApi, LearnsAgentsFromExchanges) {
  exchange({{"hostId", "h"},
            {"seq", 1},
            {"waitMs", 0},
            {"agents",
             {{{"agentId", "a"}, {"state", "idle"}, {"model", "m"}, {"sessionId", "s"}},
              {{"agentId", "b"}, {"state", "working"}},
              {{"agentId", "c"}, {"state", "offline"}},
              {{"agentId", "d"},
               {"state", "idle"},
               {"exhausted", {{"reason", "billing"}, {"recoveryAt", "2027-01-01T00:00:00Z"}}}}}}});
  EXPECT_TRUE(last().at("result").at("commands").as_array().empty());
  const auto agents = api_->agents();
  ASSERT_EQ(agents.size(), 3U);
  EXPECT_EQ(agents[0].id + agents[0].model + agents[0].status, "amidle");
  EXPECT_EQ(agents[1].status, "busy");
  EXPECT_EQ(agents[2].status, "exhausted");
  EXPECT_EQ(agents[2].reason, "billing");
  EXPECT_TRUE(agents[2].recovery_at.has_value());
  EXPECT_EQ(api_->agent_of_session("s"), "a");
  EXPECT_EQ(api_->agent_of_session(""), std::nullopt);
  EXPECT_EQ(changes_, 1);
  exchange({{"hostId", "h"}, {"seq", 0}, {"agents", json::array()}});
  EXPECT_EQ(api_->agents().size(), 3U) << "an exchange that was overtaken";
  exchange({{"hostId", "h"}, {"seq", 2}, {"agents", {{{"state", "idle"}}}}});
  EXPECT_EQ(last().at("error").at("code"), -32602);
}

TEST_F(TheHostApi, AWakeIsListedUntilItIsAcknowledged) {
  wake("a", "calendar:1");
  EXPECT_EQ(outcomes_.at(0).substr(0, 31), "the host offers no way to wake ");
  outcomes_.clear();

  exchange({{"waitMs", 25000}});
  EXPECT_TRUE(lines_.empty()) << "a long poll";
  wake("a", "calendar:1");
  const json::value command = last().at("result").at("commands").at(0);
  EXPECT_EQ(command.at("type"), "wake");
  EXPECT_EQ(command.at("agentId"), "a");
  EXPECT_EQ(command.at("message"), "please");
  EXPECT_EQ(command.at("source"), "calendar:1");
  EXPECT_EQ(command.at("idempotencyKey"), "calendar:1");

  exchange({{"waitMs", 25000}}, 8);
  EXPECT_TRUE(lines_.empty()) << "it was just listed: no busy loop";
  pass(HostApi::relisted);
  EXPECT_EQ(last().at("result").at("commands").at(0).at("id"), command.at("id"));
  EXPECT_TRUE(outcomes_.empty());

  const json::object ack = {{"commandId", command.at("id")}, {"outcome", "started"}};
  exchange({{"acks", {ack, ack}}});
  EXPECT_TRUE(last().at("result").at("commands").as_array().empty());
  EXPECT_EQ(outcomes_, (std::vector<std::string>{"accepted"}));
}

TEST_F(TheHostApi, ARejectedOrForgottenWakeFails) {
  exchange({});
  lines_.clear();
  wake("a", "calendar:1");
  wake("b", "calendar:2");
  exchange({});
  const json::value command = last().at("result").at("commands").at(0);
  exchange({{"acks",
             {{{"commandId", command.at("id")},
               {"outcome", "rejected"},
               {"error", {{"message", "it is draining"}}}}}}});
  EXPECT_EQ(outcomes_.at(0), "it is draining");
  pass(HostApi::command_life);
  EXPECT_EQ(outcomes_.at(1), "the host did not take the wake in time");
  exchange({{"acks", {{{"commandId", "x"}, {"outcome", "sideways"}}}}});
  EXPECT_EQ(last().at("error").at("code"), -32602);
}

TEST_F(TheHostApi, AnAcceptedWakeThatIsLostIsReported) {
  exchange({});
  lines_.clear();
  const auto answer = [&](const std::string& source, const char* outcome) {
    wake("a", source);
    exchange({});
    const json::value id = last().at("result").at("commands").at(0).at("id");
    exchange({{"acks", {{{"commandId", id}, {"outcome", outcome}}}}});
    lines_.clear();
    return id;
  };
  answer("calendar:1", "queued");
  answer("calendar:2", "replaced");
  EXPECT_EQ(lost_, (std::vector<std::string>{"calendar:1 superseded"}));
  const json::value id = answer("calendar:3", "started");
  for (int i = 0; i < 2; ++i) {
    exchange({{"acks", {{{"commandId", id}, {"outcome", "rejected"}, {"error", "it died"}}}}});
  }
  EXPECT_EQ(lost_, (std::vector<std::string>{"calendar:1 superseded", "calendar:3 it died"}));
  EXPECT_EQ(outcomes_, (std::vector<std::string>(3, "accepted")));
}

TEST_F(TheHostApi, AnExchangeEndsInTimeAndWhenANewerOneComes) {
  exchange({{"waitMs", 1e300}}, 1);
  pass(HostApi::most_wait - 1ms);
  EXPECT_TRUE(lines_.empty());
  pass(1ms);
  EXPECT_EQ(last().at("id"), 1);
  exchange({{"waitMs", 25000}}, 2);
  exchange({{"waitMs", 25000}}, 3);
  EXPECT_EQ(last().at("id"), 2);
  take({{"jsonrpc", "2.0"}, {"method", "notifications/cancelled"}, {"params", {{"requestId", 3}}}});
  wake("a", "calendar:1");
  EXPECT_TRUE(lines_.empty()) << "it was cancelled";
  pass(HostApi::relisted);
  exchange({{"waitMs", 25000}}, 4);
  EXPECT_EQ(last().at("result").at("commands").as_array().size(), 1U);
}

TEST_F(TheHostApi, APushIsAnsweredByItsOutcome) {
  open({});
  const json::value list = last();
  EXPECT_EQ(list.at("method"), "lazaret/host/agents/list");
  take({{"jsonrpc", "2.0"}, {"id", list.at("id")}, {"result", {{"agents", {"a"}}}}});
  const json::value state = last();
  EXPECT_EQ(state.at("method"), "lazaret/host/agents/state");
  EXPECT_EQ(state.at("params").at("agentId"), "a");
  take({{"jsonrpc", "2.0"}, {"id", state.at("id")}, {"result", {{"state", "working"}}}});
  EXPECT_EQ(api_->agents().at(0).status, "busy");
  wake("a", "calendar:1");
  const json::value pushed = last();
  EXPECT_EQ(pushed.at("method"), "lazaret/host/agents/wake");
  EXPECT_EQ(pushed.at("params").at("agentId"), "a");
  take({{"jsonrpc", "2.0"}, {"id", pushed.at("id")}, {"result", {{"outcome", "queued"}}}});
  EXPECT_EQ(outcomes_, (std::vector<std::string>{"accepted"}));
  wake("a", "calendar:1");
  take({{"jsonrpc", "2.0"},
        {"id", last().at("id")},
        {"error", {{"code", -32013}, {"message", "duplicate"}}}});
  EXPECT_EQ(outcomes_.at(1), "accepted");
  wake("a", "calendar:2");
  take({{"jsonrpc", "2.0"},
        {"id", last().at("id")},
        {"error", {{"code", -32010}, {"message", "offline"}}}});
  EXPECT_EQ(outcomes_.at(2), "the host did not take the wake: -32010 offline");
}

TEST_F(TheHostApi, APushThatIsNotAnsweredIsLeftToTheNextExchange) {
  open({});
  lines_.clear();
  take({{"jsonrpc", "2.0"},
        {"id", 5},
        {"method", "lazaret/host/exchange"},
        {"params", json::object()}});
  lines_.clear();
  wake("a", "calendar:1");
  EXPECT_EQ(last().at("method"), "lazaret/host/agents/wake");
  take({{"jsonrpc", "2.0"},
        {"id", 6},
        {"method", "lazaret/host/exchange"},
        {"params", json::object()}});
  EXPECT_TRUE(last().at("result").at("commands").as_array().empty()) << "it is being pushed";
  pass(HostApi::push_patience);
  EXPECT_TRUE(outcomes_.empty());
  take({{"jsonrpc", "2.0"},
        {"id", 7},
        {"method", "lazaret/host/exchange"},
        {"params", json::object()}});
  EXPECT_EQ(last().at("result").at("commands").as_array().size(), 1U);
}

TEST_F(TheHostApi, AHostWithoutTheMethodsIsNotAskedAgain) {
  open({});
  take({{"jsonrpc", "2.0"},
        {"id", last().at("id")},
        {"error", {{"code", -32601}, {"message", "what?"}}}});
  pass(10 * HostApi::list_interval);
  EXPECT_TRUE(lines_.empty());
  wake("a", "calendar:1");
  take({{"jsonrpc", "2.0"},
        {"id", last().at("id")},
        {"error", {{"code", -32601}, {"message", "what?"}}}});
  EXPECT_EQ(outcomes_.size(), 1U);
  wake("a", "calendar:2");
  EXPECT_TRUE(lines_.empty());
}

TEST_F(TheHostApi, PushIsNotUsedWhereItIsNotDeclared) {
  open({{"push", false}});
  EXPECT_TRUE(lines_.empty());
  wake("a", "calendar:1");
  EXPECT_TRUE(lines_.empty());
  EXPECT_EQ(outcomes_.size(), 1U);
}

TEST_F(TheHostApi, ThePlexumPresetUsesItsNames) {
  make({.preset = HostPreset::plexum, .wake = "plexum/wake"});
  open({});
  take({{"jsonrpc", "2.0"}, {"id", last().at("id")}, {"result", {{"agents", {"a"}}}}});
  const json::value state = last();
  EXPECT_EQ(state.at("method"), "plexum/host/agent-state/read");
  EXPECT_EQ(state.at("params"), (json::object{{"agent_id", "a"}}));
  wake("a", "calendar:1");
  EXPECT_EQ(lines_.back().at("params").at("agent_id"), "a");
  EXPECT_EQ(last().at("method"), "plexum/wake");
}

TEST_F(TheHostApi, WakesAreBounded) {
  exchange({});
  for (std::size_t i = 0; i < HostApi::most_commands; ++i) wake("a", std::to_string(i));
  EXPECT_TRUE(outcomes_.empty());
  wake("a", "more");
  EXPECT_EQ(outcomes_.at(0), "the host owes 1000 acknowledgements");
}

}  // namespace
}  // namespace lazaret::plugin
