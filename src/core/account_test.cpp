#include "core/account.h"

#include "core/bed_for_tests.h"
#include "core/why.h"

namespace lazaret::core {
namespace {

using namespace testing;

constexpr const char* main_account = "main";

AgentDefinition of_pool(AgentDefinition agent) {
  agent.account = main_account;
  return agent;
}

CellDefinition pool_of(int count) {
  std::vector<AgentDefinition> agents;
  for (int i = 0; i < count; ++i) {
    agents.push_back(process_agent(std::string(1, static_cast<char>('a' + i))));
  }
  CellDefinition cell = cell_of(std::move(agents));
  cell.account = main_account;
  return cell;
}

// A pool whose limits are known before its first agent is.
struct Pool : Bed {
  explicit Pool(const CellDefinition& cell, int at_once = 0, Duration stagger = Duration(0)) {
    post(event::DaemonStarted{1, "boot", "test"});
    post(event::AdoptionFinished{});
    EXPECT_TRUE(ask(op::SetAccount{main_account, at_once, stagger}));
    post(event::CellObserved{cell});
  }
  const Account& account() const { return fleet.accounts.at(main_account); }
  void all_spawned() {
    for (const auto& [id, agent] : cell().agents) {
      if (agent.process == ProcessState::starting) spawned(id.value);
    }
  }
  std::string live() const {
    std::string out;
    for (const auto& [id, agent] : cell().agents) out += is_live(agent.process) ? id.value : "";
    return out;
  }
  std::vector<std::pair<std::string, Duration>> starts_since(Stamp since) const {
    std::vector<std::pair<std::string, Duration>> out;
    for (const auto& [at, fact] : facts) {
      const auto* start = std::get_if<fact::AgentStarting>(&fact);
      if (start && at.mono >= since.mono)
        out.emplace_back(start->agent.agent.value, at.mono - since.mono);
    }
    return out;
  }
  void limited(const std::string& id, Duration how_long) {
    EXPECT_TRUE(ask_as(id, op::ReportActivity{ref(id), now.wall + how_long, "429"}));
  }
  ExitReport last_words(std::optional<Duration> how_long) const {
    ExitReport exit = exit_code(1);
    exit.limit = LimitSeen{std::nullopt, "rate limit reached"};
    if (how_long) exit.limit->until = now.wall + *how_long;
    return exit;
  }
  std::string why(const std::string& id) const { return explain(fleet, ref(id), now).rule; }
};

TEST(Account, NoMoreThanAtOnceRunAndTheNextStartsWhenOneEnds) {
  Pool pool(pool_of(4), 2);
  EXPECT_EQ(pool.live(), "ab");
  pool.all_spawned();
  EXPECT_EQ(pool.why("c"), "waits: account main already runs 2 of 2 (a, b)");
  EXPECT_EQ(explain(pool.fleet, Bed::ref("c"), pool.now).setting, "at_once = 2");
  pool.exited("a", exit_code(0));
  EXPECT_EQ(pool.live(), "bc");
  EXPECT_TRUE(pool.ask(op::SetAccount{main_account, 3, {}}));
  EXPECT_EQ(pool.live(), "bcd") << "more room is noticed at once";
  EXPECT_TRUE(pool.ask(op::SetAccount{main_account, 1, {}}));
  EXPECT_EQ(pool.live(), "bcd") << "less room ends nobody";
}

TEST(Account, WhatStoppedOrIsQuarantinedTakesNoPlace) {
  CellDefinition cell = pool_of(3);
  cell.policies.auto_revive = AutoRevive::no;
  Pool pool(cell, 1);
  pool.all_spawned();
  pool.exited("a", exit_code(1));
  EXPECT_EQ(pool.agent("a").process, ProcessState::quarantined);
  EXPECT_EQ(pool.live(), "b");
  EXPECT_TRUE(pool.ask(op::StopAgent{Bed::ref("b"), ""}));
  EXPECT_EQ(pool.live(), "b") << "one that is stopping still does";
  pool.exited("b", exit_code(0));
  EXPECT_EQ(pool.live(), "c");
}

TEST(Account, StartsAndRevivalsAreStaggered) {
  Pool pool(pool_of(4), 0, 5s);
  const Stamp begin = pool.now;
  EXPECT_EQ(pool.live(), "a");
  EXPECT_EQ(pool.why("b"), "waits: two starts of account main are at least 5.0s apart");
  pool.wait(7s);
  pool.exited("a", exit_code(1));  // its first try would come at once
  EXPECT_EQ(pool.live(), "b");
  pool.wait(60s);
  const std::vector<std::pair<std::string, Duration>> expected{
      {"a", 0s}, {"b", 5s}, {"c", 10s}, {"d", 15s}, {"a", 20s}};
  EXPECT_EQ(pool.starts_since(begin), expected);
}

TEST(Account, WhoHasATaskInHandGoesBeforeThoseWhoWouldOnlyBegin) {
  CellDefinition cell = pool_of(3);
  cell.tasks.emplace(TaskId("t"), task_of("t"));
  Pool pool(cell, 1, 1s);
  pool.all_spawned();
  EXPECT_TRUE(pool.ask_as("a", op::ClaimTask{Bed::ref("a"), {}}));
  pool.exited("a", exit_code(1));
  EXPECT_EQ(pool.live(), "") << "staggered";
  pool.wait(1s);
  EXPECT_EQ(pool.live(), "a");
  EXPECT_EQ(pool.task("t").owner_incarnation, Incarnation{2});
}

struct LimitCase {
  const char* name;
  bool by_last_words;
  Duration first;
  std::optional<Duration> second;  // the next word, 10 s later; 0 = over
  Duration ends_after;
};
class Limit : public ::testing::TestWithParam<LimitCase> {};

TEST_P(Limit, HoldsAllOfThePoolUntilTheNewestWordSays) {
  const LimitCase& one = GetParam();
  Pool pool(pool_of(3), 0, 2s);
  pool.wait(10s);
  pool.all_spawned();
  const Stamp begin = pool.now;
  if (one.by_last_words) {
    pool.exited("a", pool.last_words(one.first));
  } else {
    pool.limited("a", one.first);
    pool.exited("a", exit_code(1));
  }
  pool.exited("b", exit_code(1));
  EXPECT_EQ(pool.live(), "c") << "who runs goes on";
  pool.wait(10s);
  if (one.second) {
    const auto until =
        *one.second == Duration(0) ? std::nullopt : std::optional(pool.now.wall + *one.second);
    EXPECT_TRUE(pool.ask_as("c", op::ReportActivity{Bed::ref("c"), until, "news"}));
  }
  pool.wait(one.ends_after + 60s);
  const std::vector<std::pair<std::string, Duration>> expected{{"a", one.ends_after},
                                                               {"b", one.ends_after + 2s}};
  EXPECT_EQ(pool.starts_since(begin), expected);
  EXPECT_EQ(pool.agent("a").tries, 0) << "no try is used up";
  EXPECT_EQ(pool.agent("b").tries, 0);
  EXPECT_EQ(pool.count<fact::ApprovalOpened>(), 1U);
  EXPECT_TRUE(pool.fleet.approval_deadlines.empty()) << "it closed itself";
  EXPECT_EQ(pool.last<fact::ApprovalAnswered>().by, "core");
}

INSTANTIATE_TEST_SUITE_P(Words, Limit,
                         ::testing::Values(LimitCase{"Reported", false, 60s, {}, 60s},
                                           LimitCase{"LastWords", true, 60s, {}, 60s},
                                           LimitCase{
                                               "LastWordsThatAreNearlyOver", true, 1s, {}, 5s},
                                           LimitCase{"Later", false, 60s, 120s, 130s},
                                           LimitCase{"Earlier", false, 60s, 20s, 30s},
                                           LimitCase{"OverByReport", false, 60s, 0s, 10s}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Account, LastWordsWithoutATimeCountAsTheUsualTime) {
  Pool pool(pool_of(2));
  pool.all_spawned();
  pool.exited("a", pool.last_words({}));
  EXPECT_EQ(pool.account().limit->until, pool.now.wall + exhausted_usually);
}

TEST(Account, WithoutAnAccountLastWordsMeanNothing) {
  CellDefinition cell = pool_of(2);
  cell.account.clear();
  Pool pool(cell);
  pool.all_spawned();
  pool.exited("a", pool.last_words(60s));
  EXPECT_EQ(pool.agent("a").tries, 1);
  EXPECT_EQ(pool.live(), "ab");
  EXPECT_FALSE(pool.agent("a").rate_limited_until);
}

TEST(Account, AHundredVictimsAreOneQuestion) {
  std::vector<AgentDefinition> agents;
  for (int i = 0; i < 100; ++i) agents.push_back(of_pool(process_agent("a" + std::to_string(i))));
  CellDefinition cell = cell_of(std::move(agents));
  cell.policies.auto_revive = AutoRevive::ask;
  Pool pool(cell);
  pool.all_spawned();
  for (int i = 0; i < 100; ++i) pool.exited("a" + std::to_string(i), pool.last_words(600s));
  EXPECT_EQ(pool.live(), "");
  ASSERT_EQ(pool.fleet.approval_deadlines.size(), 1U);
  const ApprovalId id = pool.fleet.approval_deadlines.begin()->second;
  const std::string& question = pool.fleet.approvals.at(id).question;
  EXPECT_NE(question.find("; 100 agents wait for it."), std::string::npos) << question;
  EXPECT_NE(question.find("reported by a0 at"), std::string::npos) << question;
  EXPECT_TRUE(pool.ask(op::AnswerPerson{id, AnswerWord::yes, ""}));
  EXPECT_EQ(pool.account().running.size(), 100U);
  EXPECT_EQ(pool.count<fact::ApprovalOpened>(), 1U);
}

TEST(Account, WhoWouldBeTheFirstToWaitIsNotStartedEither) {
  Pool pool(pool_of(2));
  pool.all_spawned();
  EXPECT_TRUE(pool.ask(op::StopAgent{Bed::ref("b"), ""}));
  pool.exited("b", exit_code(0));
  pool.limited("a", 60s);
  EXPECT_TRUE(pool.ask(op::StartAgent{Bed::ref("b")}));
  EXPECT_EQ(pool.live(), "a");
  EXPECT_EQ(pool.why("b"),
            "waits: account main is rate limited until 2026-09-01T00:01:00.000Z "
            "(reported by a at 2026-09-01T00:00:00.000Z: 429)");
  pool.wait(60s);
  EXPECT_EQ(pool.live(), "ab");
}

TEST(Account, NoLeavesTheLimitAndAsksNoMore) {
  Pool pool(pool_of(2));
  pool.all_spawned();
  pool.limited("a", 60s);
  EXPECT_TRUE(pool.ask(op::AnswerPerson{*pool.account().alert, AnswerWord::no, ""}));
  pool.limited("b", 90s);
  EXPECT_EQ(pool.count<fact::ApprovalOpened>(), 1U);
  pool.exited("a", exit_code(1));
  pool.wait(89s);
  EXPECT_EQ(pool.live(), "b");
  pool.wait(1s);
  EXPECT_EQ(pool.live(), "ab");
}

TEST(Account, RunningOnesGetNoNewWakeAndNoNewTaskBeforeItsEnd) {
  CellDefinition cell = pool_of(2);
  cell.tasks.emplace(TaskId("t"), task_of("t"));
  Pool pool(cell, 0, 3s);
  pool.wait(10s);
  pool.all_spawned();
  pool.limited("a", 60s);
  EXPECT_TRUE(pool.ask(op::WakeAgent{Bed::ref("a"), "hello", "test"}));
  EXPECT_TRUE(pool.ask(op::WakeAgent{Bed::ref("b"), "hello", "test"}));
  EXPECT_EQ(pool.ask_as("b", op::ClaimTask{Bed::ref("b"), {}})->task, std::nullopt);
  EXPECT_EQ(pool.count<fact::WakeStarted>(), 0U);
  pool.wait(60s);
  EXPECT_EQ(pool.count<fact::WakeStarted>(), 1U) << "one after another";
  pool.wait(3s);
  EXPECT_EQ(pool.count<fact::WakeStarted>(), 2U);
  EXPECT_EQ(pool.ask_as("b", op::ClaimTask{Bed::ref("b"), {}})->task, Bed::task_ref("t"));
}

TEST(Account, RunningOnesTakeUpWorkAgainOneAfterAnother) {
  CellDefinition cell = pool_of(3);
  for (const char* id : {"t1", "t2", "t3"}) cell.tasks.emplace(TaskId(id), task_of(id));
  Pool pool(cell, 0, 3s);
  pool.wait(10s);
  pool.all_spawned();
  pool.limited("a", 60s);
  const auto claims = [&] {
    std::string got;
    for (const char* id : {"a", "b", "c"}) {
      if (pool.ask_as(id, op::ClaimTask{Bed::ref(id), {}})->task) got += id;
    }
    return got;
  };
  EXPECT_EQ(claims(), "");
  EXPECT_EQ(pool.account().waiting.size(), 3U);
  pool.commands.clear();
  pool.wait(60s);
  ASSERT_EQ(pool.commands.size(), 1U);
  EXPECT_EQ(std::get<command::SendLine>(pool.commands.front()).agent, Bed::ref("a")) << "a hint";
  EXPECT_EQ(claims(), "a");
  pool.wait(2s);
  EXPECT_EQ(claims(), "a") << "what it has already";
  pool.wait(1s);
  EXPECT_EQ(claims(), "ab");
  pool.wait(3s);
  EXPECT_EQ(claims(), "abc");
  EXPECT_TRUE(pool.account().waiting.empty());
}

TEST(Account, TurnsWaitToo) {
  CellDefinition cell = cell_of({of_pool(turn_agent("a")), of_pool(turn_agent("b"))},
                                {task_of("t1"), task_of("t2"), task_of("t3")});
  Pool pool(cell, 1, 1s);
  EXPECT_EQ(pool.live(), "a");
  EXPECT_EQ(pool.agent("b").waiting_wake->source, "task:t2");
  pool.all_spawned();
  pool.exited("a", pool.last_words(60s));
  EXPECT_EQ(pool.live(), "");
  EXPECT_EQ(pool.task("t1").tries, 0);
  pool.wait(60s);
  EXPECT_EQ(pool.live(), "a") << "it has its turn in hand";
  pool.all_spawned();
  pool.wait(10s);
  pool.exited("a", exit_code(0));
  EXPECT_EQ(pool.task("t1").state, TaskState::completed);
  EXPECT_EQ(pool.live(), "b");
}

TEST(Account, WhoseTurnComesTakesNoTaskThatIsForSomebodyElseMeanwhile) {
  CellDefinition cell =
      cell_of({of_pool(turn_agent("a")), of_pool(turn_agent("b"))}, {task_of("t1"), task_of("t2")});
  Pool pool(cell, 1, 1s);
  pool.all_spawned();
  ASSERT_EQ(pool.agent("b").waiting_wake->source, "task:t2");
  EXPECT_TRUE(pool.ask(op::AssignTask{Bed::task_ref("t2"), AgentId("a")}));
  pool.wait(10s);
  pool.exited("a", exit_code(0));
  pool.wait(10s);
  EXPECT_EQ(pool.live(), "a");
  EXPECT_EQ(pool.task("t2").owner, AgentId("a"));
}

TEST(Account, TheTimeOutOfATaskStandsWhileItsOwnerWaits) {
  CellDefinition cell = pool_of(1);
  TaskDefinition task = task_of("t");
  task.timeout = 100s;
  cell.tasks.emplace(TaskId("t"), task);
  Pool pool(cell);
  pool.all_spawned();
  EXPECT_TRUE(pool.ask_as("a", op::ClaimTask{Bed::ref("a"), {}}));
  pool.wait(30s);
  pool.exited("a", pool.last_words(1000s));
  pool.wait(1000s);
  EXPECT_EQ(pool.live(), "a");
  EXPECT_EQ(pool.task("t").state, TaskState::in_progress);
  pool.all_spawned();
  pool.wait(69s);
  EXPECT_FALSE(pool.task("t").cancelling);
  pool.wait(1s);
  EXPECT_TRUE(pool.task("t").cancelling);
}

TEST(Account, ADaemonThatWasAwayPastTheEndClosesTheQuestionItself) {
  Pool pool(pool_of(3), 0, 2s);
  pool.wait(10s);
  pool.all_spawned();
  for (const char* id : {"a", "b", "c"}) pool.exited(id, pool.last_words(60s));
  pool.post(event::DaemonStarted{2, "boot", "test"});
  pool.move_to(pool.now.mono + 100s);
  const Stamp begin = pool.now;
  pool.post(event::AdoptionFinished{});
  EXPECT_EQ(pool.last<fact::ApprovalAnswered>().by, "core");
  pool.wait(10s);
  const std::vector<std::pair<std::string, Duration>> expected{{"a", 0s}, {"b", 2s}, {"c", 4s}};
  EXPECT_EQ(pool.starts_since(begin), expected);
}

TEST(Account, ACalendarAgentOfThatNameThatIsExhaustedLimitsIt) {
  Pool pool(pool_of(2));
  EXPECT_TRUE(pool.ask(op::RegisterCalendarAgent{"a", "claw", "UTC", ""}));
  op::SetCalendarStatus status{"a", CalendarStatus::exhausted, pool.now.wall + 60s, "rate_limit"};
  EXPECT_TRUE(pool.ask(status));
  ASSERT_TRUE(pool.account().limit);
  EXPECT_EQ(pool.account().limit->until, pool.now.wall + 60s);
  pool.wait(60s);
  EXPECT_FALSE(pool.account().limit);
}

TEST(Account, WhoIsSilentWhileItsAccountIsLimitedDoesNotHang) {
  CellDefinition cell = pool_of(2);
  for (auto& [id, agent] : cell.agents) agent.hang = HangPolicy::revive;
  Pool pool(cell);
  pool.all_spawned();
  pool.limited("a", 600s);
  pool.post(event::BeatsBegan{Bed::ref("b"), pool.agent("b").incarnation});
  pool.post(event::BeatMissed{Bed::ref("b"), pool.agent("b").incarnation, 1, 60s});
  EXPECT_EQ(pool.count<fact::HangSuspected>(), 0U);
}

// Found by the simulator: it was started after the limit, without the question that its death asks.
TEST(Account, ALimitExcusesNoDeathFromBefore) {
  CellDefinition cell = pool_of(2);
  cell.policies.auto_revive = AutoRevive::ask;
  Pool pool(cell);
  pool.all_spawned();
  EXPECT_TRUE(pool.ask(op::SetMission{the_cell, MissionStatus::paused, ""}));
  pool.exited("a", exit_code(1));
  pool.wait(60s);
  pool.limited("b", 600s);
  EXPECT_TRUE(pool.ask(op::SetMission{the_cell, MissionStatus::active, ""}));
  EXPECT_EQ(pool.agent("a").process, ProcessState::awaiting_approval);
  pool.wait(700s);
  EXPECT_EQ(pool.live(), "b") << "the limit is over, the question is not";
}

TEST(Account, WhoIsNoLongerWantedLeavesTheLine) {
  Pool pool(pool_of(3), 1);
  EXPECT_TRUE(pool.ask(op::StopAgent{Bed::ref("b"), ""}));
  EXPECT_EQ(pool.account().waiting.size(), 1U);
  pool.all_spawned();
  pool.exited("a", exit_code(0));
  EXPECT_EQ(pool.live(), "c");
}

TEST(Account, AnEditedFileChangesThePool) {
  CellDefinition cell = pool_of(3);
  Pool pool(cell, 1);
  cell.agents.at(AgentId("b")).account = "other";
  cell.digest = "2";
  pool.post(event::CellObserved{cell});
  EXPECT_EQ(pool.live(), "ab");
  EXPECT_EQ(pool.fleet.accounts.at("other").running.size(), 1U);
  cell.account.clear();
  cell.digest = "3";
  pool.post(event::CellObserved{cell});
  EXPECT_EQ(pool.live(), "abc");
  EXPECT_TRUE(pool.account().running.empty());
  EXPECT_TRUE(pool.account().waiting.empty());
}

TEST(Account, APersonMayKnowBetter) {
  Pool pool(pool_of(2), 0, 1s);
  EXPECT_TRUE(pool.ask(op::LimitAccount{main_account, pool.now.wall + 60s, "maintenance"}));
  pool.wait(30s);
  EXPECT_EQ(pool.live(), "a");
  EXPECT_EQ(pool.account().limit->by, "ann");
  EXPECT_TRUE(pool.ask(op::LimitAccount{main_account, {}, "it is back"}));
  EXPECT_EQ(pool.live(), "ab");
}

}  // namespace
}  // namespace lazaret::core
