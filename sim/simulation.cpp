#include "sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "core/fact_words.h"
#include "sim/accounts.h"
#include "sim/checker.h"
#include "sim/custody.h"
#include "sim/end_checks.h"
#include "sim/keeper.h"
#include "sim/ledger.h"
#include "sim/planning.h"
#include "sim/restarts.h"
#include "wire/journal_rows.h"

namespace lazaret::sim {
namespace {

// The loop may ring so often at one instant; more is a timer that nothing clears.
constexpr int rings_most = 50;
constexpr std::size_t violations_most = 10;
constexpr Duration look_every = 60s;

std::string line_of(const ports::Decision& decision) {
  std::string text =
      fmt::format("{:>12.3f} #{} {}", in_seconds(decision.event.at.mono.time_since_epoch()),
                  decision.number, wire::event_row(decision.event.body).kind);
  for (const core::Fact& fact : decision.facts) {
    const core::FactSubject subject = core::subject_of(fact);
    text += fmt::format("\n                 {} {} {}{}", core::kind_of(fact),
                        subject.cell.value.substr(0, 8), subject.agent.value,
                        subject.task.empty() ? "" : " " + subject.task.value);
    if (!std::holds_alternative<core::fact::CellDefined>(fact))
      text += ": " + core::sentence_of(fact);
  }
  return text;
}

core::Fleet new_fleet(std::uint64_t seed) {
  core::Fleet fleet;
  fleet.seed = seed;
  return fleet;
}

class Simulation {
 public:
  explicit Simulation(const Options& options);
  Report run();

 private:
  void run_until(Instant end);
  void tick();
  void look_around();
  void become_calm();
  void calm_down(Instant calm_at);
  void begin_external();
  void on_decided(const ports::Decision& decision);
  void die_before_thawing(const ports::Decision& decision);
  bool is_over() const;

