#include "sim/keeper.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::sim {
namespace {

using namespace core;

// Something is done about it outside.
bool acts(const ports::Decision& decision) {
  return std::any_of(decision.facts.begin(), decision.facts.end(), [](const Fact& fact) {
    return std::holds_alternative<fact::AgentStarting>(fact) ||
           std::holds_alternative<fact::AgentStopping>(fact) ||
           std::holds_alternative<fact::AgentKilled>(fact) ||
           std::holds_alternative<fact::WakeStarted>(fact) ||
           std::holds_alternative<fact::CellRemoved>(fact) ||
           std::holds_alternative<fact::HangSuspected>(fact) ||
           std::holds_alternative<fact::TaskReported>(fact);
  });
}

}  // namespace

void Keeper::start() {
  loop_ = std::make_unique<runtime::Loop>(journal_.recovered(), journal_.next_decision(),
                                          journal_.next_fact(), journal_, processes_, world_.clock);
  world_.loop = loop_.get();
  people_.listen(*loop_);
  loop_->observe([this](const std::vector<runtime::RecordedFact>& facts) {
    for (const runtime::RecordedFact& one : facts) {
      if (const auto* changed = std::get_if<fact::MissionStatusChanged>(one.fact)) follow(*changed);
    }
  });
  loop_->post(event::DaemonStarted{++epoch_, fmt::format("boot-{}", boots_), "sim"});
  const bool files_first = world_.daemon.chance(0.5);
  workload_.read_all();
  const auto read_files = [this] {
    for (const auto& [id, cell] : workload_.cells()) {
      loop_->post(event::CellObserved{cell, false, false, true});
      mirror_later(id);
    }
  };
  if (files_first) read_files();
  processes_.report_all();
  loop_->post(event::AdoptionFinished{});
  if (!files_first) read_files();
  // Missions that went away while nobody looked.
  std::vector<CellId> gone;
  for (const auto& [id, cell] : loop_->fleet().cells) {
    if (id.value != "external" && !workload_.cells().contains(id)) gone.push_back(id);
  }
  for (const CellId& id : gone) loop_->post(event::CellGone{id});
}

void Keeper::follow(const fact::MissionStatusChanged& changed) {
  if (changed.by == "file" && !workload_.is_by_hand(changed.cell, changed.status)) {
    world_.violate(false, "only a person's edit is followed",
                   fmt::format("{} became {}", changed.cell.value, to_word(changed.status)));
  }
  mirror_later(changed.cell);
}

// The status of a mission is written into its file a while after it changed, and that it was
// written is noted a while after that.
void Keeper::mirror_later(const CellId& id) {
  world_.after(between(world_.daemon, 100ms, 5s), [this, id, epoch = epoch_] {
    const Cell* cell = loop_ && epoch == epoch_ ? find_cell(loop_->fleet(), id) : nullptr;
    bool recorded = true;  // else it is looked at again when it is
    if (cell) {
      loop_->each_unrecorded([&](const Fact& fact) {
        const auto* changed = std::get_if<fact::MissionStatusChanged>(&fact);
        recorded &= !changed || changed->cell != id;
      });
    }
    if (!recorded) return;
    const auto file = workload_.cells().find(id);
    if (!cell || file == workload_.cells().end()) return;
    if (file->second.status == cell->status && cell->unmirrored.empty()) return;
    const event::CellMirrored told{id, cell->status, cell->status_changes};
    workload_.mirror(id, told.status);
    // Its bytes are there before the disk says that they will stay.
    const Duration slow = world_.daemon.chance(0.3) ? 120s : 1s;
    world_.after(between(world_.daemon, 0ms, slow), [this, epoch, told] {
      if (!loop_ || epoch != epoch_) return;
      workload_.mirrored(told.cell, told.status);
      loop_->post(told);
    });
    const double dies = std::min(0.3, 20 * world_.scenario.dies_deciding);
    if (world_.calm || !world_.daemon.chance(dies)) return;
    people_.change_their_mind(id);
    die_within(5s);
  });
}

void Keeper::begin_faults() {
  const Scenario& s = world_.scenario;
  again_and_again(world_, &World::daemon, s.daemon_kills_an_hour, [this] { kill(false); });
  again_and_again(world_, &World::daemon, s.power_losses_an_hour, [this] { kill(true); });
  again_and_again(world_, &World::daemon, s.stalls_an_hour, [this] { stall(); });
  again_and_again(world_, &World::daemon, s.clock_jumps_an_hour, [this] {
    world_.count(Fault::clock_jump);
    world_.clock.jump_wall(between(world_.daemon, -3600s, 3600s));
  });
  again_and_again(world_, &World::daemon, s.disk_errors_an_hour, [this] {
    world_.count(Fault::disk_error);
    journal_.fail_for(between(world_.daemon, 1s, 120s));
  });
}

void Keeper::on_decided(const ports::Decision& decision) {
  if (world_.calm || !acts(decision) || !world_.daemon.chance(world_.scenario.dies_deciding))
    return;
  if (world_.daemon.chance(0.5)) {
    world_.at_commit = death();
  } else {
    die_within(30ms);
  }
}

Schedule::Action Keeper::death() {
  return [this, epoch = epoch_] {
    if (!world_.calm && epoch == epoch_) kill(false);
  };
}

void Keeper::die_within(Duration most) { world_.after(between(world_.daemon, 0ms, most), death()); }

void Keeper::kill(bool with_power) {
  if (!loop_) return;
  world_.count(with_power ? Fault::power_lost : Fault::daemon_killed);
  world_.loop = nullptr;
  loop_.reset();
  if (with_power) {
    journal_.lose_power();
    processes_.lose_power();
    ++boots_;
  } else {
    journal_.lose_daemon();
    processes_.lose_daemon();
  }
  // Whatever restarts it mostly does so at once.
  const Duration most = world_.daemon.chance(0.2) ? 20s : 2s;
  world_.after(between(world_.daemon, 100ms, with_power ? 300s : most), [this] { start(); });
}

// The loop does not come to run for a while; the world goes on and its messages pile up.
void Keeper::stall() {
  world_.count(Fault::loop_stalled);
  world_.clock.advance_to(world_.now() + between(world_.daemon, 500ms, 90s));
}

}  // namespace lazaret::sim
