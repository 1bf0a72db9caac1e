#include "cli/run_verb.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli/plans.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

TEST(RunBody, IsACellWithOneAgent) {
  Arguments arguments;
  arguments.command = {"python3", "agent.py"};
  arguments.flags = {{"restart", {"never"}}, {"mem", {"512M"}}, {"pids", {"9"}}};
  const auto body = run_body(arguments, "agent", "/home/ann", "/state/env/agent").value();
  EXPECT_EQ(json::value(body), json::parse(R"({
    "mission_name":"agent","status":"active","timeout":0,"created_by":"lazaret run",
    "lazaret":{"complete_when_tasks_done":false},
    "agents":[{"agent_id":"agent","role":"write","lazaret":{
      "run":{"adapter":"process","command":["python3","agent.py"],"working_directory":"/home/ann",
             "env_file":"/state/env/agent","restart":"never","input":"none"},
      "auto_revive":"no","limits":{"memory":"512M","pids":9}}}]})"));
  arguments.flags["pids"] = {"none"};
  EXPECT_EQ(run_body(arguments, "agent", "/", "/e").error().code, ErrorCode::invalid_input);
  arguments.flags = {{"detach", {""}}};
  const auto detached = run_body(arguments, "agent", "/", "/e").value();
  EXPECT_EQ(json::serialize(detached).find("input"), std::string::npos);
}

TEST(RunNames, ComeFromTheProgram) {
  EXPECT_EQ(name_of_command({"python3", "-u", "./my agent.py", "x"}), "my-agent");
  EXPECT_EQ(name_of_command({"/bin/sh", "-c", "echo hi"}), "sh");
  EXPECT_EQ(name_of_command({"/usr/bin/sleep", "5"}), "sleep");
  EXPECT_EQ(name_of_command({"./../"}), "agent");
  EXPECT_EQ(id_of_title("  Äh, Read THE archive... "), "h-read-the-archive");
  EXPECT_EQ(id_of_title("!"), "task");
}

TEST(RunEnvironment, IsTheCallersWithoutWhatIsOurs) {
  std::vector<std::string> left_out;
  EXPECT_EQ(env_file_text({{"A", "b c\"'"},
                           {"LAZARET_KEY", "secret"},
                           {"E", ""},
                           {"F", "x\ny"},
                           {"NOTIFY_SOCKET", "/x"}},
                          left_out),
            "A=b c\"'\nE=\n");
  EXPECT_EQ(left_out, std::vector<std::string>{"F"});
}

TEST(RunStatus, NamesTheLimitThatKilledTheProgram) {
  Arguments arguments;
  const auto oom = json::parse(R"({"kind":"out_of_memory","signal":9})");
  EXPECT_EQ(memory_death(oom, arguments), "out of memory");
  arguments.flags["mem"] = {"50M"};
  EXPECT_EQ(memory_death(oom, arguments), "out of memory (limit 50 MB)");
  EXPECT_EQ(memory_death(json::parse(R"({"kind":"signalled","signal":9})"), arguments), "");
}

TEST(RunStatus, IsTheProgramsOwn) {
  EXPECT_EQ(status_of_exit(json::parse(R"({"kind":"exited","code":7})")), 7);
  EXPECT_EQ(status_of_exit(json::parse(R"({"kind":"signalled","signal":15})")), 143);
  EXPECT_EQ(status_of_exit(json::parse(R"({"kind":"out_of_memory"})")), 137);
  EXPECT_EQ(status_of_exit(json::parse(R"({"kind":"never_started"})")), 127);
  auto stage = [](std::string_view text) { return stage_of(json::parse(text)); };
  EXPECT_EQ(stage(R"({"process":"stopped","wanted":true,"finished":false})"), RunStage::going);
  EXPECT_EQ(stage(R"({"process":"stopped","wanted":true,"finished":true})"), RunStage::ended);
  EXPECT_EQ(stage(R"({"process":"stopped","wanted":false,"finished":false})"), RunStage::ended);
  EXPECT_EQ(stage(R"({"process":"backoff","wanted":true})"), RunStage::going);
  EXPECT_EQ(stage(R"({"process":"awaiting_approval"})"), RunStage::needs_person);
  EXPECT_EQ(stage(R"({"process":"quarantined"})"), RunStage::given_up);
}

}  // namespace
}  // namespace lazaret::cli
