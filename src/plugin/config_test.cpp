#include "plugin/config.h"

#include <gtest/gtest.h>

#include "mcp/schema.h"

namespace lazaret::plugin {
namespace {

using namespace std::chrono_literals;

class TheConfig : public testing::Test {
 protected:
  Config read(const std::string& text) {
    faults_.clear();
    return read_config(text, "config.json", "thishost", faults_);
  }
  std::string fault(const std::string& text) {
    read(text);
    if (faults_.size() != 1) return std::to_string(faults_.size()) + " faults";
    return faults_[0].place + ": " + faults_[0].message + " " + faults_[0].remedy;
  }
  std::vector<Error> faults_;
};

TEST_F(TheConfig, HasDefaults) {
  for (const auto* text : {"", " \n", "{}"}) {
    const Config config = read(text);
    EXPECT_TRUE(faults_.empty());
    EXPECT_EQ(config.client.identifier, "thishost");
    EXPECT_FALSE(config.client.monitor_push_enabled);
    EXPECT_EQ(config.client.monitor_push_interval, 30s);
    EXPECT_EQ(config.client.calendar_interval, 30s);
    EXPECT_EQ(config.monitor_port, 0);
  }
}

TEST_F(TheConfig, IsReadInEitherSpelling) {
  const Config config = read(R"({"backend_url": "http://127.0.0.1:1", "apiKey": "secret-key",
      "monitorPushEnabled": true, "monitor_push_interval_seconds": 10.5, "monitor_port": 9100,
      "calendar_enabled": false, "calendarHeartbeatIntervalSeconds": 5, "identifier": "a",
      "contract": "sync", "host_preset": "lazaret", "host_wake_method": "x/wake"})");
  for (const Error& one : faults_) ADD_FAILURE() << one.message << one.place;
  EXPECT_EQ(config.client.backend_url, "http://127.0.0.1:1");
  EXPECT_EQ(config.client.api_key, "secret-key");
  EXPECT_TRUE(config.client.monitor_push_enabled);
  EXPECT_EQ(config.client.monitor_push_interval, 10500ms);
  EXPECT_EQ(config.client.calendar_interval, 5s);
  EXPECT_EQ(config.monitor_port, 9100);
  EXPECT_FALSE(config.client.calendar_enabled);
  EXPECT_EQ(config.client.contract, harborforge::Contract::sync);
  EXPECT_EQ(config.host.preset, HostPreset::lazaret);
  EXPECT_EQ(config.host.wake, "x/wake");
}

TEST_F(TheConfig, NamesWhatItDoesNotKnow) {
  const std::string said = fault("{\n  \"backendUlr\": \"http://a\"}");
  EXPECT_NE(said.find("config.json:2:3 /backendUlr: unknown key \"backendUlr\""), std::string::npos)
      << said;
  EXPECT_NE(said.find("did you mean backendUrl?"), std::string::npos) << said;
}

TEST_F(TheConfig, SaysWhereAndWhatWasExpected) {
  EXPECT_EQ(fault(R"({"monitor_port": "80"})"),
            "config.json:1:18 /monitor_port: monitor_port is \"80\"; expected a whole number, 0 to "
            "65535 ");
  EXPECT_EQ(fault(R"({"calendar_enabled": 1})"),
            "config.json:1:22 /calendar_enabled: calendar_enabled is 1; expected true or false ");
  EXPECT_NE(fault(R"({"monitor_push_interval_seconds": 0})").find("1 to 86400"), std::string::npos);
  EXPECT_NE(fault(R"({"contract": "old"})").find("one of per_agent,server_wide,sync"),
            std::string::npos);
  EXPECT_NE(fault(R"({"apiKey": 5, "api_key": "x"})").find("expected a string"), std::string::npos);
  EXPECT_NE(fault(R"({"identifier": "a", "Identifier": "b"})").find("there twice"),
            std::string::npos);
  EXPECT_NE(fault("[]").find("expected an object"), std::string::npos);
  EXPECT_NE(fault("{\n\"a\" 1}").find("config.json:2:5"), std::string::npos);
  EXPECT_EQ(fault(R"({"a": 1, "b": 2})"), "2 faults");
}

TEST_F(TheConfig, NeverRepeatsASecret) {
  EXPECT_EQ(fault(R"({"apiKey": ["hunter2"]})").find("hunter2"), std::string::npos);
  EXPECT_EQ(fault(R"({"apiKey": 7654321})").find("7654321"), std::string::npos);
}

TEST_F(TheConfig, IsShownWholeAndWithoutTheKey) {
  const json::object whole =
      shown(read(R"({"apiKey": "hunter2", "backendUrl": "http://127.0.0.1:1"})"));
  EXPECT_EQ(whole.size(), keys().size());
  for (const Key& key : keys()) EXPECT_TRUE(whole.contains(key.name)) << key.name;
  EXPECT_EQ(whole.at("apiKey"), "***");
  EXPECT_EQ(whole.at("backendUrl"), "http://127.0.0.1:1");
  EXPECT_TRUE(shown(read("{}")).at("apiKey").is_null());
}

TEST_F(TheConfig, HasASchemaThatChecks) {
  EXPECT_TRUE(mcp::keywords_not_checked(config_schema()).empty());
  EXPECT_FALSE(mcp::check(config_schema(), {{"contract", "old"}}, "config"));
  EXPECT_TRUE(mcp::check(config_schema(), {{"contract", "sync"}}, "config"));
}

}  // namespace
}  // namespace lazaret::plugin
