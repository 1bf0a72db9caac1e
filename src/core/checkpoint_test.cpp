#include "core/checkpoint.h"

#include "core/bed_for_tests.h"
#include "core/why.h"

namespace lazaret::core {
namespace {

using testing::Bed;
using testing::cell_of;
using testing::process_agent;
using testing::task_of;

CheckpointInfo info(const std::string& id, std::int64_t bytes = 10) {
  CheckpointInfo one;
  one.id = id;
  one.manifest_hash = "hash of " + id;
  one.bytes = bytes;
  one.files = 1;
  return one;
}

CheckpointRef ref_of(const std::string& agent, const std::string& id) {
  return {AgentId(agent), id, "hash of " + id};
}

class CheckpointBed : public Bed {
 public:
  explicit CheckpointBed(const CellDefinition& cell) : Bed(cell) {}
  Answer save(const std::string& agent, const std::string& id, std::int64_t bytes = 10) {
    return ask_as(agent, op::SaveCheckpoint{ref(agent), info(id, bytes)});
  }
  template <class C>
  const C& last_command() const {
    for (auto it = commands.rbegin(); it != commands.rend(); ++it) {
      if (const auto* found = std::get_if<C>(&*it)) return *found;
    }
    static const C none{};
    ADD_FAILURE() << "no such command";
    return none;
  }
  // The adapter's answer: the candidate of that number verified, those before it did not.
  void restored(const std::string& id, std::size_t chosen) {
    const auto& command = last_command<command::RestoreCheckpoint>();
    event::CheckpointRestored told{ref(id), command.incarnation, {}, {}, {}};
    for (std::size_t i = 0; i < std::min(chosen, command.candidates.size()); ++i)
      told.broken.push_back({command.candidates[i], "torn"});
    if (chosen < command.candidates.size()) told.restored = command.candidates[chosen];
    post(told);
  }
};

CellDefinition one_agent() { return cell_of({process_agent("a")}, {task_of("t")}); }

TEST(CheckpointCore, ARevivalUsesTheNewestThatVerifies) {
  CheckpointBed bed(one_agent());
  bed.spawned("a");
  ASSERT_TRUE(bed.save("a", "1"));
  ASSERT_TRUE(bed.save("a", "2"));
  bed.exited("a", testing::exit_code(1));
  const auto& restore = bed.last_command<command::RestoreCheckpoint>();
  EXPECT_EQ(restore.candidates, (std::vector<CheckpointRef>{ref_of("a", "2"), ref_of("a", "1")}));
  EXPECT_EQ(bed.count_commands<command::SpawnAgent>(), 1U) << "not before the checkpoint is there";
  bed.restored("a", 1);
  const auto& spawn = bed.last_command<command::SpawnAgent>();
  EXPECT_EQ(spawn.incarnation, Incarnation{2});
  EXPECT_EQ(spawn.reason, StartReason::revival);
  EXPECT_EQ(spawn.checkpoint, "1");
  EXPECT_EQ(bed.agent("a").checkpoints.back().broken, "torn");

  const auto why = explain(bed.fleet, Bed::ref("a"), bed.now);
  const auto says = [&](const std::string& text) {
    return std::any_of(why.evidence.begin(), why.evidence.end(),
                       [&](const auto& line) { return line.text.find(text) != std::string::npos; });
  };
  EXPECT_TRUE(says("goes on from checkpoint 1")) << "why names it";
  EXPECT_TRUE(says("2 of a does not verify: torn"));
  EXPECT_TRUE(says("its newest checkpoint is 1, not yet rehearsed"));

  bed.spawned("a");
  bed.exited("a", testing::exit_code(1));
  bed.wait(5s);
  EXPECT_EQ(bed.last_command<command::RestoreCheckpoint>().candidates,
            std::vector<CheckpointRef>{ref_of("a", "1")})
      << "a broken one is never used again";
}

TEST(CheckpointCore, WithoutOneThatVerifiesItBeginsWithout) {
  CheckpointBed bed(one_agent());
  bed.spawned("a");
  ASSERT_TRUE(bed.save("a", "1"));
  bed.exited("a", testing::exit_code(1));
  bed.restored("a", 1);
  EXPECT_EQ(bed.last_command<command::SpawnAgent>().checkpoint, "");
  EXPECT_FALSE(bed.last<fact::CheckpointRestored>().restored);
}

TEST(CheckpointCore, ADiskThatRefusesIsAFailedStartAndNoVerdict) {
  CheckpointBed bed(one_agent());
  bed.spawned("a");
  ASSERT_TRUE(bed.save("a", "1"));
  bed.exited("a", testing::exit_code(1));
  bed.post(event::CheckpointRestored{Bed::ref("a"), Incarnation{2}, {}, {}, "no space"});
  EXPECT_EQ(bed.agent("a").last_exit->kind, ExitKind::never_started);
  EXPECT_EQ(bed.agent("a").checkpoints.back().broken, "");
  bed.wait(10s);
  EXPECT_EQ(bed.agent("a").incarnation, Incarnation{3}) << "tried again";
}

TEST(CheckpointCore, AnOldIncarnationSavesNothing) {
  CheckpointBed bed(one_agent());
  bed.spawned("a");
  bed.exited("a", testing::exit_code(1));
  const auto answer =
      bed.ask(Bed::self("a", Incarnation{1}), op::SaveCheckpoint{Bed::ref("a"), info("late")});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::fenced);
  EXPECT_TRUE(bed.agent("a").checkpoints.empty());
  EXPECT_EQ(bed.count<fact::WriteRefused>(), 1U);
}

TEST(CheckpointCore, KillDuringTheRestoreStartsNothing) {
  CheckpointBed bed(one_agent());
  bed.spawned("a");
  ASSERT_TRUE(bed.save("a", "1"));
  bed.exited("a", testing::exit_code(1));
  ASSERT_TRUE(bed.ask(op::KillAgent{Bed::ref("a"), "enough"}));
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 0U) << "there is nothing to kill yet";
  bed.restored("a", 0);
  EXPECT_EQ(bed.count_commands<command::SpawnAgent>(), 1U);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  EXPECT_EQ(bed.agent("a").tries, 1) << "its end counts no try";
}

