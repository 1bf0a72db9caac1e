// Every promise of the core, over many seeds; tests/planted proves that these checks can fail.
#include "sim/simulation.h"

#include <gtest/gtest.h>

namespace lazaret::sim {
namespace {

constexpr std::uint64_t seeds_each = 40;

std::string describe(const Report& report) {
  std::string text;
  for (const std::string& line : report.trace_tail) text += line + "\n";
  for (const Violation& one : report.violations)
    text += "VIOLATION: " + one.rule + ": " + one.detail + "\n";
  return text;
}

Report run_seed(const std::string& scenario, std::uint64_t seed) {
  return run({seed, *find_scenario(scenario), true, false});
}

// What all the seeds of one scenario saw together.
struct Seen {
  FaultCounts faults;
  std::uint64_t restarts = 0;

  std::uint64_t of(Fault fault) const {
    const auto found = faults.find(fault);
    return found == faults.end() ? 0 : found->second;
  }
};

Seen run_seeds(const std::string& scenario) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= seeds_each; ++seed) {
    const Report report = run_seed(scenario, seed);
    EXPECT_EQ(report.outcome(), Outcome::ok)
        << describe(report) << "lazaret sim --scenario " << scenario << " --seed " << seed;
    EXPECT_GT(report.facts, 100U);
    for (const auto& [fault, count] : report.faults) seen.faults[fault] += count;
    seen.restarts += report.restarts;
    if (::testing::Test::HasFailure()) break;
  }
  return seen;
}

// Many seeds, forty a test so that they run side by side.

TEST(Simulation, EverythingAtOnceKeepsEveryPromiseAndSeesEveryFault) {
  const Seen seen = run_seeds("everything");
  for (std::size_t i = 0; i < enum_words(Fault{}).size(); ++i) {
    EXPECT_GT(seen.of(static_cast<Fault>(i)), 0U) << enum_words(Fault{})[i] << " never happened";
  }
}

TEST(Simulation, TheCalendarKeepsEveryPromise) {
  EXPECT_GT(run_seeds("calendar").of(Fault::daemon_killed), 40U);
}

TEST(Simulation, SharedAccountsKeepEveryPromise) {
  const Seen seen = run_seeds("accounts");
  EXPECT_GT(seen.of(Fault::limit_met), 150U);
  EXPECT_GT(seen.of(Fault::daemon_killed), 100U);
}

TEST(Simulation, CrashLoopsKeepEveryPromise) {
  EXPECT_GT(run_seeds("crash_loops").of(Fault::crash), 500U);
}

TEST(Simulation, HangsKeepEveryPromise) {
  const Seen seen = run_seeds("hangs");
  EXPECT_GT(seen.of(Fault::hang), 1000U);
  EXPECT_GT(seen.of(Fault::silent_but_working), 1000U);
}

TEST(Simulation, ABusyOperatorBreaksNoPromise) {
  EXPECT_GT(run_seeds("busy_operator").of(Fault::operator_interfered), 10'000U);
}

TEST(Simulation, RestartsOfTheDaemonKeepEveryPromise) {
  const Seen seen = run_seeds("restarts");
  EXPECT_GT(seen.restarts, 1000U);
  EXPECT_GT(seen.of(Fault::power_lost), 50U);
}

TEST(Simulation, TheSameSeedIsTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Report first = run_seed("everything", seed);
    const Report second = run_seed("everything", seed);
    EXPECT_EQ(first.hash, second.hash);
    EXPECT_EQ(first.events, second.events);
    EXPECT_NE(first.hash, run_seed("everything", seed + 100).hash);
  }
}

TEST(Simulation, WithoutFaultsNothingIsRestartedAndAllWorkIsDone) {
  Scenario calm = without_faults(*find_scenario("everything"));
  calm.share_external = 0;
  const Report report = run({3, calm, false, false});
  EXPECT_EQ(report.outcome(), Outcome::ok) << describe(report);
  EXPECT_EQ(report.restarts, 0U);
  EXPECT_TRUE(report.faults.empty());
}

// bench/run simulation measures the thousand agents that this is a tenth of.
TEST(Simulation, AHundredAgentsForADay) {
  Scenario day = *find_scenario("day");
  day.agents = 100;
  const Report report = run({1, day, false, false});
  EXPECT_EQ(report.outcome(), Outcome::ok) << describe(report);
  EXPECT_GE(report.virtual_hours, 24.0);
  EXPECT_GT(report.events, 200'000U);
}

TEST(Scenarios, AreData) {
  EXPECT_FALSE(find_scenario("no such"));
  EXPECT_FALSE(find_scenario("{\"agents\":"));
  const auto asked = find_scenario(R"({"name":"hangs","agents":3})");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->agents, 3);
  const auto error = [](std::string_view text) {
    const auto scenario = find_scenario(text);
    return scenario ? "" : scenario.error().message + " / " + scenario.error().remedy;
  };
  EXPECT_TRUE(error("hang").contains("did you mean hangs?")) << error("hang");
  EXPECT_EQ(error(R"({"agent":1})"), "a scenario has no field \"agent\" / did you mean agents?");
  EXPECT_TRUE(error(R"({"unknown":1})").contains("crashes_an_hour")) << error(R"({"unknown":1})");
  EXPECT_EQ(
      error(R"({"agents":"x"})"),
      "the scenario's \"agents\" cannot be \"x\"; expected a whole number from 0 to 1000000 / ");
  EXPECT_TRUE(error(R"({"lost":true})").contains("\"lost\" cannot be true; expected a number"));
  EXPECT_TRUE(error(R"({"name":4})").contains("\"name\" cannot be 4; expected text"));
  EXPECT_TRUE(error(R"({"agents":0})").contains("at least one agent"));
  EXPECT_EQ(error("{\"agents\":"), "the scenario is no JSON: incomplete JSON / ");
  EXPECT_EQ(asked->hangs_an_hour, find_scenario("hangs")->hangs_an_hour);
}

}  // namespace
}  // namespace lazaret::sim
