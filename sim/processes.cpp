#include "sim/processes.h"

#include <fmt/format.h>

namespace lazaret::sim {
namespace {

using namespace core;

std::string name_of(const AgentRef& ref, Incarnation incarnation) {
  return fmt::format("{} incarnation {}", qualified(ref), incarnation.value);
}

ExitReport signalled(int signal) {
  ExitReport report;
  report.kind = ExitKind::signalled;
  report.signal = signal;
  return report;
}

}  // namespace

void Processes::start(const Command& command) {
  std::visit(
      [this](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<T, command::SpawnAgent>) spawn(one);
        if constexpr (std::is_same_v<T, command::StopAgent>) ask_to_stop(one);
        if constexpr (std::is_same_v<T, command::KillAgent>) kill(one);
        if constexpr (std::is_same_v<T, command::FreezeAgent>) freeze(one);
        if constexpr (std::is_same_v<T, command::SendLine>) send(one);
        if constexpr (std::is_same_v<T, command::TakeEvidence>) take_evidence(one);
        if constexpr (std::is_same_v<T, command::VerifyTask>) verify(one);
        if constexpr (std::is_same_v<T, command::RestoreCheckpoint>) restore(one);
        if constexpr (std::is_same_v<T, command::RehearseCheckpoint>) rehearse(one);
        if constexpr (std::is_same_v<T, command::KeepCheckpoints>) checkpoints_.keep(one);
      },
      command);
}

Slot* Processes::find(const AgentRef& ref) {
  const auto found = slots_.find(ref);
  return found == slots_.end() ? nullptr : &found->second;
}

void Processes::deliver(Duration delay, EventBody event) {
  world_.after(delay, [this, life = daemon_life_, event = std::move(event)]() mutable {
    if (life == daemon_life_ && world_.loop) world_.loop->post(std::move(event));
  });
}

void Processes::tell(EventBody event, bool losable) {
  const Scenario& s = world_.scenario;
  if (losable && world_.strikes(world_.messages, s.lost, Fault::lost_message)) return;
  Duration delay = between(world_.messages, 0ms, 5ms);
  if (world_.strikes(world_.messages, s.late, Fault::late_message)) {
    delay += between(world_.messages, 100ms, 4s);
  }
  if (world_.strikes(world_.messages, s.doubled, Fault::doubled_message)) {
    deliver(delay + between(world_.messages, 0ms, 2s), event);
  }
  deliver(delay, std::move(event));
}

void Processes::spawn(const command::SpawnAgent& command) {
  Slot& slot = slots_[command.agent];
  if (!journal_.has_start(command.agent, command.incarnation)) {
    world_.violate(false, "recorded before it is done",
                   name_of(command.agent, command.incarnation));
  }
  if (command.incarnation <= slot.incarnation) return;  // idempotent
  if (slot.phase == Phase::spawning || slot.phase == Phase::alive) {
    world_.violate(false, "one live incarnation an agent",
                   fmt::format("{} starts while {} lives", command.incarnation.value,
                               name_of(command.agent, slot.incarnation)));
  }
  check_directory(command);
  slot = Slot{};
  slot.ref = command.agent;
  slot.definition = command.definition;
  slot.incarnation = command.incarnation;
  slot.phase = Phase::spawning;
  slot.spawn_task = command.task;
  slot.wake = command.wake;
  slot.pid = next_pid_++;
  const Scenario& s = world_.scenario;
  slot.ignores_stop = world_.strikes(world_.life, s.ignores_stop, Fault::ignores_stop);
  const bool impossible = world_.strikes(world_.life, s.spawn_impossible, Fault::spawn_impossible);
  if (impossible || world_.strikes(world_.life, s.spawn_failure, Fault::spawn_failure)) {
    slot.phase = Phase::dead;
    slot.exit.kind = ExitKind::never_started;
    slot.exit.detail = "simulated";
    return tell(event::SpawnFailed{slot.ref, slot.incarnation, "simulated", impossible});
  }
  Duration delay = between(world_.life, 1ms, 300ms);
  if (world_.strikes(world_.life, s.slow_start, Fault::slow_start)) {
    delay = between(world_.life, 250s, 600s);
  }
  world_.after(delay,
               [this, &slot, incarnation = slot.incarnation] { on_born(slot, incarnation); });
}

// An agent looks into its directory as soon as it begins.
void Processes::check_directory(const command::SpawnAgent& command) {
  const auto found = restored_.find(command.agent);
  const bool asked = found != restored_.end() && found->second.incarnation == command.incarnation;
  const std::string what = name_of(command.agent, command.incarnation);
  if (asked && !found->second.done) {
    world_.violate(false, "nobody begins before its checkpoint lies there", what);
  } else if (command.checkpoint != (asked ? found->second.checkpoint : "")) {
    world_.violate(false, "an agent finds the checkpoint that it is told of", what);
  }
}

void Processes::on_born(Slot& slot, Incarnation incarnation) {
  if (slot.incarnation != incarnation || slot.phase != Phase::spawning) return;
  slot.phase = Phase::alive;
  slot.born = world_.now();
  slot.moving_since = world_.now();
  slot.process_start = world_.now().time_since_epoch() / 10ms;
  tell(event::AgentSpawned{slot.ref, slot.incarnation, slot.pid, slot.process_start});
  program_->on_alive(slot);
}

void Processes::exit(Slot& slot, const ExitReport& report) {
  if (slot.phase != Phase::spawning && slot.phase != Phase::alive) return;
  note_movement(slot);
  slot.phase = Phase::dead;
  slot.exit = report;
  tell(event::AgentExited{slot.ref, slot.incarnation, report});
}

