#include "sim/programs.h"

#include <fmt/format.h>

namespace lazaret::sim {
namespace {

using namespace core;

constexpr Duration answer_patience = 30s;

ExitReport exit_with(int code) {
  ExitReport report;
  report.code = code;
  return report;
}

}  // namespace

bool Programs::lives(const Mind& mind, Incarnation incarnation) const {
  return mind.external ||
         (mind.incarnation == incarnation && mind.slot->incarnation == incarnation &&
          mind.slot->phase == Phase::alive);
}

bool Programs::may_act(const Mind& mind) const { return mind.external || mind.slot->moves(); }

Duration Programs::task_time() {
  const Scenario& s = world_.scenario;
  if (world_.strikes(world_.life, s.slow_task, Fault::slow_task)) return std::chrono::hours(2);
  return seconds_of(s.task_seconds * 2 * world_.life.unit()) + 1s;
}

void Programs::on_alive(Slot& slot) {
  Mind& mind = minds_[slot.ref];
  mind = Mind{};
  mind.slot = &slot;
  mind.incarnation = slot.incarnation;
  mind.obeys = world_.life.chance(0.7);
  // Whether an agent beats is a habit of the agent, not of its incarnation.
  Rng habit(hash_text(slot.ref.agent.value, world_.seed));
  const ReadyWhen ready = slot.definition.run->ready;
  mind.beats = habit.chance(world_.scenario.share_beating) || ready == ReadyWhen::beat;
  begin_faults(mind);
  const Incarnation incarnation = slot.incarnation;
  if (world_.scenario.share_budgeted > 0) sample_cpu(mind, incarnation);
  if (slot.is_turn()) return run_turn(mind, incarnation);
  Duration warm_up = between(world_.life, 10ms, 5s);
  if (world_.strikes(world_.life, world_.scenario.slow_start, Fault::slow_start)) {
    warm_up = between(world_.life, 250s, 600s);
  }
  world_.after(warm_up, [this, &mind, incarnation] {
    if (!lives(mind, incarnation)) return;
    say_ready(mind);
    if (mind.beats) beat(mind, incarnation);
    work(mind, incarnation);
  });
}

void Programs::begin_external(const AgentRef& ref, const AgentDefinition& definition) {
  Mind& mind = minds_[ref];
  mind.external = true;
  mind.beats = true;
  Slot& slot = processes_.all()[ref];  // never started; it only carries the definition
  slot.ref = ref;
  slot.definition = definition;
  mind.slot = &slot;
  beat(mind, {});
  work(mind, {});
}

void Programs::say_ready(Mind& mind) {
  Slot& slot = *mind.slot;
  slot.said_ready = slot.definition.run->ready == ReadyWhen::notified;
  if (slot.said_ready) {
    processes_.tell(event::AgentSaidReady{slot.ref, slot.incarnation, "READY=1"}, true);
  }
}

void Programs::beat(Mind& mind, Incarnation incarnation) {
  if (!lives(mind, incarnation)) return;
  const Duration interval = mind.slot->definition.beat_interval;
  world_.after(interval, [this, &mind, incarnation] { beat(mind, incarnation); });
  if (!may_act(mind) || mind.slot->silent || !world_.loop) return;
  const Scenario& s = world_.scenario;
  if (world_.strikes(world_.messages, s.lost, Fault::lost_message)) return;
  runtime::BeatEntry* entry = world_.loop->beats().find(mind.slot->ref);
  if (!entry || entry->incarnation != incarnation) return;
  runtime::Beat sign;
  sign.progress = ++mind.slot->progress;
  if (world_.strikes(world_.life, s.failed_beat, Fault::failure_reported)) sign.error = "simulated";
  world_.loop->beats().beat(*entry, sign, world_.clock.now());
}

void Programs::work(Mind& mind, Incarnation incarnation) {
  if (!lives(mind, incarnation)) return;
  const Duration poll = seconds_of(world_.scenario.poll_seconds);
  world_.after(between(world_.life, poll / 2, poll * 3 / 2),
               [this, &mind, incarnation] { work(mind, incarnation); });
  const bool patient = mind.waits && world_.now() - mind.asked_at < answer_patience;
  if (may_act(mind) && !patient && world_.now() >= mind.rests_until) act(mind);
}

void Programs::act(Mind& mind) {
  const Scenario& s = world_.scenario;
  const double polls_an_hour = 3600 / s.poll_seconds;
  if (!world_.calm && world_.life.chance(s.rate_limits_an_hour / polls_an_hour)) {
    const Duration rest = between(world_.life, 10s, 1800s);
    mind.rests_until = world_.now() + rest;
    return ask(mind, op::ReportActivity{mind.slot->ref, world_.clock.now().wall + rest, "429"}, {});
  }
  if (!world_.calm && world_.life.chance(s.questions_an_hour / polls_an_hour)) {
    const Duration patience = between(world_.life, 60s, 1800s);
    mind.rests_until = world_.now() + patience;
    return ask(mind, op::AskPerson{mind.slot->ref, mind.task, "may I?", patience, AnswerWord::no},
               {});
  }
  if (act_within_bounds(mind, polls_an_hour)) return;
  if (!mind.task) return claim(mind);
  if (!mind.external && world_.checkpoints.chance(s.saves)) return save(mind);
  if (world_.now() >= mind.task_until) return finish_task(mind);
  ask(mind, op::CheckpointTask{*mind.task, fmt::format("{{\"step\":{}}}", mind.slot->progress++)},
      [this, &mind, left = mind.task_until - world_.now()](const Answer& answer) {
        if (answer && mind.task && world_.keeps_work) left_[*mind.task] = left;
        if (answer || answer.error().code == ErrorCode::unavailable) return;
        mind.task.reset();
        if (answer.error().code == ErrorCode::fenced) world_.count(Fault::handed_over_write);
      });
}

void Programs::claim(Mind& mind) {
  ask(mind, op::ClaimTask{mind.slot->ref, {}}, [this, &mind](const Answer& answer) {
    if (!answer || !answer->task) return;
    mind.task = answer->task;
    const auto begun = left_.find(*mind.task);
    mind.task_until = world_.now() + (begun == left_.end() ? task_time() : begun->second);
  });
}

void Programs::save(Mind& mind) {
  ask(mind, op::SaveCheckpoint{mind.slot->ref, processes_.checkpoints().save(mind.slot->ref)}, {});
}

void Programs::finish_task(Mind& mind) {
  const Then then = [this, &mind](const Answer& answer) {
    const bool again = !answer && answer.error().code == ErrorCode::unavailable;
    if (again || !mind.task) return;
    left_.erase(*mind.task);  // a next try begins anew
    mind.task.reset();
  };
  if (!world_.calm && world_.life.chance(world_.scenario.task_failed)) {
    return ask(mind, op::ReportFailed{*mind.task, "simulated"}, then);
  }
  ask(mind, op::ReportDone{*mind.task, "{}"}, then);
}

void Programs::on_line(Slot& slot, const std::string& line) {
  if (line.find("\"wake\"") != std::string::npos &&
      world_.strikes(world_.life, world_.scenario.dies_of_a_line, Fault::crash)) {
    return processes_.exit(slot, exit_with(1));
  }
  Mind& mind = minds_[slot.ref];
  const bool asked = line.find("\"type\":\"checkpoint\"") != std::string::npos;
  if (asked && may_act(mind) && world_.checkpoints.chance(0.8)) return save(mind);
  if (line.find("\"cancel\"") == std::string::npos || !mind.task || !mind.obeys) return;
  ask(mind, op::ReportFailed{*mind.task, "cancelled"},
      [&mind](const Answer&) { mind.task.reset(); });
}

void Programs::ask(Mind& mind, Operation operation, Then then) {
  mind.waits = true;
  mind.asked_at = world_.now();
  const Scenario& s = world_.scenario;
  if (world_.strikes(world_.messages, s.lost, Fault::lost_message)) return;
  Duration way = between(world_.messages, 0ms, 10ms);
  if (world_.strikes(world_.messages, s.late, Fault::late_message)) {
    way += between(world_.messages, 1s, 20s);
  }
  const Incarnation incarnation = mind.incarnation;
  if (world_.strikes(world_.messages, s.doubled, Fault::doubled_message)) {
    world_.after(way + 50ms, [this, &mind, incarnation, operation] {
      deliver(mind, incarnation, operation, {});
    });
  }
  world_.after(way, [this, &mind, incarnation, operation = std::move(operation),
                     then = std::move(then)]() mutable {
    deliver(mind, incarnation, std::move(operation), std::move(then));
  });
}

void Programs::deliver(Mind& mind, Incarnation incarnation, Operation operation, Then then) {
  if (!world_.loop) return;
  const AgentRef& ref = mind.slot->ref;
  const Agent* known = find_agent(world_.loop->fleet(), ref);
  const bool stale = known && known->definition.run && known->incarnation > incarnation;
  if (stale) world_.count(Fault::stale_write);
  Caller caller{CallerKind::agent, ref.agent.value, ref, incarnation};
  const bool answer_lost =
      world_.strikes(world_.messages, world_.scenario.lost, Fault::lost_message);
  world_.loop->request(
      std::move(caller), std::move(operation),
      [this, &mind, incarnation, stale, answer_lost, then = std::move(then)](const Answer& answer) {
        if (stale && answer) {
          world_.violate(
              false, "an older incarnation writes nothing",
              fmt::format("{} incarnation {}", qualified(mind.slot->ref), incarnation.value));
        }
        if (answer_lost || !lives(mind, incarnation)) return;
        mind.waits = false;
        if (then) then(answer);
      });
}

void Programs::run_turn(Mind& mind, Incarnation incarnation) {
  world_.after(task_time(), [this, &mind, incarnation] {
    if (!lives(mind, incarnation)) return;
    if (!may_act(mind)) return run_turn(mind, incarnation);
    const bool fails = !world_.calm && world_.life.chance(world_.scenario.task_failed);
    processes_.exit(*mind.slot, exit_with(fails ? 1 : 0));
  });
}

void Programs::at_random(Mind& mind, double an_hour, void (Programs::*fault)(Mind&)) {
  const Duration when = next_of(world_.life, an_hour);
  if (when == Duration::max()) return;
  world_.after(when, [this, &mind, incarnation = mind.incarnation, an_hour, fault] {
    if (world_.calm || !lives(mind, incarnation)) return;
    if (may_act(mind)) (this->*fault)(mind);
    at_random(mind, an_hour, fault);
  });
}

void Programs::begin_faults(Mind& mind) {
  if (world_.calm) return;
  const Scenario& s = world_.scenario;
  at_random(mind, s.crashes_an_hour, &Programs::crash);
  at_random(mind, s.kills_an_hour, &Programs::die_outside);
  at_random(mind, s.hangs_an_hour, &Programs::hang);
  at_random(mind, s.stops_an_hour, &Programs::stop_outside);
  at_random(mind, s.silences_an_hour, &Programs::fall_silent);
  at_random(mind, s.limit_deaths_an_hour, &Programs::meet_limit);
}

void Programs::crash(Mind& mind) {
  static constexpr int codes[] = {1, 1, 1, 2, 139, 75, 125, 0};
  const int code = codes[world_.life.below(std::size(codes))];
  world_.count(Fault::crash);
  if (code == 0) world_.count(Fault::clean_exit);
  if (code == 75) world_.count(Fault::asked_restart);
  if (code == 125) world_.count(Fault::asked_no_restart);
  processes_.exit(*mind.slot, exit_with(code));
}

void Programs::die_outside(Mind& mind) {
  world_.count(Fault::killed_outside);
  ExitReport report;
  report.kind = world_.life.chance(0.5) ? ExitKind::signalled : ExitKind::out_of_memory;
  report.signal = 9;
  processes_.exit(*mind.slot, report);
}

void Programs::hang(Mind& mind) {
  world_.count(Fault::hang);
  processes_.set_hung(*mind.slot, true);
}

void Programs::stop_outside(Mind& mind) {
  world_.count(Fault::stopped_outside);
  processes_.set_stopped(*mind.slot, true);
  if (world_.life.chance(0.5)) return;
  world_.after(between(world_.life, 1s, 300s), [this, &mind, incarnation = mind.incarnation] {
    if (lives(mind, incarnation)) processes_.set_stopped(*mind.slot, false);
  });
}

void Programs::fall_silent(Mind& mind) {
  world_.count(Fault::silent_but_working);
  mind.slot->silent = true;
  world_.after(between(world_.life, 60s, 1800s), [this, &mind, incarnation = mind.incarnation] {
    if (lives(mind, incarnation)) mind.slot->silent = false;
  });
}

// Most providers say when it is over.
void Programs::meet_limit(Mind& mind) {
  world_.count(Fault::limit_met);
  ExitReport report = exit_with(1);
  report.limit = LimitSeen{std::nullopt, "429 Too Many Requests"};
  if (world_.accounts.chance(0.9)) {
    report.limit->until = world_.clock.now().wall + between(world_.accounts, 1s, 600s);
  }
  processes_.exit(*mind.slot, report);
}

void Programs::heal() {
  for (auto& [ref, slot] : processes_.all()) {
    if (slot.phase != Phase::alive) continue;
    const Agent* agent = world_.loop ? find_agent(world_.loop->fleet(), ref) : nullptr;
    const bool revived_by_us = agent && !slot.is_turn() && agent->has_beaten &&
                               (agent->definition.hang == HangPolicy::revive ||
                                agent->definition.hang == HangPolicy::by_beats);
    slot.silent = false;
    if (revived_by_us) continue;
    if (slot.hung) processes_.set_hung(slot, false);
    if (slot.stopped) processes_.set_stopped(slot, false);
  }
}

}  // namespace lazaret::sim
