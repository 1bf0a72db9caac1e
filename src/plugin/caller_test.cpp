#include "plugin/caller.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace lazaret::plugin {
namespace {

class TheCaller : public testing::Test {
 protected:
  std::string found(const char* meta, const std::vector<std::string>& active = {},
                    const std::string& claimed = "") {
    const auto caller = find_caller(json::parse(meta).as_object(), sources_, active, claimed);
    return caller ? *caller : "error: " + caller.error().message;
  }
  CallerSources sources_{.environment = {}, .agent_of_session = [](const std::string& session) {
                           return session == "s-1" ? std::optional<std::string>("of-session")
                                                   : std::nullopt;
                         }};
};

TEST_F(TheCaller, IsLookedForInOneOrder) {
  const std::vector<std::string> active = {"active"};
  EXPECT_EQ(found("{}", active), "active");
  EXPECT_EQ(found(R"({"threadId":"s-1"})", active), "of-session");
  EXPECT_EQ(found(R"({"x-codex-turn-metadata":{"session_id":"s-1"}})", active), "of-session");
  EXPECT_EQ(found(R"({"threadId":"other"})", active), "active");
  sources_.environment["CLAUDE_CODE_SESSION_ID"] = "s-1";
  EXPECT_EQ(found("{}", active), "of-session");
  sources_.environment["LAZARET_AGENT"] = "of-environment";
  EXPECT_EQ(found(R"({"threadId":"s-1"})", active), "of-environment");
  EXPECT_EQ(found(R"({"agent_id":"said"})", active), "said");
  EXPECT_EQ(found(R"({"agent_id":"said","dev.lazaret/agentId":"first"})", active), "first");
}

TEST_F(TheCaller, IsNotGuessedAmongSeveral) {
  EXPECT_EQ(found("{}"), "error: no active slot for agent");
  const std::string several = found("{}", {"a", "b"});
  EXPECT_NE(several.find("a, b"), std::string::npos) << several;
  EXPECT_NE(found("{}", std::vector<std::string>(500, "x")).find("480 more"), std::string::npos);
}

TEST_F(TheCaller, IsNeverWhoTheArgumentsSay) {
  EXPECT_EQ(found("{}", {"a", "b"}, "a").substr(0, 6), "error:");
  EXPECT_EQ(found(R"({"agent_id":"a"})", {"a", "b"}, "b"),
            "error: the caller is a, not b: an agent acts on its own slot");
  EXPECT_EQ(found(R"({"agent_id":"a"})", {"a", "b"}, "a"), "a");
}

TEST_F(TheCaller, IsAString) {
  EXPECT_EQ(found(R"({"agent_id":5})", {"a"}), "error: agent_id has to be a string, an agent's id");
}

}  // namespace
}  // namespace lazaret::plugin