  const Options& options_;
  World world_;
  Workload workload_;
  FakeJournal journal_;
  Processes processes_;
  Programs programs_;
  People people_;
  Planning planning_;
  Keeper keeper_;
  Checker checker_;
  Ledger ledger_;
  Custody custody_;
  Restarts restarts_;
  Accounts accounts_;
  std::uint64_t events_ = 0;
  Instant last_ring_{};
  int rings_ = 0;
};

Scenario scenario_of(const Options& options) {
  if (!options.vary) return options.scenario;
  Rng rng(hash_text("vary", mix(options.seed)));
  return vary(options.scenario, rng);
}

World world_of(const Options& options) {
  World world(scenario_of(options), options.seed);
  world.own_missions = options.missions;
  world.keeps_work = options.keeps_work;
  return world;
}

Simulation::Simulation(const Options& options)
    : options_(options),
      world_(world_of(options)),
      workload_(world_),
      journal_(world_, new_fleet(options.seed),
               [this](const ports::Decision& decision) { on_decided(decision); }),
      processes_(world_, journal_),
      programs_(world_, processes_),
      people_(world_, workload_),
      planning_(world_),
      keeper_(world_, journal_, processes_, workload_, people_),
      checker_(world_, processes_),
      ledger_(world_, processes_),
      custody_(world_),
      restarts_(world_, processes_),
      accounts_(world_) {
  processes_.run(programs_);
}

void Simulation::on_decided(const ports::Decision& decision) {
  checker_.on_decided(decision, world_.loop->fleet());
  planning_.on_decided(decision, world_.loop->fleet());
  ledger_.on_decided(decision, world_.loop->fleet());
  custody_.on_decided(decision, world_.loop->fleet());
  restarts_.on_decided(decision, world_.loop->fleet());
  accounts_.on_decided(decision, world_.loop->fleet());
  keeper_.on_decided(decision);
  die_before_thawing(decision);
  if (options_.trace) fmt::print("{}\n", line_of(decision));
  if (options_.watch) options_.watch(decision);
}

// A freeze or a thaw is on record, and the daemon does not live to do it.
void Simulation::die_before_thawing(const ports::Decision& decision) {
  const bool thaws = std::ranges::any_of(decision.facts, [](const core::Fact& fact) {
    return std::holds_alternative<core::fact::AgentFrozen>(fact);
  });
  if (!thaws || world_.calm || !world_.daemon.chance(world_.scenario.dies_thawing)) return;
  world_.at_commit = [this, life = keeper_.restarts()] {
    if (!world_.calm && life == keeper_.restarts()) keeper_.kill(false);
  };
}

// Of missions of somebody's own.
bool Simulation::is_over() const {
  if (options_.missions.empty() || !world_.loop) return false;
  return std::ranges::all_of(options_.missions, [&](const core::CellDefinition& one) {
    const core::Cell* cell = core::find_cell(world_.loop->fleet(), one.id);
    return cell && (cell->status == core::MissionStatus::completed ||
                    cell->status == core::MissionStatus::failed);
  });
}

// Agents that run elsewhere: those of the missions, and those of the built-in cell.
void Simulation::begin_external() {
  const CellId built_in("external");
  for (const core::AgentDefinition& definition : workload_.external()) {
    const AgentRef ref{built_in, definition.id};
    core::Caller caller{core::CallerKind::agent, definition.id.value, ref, {}};
    world_.loop->request(std::move(caller), core::op::DefineAgent{built_in, definition},
                         [](const core::Answer&) {});
    programs_.begin_external(ref, definition);
  }
  for (const auto& [id, cell] : workload_.cells()) {
    for (const auto& [agent_id, agent] : cell.agents) {
      if (!agent.run) programs_.begin_external({id, agent_id}, agent);
    }
  }
}

void Simulation::tick() {
  if (!world_.loop || !world_.loop->is_due()) return;
  world_.loop->tick();
  rings_ = last_ring_ == world_.now() ? rings_ + 1 : 0;
  last_ring_ = world_.now();
  if (rings_ > rings_most) world_.violate(true, "timers ring", "one rings without end");
}

void Simulation::run_until(Instant end) {
  while (world_.violations.empty() && !is_over()) {
    Instant next = world_.schedule.next();
    if (world_.loop) next = std::min(next, world_.loop->next_deadline());
    if (next > end) break;
    world_.clock.advance_to(next);
    // What happened is heard before deadlines are judged.
    while (world_.schedule.next() <= world_.now() && world_.violations.empty()) {
      ++events_;
      world_.schedule.take()();
    }
    tick();
  }
  if (!is_over()) world_.clock.advance_to(end);
}

// Some promises are about time, not about one decision.
void Simulation::look_around() {
  if (world_.loop) {
    checker_.look_around(world_.loop->fleet());
    ledger_.look_around(world_.loop->fleet());
    restarts_.look_around(world_.loop->fleet());
    accounts_.look_around(world_.loop->fleet());
  }
  world_.after(look_every, [this] { look_around(); });
}

void Simulation::become_calm() {
  world_.calm = true;
  journal_.fail_for(Duration(0));
  programs_.heal();
  people_.put_right();
  accounts_.put_right();
  planning_.put_right();
}

// The faults have stopped: within a while everything is in order.
void Simulation::calm_down(Instant calm_at) {
  if (world_.violations.empty()) become_calm();
  const Duration calm = seconds_of(world_.scenario.calm_hours * 3600);
  run_until(calm_at + calm / 4);
  // Some only fail after the faults have stopped, for they were under way; a second round settles
  // them.
  if (world_.violations.empty()) become_calm();
  run_until(calm_at + calm);
  if (!world_.violations.empty()) return;
  journal_.flush();
  check_one_truth(world_, journal_);
  check_nothing_stuck(world_, processes_);
  planning_.check_nothing_stuck();
}

Report Simulation::run() {
  const Instant begin = world_.now();
  keeper_.start();
  begin_external();
  people_.begin();
  planning_.begin();
  accounts_.begin();
  keeper_.begin_faults();
  look_around();
  const Instant calm_at = begin + seconds_of(world_.scenario.fault_hours * 3600);
  run_until(calm_at);
  if (options_.missions.empty()) calm_down(calm_at);
  Report report;
  report.hash = journal_.hash();
  report.events = events_;
  report.decisions = journal_.decisions();
  report.facts = journal_.facts();
  report.restarts = keeper_.restarts();
  report.virtual_hours = in_seconds(world_.now() - begin) / 3600;
  report.faults = world_.faults;
  report.violations = std::move(world_.violations);
  if (report.violations.size() > violations_most) report.violations.resize(violations_most);
  if (!report.violations.empty()) {
    for (const ports::Decision& one : journal_.tail()) report.trace_tail.push_back(line_of(one));
  }
  return report;
}

}  // namespace

Outcome Report::outcome() const {
  if (violations.empty()) return Outcome::ok;
  for (const Violation& one : violations) {
    if (!one.liveness) return Outcome::correctness;
  }
  return Outcome::liveness;
}

Report run(const Options& options) { return Simulation(options).run(); }

}  // namespace lazaret::sim