TEST(CheckpointCore, TheBoundsHold) {
  CellDefinition cell = one_agent();
  cell.policies.checkpoints_kept = 3;
  cell.policies.checkpoint_bytes = 100;
  CheckpointBed bed(cell);
  bed.spawned("a");
  for (const char* id : {"1", "2", "3", "4"}) ASSERT_TRUE(bed.save("a", id));
  EXPECT_EQ(bed.last_command<command::KeepCheckpoints>().kept,
            (std::vector<std::string>{"2", "3", "4"}));
  ASSERT_TRUE(bed.save("a", "5", 85));
  EXPECT_EQ(bed.last_command<command::KeepCheckpoints>().kept,
            (std::vector<std::string>{"4", "5"}));
  ASSERT_TRUE(bed.save("a", "6", 1000));
  EXPECT_EQ(bed.last_command<command::KeepCheckpoints>().kept, std::vector<std::string>{"6"})
      << "the newest is kept whatever its size";
}

TEST(CheckpointCore, IsAskedForWhileATaskRuns) {
  CellDefinition cell = one_agent();
  cell.policies.checkpoint_interval = 60s;
  CheckpointBed bed(cell);
  bed.spawned("a");
  ASSERT_TRUE(bed.save("a", "1"));
  bed.wait(200s);
  EXPECT_EQ(bed.count<fact::CheckpointWanted>(), 0U) << "it has no task";
  ASSERT_TRUE(bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}}));
  bed.wait(59s);
  EXPECT_EQ(bed.count<fact::CheckpointWanted>(), 0U);
  bed.wait(2s);
  EXPECT_EQ(bed.count<fact::CheckpointWanted>(), 1U);
  EXPECT_NE(bed.last_command<command::SendLine>().line.find("\"type\":\"checkpoint\""),
            std::string::npos);
  ASSERT_TRUE(bed.save("a", "2"));
  EXPECT_FALSE(bed.agent("a").checkpoint_wish);
  bed.wait(61s);
  EXPECT_EQ(bed.count<fact::CheckpointWanted>(), 2U) << "counted from the last one";
  bed.wait(30s);
  EXPECT_EQ(bed.count<fact::CheckpointMissed>(), 1U) << "and the wait for it has an end";
  ASSERT_TRUE(bed.ask_as("a", op::ReportDone{Bed::task_ref("t"), ""}));
  bed.wait(200s);
  EXPECT_EQ(bed.count<fact::CheckpointWanted>(), 2U) << "its task is done";
}

