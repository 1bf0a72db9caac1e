#include "runtime/loop.h"

#include <gtest/gtest.h>

namespace lazaret::runtime {
namespace {

using namespace core;

struct HandClock final : ports::Clock {
  Stamp at{Instant(1000s), WallTime(std::chrono::sys_days(std::chrono::year(2026) / 9 / 1))};
  Stamp now() const override { return at; }
  void move(Duration by) {
    at.mono += by;
    at.wall += by;
  }
};

// Commits when it is told to.
struct HandJournal final : ports::Journal {
  Committed callback;
  std::vector<ports::Decision> decisions;
  std::vector<ports::Durability> durabilities;
  void on_committed(Committed c) override { callback = std::move(c); }
  void append(ports::Decision decision, ports::Durability durability) override {
    decisions.push_back(std::move(decision));
    durabilities.push_back(durability);
  }
  void commit() { callback(decisions.back().number, std::nullopt); }
  void fail() { callback(0, Error{ErrorCode::unavailable, "disk full", {}, "make room"}); }
};

struct Hands final : ports::Effects {
  std::vector<Command> started;
  void start(const Command& command) override { started.push_back(command); }
};

const CellId cell_id("c");
const AgentRef agent_a{cell_id, AgentId("a")};

struct LoopTest : ::testing::Test {
  HandClock clock;
  HandJournal journal;
  Hands hands;
  Loop loop{Fleet{}, 1, 1, journal, hands, clock};
  std::vector<Answer> answers;

  void SetUp() override {
    loop.post(event::DaemonStarted{1, "boot", "test"});
    loop.post(event::AdoptionFinished{});
    CellDefinition cell;
    cell.id = cell_id;
    cell.digest = "1";
    cell.timeout = Duration(0);
    AgentDefinition agent;
    agent.id = AgentId("a");
    agent.run = RunSpec{};
    cell.agents.emplace(agent.id, agent);
    loop.post(event::CellObserved{cell});
  }
  void ask(Operation operation) {
    loop.request({CallerKind::admin, "ann", std::nullopt, {}}, std::move(operation),
                 [this](Answer answer) { answers.push_back(std::move(answer)); });
  }
};

TEST_F(LoopTest, NothingIsStartedBeforeItIsRecorded) {
  EXPECT_TRUE(hands.started.empty());
  EXPECT_EQ(find_agent(loop.fleet(), agent_a)->process, ProcessState::starting);
  journal.commit();
  ASSERT_EQ(hands.started.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<command::SpawnAgent>(hands.started.front()));
}

TEST_F(LoopTest, NobodyIsAnsweredBeforeItIsSafe) {
  journal.commit();
  ask(op::PauseAgent{agent_a, ""});
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(journal.durabilities.back(), ports::Durability::power_loss);
  journal.commit();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers.front());
}

TEST_F(LoopTest, ARefusalThatRecordsNothingIsAnsweredAtOnce) {
  journal.commit();
  ask(op::PauseAgent{{cell_id, AgentId("nobody")}, ""});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers.front().error().code, ErrorCode::not_found);
}

TEST_F(LoopTest, AnswersDoNotOvertakeWhatTheyRestOn) {
  journal.commit();
  ask(op::PauseAgent{agent_a, ""});
  ask(op::PauseAgent{agent_a, ""});  // nothing left to record, but it rests on the first
  EXPECT_TRUE(answers.empty());
  journal.commit();
  EXPECT_EQ(answers.size(), 2U);
}

TEST_F(LoopTest, TroubleRefusesRequestsAndRecoveryNeedsNoRestart) {
  journal.commit();
  hands.started.clear();
  ask(op::StopAgent{agent_a, ""});
  journal.fail();
  ASSERT_TRUE(loop.trouble());
  ask(op::PauseAgent{agent_a, ""});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers.front().error().code, ErrorCode::unavailable);
  EXPECT_EQ(answers.front().error().remedy, "make room");
  EXPECT_TRUE(hands.started.empty());
  journal.commit();
  EXPECT_FALSE(loop.trouble());
  EXPECT_EQ(answers.size(), 2U) << "what was accepted before the trouble is answered now";
  EXPECT_FALSE(hands.started.empty());
}

