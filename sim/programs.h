// What agents do while they live: beat, ask for work, checkpoint, report, ask people, crash, hang,
// fall silent. They talk to the daemon as real ones do, through requests that may be lost, late or
// doubled, and try again when they get no answer.
#pragma once

#include <functional>

#include "sim/processes.h"

namespace lazaret::sim {

class Programs final : public Program {
 public:
  Programs(World& world, Processes& processes) : world_(world), processes_(processes) {}

  void on_alive(Slot& slot) override;
  void on_line(Slot& slot, const std::string& line) override;

  // An agent that runs elsewhere begins to beat and to ask for work.
  void begin_external(const AgentRef& ref, const core::AgentDefinition& definition);
  // Faults are over: what only a fault kept from moving moves again, except what Lazaret has to
  // end.
  void heal();

 private:
  // What one incarnation has in its head. Addresses are stable; a new incarnation starts empty.
  struct Mind {
    Slot* slot = nullptr;
    Incarnation incarnation;
    bool external = false;
    bool beats = false;
    std::optional<TaskRef> task;
    Instant task_until{};
    Instant rests_until{};
    bool obeys = true;   // lets go of a task that is cancelled
    bool waits = false;  // for an answer of the daemon
    Instant asked_at{};
    std::optional<std::string> aside;  // what it set aside and has not settled
  };
  using Then = std::function<void(const core::Answer&)>;
  // programs_bounds.cpp: true if it was what the agent does this time.
  bool act_within_bounds(Mind& mind, double polls_an_hour);
  void spend(Mind& mind);
  void set_aside(Mind& mind);
  void settle(Mind& mind);
  void hand_over(Mind& mind);
  void sample_cpu(Mind& mind, Incarnation incarnation);

  bool lives(const Mind& mind, Incarnation incarnation) const;
  bool may_act(const Mind& mind) const;
  void say_ready(Mind& mind);
  void beat(Mind& mind, Incarnation incarnation);
  void work(Mind& mind, Incarnation incarnation);
  void act(Mind& mind);
  void claim(Mind& mind);
  void save(Mind& mind);
  void finish_task(Mind& mind);
  void ask(Mind& mind, core::Operation operation, Then then);
  void deliver(Mind& mind, Incarnation incarnation, core::Operation operation, Then then);
  void run_turn(Mind& mind, Incarnation incarnation);
  void begin_faults(Mind& mind);
  void at_random(Mind& mind, double an_hour, void (Programs::*fault)(Mind&));
  void crash(Mind& mind);
  void die_outside(Mind& mind);
  void hang(Mind& mind);
  void stop_outside(Mind& mind);
  void fall_silent(Mind& mind);
  void meet_limit(Mind& mind);
  Duration task_time();

  World& world_;
  Processes& processes_;
  std::map<AgentRef, Mind> minds_;
  std::map<TaskRef, Duration> left_;  // of tasks, at their last checkpoint
};

}  // namespace lazaret::sim
