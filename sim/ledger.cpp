#include "sim/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/fact_words.h"

namespace lazaret::sim {

using namespace core;

namespace {

constexpr std::array counted{BudgetKind::cpu, BudgetKind::spawns, BudgetKind::tokens,
                             BudgetKind::usd};
constexpr Duration wall_patience = std::chrono::minutes(5);  // the daemon may be away
const std::string start_of_agent(spawn_reservation);

std::string name(const BudgetPlace& place) {
  return fmt::format("{} {}/{}{}", to_word(place.scope), place.cell.value.substr(0, 8),
                     place.agent.value, place.task.value);
}

Amounts one_start() {
  Amounts one;
  one.spawns = 1;
  return one;
}

}  // namespace

struct Ledger::Facts {
  Ledger& l;
  const Fleet& fleet;

  void operator()(const fact::DaemonStarted&) { l.take_stock(fleet); }
  void operator()(const fact::CellRemoved& f) {
    std::erase_if(l.accounts_, [&](const auto& e) { return std::get<CellId>(e.first) == f.cell; });
    std::erase_if(l.aside_, [&](const auto& e) { return e.first.cell == f.cell; });
  }
  // Whoever ran elsewhere and is to run here: that run is over.
  void operator()(const fact::CellDefined& f) {
    for (const auto& [id, definition] : f.cell.agents) {
      const AgentRef ref{f.cell.id, id};
      if (definition.run && !l.run_here_.contains(ref)) end_all(ref, true);
    }
  }
  void operator()(const fact::AgentRemoved& f) {
    end_all(f.agent, true);  // one that runs elsewhere never exits
    l.aside_.erase(f.agent);
    l.accounts_.erase({BudgetScope::agent, f.agent.cell, f.agent.agent.value});
  }
  void operator()(const fact::AgentStarting& f) {
    if (l.is_held(f.agent, f.task)) {
      l.wrong("nothing is started of what a budget holds", qualified(f.agent));
    }
    l.run_here_.insert(f.agent);
    l.aside_[f.agent][start_of_agent] = {one_start(), f.task};
    l.cpu_[f.agent] = {f.incarnation, 0};
    l.check_granted(f.agent, f.task, BudgetKind::spawns, fleet);
  }
  void operator()(const fact::AgentSpawned& f) { end(f.agent, start_of_agent, true); }
  void operator()(const fact::AgentExited& f) {
    end_all(f.agent, f.exit.kind != ExitKind::never_started);
    l.run_here_.erase(f.agent);
  }
  void operator()(const fact::TaskClaimed& f) {
    if (l.is_held({f.task.cell, f.agent}, f.task.task)) {
      l.wrong("nothing is begun of what a budget holds",
              f.task.task.value + " by " + f.agent.value);
    }
  }
  void operator()(const fact::SpendReserved& f) {
    if (l.is_held(f.agent, f.task))
      l.wrong("what a budget holds sets nothing aside", qualified(f.agent));
    l.aside_[f.agent][f.reservation] = {f.amounts, f.task};
    for (const BudgetKind kind : {BudgetKind::tokens, BudgetKind::usd}) {
      if (part(f.amounts, kind) > 0) l.check_granted(f.agent, f.task, kind, fleet);
    }
  }
  void operator()(const fact::SpendRecorded& f) {
    if (!f.reservation.empty() && l.aside_[f.agent].erase(f.reservation) == 0) {
      l.wrong("what is set aside is settled once", qualified(f.agent) + ": " + f.reservation);
    }
    l.spend(f.agent, f.task, f.amounts);
    if (f.amounts.cpu > 0) check_cpu(f);
    for (const BudgetPlace& place : places_of(f.agent, f.task)) check_asked(place);
  }
  void operator()(const fact::BudgetReached& f) {
    Account& one = l.accounts_[place_of({f.scope, f.cell, f.agent, f.task})];
    if (one.held) l.wrong("a budget asks once", f.cell.value);
    one.held = true;
  }
  void operator()(const fact::BudgetSettled& f) {
    Account& one = l.accounts_[place_of({f.scope, f.cell, f.agent, f.task})];
    one.held = false;
    set_part(one.raised, f.kind, part(one.raised, f.kind) + f.raise);
  }
  template <class Other>
  void operator()(const Other&) {}