void Processes::ask_to_stop(const command::StopAgent& command) {
  Slot* slot = find(command.agent);
  if (!slot || slot->incarnation != command.incarnation) return;
  if (slot->ignores_stop) return;
  world_.after(between(world_.life, 1ms, 3s), [this, slot, incarnation = command.incarnation] {
    if (slot->incarnation != incarnation) return;
    if (slot->phase == Phase::spawning) return exit(*slot, signalled(15));
    if (slot->moves()) exit(*slot, world_.life.chance(0.5) ? ExitReport{} : signalled(15));
  });
}

void Processes::kill(const command::KillAgent& command) {
  Slot* slot = find(command.agent);
  if (!slot || slot->incarnation != command.incarnation) return;
  world_.after(between(world_.life, 1ms, 20ms), [this, slot, incarnation = command.incarnation] {
    if (slot->incarnation == incarnation) exit(*slot, signalled(9));
  });
}

void Processes::freeze(const command::FreezeAgent& command) {
  Slot* slot = find(command.agent);
  // What has no process yet cannot be frozen.
  const bool there =
      slot && slot->incarnation == command.incarnation && slot->phase == Phase::alive;
  if (!there) return;
  note_movement(*slot);
  slot->frozen = command.frozen;
}

void Processes::send(const command::SendLine& command) {
  Slot* slot = find(command.agent);
  const bool takes =
      slot && slot->incarnation == command.incarnation && slot->phase == Phase::alive;
  if (takes && !slot->is_turn()) {
    world_.after(1ms, [this, slot, command] {
      if (slot->incarnation == command.incarnation && slot->moves()) {
        program_->on_line(*slot, command.line);
      }
    });
  }
  if (command.wake) tell(event::LineSent{command.agent, command.incarnation, *command.wake, takes});
}

void Processes::note_movement(Slot& slot) {
  if (slot.moves()) slot.worked += world_.now() - slot.moving_since;
  slot.moving_since = world_.now();
}

Duration Processes::cpu_of(const Slot& slot) const {
  return slot.moves() ? slot.worked + (world_.now() - slot.moving_since) : slot.worked;
}

Evidence Processes::evidence_of(const Slot& slot) const {
  Evidence evidence;
  if (slot.phase != Phase::alive) {
    evidence.state = RunState::gone;
    return evidence;
  }
  if (slot.stopped) evidence.state = RunState::stopped;
  evidence.cpu_ns = cpu_of(slot).count();
  evidence.progress = slot.progress;
  return evidence;
}

void Processes::take_evidence(const command::TakeEvidence& command) {
  world_.after(between(world_.life, 1ms, 30ms), [this, command] {
    Slot* slot = find(command.agent);
    if (!slot || slot->incarnation != command.incarnation) return;
    tell(event::EvidenceTaken{command.agent, command.incarnation, evidence_of(*slot)}, true);
  });
}

void Processes::verify(const command::VerifyTask& command) {
  const bool passed =
      !world_.strikes(world_.life, world_.scenario.verify_failed, Fault::verify_failed);
  world_.after(between(world_.life, 100ms, 20s), [this, command, passed, life = daemon_life_] {
    if (life != daemon_life_) return;  // it ran below the daemon
    tell(event::VerifyFinished{command.task, command.claim, passed, passed ? "" : "not yet"});
  });
}

void Processes::restore(const command::RestoreCheckpoint& command) {
  const Slot* slot = find(command.agent);
  if (slot && slot->incarnation >= command.incarnation) {
    world_.violate(false, "nothing is restored below an agent that has begun",
                   name_of(command.agent, command.incarnation));
  }
  restored_[command.agent] = {command.incarnation, false, {}};
  world_.after(between(world_.checkpoints, 1ms, 200ms), [this, command, life = daemon_life_] {
    if (life != daemon_life_) return;
    event::CheckpointRestored told = checkpoints_.restore(command);
    restored_[command.agent] = {command.incarnation, true,
                                told.restored ? told.restored->id : std::string()};
    tell(std::move(told));
  });
}

void Processes::rehearse(const command::RehearseCheckpoint& command) {
  world_.after(between(world_.checkpoints, 1ms, 2s), [this, command, life = daemon_life_] {
    if (life == daemon_life_) tell(checkpoints_.rehearse(command));
  });
}

void Processes::lose_power() {
  lose_daemon();
  restored_.clear();
  for (auto& [ref, slot] : slots_) {
    slot.phase = Phase::none;
    slot.incarnation = {};  // a start whose record was lost too may come again under its number
  }
}

void Processes::report_all() {
  for (auto& [ref, slot] : slots_) {
    if (slot.phase == Phase::spawning) on_born(slot, slot.incarnation);
    const bool stranger = !find_agent(world_.loop->fleet(), ref);
    if (stranger && slot.phase == Phase::alive) {
      kill({ref, slot.incarnation});
    } else if (slot.phase == Phase::alive) {
      world_.loop->post(event::AgentAdopted{ref, slot.incarnation, slot.pid, slot.process_start,
                                            slot.said_ready});
    } else if (slot.phase == Phase::dead) {
      world_.loop->post(event::AgentExited{ref, slot.incarnation, slot.exit});
    }
  }
}

void Processes::set_hung(Slot& slot, bool hung) {
  note_movement(slot);
  slot.hung = hung;
}

void Processes::set_stopped(Slot& slot, bool stopped) {
  note_movement(slot);
  slot.stopped = stopped;
  tell(event::AgentStopSeen{slot.ref, slot.incarnation, stopped}, true);
}

}  // namespace lazaret::sim
