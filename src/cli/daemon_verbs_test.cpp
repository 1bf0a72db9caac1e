// up, down and doctor against a daemon that answers by a script.
#include <gtest/gtest.h>

#include "cli/cli_fixture.h"

namespace lazaret::cli {
namespace {

TEST_F(Cli, AWaitThatIsNoNumberStopsNothing) {
  for (const char* wait : {"x", "-5", "5s", "", "1e9", "86401"}) {
    const auto said = say({"down", "--wait", wait});
    EXPECT_EQ(said.status, 2) << wait;
    EXPECT_EQ(said.err, "error: --wait cannot be '" + std::string(wait) +
                            "'\n  try: it is a whole number from 0 to 86400\n");
  }
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(Cli, DownThatDoesNotWaitOnlyAsks) {
  answers_["GET /api/v1/agents?limit=1000"] = json_answer(R"({"agents":[]})");
  answers_["POST /api/v1/stop"] = json_answer("{}");
  const auto said = say({"down", "--wait", "0"});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_EQ(said.out, "going down; nobody waits for the end\n");
  EXPECT_EQ(asked(), R"(POST /api/v1/stop {"keep_agents":false,"reason":"lazaret down"})");
}

TEST_F(Cli, DoctorSaysWhenNothingCanBeRecorded) {
  answers_["GET /api/v1/status"] = json_answer(R"({"daemon":{"version":"1"}})");
  EXPECT_NE(say({"doctor"}).out.find("ok  journal    can be written"), std::string::npos);
  answers_["GET /api/v1/status"] = json_answer(
      R"({"daemon":{"version":"1"},"trouble":"disk full","trouble_place":"/s/journal.db",
          "trouble_remedy":"free space"})");
  const auto said = say({"doctor"});
  EXPECT_EQ(said.status, 1);
  EXPECT_NE(said.out.find("BAD journal    nothing can be recorded: disk full (at /s/journal.db)\n"
                          "    try: free space\n"),
            std::string::npos)
      << said.out;
}

}  // namespace
}  // namespace lazaret::cli
