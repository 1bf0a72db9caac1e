// Why a task does not start, what became of a wake, who answered, why a mission ended: the answer
// changes with its reason.
#include "core/bed_for_tests.h"
#include "core/why.h"

namespace lazaret::core {
namespace {

using namespace testing;

Explanation why_task(const Bed& bed, const std::string& id) {
  return explain(bed.fleet, Bed::task_ref(id), bed.now);
}
Explanation why_mission(const Bed& bed) { return explain(bed.fleet, the_cell, bed.now); }

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
bool tells(const Explanation& it, const std::string& part) {
  return std::ranges::any_of(it.evidence, [&](const auto& line) { return holds(line.text, part); });
}

// One agent that works on `first`.
Bed at_work(std::vector<TaskDefinition> tasks) {
  Bed bed(cell_of({process_agent("a")}, std::move(tasks)));
  bed.spawned("a");
  EXPECT_TRUE(bed.ask_as("a", op::ClaimTask{Bed::ref("a"), TaskId("first")}));
  return bed;
}

TEST(WhyTask, names_the_dependency_and_who_has_it) {
  Bed bed = at_work({task_of("first"), task_of("second", {"first"})});
  const Explanation it = why_task(bed, "second");
  EXPECT_EQ(it.rule, "it depends on first, which is in_progress by a");
  EXPECT_EQ(it.setting, "dependencies includes first");
  EXPECT_EQ(it.setting_place, "tasks/second.json dependencies");
  EXPECT_TRUE(tells(it, "first is in_progress: claimed by a"));
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("first"), ""}));
  EXPECT_EQ(why_task(bed, "second").rule, "nothing: a is free and may take it");
}

TEST(WhyTask, a_dependency_that_failed_comes_before_one_that_is_under_way) {
  TaskDefinition doomed = task_of("doomed");
  doomed.on_failure = OnTaskFailure::fail;
  Bed bed = at_work({task_of("first"), doomed, task_of("last", {"first", "doomed"})});
  EXPECT_TRUE(bed.ask(op::ReportFailed{Bed::task_ref("doomed"), "no network"}));
  const Explanation it = why_task(bed, "last");
  EXPECT_EQ(it.rule, "it depends on doomed, which failed");
  EXPECT_EQ(it.next, "lazaret task retry 11111111 doomed");
  EXPECT_TRUE(tells(it, "doomed is failed: no network"));
}

TEST(WhyTask, names_the_agent_that_is_busy_paused_or_not_permitted) {
  TaskDefinition second = task_of("second");
  second.assigned_to = AgentId("a");
  Bed bed = at_work({task_of("first"), second});
  EXPECT_EQ(why_task(bed, "second").rule, "it is assigned to a, which works on first");
  EXPECT_EQ(why_task(bed, "second").setting, "assigned_to = a");
  EXPECT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("first"), ""}));
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("a"), ""}));
  EXPECT_EQ(why_task(bed, "second").rule, "it is assigned to a, which is paused");
  EXPECT_EQ(why_task(bed, "second").next, "lazaret agent resume a");
  bed.fleet.cells.at(the_cell).definition.permissions[AgentId("a")].execute = {"first"};
  EXPECT_EQ(why_task(bed, "second").rule,
            "it is assigned to a, which has no permission to execute it");
  EXPECT_EQ(why_task(bed, "second").setting_place, "config/permissions.json");
}

TEST(WhyTask, names_what_no_agent_has) {
  TaskDefinition task = task_of("t");
  task.needs_capabilities = {"gpu"};
  Bed bed(cell_of({process_agent("a")}, {task}));
  bed.spawned("a");
  const Explanation it = why_task(bed, "t");
  EXPECT_EQ(it.rule, "no agent of the mission has what it needs: capabilities gpu");
  EXPECT_EQ(it.setting_place, "tasks/t.json lazaret.needs");
  EXPECT_TRUE(tells(it, "a lacks one of gpu"));
  bed.fleet.cells.at(the_cell).agents.at(AgentId("a")).definition.capabilities = {"gpu"};
  EXPECT_EQ(why_task(bed, "t").rule, "nothing: a is free and may take it");
}

TEST(WhyTask, says_which_task_goes_first) {
  TaskDefinition urgent = task_of("urgent");
  urgent.priority = Priority::high;
  Bed bed(cell_of({process_agent("a")}, {task_of("t"), urgent}));
  bed.spawned("a");
  EXPECT_EQ(why_task(bed, "t").rule, "a is free, and takes urgent first");
  EXPECT_EQ(why_task(bed, "t").setting, "priority = medium");
}