TEST_F(LoopTest, AnAnswerThatIsToBeKeptIsRecordedWithItsDecision) {
  journal.commit();
  loop.request(
      {CallerKind::admin, "ann", std::nullopt, {}}, op::PauseAgent{agent_a, ""},
      [this](Answer answer) { answers.push_back(std::move(answer)); },
      [](const Answer& answer) {
        EXPECT_TRUE(answer);
        ports::Receipt receipt;
        receipt.key = "k";
        return std::optional(receipt);
      });
  ASSERT_TRUE(journal.decisions.back().receipt);
  EXPECT_EQ(journal.decisions.back().receipt->key, "k");
  EXPECT_TRUE(answers.empty());
}

TEST_F(LoopTest, WhoWaitsIsToldThatItTakesLongerAndIsAnsweredWhenItIsRecorded) {
  journal.commit();
  int delayed = 0;
  loop.request(
      {CallerKind::admin, "ann", std::nullopt, {}}, op::PauseAgent{agent_a, ""},
      [this](Answer answer) { answers.push_back(std::move(answer)); }, {},
      [&](const Error& error) {
        ++delayed;
        EXPECT_EQ(error.code, ErrorCode::unavailable);
        EXPECT_EQ(error.remedy, "make room");
      });
  journal.fail();
  journal.fail();
  EXPECT_EQ(delayed, 1);
  EXPECT_TRUE(answers.empty());
  journal.commit();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers.front());
}

TEST_F(LoopTest, WhatTheWorldTellsIsKeptDuringTrouble) {
  journal.commit();
  journal.fail();
  loop.post(event::AgentSpawned{agent_a, Incarnation{1}, 7, 1});
  EXPECT_EQ(find_agent(loop.fleet(), agent_a)->process, ProcessState::running);
  journal.commit();
  EXPECT_EQ(loop.recorded_facts(), loop.last_fact());
}

TEST_F(LoopTest, ObserversSeeNumberedFactsInOrder) {
  std::uint64_t next = 1;
  loop.observe([&](const std::vector<RecordedFact>& facts) {
    for (const RecordedFact& one : facts) EXPECT_EQ(one.number, next++);
  });
  journal.commit();
  ask(op::PauseAgent{agent_a, ""});
  journal.commit();
  EXPECT_EQ(next - 1, loop.recorded_facts());
}

TEST_F(LoopTest, WhatFilesWillSaySurvivesAPowerCutAndIsKnownAsUnrecordedUntilThen) {
  journal.commit();
  CellDefinition cell;
  cell.id = CellId("elsewhere");
  cell.digest = "1";
  loop.post(event::CellObserved{cell, false, true, true});
  EXPECT_EQ(journal.durabilities.back(), ports::Durability::power_loss) << "it becomes paused";
  const auto unrecorded_changes = [&] {
    int count = 0;
    loop.each_unrecorded([&](const Fact& fact) {
      count += std::holds_alternative<fact::MissionStatusChanged>(fact) ? 1 : 0;
    });
    return count;
  };
  EXPECT_EQ(unrecorded_changes(), 1);
  journal.commit();
  EXPECT_EQ(unrecorded_changes(), 0);
}

TEST_F(LoopTest, TimersRingThroughTick) {
  journal.commit();
  EXPECT_EQ(loop.next_deadline(), clock.at.mono + 300s) << "revive_timeout";
  loop.tick();
  EXPECT_EQ(find_agent(loop.fleet(), agent_a)->process, ProcessState::starting);
  clock.move(301s);
  loop.tick();
  EXPECT_EQ(find_agent(loop.fleet(), agent_a)->process, ProcessState::stopping);
}

TEST_F(LoopTest, AnOverfullLoopSaysSo) {
  HandJournal slow;
  Loop small(Fleet{}, 1, 1, slow, hands, clock, LoopBounds{2, 1s});
  small.post(event::DaemonStarted{1, "boot", "test"});
  small.post(event::AdoptionFinished{});
  std::optional<Answer> answer;
  small.request({CallerKind::admin, "ann", std::nullopt, {}}, op::FreezeFleet{true, ""},
                [&](Answer a) { answer = std::move(a); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace lazaret::runtime
