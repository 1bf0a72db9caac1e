// A receipt that says the same of another journal is no receipt.
#include "cli/chaos_receipt.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/rfc3339.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

const std::string cell = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

json::value agent(const std::string& process, int incarnation) {
  return json::object{
      {"cell_id", cell}, {"agent_id", "a"}, {"process", process}, {"incarnation", incarnation}};
}

json::value event(const std::string& at, const std::string& kind, json::object body) {
  return json::object{{"at", "2026-11-21T10:00:" + at + "Z"},
                      {"kind", kind},
                      {"cell", cell},
                      {"agent", kind.starts_with("agent") ? json::value("a") : json::value()},
                      {"task", kind.starts_with("task") ? json::value("t") : json::value()},
                      {"body", std::move(body)}};
}

Strike strike(Hurt hurt = Hurt::kill) {
  Strike one;
  one.hurt = hurt;
  one.cell = cell;
  one.agent = "a";
  one.incarnation = 1;
  one.at = *from_rfc3339("2026-11-21T10:00:01Z");
  return one;
}

json::array a_revival() {
  return {event("01.004", "agent_exited", {{"incarnation", 1}, {"expected", false}}),
          event("01.004", "agent_starting", {{"incarnation", 2}}),
          event("01.010", "agent_spawned", {{"incarnation", 2}}),
          event("01.500", "agent_ready", {{"incarnation", 2}})};
}

TEST(ChaosReceipt, says_when_it_was_noticed_and_when_all_was_well_again) {
  const auto it =
      chaos_receipt({strike()}, {agent("running", 1)}, a_revival(), {agent("running", 2)});
  ASSERT_TRUE(it.well());
  EXPECT_EQ(it.deaths, 1);
  EXPECT_NEAR(*it.strikes[0].noticed_seconds, 0.004, 1e-6);
  EXPECT_EQ(it.strikes[0].noticed_as, "agent_exited");
  EXPECT_NEAR(*it.strikes[0].back_seconds, 0.5, 1e-6);
  EXPECT_NE(draw(it, Look{}).find("4 ms"), std::string::npos) << draw(it, Look{});
  EXPECT_TRUE(it.unasked.empty());
}

TEST(ChaosReceipt, a_strike_that_nobody_noticed_is_no_good_end) {
  const auto it = chaos_receipt({strike()}, {agent("running", 1)}, {}, {agent("running", 1)});
  EXPECT_FALSE(it.well());
  EXPECT_NE(draw(it, Look{}).find("NEVER"), std::string::npos);
  Strike skipped = strike();
  skipped.skipped = "its process had just ended";
  EXPECT_TRUE(chaos_receipt({skipped}, {}, {}, {}).well());
}

TEST(ChaosReceipt, who_is_down_at_the_end_is_lost_unless_it_was_given_up) {
  const json::array before{agent("running", 1)};
  const auto lost = chaos_receipt({strike()}, before, a_revival(), {agent("stopped", 2)});
  EXPECT_FALSE(lost.well());
  EXPECT_EQ(lost.lost.size(), 1U);
  EXPECT_EQ(chaos_receipt({strike()}, before, a_revival(), {}).lost.size(), 1U);
  const auto given_up = chaos_receipt({strike()}, before, a_revival(), {agent("quarantined", 2)});
  EXPECT_TRUE(given_up.well());
  EXPECT_EQ(given_up.given_up.size(), 1U);
}

TEST(ChaosReceipt, two_lives_at_once_and_work_done_twice_are_found) {
  const json::array before{agent("running", 1)};
  const json::array after{agent("running", 2)};
  json::array events = a_revival();
  events.erase(events.begin());  // the first one never ended
  EXPECT_EQ(chaos_receipt({}, before, events, after).doubled.size(), 1U);
  const json::array twice{event("02.000", "task_completed", {}),
                          event("03.000", "task_completed", {})};
  EXPECT_EQ(chaos_receipt({}, before, twice, before).doubled.size(), 1U);
  EXPECT_TRUE(chaos_receipt({}, before, {twice[0]}, before).well());
}

TEST(ChaosReceipt, a_daemon_that_was_killed_and_an_agent_that_was_stopped) {
  Strike daemon = strike(Hurt::daemon);
  daemon.cell = daemon.agent = "";
  const json::array events{
      event("01.100", "agent_stop_seen", {{"incarnation", 1}, {"stopped", true}}),
      event("01.200", "daemon_started", {{"crashed", true}}),
      event("01.300", "adoption_finished", {}),
      event("06.000", "agent_stop_seen", {{"incarnation", 1}, {"stopped", false}})};
  const json::array all{agent("running", 1)};
  const auto it = chaos_receipt({strike(Hurt::stop), daemon}, all, events, all);
  EXPECT_TRUE(it.well());
  EXPECT_EQ(it.daemon_crashes, 1);
  EXPECT_NEAR(*it.strikes[0].noticed_seconds, 0.1, 1e-6);
  EXPECT_NEAR(*it.strikes[0].back_seconds, 5, 1e-6);
  EXPECT_NEAR(*it.strikes[1].back_seconds, 0.3, 1e-6);
}

TEST(ChaosReceipt, a_death_that_nobody_struck_is_told) {
  const auto it = chaos_receipt({}, {agent("running", 1)}, a_revival(), {agent("running", 2)});
  EXPECT_EQ(it.unasked.size(), 1U);
}

}  // namespace
}  // namespace lazaret::cli