TEST(CheckpointCore, WhoNeverSavedOneIsNotAsked) {
  CheckpointBed bed(one_agent());
  bed.spawned("a");
  ASSERT_TRUE(bed.ask_as("a", op::ClaimTask{Bed::ref("a"), {}}));
  bed.wait(1000s);
  EXPECT_EQ(bed.count<fact::CheckpointWanted>(), 0U);
}

TEST(CheckpointCore, ASignalAsksWhereTheFileSaysSo) {
  CellDefinition cell = one_agent();
  cell.agents.at(AgentId("a")).run->checkpoint_signal = "SIGUSR1";
  CheckpointBed bed(cell);
  bed.spawned("a");
  ASSERT_TRUE(bed.ask(op::AskCheckpoint{Bed::ref("a"), ""}));
  EXPECT_EQ(bed.last_command<command::SignalAgent>().signal, "SIGUSR1");
  EXPECT_EQ(bed.agent("a").checkpoint_wish->before, CheckpointFor::person);
}

CellDefinition required() {
  CellDefinition cell = one_agent();
  cell.policies.checkpoint_required = true;
  return cell;
}

TEST(CheckpointCore, AStopWaitsForTheCheckpointThatIsRequired) {
  CheckpointBed bed(required());
  bed.spawned("a");
  ASSERT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), "upgrade"}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopping);
  EXPECT_EQ(bed.count_commands<command::StopAgent>(), 0U);
  bed.wait(3s);
  ASSERT_TRUE(bed.save("a", "1"));
  EXPECT_EQ(bed.count_commands<command::StopAgent>(), 1U);
  bed.wait(11s);
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 1U) << "its grace period counts from then";
}

TEST(CheckpointCore, AStopDoesNotWaitForEver) {
  CheckpointBed bed(required());
  bed.spawned("a");
  ASSERT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), "upgrade"}));
  bed.wait(29s);
  EXPECT_EQ(bed.count_commands<command::StopAgent>(), 0U);
  bed.wait(2s);
  EXPECT_EQ(bed.count_commands<command::StopAgent>(), 1U);
  EXPECT_EQ(bed.last<fact::CheckpointMissed>().before, CheckpointFor::stop)
      << "and it is on record";
}

TEST(CheckpointCore, AKillWaitsForNothing) {
  CheckpointBed bed(required());
  bed.spawned("a");
  ASSERT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), "upgrade"}));
  ASSERT_TRUE(bed.ask(op::KillAgent{Bed::ref("a"), "now"}));
  EXPECT_EQ(bed.count_commands<command::KillAgent>(), 1U);
  EXPECT_EQ(bed.count<fact::CheckpointMissed>(), 1U);
}

TEST(CheckpointCore, ASubstituteGoesOnFromTheOthersCheckpoint) {
  CellDefinition cell = cell_of({process_agent("a"), process_agent("b")}, {task_of("t")});
  cell.policies.substitute_agents = {AgentId("b")};
  cell.policies.max_retries = 0;
  CheckpointBed bed(cell);
  bed.spawned("a");
  ASSERT_TRUE(bed.save("a", "1"));
  bed.exited("a", testing::exit_code(1));
  EXPECT_EQ(bed.last_command<command::RestoreCheckpoint>().agent, Bed::ref("b"));
  bed.restored("b", 0);
  EXPECT_EQ(bed.agent("b").went_on_from, ref_of("a", "1"));
}

