// What everything waits for is what NEXT says: whose question, until when, what silence means, and
// the line to type. For an agent, its task and its mission, in each state in which they wait.
#include "core/bed_for_tests.h"
#include "core/standstill.h"
#include "core/why.h"

namespace lazaret::core {
namespace {

using namespace testing;

CellDefinition one_agent_and_its_task() {
  TaskDefinition mine = task_of("mine");
  mine.assigned_to = AgentId("a");
  AgentDefinition spare = process_agent("b");
  spare.capabilities.clear();
  return cell_of({process_agent("a"), spare}, {mine});
}

Bed at_work(const CellDefinition& cell) {
  Bed bed(cell);
  bed.spawned("a");
  bed.spawned("b");
  EXPECT_TRUE(bed.ask_as("a", op::ClaimTask{Bed::ref("a"), TaskId("mine")}));
  return bed;
}

Bed over_budget(Amounts AgentDefinition::* agent, Amounts TaskDefinition::* task,
                Amounts CellDefinition::* mission) {
  CellDefinition cell = one_agent_and_its_task();
  if (agent) (cell.agents.at(AgentId("a")).*agent).tokens = 100;
  if (task) (cell.tasks.at(TaskId("mine")).*task).tokens = 100;
  if (mission) (cell.*mission).tokens = 100;
  Bed bed = at_work(cell);
  op::ReportSpend report{Bed::ref("a"), {}, true, {}};
  report.amounts.tokens = 60;
  EXPECT_TRUE(bed.ask_as("a", report));
  report.amounts.tokens = 50;
  EXPECT_FALSE(bed.ask_as("a", report)) << "it would pass the cap";
  return bed;
}

Bed handing_over(bool manual) {
  CellDefinition cell = one_agent_and_its_task();
  cell.policies.handoff_approval = manual ? HandoffApproval::manual : HandoffApproval::automatic;
  cell.policies.checkpoint_required = !manual;
  cell.policies.checkpoint_deadline = 90s;
  Bed bed = at_work(cell);
  EXPECT_TRUE(bed.ask(op::HandOffTask{Bed::task_ref("mine"), AgentId("b"), "night shift"}));
  return bed;
}

Bed dead(AutoRevive policy, int retries = 0) {
  CellDefinition cell = one_agent_and_its_task();
  cell.policies.auto_revive = policy;
  cell.policies.max_retries = retries;
  Bed bed = at_work(cell);
  bed.exited("a", exit_code(3));
  return bed;
}

struct Row {
  std::string name;
  Bed bed;
  std::string rule_of_agent, rule_of_task, rule_of_mission;  // parts of them
  std::string next;                                          // of all three, where not empty
};

std::vector<Row> rows() {
  const std::string asked =
      "lazaret inbox approve r-1 | deny r-1; the default answers no in 1h 00m "
      "(2026-09-01T01:00:00.000Z)";
  const std::string used =
      " has spent 0 tokens and set aside 60 tokens of 100 tokens; nothing of it "
      "goes on until r-1 is answered";
  std::vector<Row> all;
  all.push_back({"agent budget", over_budget(&AgentDefinition::budget, nullptr, nullptr),
                 "a budget is used up (tokens): agent a" + used, "a has it; a budget is used up",
                 "nothing goes on until r-1 is answered: ", asked});
  all.push_back({"task budget", over_budget(nullptr, &TaskDefinition::budget, nullptr),
                 "a budget is used up (tokens): task mine" + used, "a has it; a budget is used up",
                 "nothing goes on until r-1 is answered: ", asked});
  all.push_back({"mission budget", over_budget(nullptr, nullptr, &CellDefinition::budget),
                 "a budget is used up (tokens): mission one (11111111)" + used,
                 "a has it; a budget is used up", "a budget is used up (tokens): mission one",
                 asked});
  all.push_back({"a person has to agree to the hand-off", handing_over(true),
                 "it works on mine; ann asked for it to go from a to b, and a person has to agree",
                 "a has it; ann asked for it to go from a to b, and a person has to agree", "",
                 asked});
  all.push_back(
      {"a checkpoint is awaited", handing_over(false),
       "a was asked to save a checkpoint first (checkpoint_required)",
       "a was asked to save a checkpoint first (checkpoint_required)", "",
       "b has it when a has saved one; its last one is taken in 1m 30s, if there is one"});
  all.push_back({"revival", dead(AutoRevive::ask), "it died and auto_revive is ask",
                 "a has it, and died and waits for a person",
                 "nothing goes on until r-1 is answered: revive a?", asked});
  all.push_back({"quarantine with a question", dead(AutoRevive::yes),
                 "more than max_retries failures", "", "nothing goes on until r-1 is answered",
                 asked});
  all.push_back({"quarantine", dead(AutoRevive::no), "it died and auto_revive is no", "",
                 "nothing is under way, and a is quarantined", "lazaret agent start a"});
  return all;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(WhyHeld, NextSaysWhatEverythingWaitsFor) {
  for (const Row& row : rows()) {
    const Explanation agent = explain(row.bed.fleet, Bed::ref("a"), row.bed.now);
    const Explanation task = explain(row.bed.fleet, Bed::task_ref("mine"), row.bed.now);
    const Explanation mission = explain(row.bed.fleet, the_cell, row.bed.now);
    EXPECT_TRUE(holds(agent.rule, row.rule_of_agent)) << row.name << ": " << agent.rule;
    EXPECT_TRUE(holds(agent.next, row.next)) << row.name << ": " << agent.next;
    if (!row.rule_of_task.empty()) {
      EXPECT_TRUE(holds(task.rule, row.rule_of_task)) << row.name << ": " << task.rule;
      EXPECT_TRUE(holds(task.next, row.next)) << row.name << ": " << task.next;
    }
    if (row.rule_of_mission.empty()) {
      EXPECT_TRUE(holds(mission.rule, "1 under way")) << row.name << ": work goes on meanwhile";
      EXPECT_EQ(needs_of(row.bed.fleet, row.bed.cell()), "") << row.name;
    } else {
      EXPECT_TRUE(holds(mission.rule, row.rule_of_mission)) << row.name << ": " << mission.rule;
      EXPECT_TRUE(holds(mission.next, row.next)) << row.name << ": " << mission.next;
      EXPECT_FALSE(needs_of(row.bed.fleet, row.bed.cell()).empty()) << row.name;
    }
    for (const Explanation& one : {agent, task, mission}) {
      EXPECT_TRUE(std::ranges::is_sorted(one.evidence, {}, &EvidenceLine::at)) << row.name;
    }
  }
}

TEST(WhyHeld, TheEvidenceOfAnAgentHoldsTheQuestion) {
  for (const Row& row : rows()) {
    if (!holds(row.next, "r-1") || row.name == "mission budget" || row.name == "task budget")
      continue;
    const auto evidence = explain(row.bed.fleet, Bed::ref("a"), row.bed.now).evidence;
    EXPECT_TRUE(std::ranges::any_of(evidence, [](const auto& line) {
      return holds(line.text, "r-1 asks: ");
    })) << row.name;
  }
}

TEST(WhyHeld, WhatAMissionNeedsStaysTheSameWhileNothingChanges) {
  Bed bed = dead(AutoRevive::no);
  const std::string needs = needs_of(bed.fleet, bed.cell());
  EXPECT_EQ(needs,
            "nothing is under way, and a is quarantined: died 1x in a row, last: exit 3; "
            "auto_revive is no; lazaret agent start a");
  bed.wait(100s);
  EXPECT_EQ(needs_of(bed.fleet, bed.cell()), needs);
  EXPECT_TRUE(bed.ask(op::StartAgent{Bed::ref("a")}));
  EXPECT_EQ(needs_of(bed.fleet, bed.cell()), "");
}

TEST(WhyHeld, AMissionWhoseTasksNobodyCanTakeNeedsAPerson) {
  TaskDefinition gpu = task_of("gpu");
  gpu.needs_capabilities = {"gpu"};
  Bed bed(cell_of({process_agent("a")}, {gpu}));
  bed.spawned("a");
  EXPECT_EQ(needs_of(bed.fleet, bed.cell()),
            "1 task is ready, and no agent of the mission can take it; lazaret why "
            "task:gpu");
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, ""}));
  EXPECT_EQ(needs_of(bed.fleet, bed.cell()), "") << "it rests by a person's will";
}

TEST(WhyHeld, EachViewHasItsOwnSince) {
  CellDefinition cell = one_agent_and_its_task();
  cell.complete_when_tasks_done = false;
  Bed bed = at_work(cell);
  const auto sentence = [&] { return explain(bed.fleet, Bed::ref("a"), bed.now).sentence; };
  bed.wait(10s);
  EXPECT_EQ(sentence(), "a is running for 10s: ready: spawned; working for 10s");
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("mine"), ""}));
  bed.wait(20s);
  EXPECT_EQ(sentence(), "a is running for 30s: ready: spawned; idle for 20s");
  EXPECT_TRUE(bed.ask(op::FreezeAgent{Bed::ref("a"), ""}));
  bed.wait(5s);
  EXPECT_EQ(sentence(), "a is running for 35s: ready: spawned; frozen by ann for 5.0s");
  EXPECT_TRUE(bed.ask(op::ThawAgent{Bed::ref("a"), ""}));
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("a"), ""}));
  bed.wait(7s);
  EXPECT_EQ(sentence(),
            "a is running for 42s: ready: spawned; paused for 7.0s, it gets no new work");
}

}  // namespace
}  // namespace lazaret::core
