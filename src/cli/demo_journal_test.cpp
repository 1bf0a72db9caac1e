#include "cli/demo_journal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/parse.hpp>

#include "cli/demo_program.h"
#include "cli/demo_stage.h"
#include "cli/demo_trouble.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

json::object event(std::string_view kind, std::string_view agent, std::string_view task,
                   json::object body = {}) {
  return {{"number", 1},    {"kind", kind}, {"cell", "c"},
          {"agent", agent}, {"task", task}, {"body", std::move(body)}};
}

// A mission in which write-1 is killed in the middle of shard-00, and everything is finished.
class Killed : public testing::Test {
 protected:
  void claim(std::string_view task, std::string_view agent, int incarnation) {
    journal.add(event("agent_spawned", agent, "",
                      {{"incarnation", incarnation}, {"pid", 7}, {"process_start", 9}}));
    journal.add(
        event("task_claimed", agent, task, {{"agent", agent}, {"incarnation", incarnation}}));
  }
  void checkpoint(std::string_view task) {
    journal.add(event("task_checkpointed", "", task,
                      {{"cursor", R"({"next": 3, "of": 10, "parts": []})"}}));
  }
  void note(std::string text) {
    journal.add(event("note_recorded", "", "", {{"text", std::move(text)}}));
  }
  void die(std::string_view agent, json::object exit) {
    journal.add(event("agent_exited", agent, "", {{"expected", false}, {"exit", std::move(exit)}}));
  }
  void complete(std::string_view task, std::string_view result = "") {
    journal.add(event("task_reported", "", task, {{"result", result}}));
    journal.add(event("task_completed", "", task));
  }
  void merge(std::string_view result = R"({"files": 10, "lost": 0, "twice": 0, "digest": "d"})") {
    complete("merge", result);
    journal.add(event("mission_status_changed", "", "", {{"status", "completed"}}));
  }
  static bool line_is_well(const Receipt& receipt, Trouble trouble) {
    for (const auto& line : receipt.troubles) {
      if (line.trouble == trouble) return line.well;
    }
    return false;
  }
  const json::object killed{{"kind", "signalled"}, {"signal", 9}};
  DemoJournal journal{"c"};
};

TEST_F(Killed, CalmRunIsWell) {
  claim("shard-00", "write-1", 1);
  complete("shard-00");
  merge();
  const Receipt receipt = receipt_of(journal, false);
  EXPECT_TRUE(receipt.well()) << receipt.faults.front();
  EXPECT_EQ(receipt.shards_done, 1);
  EXPECT_EQ(receipt.digest, "d");
}

TEST_F(Killed, StrikeInMidShardCounts) {
  claim("shard-00", "write-1", 1);
  checkpoint("shard-00");
  ASSERT_NE(journal.open_shard_of("write-1", 3), nullptr);
  EXPECT_EQ(journal.open_shard_of("write-1", 8), nullptr);
  note(announcement(Trouble::kill, "strikes write-1 in shard-00"));
  die("write-1", killed);
  EXPECT_FALSE(journal.recovered(Trouble::kill));
  EXPECT_FALSE(line_is_well(receipt_of(journal, true), Trouble::kill));
  journal.add(
      event("task_resumed", "write-1", "shard-00", {{"agent", "write-1"}, {"incarnation", 2}}));
  EXPECT_EQ(journal.open_shard_of("write-1", 3), nullptr) << "no checkpoint of its own yet";
  complete("shard-00");
  merge();
  EXPECT_TRUE(line_is_well(receipt_of(journal, true), Trouble::kill));
  EXPECT_EQ(journal.deaths(), 1);
}

TEST_F(Killed, StrikeOfAnIdleWorkerFailsTheReceipt) {
  claim("shard-00", "write-1", 1);
  complete("shard-00");
  note(announcement(Trouble::kill, "strikes write-1 in shard-00"));
  die("write-1", killed);
  merge();
  const Receipt receipt = receipt_of(journal, true);
  EXPECT_FALSE(line_is_well(receipt, Trouble::kill));
  EXPECT_FALSE(receipt.well());
}

TEST_F(Killed, UnannouncedDeathIsNotOurs) {
  claim("shard-00", "write-1", 1);
  checkpoint("shard-00");
  die("write-1", killed);
  complete("shard-00");
  EXPECT_FALSE(line_is_well(receipt_of(journal, true), Trouble::kill));
}

TEST_F(Killed, HangOutOfMemoryAndCrashLoop) {
  for (const char* agent : {"write-2", "write-3", "write-4"}) {
    claim(std::string("shard-") + agent, agent, 1);
    checkpoint(std::string("shard-") + agent);
  }
  note(announcement(Trouble::stop, "strikes write-2 in x"));
  note(announcement(Trouble::memory, "strikes write-3 in x"));
  note(announcement(Trouble::crash_loop, "strikes write-4 in x"));
  journal.add(event("hang_declared", "write-2", "", {{"rule", "stopped"}}));
  die("write-3", {{"kind", "out_of_memory"}});
  die("write-4", {{"kind", "exited"}, {"code", 1}});
  for (const char* agent : {"write-2", "write-3", "write-4"})
    complete(std::string("shard-") + agent);
  EXPECT_FALSE(line_is_well(receipt_of(journal, true), Trouble::crash_loop)) << "not quarantined";
  journal.add(event("agent_quarantined", "write-4", "", {{"reason", "died 4x"}}));
  const Receipt receipt = receipt_of(journal, true);
  for (const Trouble trouble : {Trouble::stop, Trouble::memory, Trouble::crash_loop}) {
    EXPECT_TRUE(line_is_well(receipt, trouble)) << to_word(trouble);
  }
}