TEST(CheckpointCore, ARehearsalProvesTheNewestOrFindsItBroken) {
  CellDefinition cell = one_agent();
  cell.policies.rehearsal_interval = 3600s;
  CheckpointBed bed(cell);
  bed.spawned("a");
  ASSERT_TRUE(bed.save("a", "1"));
  ASSERT_TRUE(bed.save("a", "2"));
  bed.wait(3601s);
  ASSERT_EQ(bed.count_commands<command::RehearseCheckpoint>(), 1U);
  EXPECT_EQ(bed.last_command<command::RehearseCheckpoint>().checkpoint, ref_of("a", "2"));
  bed.post(event::CheckpointRehearsed{Bed::ref("a"), "2", Rehearsal::failed, "torn"});
  EXPECT_EQ(bed.last_command<command::RehearseCheckpoint>().checkpoint, ref_of("a", "1"));
  EXPECT_EQ(bed.count<fact::CheckpointWanted>(), 1U) << "a fresh one is asked for";
  bed.post(event::CheckpointRehearsed{Bed::ref("a"), "1", Rehearsal::passed, ""});
  EXPECT_EQ(bed.agent("a").checkpoints.front().proven, bed.now.wall);
  EXPECT_EQ(bed.agent("a").checkpoints.back().broken, "torn");
  bed.post(event::CheckpointRehearsed{Bed::ref("a"), "1", Rehearsal::impossible, "no space"});
  EXPECT_EQ(bed.agent("a").checkpoints.front().broken, "") << "that says nothing about it";
  bed.wait(3601s);
  EXPECT_EQ(bed.count_commands<command::RehearseCheckpoint>(), 3U);
}

TEST(CheckpointCore, APersonPicksAnOlderOne) {
  CheckpointBed bed(one_agent());
  bed.spawned("a");
  for (const char* id : {"1", "2"}) {
    ASSERT_TRUE(bed.save("a", id));
    bed.wait(1s);
  }
  EXPECT_FALSE(bed.ask(op::PickCheckpoint{Bed::ref("a"), "9"}));
  EXPECT_FALSE(bed.ask_as("a", op::PickCheckpoint{Bed::ref("a"), "1"})) << "an operator's verb";
  const WallTime saved = bed.agent("a").checkpoints.front().at.wall;
  ASSERT_TRUE(bed.ask(op::PickCheckpoint{Bed::ref("a"), "1"}));
  EXPECT_EQ(bed.agent("a").checkpoints.back().at.wall, saved) << "picked is not saved anew";
  EXPECT_EQ(bed.last_command<command::KeepCheckpoints>().kept.back(), "1");
  bed.exited("a", testing::exit_code(1));
  EXPECT_EQ(bed.last_command<command::RestoreCheckpoint>().candidates.front(), ref_of("a", "1"));
}

TEST(CheckpointCore, ReadersMayNotSave) {
  CellDefinition cell = one_agent();
  cell.agents.at(AgentId("a")).role = Role::read;
  CheckpointBed bed(cell);
  bed.spawned("a");
  EXPECT_EQ(bed.save("a", "1").error().code, ErrorCode::refused);
}

TEST(CheckpointCore, ARequestOutlivesTheDaemon) {
  CheckpointBed bed(required());
  bed.spawned("a");
  ASSERT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), "upgrade"}));
  const auto lines = bed.count_commands<command::SendLine>();
  bed.post(event::DaemonStarted{2, "boot", "test"});
  bed.post(event::AgentAdopted{Bed::ref("a"), Incarnation{1}, 100, 1, true});
  EXPECT_EQ(bed.count_commands<command::SendLine>(), lines + 1) << "asked again";
  bed.post(event::AdoptionFinished{});
  EXPECT_EQ(bed.count_commands<command::StopAgent>(), 0U);
  ASSERT_TRUE(bed.save("a", "1"));
  EXPECT_EQ(bed.count_commands<command::StopAgent>(), 1U);
}

}  // namespace
}  // namespace lazaret::core
