// What a mission would cost follows from what it is made of.
#include "sim/mission_run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lazaret::sim {
namespace {

using namespace core;
using namespace std::chrono_literals;

AgentDefinition agent(const std::string& id) {
  AgentDefinition one;
  one.id = AgentId(id);
  one.run = RunSpec{};
  one.run->command = {"agent"};
  return one;
}

// `tasks` that depend on nothing, `agents` that do any of them.
MissionAsk ask(int agents, int tasks) {
  MissionAsk it;
  it.cell.id = CellId("7c9e6679-7425-40de-944b-e07fc1f90ae7");
  it.cell.path = "/missions/own";
  it.cell.mission_name = "own";
  it.cell.digest = "own";
  it.cell.timeout = Duration(0);
  it.cell.policies.max_retries = 1000;
  it.cell.policies.backoff_most = 5s;
  for (int i = 0; i < agents; ++i) {
    const AgentDefinition one = agent(fmt::format("a{}", i));
    it.cell.agents.emplace(one.id, one);
  }
  for (int i = 0; i < tasks; ++i) {
    TaskDefinition task;
    task.id = TaskId(fmt::format("t{}", i));
    task.timeout = 24h;
    task.max_tries = 100;
    it.cell.tasks.emplace(task.id, task);
  }
  it.task_seconds = 300;
  it.mtbf_seconds = 0;
  return it;
}

double mean(const MissionAsk& it, double MissionRun::* figure) {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) sum += run_mission(it, seed).*figure;
  return sum / 10;
}

TEST(MissionRun, without_deaths_the_work_is_what_the_tasks_are) {
  MissionAsk it = ask(4, 40);
  it.hourly_cost = 2;
  it.task_cost = 0.5;
  const MissionRun run = run_mission(it, 1);
  EXPECT_TRUE(run.broken.empty()) << run.broken.front();
  EXPECT_EQ(run.status, MissionStatus::completed);
  EXPECT_EQ(run.tasks_done, 40);
  EXPECT_EQ(run.deaths, 0);
  // 40 tasks of 300 s on average, and some seconds each until the agent asks again.
  EXPECT_NEAR(run.worked_seconds, 40 * 304, 40 * 304 * 0.3);
  EXPECT_GT(run.seconds, run.worked_seconds / 4);
  EXPECT_LT(run.seconds, run.worked_seconds / 4 + 2000);
  EXPECT_NEAR(run.spend, run.worked_seconds / 3600 * 2 + 40 * 0.5, 1e-6);
}

TEST(MissionRun, the_same_seed_gives_the_same_run) {
  MissionAsk it = ask(3, 20);
  it.mtbf_seconds = 600;
  const MissionRun first = run_mission(it, 7);
  const MissionRun second = run_mission(it, 7);
  EXPECT_EQ(first.seconds, second.seconds);
  EXPECT_EQ(first.deaths, second.deaths);
  EXPECT_NE(first.seconds, run_mission(it, 8).seconds);
}

TEST(MissionRun, deaths_take_time_and_checkpoints_save_it) {
  MissionAsk calm = ask(4, 40);
  MissionAsk deadly = calm;
  deadly.mtbf_seconds = 300;
  MissionAsk forgetful = deadly;
  forgetful.keeps_work = false;
  EXPECT_GT(mean(deadly, &MissionRun::deaths), 10);
  EXPECT_GT(mean(deadly, &MissionRun::seconds), mean(calm, &MissionRun::seconds));
  EXPECT_GT(mean(forgetful, &MissionRun::worked_seconds),
            1.3 * mean(deadly, &MissionRun::worked_seconds));
}

TEST(MissionRun, more_agents_are_quicker_and_its_own_time_limit_ends_it) {
  MissionAsk one = ask(1, 40);
  MissionAsk eight = one;
  eight.cell = *with_agents(one.cell, 8);
  EXPECT_EQ(eight.cell.agents.size(), 8U);
  EXPECT_LT(mean(eight, &MissionRun::seconds) * 3, mean(one, &MissionRun::seconds));
  one.cell.timeout = 1h;
  const MissionRun late = run_mission(one, 1);
  EXPECT_EQ(late.status, MissionStatus::failed);
  EXPECT_NE(late.reason.find("timed out after"), std::string::npos) << late.reason;
  EXPECT_NEAR(late.seconds, 3600, 60);
}

TEST(MissionRun, agents_that_are_named_are_not_left_out) {
  MissionAsk it = ask(3, 3);
  it.cell.tasks.at(TaskId("t0")).assigned_to = AgentId("a2");
  const auto fewer = with_agents(it.cell, 1);
  ASSERT_TRUE(fewer);
  EXPECT_TRUE(fewer->agents.contains(AgentId("a2")));
  for (const char* task : {"t1", "t2"}) {
    it.cell.tasks.at(TaskId(task)).assigned_to = AgentId(task[1] == '1' ? "a1" : "a0");
  }
  EXPECT_FALSE(with_agents(it.cell, 2));
  EXPECT_FALSE(with_agents(it.cell, 5));
}

}  // namespace
}  // namespace lazaret::sim
