#include "sim/restarts.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/fact_words.h"
#include "core/lifecycle.h"
#include "core/meter.h"

namespace lazaret::sim {

using namespace core;

namespace {

// What concerns a process that just began may be on its way.
constexpr Duration command_patience = 30s;

bool asks_to_freeze(const ports::Decision& decision, const AgentRef& ref) {
  const auto* requested = std::get_if<event::Requested>(&decision.event.body);
  if (!requested) return false;
  const auto* freeze = std::get_if<op::FreezeAgent>(&requested->request.operation);
  return freeze && freeze->agent == ref;
}

bool is_own_end(const ExitReport& exit) { return exit.kind == ExitKind::exited; }

}  // namespace

struct Restarts::Facts {
  Restarts& r;
  const Fleet& fleet;
  const ports::Decision& decision;

  void operator()(const fact::DaemonStarted&) { r.take_stock(fleet); }
  void operator()(const fact::FleetFrozen& f) { r.frozen_ = f.frozen; }
  void operator()(const fact::CellRemoved& f) {
    std::erase_if(r.agents_, [&](const auto& entry) { return entry.first.cell == f.cell; });
  }
  void operator()(const fact::AgentRemoved& f) { r.agents_.erase(f.agent); }
  // Whoever is to run here again after it ran elsewhere begins anew.
  void operator()(const fact::CellDefined& f) {
    for (const auto& [id, definition] : f.cell.agents) {
      const auto found = r.agents_.find({f.cell.id, id});
      if (found != r.agents_.end() && !definition.run) found->second.stays_down = false;
    }
  }
  void operator()(const fact::AgentWanted& f) {
    if (f.wanted && f.by != "core") r.agents_[f.agent].stays_down = false;
  }
  void operator()(const fact::AgentReleased& f) {
    if (f.by != "core") r.agents_[f.agent].stays_down = false;
  }
  void operator()(const fact::AgentSubstituted& f) {
    r.agents_[{f.agent.cell, f.substitute}].stays_down = false;
  }
  void operator()(const fact::AgentStarting& f) {
    if (r.frozen_) r.wrong("a frozen fleet starts nothing", qualified(f.agent));
    Account& one = r.agents_[f.agent];
    if (one.stays_down) r.wrong("who ended for good is not started again", qualified(f.agent));
    one = {};
    one.at_work = true;
    one.incarnation = f.incarnation;
  }
  void operator()(const fact::WakeStarted& f) {
    if (r.frozen_) r.wrong("a frozen fleet starts nothing", qualified(f.agent) + ": a wake");
  }
  void operator()(const fact::TaskClaimed& f) {
    if (r.frozen_) r.wrong("a frozen fleet starts nothing", f.task.task.value);
  }
  void operator()(const fact::AgentStopping& f) { r.agents_[f.agent].at_work = false; }
  void operator()(const fact::AgentKilled& f) { r.agents_[f.agent].at_work = false; }
  void operator()(const fact::AgentFrozen& f) {
    r.agents_[f.agent].by_person = f.frozen && asks_to_freeze(decision, f.agent);
  }
  void operator()(const fact::AgentExited& f) {
    Account& one = r.agents_[f.agent];
    const bool by_itself = one.at_work && is_own_end(f.exit);
    one.at_work = false;
    one.by_person = false;
    if (!by_itself) return;
    if (f.exit.code == 75 && f.counted) r.wrong("exit code 75 uses up no try", qualified(f.agent));
    const Agent* agent = find_agent(fleet, f.agent);
    const RunSpec* run = agent && agent->definition.run ? &*agent->definition.run : nullptr;
    const bool done = f.exit.code == 0 && run && run->adapter == AdapterKind::process &&
                      run->restart == Restart::on_failure;
    one.stays_down = f.exit.code == 125 || done;
  }
  template <class Other>
  void operator()(const Other&) {}
};

// What a journal had not kept when the power went has not happened.
void Restarts::take_stock(const Fleet& fleet) {
  const auto before = std::exchange(agents_, {});
  frozen_ = fleet.frozen;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      const AgentRef ref{cell_id, id};
      Account& one = agents_[ref];
      one.at_work = is_live(agent.process) && agent.process != ProcessState::stopping;
      one.incarnation = agent.incarnation;
      one.by_person = agent.frozen && !fleet.frozen && agent.frozen_by != budget_freezer;
      const auto old = before.find(ref);
      one.stays_down = old != before.end() && old->second.stays_down && !is_live(agent.process) &&
                       old->second.incarnation == agent.incarnation;
    }
  }
}

