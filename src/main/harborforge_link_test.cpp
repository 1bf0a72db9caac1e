#include "main/harborforge_link.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "main/harborforge_settings.h"

namespace lazaret::main {
namespace {

core::Agent& add(core::Fleet& fleet, const std::string& cell, const std::string& name) {
  core::Agent& agent = fleet.cells[CellId(cell)].agents[AgentId(name)];
  agent.definition.id = AgentId(name);
  agent.definition.run.emplace().adapter = core::AdapterKind::turn;
  return agent;
}

TEST(HarborForgeLink, AgentsGoByTheirBareIdWhereItIsTheOnlyOne) {
  core::Fleet fleet;
  add(fleet, "11111111-0000", "scout");
  add(fleet, "11111111-0000", "twin");
  add(fleet, "22222222-0000", "twin");
  add(fleet, "22222222-0000", "elsewhere").definition.run.reset();
  const auto agents = agents_of(fleet, WallTime{});
  ASSERT_EQ(agents.size(), 3U);
  EXPECT_EQ(agents[0].id, "scout");
  EXPECT_EQ(agents[0].status, "idle");
  EXPECT_EQ(agents[1].id, "11111111.twin");
  EXPECT_EQ(agents[2].id, "22222222.twin");
  for (const auto& agent : agents) EXPECT_TRUE(agent_named(fleet, agent.id)) << agent.id;
  EXPECT_EQ(agent_named(fleet, "22222222.twin")->cell, CellId("22222222-0000"));
  EXPECT_FALSE(agent_named(fleet, "twin"));
  EXPECT_FALSE(agent_named(fleet, "elsewhere"));
}

TEST(HarborForgeLink, ALimitedAgentIsExhaustedUntilItRecovers) {
  core::Fleet fleet;
  const WallTime now{Duration(1'000s)};
  add(fleet, "11111111-0000", "scout").rate_limited_until = now + 60s;
  auto agents = agents_of(fleet, now);
  EXPECT_EQ(agents[0].status, "exhausted");
  EXPECT_EQ(agents[0].reason, "rate_limit");
  EXPECT_EQ(agents[0].recovery_at, now + 60s);
  agents = agents_of(fleet, now + 61s);
  EXPECT_EQ(agents[0].status, "idle");
  EXPECT_FALSE(agents[0].recovery_at);
}

// One limit for the whole pool: who would get no work is not told to be idle.
TEST(HarborForgeLink, WhoWaitsForALimitedAccountIsExhaustedUntilThen) {
  core::Fleet fleet;
  const WallTime now{Duration(1'000s)};
  for (const char* name : {"idle", "line", "works", "stopped", "alone"}) {
    core::Agent& agent = add(fleet, "11111111-0000", name);
    if (std::string(name) != "alone") agent.definition.account = "team";
  }
  core::Cell& cell = fleet.cells.at(CellId("11111111-0000"));
  cell.started = true;
  cell.status = core::MissionStatus::active;
  auto& agents = cell.agents;
  auto& line = agents.at(AgentId("line"));
  line.definition.run->adapter = core::AdapterKind::process;
  line.turn_in_line = 1;
  agents.at(AgentId("works")).task = TaskId("t");
  agents.at(AgentId("stopped")).wanted = false;
  fleet.accounts["team"].limit.emplace().until = now + 90s;
  const auto told = [&](WallTime at) {
    std::string out;
    for (const auto& one : agents_of(fleet, at)) {
      out += one.id + " " + one.status;
      if (one.recovery_at) out += " +" + std::to_string((*one.recovery_at - now) / 1s);
      out += "; ";
    }
    return out;
  };
  EXPECT_EQ(told(now),
            "alone idle; idle exhausted +90; line exhausted +90; stopped offline; works working; ");
  EXPECT_EQ(told(now + 91s),
            "alone idle; idle idle; line offline; stopped offline; works working; ");
}

struct ClientSettings : testing::Test {
  Result<harborforge::ClientSettings> read(std::vector<std::string> flags) {
    auto config = Config::load(flags, {}, "");
    EXPECT_TRUE(config) << config.error().message;
    return read_client_settings(*config, "/state");
  }
};

TEST_F(ClientSettings, WithoutABackendNothingIsWanted) {
  const auto settings = read({});
  ASSERT_TRUE(settings);
  EXPECT_FALSE(is_wanted(*settings));
}

TEST_F(ClientSettings, TheCalendarIsFollowedUnlessItIsOff) {
  auto settings = read({"--harborforge", "http://backend:1/"});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(is_wanted(*settings));
  EXPECT_EQ(settings->backend_url, "http://backend:1");
  EXPECT_TRUE(settings->calendar_enabled);
  EXPECT_FALSE(settings->monitor_push_enabled);
  EXPECT_FALSE(settings->identifier.empty());
  settings = read({"--harborforge", "http://b", "--harborforge-calendar", "0"});
  ASSERT_TRUE(settings);
  EXPECT_FALSE(is_wanted(*settings));
}

TEST_F(ClientSettings, WhatIsNoneIsNamed) {
  auto settings = read({"--harborforge", "backend:80"});
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find("backend_url"), std::string::npos);
  settings = read({"--harborforge", "http://b", "--harborforge-contract", "per_agnet"});
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().remedy.find("did you mean per_agent"), std::string::npos);
}

TEST_F(ClientSettings, AKeyThatOthersMayReadIsRefused) {
  const std::string file =
      std::filesystem::temp_directory_path() / ("lazaret-key-" + std::to_string(getpid()));
  std::ofstream(file) << "secret-key\n";
  chmod(file.c_str(), 0644);
  const std::vector<std::string> flags = {"--harborforge", "http://b", "--harborforge-key-file",
                                          file};
  auto settings = read(flags);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().remedy, "chmod 600 " + file);
  chmod(file.c_str(), 0600);
  settings = read(flags);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->api_key, "secret-key");
  std::filesystem::remove(file);
  EXPECT_FALSE(read(flags));
}

}  // namespace
}  // namespace lazaret::main