TEST_F(Killed, AnAgentThatWasRefusedMemoryEndsByItself) {
  claim("shard-02", "write-3", 1);
  checkpoint("shard-02");
  note(announcement(Trouble::memory, "strikes write-3 in shard-02"));
  DemoJournal silent = journal;
  note(announcement(Trouble::memory, "refused write-3 more than 96 MB"));
  for (DemoJournal* one : {&journal, &silent}) {
    one->add(event("agent_exited", "write-3", "",
                   {{"expected", false}, {"exit", {{"kind", "exited"}, {"code", 1}}}}));
  }
  complete("shard-02");
  EXPECT_TRUE(line_is_well(receipt_of(journal, true), Trouble::memory));
  EXPECT_FALSE(silent.trace(Trouble::memory).struck) << "an exit 1 alone proves no limit";
}

TEST_F(Killed, DaemonMustDieWhileWorkIsOpen) {
  claim("shard-00", "write-1", 1);
  note(announcement(Trouble::daemon, "strikes daemon while"));
  complete("shard-00");
  journal.add({{"kind", "daemon_started"}, {"body", {{"crashed", true}}}});
  EXPECT_FALSE(line_is_well(receipt_of(journal, true), Trouble::daemon));
  claim("shard-01", "write-1", 1);
  journal.add({{"kind", "daemon_started"}, {"body", {{"crashed", true}}}});
  complete("shard-01");
  EXPECT_TRUE(line_is_well(receipt_of(journal, true), Trouble::daemon));
  EXPECT_EQ(journal.daemon_crashes(), 2);
}

TEST_F(Killed, WhatThisMachineCannotDoIsSaidAndDoesNotFail) {
  note(announcement(Trouble::memory, "missed write-3: nothing stopped it"));
  const Receipt receipt = receipt_of(journal, true);
  EXPECT_EQ(receipt.troubles[2].skipped, "write-3: nothing stopped it");
  for (const auto& fault : receipt.faults) EXPECT_EQ(fault.find("memory"), std::string::npos);
}

TEST_F(Killed, TooLittleWorkToBeStruckIsSaidAndDoesNotFail) {
  merge(R"({"files": 9, "lost": 0, "twice": 0, "digest": "d"})");
  for (const TroubleLine& line : receipt_of(journal, true).troubles) {
    EXPECT_EQ(line.says, "skipped: too little work: 9 files, 28 are needed");
  }
  merge(R"({"files": 1, "lost": 0, "twice": 0, "digest": "d"})");
  EXPECT_EQ(receipt_of(journal, true).troubles.front().says,
            "skipped: too little work: 1 file, 28 are needed");
  merge(R"({"files": 28, "lost": 0, "twice": 0, "digest": "d"})");
  for (const TroubleLine& line : receipt_of(journal, true).troubles)
    EXPECT_TRUE(line.skipped.empty());
}

TEST_F(Killed, LostOrDoubledWorkFailsTheReceipt) {
  claim("shard-00", "write-1", 1);
  complete("shard-00");
  complete("shard-00");
  merge(R"({"files": 9, "lost": 1, "twice": 0, "digest": "d"})");
  const Receipt receipt = receipt_of(journal, false);
  EXPECT_EQ(receipt.lost, 1);
  EXPECT_EQ(receipt.counted_twice, 1);
  EXPECT_EQ(receipt.faults.size(), 2u);
}

TEST_F(Killed, OtherMissionsArePassedOver) {
  auto foreign = event("task_completed", "", "shard-00");
  foreign["cell"] = "other";
  journal.add(foreign);
  EXPECT_TRUE(journal.tasks().empty());
}

TEST(DemoWords, Parsed) {
  EXPECT_EQ(parse_demo({"hanoi", "7"})->disks, 7);
  EXPECT_EQ(parse_demo({"--clam"}).error().remedy, "did you mean --calm?");
  EXPECT_EQ(parse_demo({"--zzzzzzz"}).error().remedy, "see `lazaret demo --help`");
  EXPECT_EQ(parse_demo({"--seed", "4", "/tmp/x"})->source, "/tmp/x");
  EXPECT_TRUE(parse_demo({"survey", "--prove"})->prove);
  for (const std::vector<std::string>& bad : {std::vector<std::string>{"--wrong"},
                                              {"--seed"},
                                              {"--seed", "x"},
                                              {"hanoi", "many"},
                                              {"a", "b"},
                                              {"--calm", "--prove"}}) {
    EXPECT_FALSE(parse_demo(bad)) << bad[0];
  }
}

TEST(DemoSignals, OnlyThatVeryProcess) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  EXPECT_FALSE(signal_process(child, 1, SIGKILL)) << "another start time: another process";
  EXPECT_FALSE(signal_process(1, 0, SIGKILL));
  EXPECT_TRUE(signal_process(child, 0, SIGKILL));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(signal_process(child, 0, SIGKILL));
}

TEST(DemoStage, RunsAProgramToItsEnd) {
  auto ran = run_program({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"});
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->status, 3);
  EXPECT_EQ(ran->out, "out\n");
  EXPECT_EQ(ran->err, "err\n");
  EXPECT_EQ(run_program({"/no/such/program"})->status, 127);
}

}  // namespace
}  // namespace lazaret::cli
