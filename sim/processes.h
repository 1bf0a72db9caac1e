// The operating system of the simulated world: starts, stops, freezes and kills processes, watches
// them die, and outlives daemons. It knows the truth that the core has to find out, so it is also a
// witness: two live processes of one agent, or a start that was not on record, are violations here.
#pragma once

#include <map>
#include <set>

#include "ports/effects.h"
#include "sim/checkpoints.h"
#include "sim/fake_journal.h"
#include "sim/world.h"

namespace lazaret::sim {

enum class Phase : std::uint8_t { none, spawning, alive, dead };

// One agent's place, over all its incarnations. Addresses are stable.
struct Slot {
  AgentRef ref;
  core::AgentDefinition definition;  // of the last start
  Incarnation incarnation;           // the last one asked for
  Phase phase = Phase::none;
  std::int64_t pid = 0;
  std::int64_t process_start = 0;
  Instant born{};
  bool said_ready = false;
  bool frozen = false;   // by us
  bool stopped = false;  // state T, not by us
  bool hung = false;
  bool silent = false;  // works, but does not beat
  bool ignores_stop = false;
  core::ExitReport exit;  // once dead

  Duration worked{0};  // CPU time up to `moving_since`
  Instant moving_since{};
  std::uint64_t progress = 0;
  std::optional<TaskId> spawn_task;
  std::optional<core::Wake> wake;

  bool moves() const { return phase == Phase::alive && !frozen && !stopped && !hung; }
  bool is_turn() const {
    return definition.run && definition.run->adapter == core::AdapterKind::turn;
  }
};

// What processes do when they may: the program inside (programs.h).
class Program {
 public:
  virtual ~Program() = default;
  virtual void on_alive(Slot& slot) = 0;
  virtual void on_line(Slot& slot, const std::string& line) = 0;
};

class Processes final : public ports::Effects {
 public:
  Processes(World& world, FakeJournal& journal)
      : world_(world), journal_(journal), checkpoints_(world) {}
  void run(Program& program) { program_ = &program; }

  void start(const core::Command& command) override;

  // The daemon is down; its messages on the way are lost. The processes go on.
  void lose_daemon() { ++daemon_life_; }
  // Nothing survives.
  void lose_power();
  // A new daemon asks what is there: an event for everything that was ever started. Processes of
  // agents that its fleet does not know are ended.
  void report_all();

  void exit(Slot& slot, const core::ExitReport& report);
  void set_hung(Slot& slot, bool hung);
  void set_stopped(Slot& slot, bool stopped);
  // A message to the daemon: may be late or doubled; lost only if `losable`, or with its daemon.
  void tell(core::EventBody event, bool losable = false);

  Slot* find(const AgentRef& ref);
  std::map<AgentRef, Slot>& all() { return slots_; }
  Checkpoints& checkpoints() { return checkpoints_; }
  core::Evidence evidence_of(const Slot& slot) const;
  // That this incarnation has used so far.
  Duration cpu_of(const Slot& slot) const;

 private:
  void spawn(const core::command::SpawnAgent& command);
  void on_born(Slot& slot, Incarnation incarnation);
  void ask_to_stop(const core::command::StopAgent& command);
  void kill(const core::command::KillAgent& command);
  void freeze(const core::command::FreezeAgent& command);
  void send(const core::command::SendLine& command);
  void take_evidence(const core::command::TakeEvidence& command);
  void verify(const core::command::VerifyTask& command);
  void restore(const core::command::RestoreCheckpoint& command);
  void rehearse(const core::command::RehearseCheckpoint& command);
  void check_directory(const core::command::SpawnAgent& command);
  void deliver(Duration delay, core::EventBody event);
  void note_movement(Slot& slot);

  World& world_;
  FakeJournal& journal_;
  Checkpoints checkpoints_;
  Program* program_ = nullptr;
  std::uint64_t daemon_life_ = 0;
  std::int64_t next_pid_ = 1000;
  std::map<AgentRef, Slot> slots_;
  std::set<AgentRef> impossible_;
  // What the last restoring has put into an agent's checkpoint directory.
  struct Restored {
    Incarnation incarnation;  // for which it was asked
    bool done = false;
    std::string checkpoint;  // empty = none was whole
  };
  std::map<AgentRef, Restored> restored_;
};

}  // namespace lazaret::sim
