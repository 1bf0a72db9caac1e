#include "presence/config.h"

#include <gtest/gtest.h>

#include "wire/fabric.h"

namespace lazaret::presence {
namespace {

TEST(PresenceConfig, ChannelsOfOneGuildAreOneTarget) {
  const auto config = read_config("p.json", R"({
    "identities": [{"agent": "scout", "fabric_user_id": "u-7", "api_key_file": "scout.key"},
                   {"agent": "old", "enabled": false}],
    "bindings": [{"agent": "scout", "guild": "n1", "channel": "a"},
                 {"agent": "scout", "guild": "n1", "channel": "b"},
                 {"agent": "scout", "guild": "n2"}]})");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->identities.size(), 2U);
  EXPECT_EQ(config->identities[0].fabric_user_id, "u-7");
  EXPECT_EQ(config->identities[0].api_key_file, "scout.key");
  EXPECT_FALSE(config->identities[1].enabled);
  EXPECT_EQ(config->bindings.size(), 2U);
}

TEST(PresenceConfig, WhatIsWrongIsNamedAndNoKeyIsShown) {
  const auto place = [](const std::string& text) {
    const auto config = read_config("p.json", text);
    EXPECT_FALSE(config) << text;
    if (config) return std::string();
    EXPECT_EQ(config.error().code, ErrorCode::invalid_input);
    EXPECT_EQ(config.error().message.find("hush"), std::string::npos) << config.error().message;
    return config.error().place;
  };
  EXPECT_EQ(place("[]"), "p.json:1:1");
  EXPECT_EQ(place("{\n\"idents\": []}"), "p.json:2:1");
  EXPECT_EQ(place(R"({"identities": [{"agent": "a", "api_key": "hush" "x"}]})"), "p.json:1:50");
  EXPECT_EQ(place(R"({"identities": [{"agent": "a"}]})"), "p.json:1:17");
  EXPECT_EQ(place(R"({"identities": [{"agent": "", "api_key": "hush"}]})"), "p.json:1:27");
  EXPECT_EQ(place(R"({"identities": [{"agent": "a", "api_key": 7}]})"), "p.json:1:43");
  EXPECT_EQ(place(R"({"identities": [{"agent": "a", "api_key": "hush", "api_key_env": "K"}]})"),
            "p.json:1:17");
  EXPECT_EQ(place(R"({"identities": [{"agent": "a", "api_key": "hush", "enabled": 1}]})"),
            "p.json:1:62");
  EXPECT_EQ(place(R"({"identities": [{"agent": "a", "api_key": "hush"},
{"agent": "a", "api_key": "hush"}]})"),
            "p.json:2:1");
  EXPECT_EQ(place(R"({"bindings": [{"agent": "a"}]})"), "p.json:1:15");
  EXPECT_EQ(place(R"({"bindings": {}})"), "p.json:1:14");
}

TEST(Fabric, ALoginIsReadInEverySpelling) {
  for (
      const char* text :
      {R"({"guilds": [{"node_id": "n", "endpoint": "http://h:1/x/", "token": "t"}]})",
       R"({"guilds": [{"nodeId": "n", "endpoint": "http://h:1/x", "accessToken": "t", "more": 1}]})",
       R"([{"id": "n", "url": "http://h:1/x", "token": "t"}, {"id": "no token"}, 7,
            {"id": "o", "endpoint": "ftp://h", "token": "t"}])"}) {
    const auto guilds = wire::read_fabric_login(text);
    ASSERT_TRUE(guilds) << text;
    ASSERT_EQ(guilds->size(), 1U) << text;
    EXPECT_EQ(guilds->front().node_id, "n");
    EXPECT_EQ(guilds->front().endpoint, "http://h:1/x");
    EXPECT_EQ(guilds->front().token, "t");
  }
  for (const char* text : {"", "7", "{}", R"({"guilds": 7})", "{\"guilds\""}) {
    EXPECT_FALSE(wire::read_fabric_login(text)) << text;
  }
}

TEST(Fabric, AnIdIsOnePartOfThePath) {
  EXPECT_EQ(wire::presence_url("http://h/x", "a/b ?"),
            "http://h/x/api/agents/a%2Fb%20%3F/presence");
  EXPECT_EQ(wire::presence_body(wire::PresenceStatus::on_call),
            R"({"status":"on_call","source":"plexum-host"})");
}

}  // namespace
}  // namespace lazaret::presence