  void end(const AgentRef& agent, const std::string& id, bool spent) {
    const auto aside = l.aside_[agent].extract(id);
    if (!aside.empty() && spent) l.spend(agent, aside.mapped().task, aside.mapped().amounts);
  }
  void end_all(const AgentRef& agent, bool began) {
    auto& all = l.aside_[agent];
    while (!all.empty()) {
      const std::string id = all.begin()->first;
      end(agent, id, began || id != start_of_agent);
    }
  }
  bool has_ended(const BudgetPlace& place) const {
    const MissionStatus mission = find_cell(fleet, place.cell)->status;
    const bool over = mission == MissionStatus::completed || mission == MissionStatus::failed;
    if (over || place.scope == BudgetScope::mission) return over;
    if (place.scope == BudgetScope::agent) {
      const Agent* agent = find_agent(fleet, {place.cell, place.agent});
      return agent && (!agent->wanted || agent->finished || agent->removed);
    }
    const Task* task = find_task(fleet, {place.cell, place.task});
    return task && (task->state == TaskState::completed || task->state == TaskState::failed);
  }
  // No more than the process has used.
  void check_cpu(const fact::SpendRecorded& f) {
    CpuSeen& seen = l.cpu_[f.agent];
    seen.ns += f.amounts.cpu;
    const Slot* slot = l.processes_.find(f.agent);
    const bool same =
        slot && slot->incarnation == f.incarnation && seen.incarnation == f.incarnation;
    if (same && seen.ns > l.processes_.cpu_of(*slot).count()) {
      l.wrong("CPU time is counted once", qualified(f.agent));
    }
  }
  // What was spent is recorded even past a cap; but then a person is asked (in the same decision).
  void check_asked(const BudgetPlace& place) {
    for (const BudgetKind kind : {BudgetKind::cpu, BudgetKind::tokens, BudgetKind::usd}) {
      const std::int64_t most = l.cap(place, kind, fleet);
      const std::int64_t spent = part(l.accounts_[place_of(place)].spent, kind);
      if (most == 0 || spent < most || meter_at(fleet, place).hold) continue;
      if (has_ended(place)) continue;  // nobody is asked about it
      l.wrong("spend never passes a cap unasked",
              fmt::format("{}: {} of {} {}", name(place), spent, most, to_word(kind)));
    }
  }
};

Ledger::Place Ledger::place_of(const BudgetPlace& place) {
  switch (place.scope) {
    case BudgetScope::agent:
      return {place.scope, place.cell, place.agent.value};
    case BudgetScope::task:
      return {place.scope, place.cell, place.task.value};
    case BudgetScope::mission:
      break;
  }
  return {BudgetScope::mission, place.cell, std::string()};
}

void Ledger::on_decided(const ports::Decision& decision, const Fleet& fleet) {
  std::set<AgentRef> touched;
  for (const Fact& fact : decision.facts) {
    std::visit(Facts{*this, fleet}, fact);
    const FactSubject subject = subject_of(fact);
    if (!subject.agent.empty()) touched.insert({subject.cell, subject.agent});
    const auto* settled = std::get_if<fact::BudgetSettled>(&fact);
    if (!settled || settled->raise == 0) continue;
    const bool yes = std::ranges::any_of(decision.facts, [](const Fact& one) {
      const auto* answer = std::get_if<fact::ApprovalAnswered>(&one);
      return answer && answer->answer == AnswerWord::yes;
    });
    if (!yes) wrong("a cap is raised by a yes only", settled->cell.value);
  }
  for (const AgentRef& ref : touched) {
    compare(ref, fleet);
    for (const BudgetPlace& place : places_of(fleet, ref)) compare(place, fleet);
  }
}

void Ledger::take_stock(const BudgetPlace& place, const Fleet& fleet) {
  const Meter& meter = meter_at(fleet, place);
  if (meter == Meter{}) return;
  accounts_[place_of(place)] = {meter.spent, meter.raised, meter.hold.has_value()};
}

// A new daemon begins with what its journal held.
void Ledger::take_stock(const Fleet& fleet) {
  accounts_.clear();
  aside_.clear();
  cpu_.clear();
  run_here_.clear();
  for (const auto& [cell_id, cell] : fleet.cells) {
    take_stock({BudgetScope::mission, cell_id, {}, {}}, fleet);
    for (const auto& [id, task] : cell.tasks)
      take_stock({BudgetScope::task, cell_id, {}, id}, fleet);
    for (const auto& [id, agent] : cell.agents) {
      take_stock({BudgetScope::agent, cell_id, id, {}}, fleet);
      cpu_[{cell_id, id}] = {agent.incarnation, agent.cpu_seen};
      if (is_live(agent.process)) run_here_.insert({cell_id, id});
      for (const auto& [reservation, kept] : agent.reservations)
        aside_[{cell_id, id}][reservation] = {kept.amounts, kept.task};
    }
  }
}

void Ledger::spend(const AgentRef& agent, const std::optional<TaskId>& task,
                   const Amounts& amounts) {
  for (const BudgetPlace& place : places_of(agent, task)) {
    Amounts& spent = accounts_[place_of(place)].spent;
    spent = sum(spent, amounts);
  }
}

// As the files say, and what people added.
std::int64_t Ledger::cap(const BudgetPlace& place, BudgetKind kind, const Fleet& fleet) {
  const Cell* cell = find_cell(fleet, place.cell);
  if (!cell) return 0;
  const Amounts* caps = nullptr;
  if (place.scope == BudgetScope::mission) caps = &cell->definition.budget;
  if (place.scope == BudgetScope::agent) {
    const Agent* agent = find_agent(fleet, {place.cell, place.agent});
    if (agent) caps = &agent->definition.budget;
  }
  if (place.scope == BudgetScope::task) {
    const Task* task = find_task(fleet, {place.cell, place.task});
    if (task) caps = &task->definition.budget;
  }
  const std::int64_t written = caps ? part(*caps, kind) : 0;
  return written > 0 ? written + part(accounts_[place_of(place)].raised, kind) : 0;
}

Amounts Ledger::set_aside_at(const BudgetPlace& place) const {
  Amounts all;
  for (auto it = aside_.lower_bound({place.cell, {}});
       it != aside_.end() && it->first.cell == place.cell; ++it) {
    if (place.scope == BudgetScope::agent && it->first.agent != place.agent) continue;
    for (const auto& [id, aside] : it->second) {
      if (place.scope == BudgetScope::task && aside.task != place.task) continue;
      all = sum(all, aside.amounts);
    }
  }
  return all;
}

void Ledger::check_granted(const AgentRef& agent, const std::optional<TaskId>& task,
                           BudgetKind kind, const Fleet& fleet) {
  for (const BudgetPlace& place : places_of(agent, task)) {
    const std::int64_t most = cap(place, kind, fleet);
    const std::int64_t all = part(sum(accounts_[place_of(place)].spent, set_aside_at(place)), kind);
    if (most == 0 || all <= most) continue;
    wrong("what is granted in advance never passes a cap",
          fmt::format("{}: {} of {} {}", name(place), all, most, to_word(kind)));
  }
}

bool Ledger::is_held(const AgentRef& agent, const std::optional<TaskId>& task) {
  return std::ranges::any_of(places_of(agent, task), [&](const BudgetPlace& place) {
    const auto found = accounts_.find(place_of(place));
    return found != accounts_.end() && found->second.held;
  });
}

void Ledger::compare(const BudgetPlace& place, const Fleet& fleet) {
  const Account& ours = accounts_[place_of(place)];
  const Meter& theirs = meter_at(fleet, place);
  const Amounts aside = set_aside_at(place);
  for (const BudgetKind kind : counted) {
    if (part(ours.spent, kind) == part(theirs.spent, kind) &&
        part(aside, kind) == part(theirs.reserved, kind)) {
      continue;
    }
    wrong("what is set aside is spent or free again",
          fmt::format("{} {}: {} and {} aside, on record {} and {}", name(place), to_word(kind),
                      part(ours.spent, kind), part(aside, kind), part(theirs.spent, kind),
                      part(theirs.reserved, kind)));
  }
  if (ours.held != theirs.hold.has_value()) wrong("a hold lasts until its answer", name(place));
}

void Ledger::compare(const AgentRef& ref, const Fleet& fleet) {
  const Agent* agent = find_agent(fleet, ref);
  if (!agent) return;
  const bool lives = is_live(agent->process) || agent->process == ProcessState::external;
  if (!lives && !aside_[ref].empty())
    wrong("what is set aside ends with its agent", qualified(ref));
  const bool ends = agent->process == ProcessState::stopping || agent->adoption_pending;
  if (is_live(agent->process) && !ends && !agent->frozen && is_held(ref, agent->task)) {
    wrong("what a budget holds is frozen", qualified(ref));
  }
}

void Ledger::look_around(const Fleet& fleet) {
  for (const auto& [cell_id, cell] : fleet.cells) {
    if (cell.definition.budget.wall > 0) check_wall({BudgetScope::mission, cell_id, {}, {}}, fleet);
    for (const auto& [id, agent] : cell.agents) {
      if (agent.definition.budget.wall > 0)
        check_wall({BudgetScope::agent, cell_id, id, {}}, fleet);
    }
    for (const auto& [id, task] : cell.tasks) {
      if (task.definition.budget.wall > 0) check_wall({BudgetScope::task, cell_id, {}, id}, fleet);
    }
  }
}

void Ledger::check_wall(const BudgetPlace& place, const Fleet& fleet) {
  const std::int64_t most = cap(place, BudgetKind::wall, fleet);
  const Meter& meter = meter_at(fleet, place);
  if (most == 0 || meter.hold || meter.running_since == never) return;
  const std::int64_t spent = spent_at(fleet, place, world_.now()).wall;
  if (spent > most + wall_patience.count())
    world_.violate(true, "a person is asked when the time is used up", name(place));
}

}  // namespace lazaret::sim