// Who has to be restarted with it, in order: by what the files say and who was at work just then.
std::vector<AgentId> Restarts::members(const Cell& cell, const AgentId& dead,
                                       const Fleet& fleet) const {
  std::vector<AgentId> ids;
  if (cell.definition.policies.strategy == Strategy::one_for_one) return ids;
  for (const auto& [id, agent] : cell.agents) {
    if (id == dead || !agent.definition.run) continue;
    if (cell.definition.policies.strategy == Strategy::rest_for_one && id < dead) continue;
    if (agent.definition.run->adapter != AdapterKind::process) continue;
    const auto account = agents_.find({cell.definition.id, id});
    if (account == agents_.end() || !account->second.at_work) continue;
    if (lifecycle::should_run(fleet, cell, agent)) ids.push_back(id);
  }
  return ids;
}

void Restarts::check_strategy(const ports::Decision& decision, std::size_t death,
                              const Fleet& fleet) {
  const auto& dead = std::get<fact::AgentExited>(decision.facts[death]);
  const Cell* cell = find_cell(fleet, dead.agent.cell);
  if (!cell || dead.exit.kind == ExitKind::never_started || fleet.adopting) return;
  std::vector<AgentId> stopped;
  for (std::size_t i = death + 1; i < decision.facts.size(); ++i) {
    const Fact& fact = decision.facts[i];
    // Others end, or may be needed, for another reason.
    const bool other = std::holds_alternative<fact::MissionStatusChanged>(fact) ||
                       std::holds_alternative<fact::AgentSubstituted>(fact) ||
                       std::holds_alternative<fact::AgentWanted>(fact) ||
                       std::holds_alternative<fact::BudgetReached>(fact);
    if (other) return;
    const auto* stopping = std::get_if<fact::AgentStopping>(&fact);
    if (stopping && stopping->agent.cell == dead.agent.cell)
      stopped.push_back(stopping->agent.agent);
  }
  const std::vector<AgentId> expected =
      dead.counted ? members(*cell, dead.agent.agent, fleet) : std::vector<AgentId>{};
  if (stopped == expected) return;
  std::string said;
  for (const AgentId& id : stopped) said += " " + id.value;
  said += " and not";
  for (const AgentId& id : expected) said += " " + id.value;
  wrong("a strategy restarts its members, in order",
        fmt::format("{} ({}):{}", qualified(dead.agent),
                    to_word(cell->definition.policies.strategy), said));
}

void Restarts::on_decided(const ports::Decision& decision, const Fleet& fleet) {
  Facts facts{*this, fleet, decision};
  bool thaws = false;
  for (std::size_t i = 0; i < decision.facts.size(); ++i) {
    const Fact& fact = decision.facts[i];
    std::visit(facts, fact);
    if (std::holds_alternative<fact::AgentExited>(fact)) check_strategy(decision, i, fleet);
    thaws = thaws || std::holds_alternative<fact::FleetFrozen>(fact) ||
            std::holds_alternative<fact::BudgetSettled>(fact);
  }
  if (!thaws || fleet.frozen) return;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      const AgentRef ref{cell_id, id};
      if (!is_live(agent.process) || agent.process == ProcessState::stopping) continue;
      if (!agent.frozen || is_held(cell, agent) || agents_[ref].by_person) continue;
      wrong("who is frozen for nothing goes on", qualified(ref));
    }
  }
}

// Commands wait for the disk, and those of a daemon that died are repeated when the next one has
// taken up its agents.
void Restarts::look_around(const Fleet& fleet) {
  bool all_recorded = !fleet.adopting;
  world_.loop->each_unrecorded([&](const Fact&) { all_recorded = false; });
  if (!all_recorded) return;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) check_frozen({cell_id, id}, agent, fleet);
  }
}

// What is on record becomes true of the process, too.
void Restarts::check_frozen(const AgentRef& ref, const Agent& agent, const Fleet&) {
  Account& one = agents_[ref];
  const Slot* slot = processes_.find(ref);
  const bool runs = slot && slot->phase == Phase::alive && is_live(agent.process) &&
                    slot->incarnation == agent.incarnation &&
                    agent.process != ProcessState::stopping;
  if (!runs || slot->frozen == agent.frozen) return one.differs_since.reset();
  if (!one.differs_since) one.differs_since = world_.now();
  if (world_.now() - *one.differs_since < command_patience) return;
  wrong(agent.frozen ? "frozen means frozen" : "thawed means thawed", qualified(ref));
}

}  // namespace lazaret::sim