TEST(WhyTask, the_mission_and_the_fleet_come_first) {
  Bed bed(cell_of({process_agent("a")}, {task_of("t")}));
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, "lunch"}));
  EXPECT_EQ(why_task(bed, "t").rule, "its mission is paused (lunch)");
  EXPECT_EQ(why_task(bed, "t").setting, "status = paused");
  EXPECT_EQ(why_task(bed, "t").next, "lazaret mission resume 11111111");
  EXPECT_TRUE(bed.ask(op::FreezeFleet{true, ""}));
  EXPECT_EQ(why_task(bed, "t").next, "lazaret resume --all");
}

TEST(WhyTask, an_owner_that_died_is_named_and_the_time_limit_too) {
  Bed bed = at_work({task_of("first")});
  EXPECT_EQ(why_task(bed, "first").setting, "timeout = 1800");
  EXPECT_TRUE(holds(why_task(bed, "first").next, "times out in 30m"));
  bed.exited("a", exit_code(3));
  bed.spawned("a");
  bed.exited("a", exit_code(3));
  const Explanation it = why_task(bed, "first");
  EXPECT_TRUE(holds(it.rule, "a has it, and died (2 in a row)")) << it.rule;
  EXPECT_EQ(it.setting, "backoff_first_seconds = 1");
}

TEST(WhyTask, a_failure_names_the_setting_that_made_it_final) {
  TaskDefinition task = task_of("first");
  task.max_tries = 1;
  Bed bed = at_work({task});
  EXPECT_TRUE(bed.ask_as("a", op::ReportFailed{Bed::task_ref("first"), "no disk"}));
  EXPECT_EQ(why_task(bed, "first").rule, "its tries are used up (1 of 1)");
  EXPECT_EQ(why_task(bed, "first").setting_place, "tasks/first.json lazaret.max_tries");
  task.on_failure = OnTaskFailure::fail;
  Bed strict = at_work({task});
  EXPECT_TRUE(strict.ask_as("a", op::ReportFailed{Bed::task_ref("first"), "no disk"}));
  EXPECT_EQ(why_task(strict, "first").setting, "on_failure = fail");
}

TEST(WhyWake, waiting_replaced_and_dropped_are_told_apart) {
  Bed bed(cell_of({turn_agent("t")}));
  const auto wake = [&] { return WakeId(bed.ask(op::WakeAgent{Bed::ref("t"), "go", "cli"})->id); };
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("t"), ""}));
  const WakeId first = wake();
  EXPECT_EQ(explain(bed.fleet, first, bed.now).rule, "t is paused; one wake waits for it");
  EXPECT_EQ(explain(bed.fleet, first, bed.now).next, "lazaret agent resume t");
  const WakeId second = wake();
  const Explanation it = explain(bed.fleet, first, bed.now);
  EXPECT_EQ(it.state, "replaced");
  EXPECT_TRUE(holds(it.rule, "a newer one replaces it"));
  EXPECT_EQ(it.next, second.value + " is waiting; lazaret why " + second.value);
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::failed, "enough"}));
  EXPECT_EQ(explain(bed.fleet, second, bed.now).state, "dropped");
  EXPECT_EQ(explain(bed.fleet, second, bed.now).setting, "status = failed");
}

TEST(WhyWake, a_turn_that_failed_names_the_clean_exits) {
  Bed bed(cell_of({turn_agent("t")}));
  const WakeId id(bed.ask(op::WakeAgent{Bed::ref("t"), "go", "cli"})->id);
  EXPECT_TRUE(holds(explain(bed.fleet, id, bed.now).rule, "its turn is under way"));
  bed.spawned("t");
  for (int life = 0; life < 9 && bed.fleet.wakes.at(id).fate == WakeFate::started; ++life) {
    bed.exited("t", exit_code(3));
    bed.wait(300s);
    if (bed.agent("t").process == ProcessState::starting) bed.spawned("t");
  }
  const Explanation it = explain(bed.fleet, id, bed.now);
  EXPECT_EQ(it.state, "failed");
  EXPECT_EQ(it.setting, "clean_exits = [0]");
  EXPECT_TRUE(holds(it.rule, "clean exit"));
}

