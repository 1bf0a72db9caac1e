#include "core/wake_queue.h"

#include "core/bed_for_tests.h"

namespace lazaret::core {
namespace {

using namespace testing;

std::string wake(Bed& bed, const std::string& message) {
  const Answer answer = bed.ask(op::WakeAgent{Bed::ref("a"), message, "cli"});
  EXPECT_TRUE(answer);
  return answer ? answer->id : "";
}
WakeFate fate(const Bed& bed, const std::string& id) { return bed.fleet.wakes.at(WakeId(id)).fate; }

TEST(WakeQueue, AnIdleTurnAgentStartsAtOnceAndTheReceiptSaysHowItEnded) {
  Bed bed(cell_of({turn_agent("a")}));
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
  const std::string id = wake(bed, "hello");
  EXPECT_EQ(fate(bed, id), WakeFate::started);
  const auto& spawn = std::get<command::SpawnAgent>(bed.commands.back());
  ASSERT_TRUE(spawn.wake);
  EXPECT_EQ(spawn.wake->message, "hello");
  bed.spawned("a");
  bed.exited("a", exit_code(0));
  EXPECT_EQ(fate(bed, id), WakeFate::finished);
  EXPECT_EQ(bed.agent("a").process, ProcessState::stopped);
}

TEST(WakeQueue, OneWaitsAndANewerOneReplacesIt) {
  Bed bed(cell_of({turn_agent("a")}));
  const std::string first = wake(bed, "1");
  const std::string second = wake(bed, "2");
  EXPECT_EQ(fate(bed, second), WakeFate::waiting);
  const std::string third = wake(bed, "3");
  EXPECT_EQ(fate(bed, first), WakeFate::started);
  EXPECT_EQ(fate(bed, second), WakeFate::replaced);
  EXPECT_EQ(fate(bed, third), WakeFate::waiting);
  bed.spawned("a");
  bed.exited("a", exit_code(0));
  EXPECT_EQ(fate(bed, third), WakeFate::started);
}

TEST(WakeQueue, AFailedTurnIsTriedAgainWithTheSameWake) {
  Bed bed(cell_of({turn_agent("a")}));
  const std::string id = wake(bed, "hello");
  bed.spawned("a");
  bed.exited("a", exit_code(1));
  EXPECT_EQ(fate(bed, id), WakeFate::started);
  const auto& spawn = std::get<command::SpawnAgent>(bed.commands.back());
  ASSERT_TRUE(spawn.wake);
  EXPECT_EQ(spawn.wake->id.value, id);
}

TEST(WakeQueue, AProcessAgentGetsALine) {
  Bed bed(cell_of({process_agent("a")}));
  const std::string id = wake(bed, "hello");
  EXPECT_EQ(fate(bed, id), WakeFate::waiting) << "it is not ready yet";
  bed.spawned("a");
  EXPECT_EQ(fate(bed, id), WakeFate::started);
  bed.post(event::LineSent{Bed::ref("a"), bed.agent("a").incarnation, WakeId(id), true});
  EXPECT_EQ(fate(bed, id), WakeFate::finished);
}

TEST(WakeQueue, ALineThatDiedWithItsAgentIsSentToTheNextIncarnation) {
  Bed bed(cell_of({process_agent("a")}));
  bed.spawned("a");
  const std::string id = wake(bed, "hello");
  const Incarnation old = bed.agent("a").incarnation;
  bed.exited("a", exit_code(1));
  bed.post(event::LineSent{Bed::ref("a"), old, WakeId(id), false});
  EXPECT_EQ(fate(bed, id), WakeFate::started);
  const auto lines = bed.count_commands<command::SendLine>();
  bed.spawned("a");
  EXPECT_EQ(bed.count_commands<command::SendLine>(), lines + 1);
  bed.post(event::LineSent{Bed::ref("a"), bed.agent("a").incarnation, WakeId(id), true});
  EXPECT_EQ(fate(bed, id), WakeFate::finished);
}

TEST(WakeQueue, WhatHoldsAWakeBackLetsItGoWhenItEnds) {
  Bed bed(cell_of({turn_agent("a")}));
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("a"), ""}));
  const std::string paused = wake(bed, "1");
  EXPECT_EQ(fate(bed, paused), WakeFate::waiting);
  EXPECT_TRUE(bed.ask(op::ResumeAgent{Bed::ref("a"), ""}));
  EXPECT_EQ(fate(bed, paused), WakeFate::started);
  bed.spawned("a");
  bed.exited("a", exit_code(0));
  EXPECT_TRUE(bed.ask(op::ReportActivity{Bed::ref("a"), bed.now.wall + 60s, "429"}));
  const std::string limited = wake(bed, "2");
  bed.wait(59s);
  EXPECT_EQ(fate(bed, limited), WakeFate::waiting);
  bed.wait(2s);
  EXPECT_EQ(fate(bed, limited), WakeFate::started);
}

TEST(WakeQueue, NoWakeIsForgottenWhenItsAgentGoes) {
  Bed bed(cell_of({turn_agent("a"), process_agent("b")}));
  EXPECT_TRUE(bed.ask(op::PauseAgent{Bed::ref("a"), ""}));
  const std::string stopped = wake(bed, "1");
  EXPECT_TRUE(bed.ask(op::StopAgent{Bed::ref("a"), ""}));
  EXPECT_EQ(fate(bed, stopped), WakeFate::dropped);
  EXPECT_FALSE(bed.ask(op::WakeAgent{Bed::ref("a"), "2", "cli"})) << "nobody would see it";
  EXPECT_TRUE(bed.ask(op::StartAgent{Bed::ref("a")}));
  const std::string removed = wake(bed, "3");
  bed.post(event::CellGone{the_cell});
  EXPECT_EQ(fate(bed, removed), WakeFate::dropped);
}

}  // namespace
}  // namespace lazaret::core
