// An explanation that does not change when its reason does is no explanation.
#include "core/why.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

Explanation why(const Bed& bed, const std::string& id) {
  return explain(bed.fleet, Bed::ref(id), bed.now);
}

bool tells(const Explanation& explanation, const std::string& kind) {
  return std::any_of(explanation.evidence.begin(), explanation.evidence.end(),
                     [&](const EvidenceLine& line) { return line.kind == kind; });
}

Bed quarantined(int max_retries, AutoRevive policy = AutoRevive::yes) {
  CellDefinition cell = cell_of({process_agent("a")});
  cell.policies.max_retries = max_retries;
  cell.policies.auto_revive = policy;
  Bed bed(cell);
  while (bed.agent("a").process != ProcessState::quarantined) {
    bed.spawned("a");
    bed.exited("a", exit_code(3));
    bed.wait(300s);
    if (bed.agent("a").process == ProcessState::awaiting_approval) break;
  }
  return bed;
}

TEST(Why, AQuarantineNamesItsRuleSettingAndEvidence) {
  const Bed bed = quarantined(2);
  const Explanation it = why(bed, "a");
  EXPECT_NE(it.sentence.find("a is quarantined"), std::string::npos) << it.sentence;
  EXPECT_EQ(it.rule, "more than max_retries failures since its last stable run (3 of 2)");
  EXPECT_EQ(it.setting, "max_retries = 2");
  EXPECT_EQ(it.setting_place, "config/policies.json");
  EXPECT_TRUE(tells(it, "agent_exited"));
  EXPECT_TRUE(tells(it, "agent_quarantined"));
}

TEST(Why, AnotherSettingGivesAnotherAnswer) {
  EXPECT_EQ(why(quarantined(1), "a").setting, "max_retries = 1");
  EXPECT_EQ(why(quarantined(2, AutoRevive::no), "a").setting, "auto_revive = no");
  const Explanation asked = why(quarantined(2, AutoRevive::ask), "a");
  EXPECT_EQ(asked.rule, "it died and auto_revive is ask");
  EXPECT_EQ(asked.next,
            "lazaret inbox approve r-1 | deny r-1; the default answers no in 55m 00s "
            "(2026-09-01T01:00:00.000Z)");
}

TEST(Why, RemovingOnePieceOfEvidenceChangesWhatItSays) {
  Bed bed = quarantined(2);
  const std::size_t before = why(bed, "a").evidence.size();
  Agent& agent = bed.fleet.cells.at(the_cell).agents.at(AgentId("a"));
  std::erase_if(agent.history, [](const HistoryLine& line) { return line.kind == "agent_exited"; });
  const Explanation without = why(bed, "a");
  EXPECT_LT(without.evidence.size(), before);
  EXPECT_FALSE(tells(without, "agent_exited"));
  agent.tries = 1;
  EXPECT_NE(why(bed, "a").rule, without.rule);
}

TEST(Why, TheEvidenceIsOldestFirstAndHasAnAge) {
  const Explanation it = why(quarantined(2), "a");
  ASSERT_GE(it.evidence.size(), 3U);
  for (std::size_t i = 1; i < it.evidence.size(); ++i) {
    EXPECT_GE(it.evidence[i - 1].age_seconds, it.evidence[i].age_seconds);
  }
  EXPECT_LE(it.evidence.size(), history_most);
}

TEST(Why, EachReasonToBeStoppedIsToldApart) {
  CellDefinition cell = cell_of({process_agent("a"), process_agent("s"), turn_agent("t")});
  cell.policies.substitute_agents = {AgentId("s")};
  Bed bed(cell);
  EXPECT_EQ(why(bed, "s").rule, "it is a substitute and nobody needs it yet");
  EXPECT_EQ(why(bed, "t").rule, "a turn agent runs only while it has a wake");
  bed.spawned("a");
  bed.exited("a", exit_code(0));
  EXPECT_NE(why(bed, "a").rule.find("counts as clean"), std::string::npos);
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
  EXPECT_EQ(why(bed, "a").rule, "somebody stopped it");
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, ""}));
  EXPECT_NE(why(bed, "a").rule.find("its mission is paused"), std::string::npos);
  EXPECT_TRUE(bed.ask(op::FreezeFleet{true, ""}));
  EXPECT_NE(why(bed, "a").rule.find("frozen"), std::string::npos);
}

TEST(Why, AnAgentThatWasStoppedBySomebodyElseSaysSo) {
  Bed bed(cell_of({process_agent("a")}));
  bed.spawned("a");
  bed.post(event::AgentStopSeen{Bed::ref("a"), bed.agent("a").incarnation, true});
  EXPECT_NE(why(bed, "a").rule.find("somebody else stopped it"), std::string::npos);
  EXPECT_NE(why(bed, "a").next.find("kill -CONT"), std::string::npos);
  bed.post(event::AgentStopSeen{Bed::ref("a"), bed.agent("a").incarnation, false});
  EXPECT_EQ(why(bed, "a").next, "it is revived if it dies");
}

TEST(Why, AnAgentThatRunsButIsHeldSaysSo) {
  Bed bed(cell_of({process_agent("a")}));
  bed.spawned("a");
  EXPECT_EQ(why(bed, "a").sentence.find("frozen"), std::string::npos);
  EXPECT_TRUE(bed.ask(op::FreezeAgent{Bed::ref("a"), ""}));
  EXPECT_NE(why(bed, "a").sentence.find("; frozen by "), std::string::npos)
      << why(bed, "a").sentence;
  EXPECT_TRUE(bed.ask(op::ThawAgent{Bed::ref("a"), ""}));
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("a"), ""}));
  EXPECT_NE(why(bed, "a").sentence.find("; paused"), std::string::npos) << why(bed, "a").sentence;
}

TEST(Why, AnAgentThatIsNeverRestartedSaysHowItEnded) {
  AgentDefinition once = process_agent("a");
  once.run->restart = Restart::never;
  once.auto_revive = AutoRevive::no;
  Bed bed(cell_of({once}));
  bed.spawned("a");
  EXPECT_EQ(why(bed, "a").next, "it stays down if it dies");
  bed.exited("a", exit_code(7));
  EXPECT_EQ(why(bed, "a").rule, "it ended (exit 7), and it is never restarted");
}

TEST(Why, ARunningAgentSaysWhatItIsWaitingFor) {
  Bed bed(cell_of({process_agent("a")}));
  EXPECT_NE(why(bed, "a").setting.find("revive_timeout"), std::string::npos);
  bed.spawned("a");
  EXPECT_EQ(why(bed, "a").next, "it is revived if it dies");
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("a"), ""}));
  EXPECT_NE(why(bed, "a").rule.find("paused"), std::string::npos);
  EXPECT_TRUE(bed.ask(op::ResumeAgent{Bed::ref("a"), ""}));
  bed.post(event::BeatMissed{Bed::ref("a"), bed.agent("a").incarnation, 1, 33s});
  EXPECT_EQ(why(bed, "a").setting, "hang_window_seconds = 10");
}

}  // namespace
}  // namespace lazaret::core