TEST(WhyApproval, says_why_it_is_asked_who_answered_and_what_followed) {
  CellDefinition cell = cell_of({process_agent("a")});
  cell.policies.auto_revive = AutoRevive::ask;
  Bed bed(cell);
  bed.spawned("a");
  bed.exited("a", exit_code(3));
  const ApprovalId id("r-1");
  const Explanation open = explain(bed.fleet, id, bed.now);
  EXPECT_EQ(open.state, "open");
  EXPECT_EQ(open.setting, "auto_revive = ask");
  EXPECT_TRUE(holds(open.next, "lazaret inbox approve r-1"));
  EXPECT_TRUE(holds(open.next, "answers no in 1h"));
  EXPECT_TRUE(bed.ask(op::AnswerPerson{id, AnswerWord::yes, "go on"}));
  const Explanation it = explain(bed.fleet, id, bed.now);
  EXPECT_EQ(it.sentence, "r-1 was answered yes by ann: go on");
  EXPECT_TRUE(holds(it.next, "a is starting")) << it.next;
}

TEST(WhyApproval, the_default_that_answered_is_named) {
  CellDefinition cell = cell_of({process_agent("a")});
  cell.policies.auto_revive = AutoRevive::ask;
  Bed bed(cell);
  bed.spawned("a");
  bed.exited("a", exit_code(3));
  bed.wait(2h);
  bed.post(event::TimePassed{});
  const Explanation it = explain(bed.fleet, ApprovalId("r-1"), bed.now);
  EXPECT_TRUE(holds(it.sentence, "nobody answered before")) << it.sentence;
  EXPECT_TRUE(holds(it.next, "a is quarantined")) << it.next;
}

TEST(WhyMission, active_paused_and_each_way_to_fail) {
  TaskDefinition task = task_of("first");
  task.max_tries = 1;
  Bed bed = at_work({task, task_of("second", {"first"})});
  EXPECT_EQ(why_mission(bed).rule,
            "2 of 2 tasks are open: 1 under way, 0 ready, 1 wait for others");
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::paused, "lunch"}));
  EXPECT_EQ(why_mission(bed).sentence, "mission one (11111111) is paused: lunch");
  EXPECT_EQ(why_mission(bed).next, "lazaret mission resume 11111111");
  EXPECT_TRUE(bed.ask(op::SetMission{the_cell, MissionStatus::active, ""}));
  EXPECT_TRUE(bed.ask_as("a", op::ReportFailed{Bed::task_ref("first"), "no disk"}));
  const Explanation it = why_mission(bed);
  EXPECT_EQ(it.state, "failed");
  EXPECT_EQ(it.rule, "first failed for good, and 1 tasks wait for it");
  EXPECT_EQ(it.setting, "max_tries = 1");
  EXPECT_TRUE(tells(it, "first failed: no disk"));
  bed.fleet.cells.at(the_cell).tasks.at(TaskId("first")).state = TaskState::completed;
  EXPECT_NE(why_mission(bed).rule, it.rule);  // without its evidence it says something else
}

TEST(WhyMission, a_time_limit_is_named_with_its_value) {
  CellDefinition cell = cell_of({process_agent("a")}, {task_of("t")});
  cell.timeout = 100s;
  Bed bed(cell);
  bed.spawned("a");
  EXPECT_TRUE(holds(why_mission(bed).next, "fails by its time limit in 1m 40s"));
  bed.wait(101s);
  EXPECT_EQ(why_mission(bed).rule, "its time was over");
  EXPECT_EQ(why_mission(bed).setting, "timeout = 100");
}

TEST(Why, the_past_is_put_in_order_and_bounded) {
  Bed bed(cell_of({process_agent("a")}, {task_of("t")}));
  Explanation it = why_task(bed, "t");
  std::vector<HistoryLine> past;
  for (int i = 100; i > 0; --i) {
    past.push_back(
        {{bed.now.mono - std::chrono::seconds(i), bed.now.wall - std::chrono::seconds(i)},
         "note_recorded",
         std::to_string(i)});
  }
  std::ranges::reverse(past);
  add_past(it, past, bed.now);
  EXPECT_EQ(it.evidence.size(), evidence_most);
  EXPECT_TRUE(std::ranges::is_sorted(it.evidence, {}, &EvidenceLine::at));
  EXPECT_TRUE(tells(it, "1"));
}

}  // namespace
}  // namespace lazaret::core
