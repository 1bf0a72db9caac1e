#include "plugin/tools.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <sstream>

#include "mcp/schema.h"
#include "mcp/session.h"
#include "plugin/config.h"
#include "plugin/tool_table.h"

namespace lazaret::plugin {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(std::string(LAZARET_SOURCE) + "/" + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct FakeDesk : Desk {
  Result<json::object> act(harborforge::Verb verb, const std::string& agent,
                           const std::string& text) override {
    acts.push_back(std::string(to_word(verb)) + " " + agent + " " + text);
    return json::object{{"slot_id", "7"}, {"agent_id", agent}, {"status", "finished"}};
  }
  json::object calendar() override {
    return {{"enabled", true},
            {"agents", json::array()},
            {"active", active},
            {"history", json::array()}};
  }
  json::object restart() override {
    return {{"restart_pending", nullptr}, {"heartbeats", json::array()}};
  }
  json::object push() override { return {{"enabled", false}}; }
  json::object bridge() override { return {{"port", 0}, {"listening", false}, {"requests", 0}}; }
  json::object config() override { return {{"api_key", "***"}}; }
  json::object host() override { return {}; }
  json::object about() override { return {}; }
  Result<json::object> telemetry() override {
    if (blind) return fail(ErrorCode::unsupported, "no /proc");
    return json::parse(R"({"identifier":"h","mem_pct":1.5,"disk_pct":1,"swap_pct":0,
                           "load_avg":[0.1,0,0],"uptime_seconds":9,"agents":[]})")
        .as_object();
  }
  json::array active;
  std::vector<std::string> acts;
  bool blind = false;
};

class TheTools : public testing::Test {
 protected:
  TheTools() { add_tools(server_, desk_, sources_); }

  json::object call(const std::string& name, const std::string& more = "") {
    session_.take(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" + name +
                  "\"" + more + "}}");
    return json::parse(line_).at("result").as_object();
  }
  static std::string text(const json::object& result) {
    return std::string(result.at("content").at(0).at("text").as_string());
  }

  FakeDesk desk_;
  CallerSources sources_;
  mcp::Server server_{{.name = "t", .title = "T", .version = "1"}};
  std::string line_;
  mcp::Session session_{server_, [this](std::string_view line) { line_ = line; }};
};

TEST_F(TheTools, AreNineAndAnswerAsTheirSchemasSay) {
  EXPECT_EQ(server_.tools().size(), 9U);
  desk_.active = {{{"agent_id", "a"}, {"slot_id", 7}}};
  for (const mcp::Tool& tool : server_.tools()) {
    const json::object result = call(tool.name);
    EXPECT_EQ(result.at("isError"), false) << tool.name << text(result);
    const auto good = mcp::check(tool.output, result.at("structuredContent"), tool.name);
    EXPECT_TRUE(good) << (good ? "" : good.error().message);
    EXPECT_TRUE(mcp::keywords_not_checked(tool.input).empty());
    EXPECT_TRUE(mcp::keywords_not_checked(tool.output).empty());
    EXPECT_EQ(call(tool.name, R"(,"arguments":{"no_such":1})").at("isError"), true) << tool.name;
  }
}

TEST_F(TheTools, ActForTheCaller) {
  desk_.active = {{{"agent_id", "a"}}, {{"agent_id", "b"}}};
  EXPECT_NE(text(call("harborforge_calendar_complete")).find("a, b"), std::string::npos);
  EXPECT_EQ(call("harborforge_calendar_complete", R"(,"arguments":{"agent_id":"a"})").at("isError"),
            true);
  EXPECT_TRUE(desk_.acts.empty());
  call("harborforge_calendar_complete",
       R"(,"arguments":{"summary":"done"},"_meta":{"dev.lazaret/agentId":"b"})");
  call("harborforge_calendar_abort", R"(,"arguments":{"reason":"no"},"_meta":{"agent_id":"a"})");
  call("harborforge_calendar_pause", R"(,"_meta":{"agent_id":"a"})");
  call("harborforge_calendar_resume", R"(,"_meta":{"agent_id":"a"})");
  EXPECT_EQ(desk_.acts,
            (std::vector<std::string>{"complete b done", "abort a no", "pause a ", "resume a "}));
  desk_.active = {};
  EXPECT_EQ(text(call("harborforge_calendar_complete")), "no active slot for agent");
}

TEST_F(TheTools, StatusStandsWithoutTelemetry) {
  desk_.blind = true;
  const json::object result = call("harborforge_status");
  EXPECT_EQ(result.at("isError"), false);
  EXPECT_TRUE(result.at("structuredContent").at("telemetry").is_null());
  EXPECT_EQ(result.at("structuredContent").at("telemetry_error"), "no /proc");
  EXPECT_EQ(call("harborforge_telemetry").at("isError"), true);
}

TEST_F(TheTools, AreTheOnesOfTheManifestAndTheDocs) {
  EXPECT_EQ(file("packaging/harbor-forge/manifest.json"), manifest_text(LAZARET_VERSION))
      << "lazaret plugin --manifest > packaging/harbor-forge/manifest.json";
  const json::object manifest = json::parse(manifest_text("1")).as_object();
  ASSERT_EQ(manifest.at("tools").as_array().size(), server_.tools().size());
  for (std::size_t i = 0; i < server_.tools().size(); ++i) {
    EXPECT_EQ(manifest.at("tools").at(i), json::value(mcp::to_json(server_.tools()[i])));
    EXPECT_EQ(manifest.at("contracts").at("tools").at(i), json::value(server_.tools()[i].name));
  }
  const std::string page = file("docs/plugin.md");
  EXPECT_NE(page.find(tools_page()), std::string::npos) << tools_page();
  EXPECT_NE(page.find(config_table()), std::string::npos) << config_table();
}

}  // namespace
}  // namespace lazaret::plugin
