#include "sim/checker.h"

#include <fmt/format.h>

#include "core/fact_words.h"
#include "core/lifecycle.h"
#include "sim/checker_facts.h"

namespace lazaret::sim {

using namespace core;

namespace {

// Graphs larger than this are looked at in full now and then only.
constexpr std::size_t small_graph = 100;
constexpr std::uint64_t large_graph_every = 64;

// A fact without a task changes the graph of tasks only when it brings the whole cell; a checkpoint
// and a new incarnation of the owner do not change it.
bool changes_graph(const Fact& fact) {
  return std::holds_alternative<fact::CellDefined>(fact) ||
         (!subject_of(fact).task.empty() && !std::holds_alternative<fact::TaskCheckpointed>(fact) &&
          !std::holds_alternative<fact::CheckpointSaved>(fact) &&
          !std::holds_alternative<fact::TaskResumed>(fact));
}

// A rate limit is on the wall clock, its timer is not: where the wall clock jumps, it is looked at
// once an hour.
constexpr Duration wake_patience = std::chrono::minutes(5);
constexpr Duration wake_patience_with_jumps = std::chrono::minutes(70);

// A start, a stop and a backoff have deadlines of minutes; so long the daemon may be away, too.
constexpr Duration between_most = std::chrono::minutes(20);

bool is_between(ProcessState state) {
  return state == ProcessState::starting || state == ProcessState::stopping ||
         state == ProcessState::backoff;
}

// A line for its stdin is on the way, or nothing keeps its waiting wake from being handed to it.
bool could_be_woken(const Fleet& fleet, const Cell& cell, const Agent& agent, WallTime now) {
  if (agent.process != ProcessState::running) return false;
  if (agent.running_wake) return agent.definition.run->adapter != AdapterKind::turn;
  if (agent.turn_in_line != 0) return false;  // for its account; accounts.h looks at that
  return !agent.paused && !agent.frozen && lifecycle::should_run(fleet, cell, agent) &&
         !(agent.rate_limited_until && *agent.rate_limited_until > now);
}

bool is_final(TaskState state) {
  return state == TaskState::completed || state == TaskState::failed;
}

}  // namespace

void Checker::on_decided(const ports::Decision& decision, const Fleet& fleet) {
  ++checks_;
  std::set<AgentRef> agents;
  std::set<TaskRef> tasks;
  std::set<CellId> graphs;
  for (const Fact& fact : decision.facts) {
    std::visit(Facts{*this, decision.event.at, fleet, decision}, fact);
    const FactSubject subject = subject_of(fact);
    if (!subject.agent.empty()) agents.insert({subject.cell, subject.agent});
    if (!subject.task.empty()) tasks.insert({subject.cell, subject.task});
    if (changes_graph(fact)) graphs.insert(subject.cell);
  }
  if (std::holds_alternative<event::AdoptionFinished>(decision.event.body)) check_adoption(fleet);
  for (const AgentRef& ref : agents) check_agent(ref, fleet);
  for (const TaskRef& ref : tasks) check_task(ref, fleet);
  for (const CellId& id : graphs) check_graph(id, fleet);
}

// A new daemon begins with what its journal held; the accounts do the same.
void Checker::take_stock(const Fleet& fleet) {
  agents_.clear();
  tasks_.clear();
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      AgentAccount& one = agents_[{cell_id, id}];
      one.process = agent.process;
      one.to_be_found = is_live(agent.process);
      one.incarnation = agent.incarnation;
      one.tries = agent.tries;
      one.died = agent.died;
      one.spawned = agent.spawned_at.mono;
      one.spawn_seen = agent.process_start != 0;
      for (const Checkpoint& saved : agent.checkpoints)
        one.checkpoints.push_back({id, saved.info.id, saved.info.manifest_hash});
      if (agent.running_wake) {
        one.open_wakes.insert(agent.running_wake->id);
        one.started_wakes.insert(agent.running_wake->id);
      }
      if (agent.waiting_wake) one.open_wakes.insert(agent.waiting_wake->id);
    }
    for (const auto& [id, task] : cell.tasks) {
      TaskAccount& one = tasks_[{cell_id, id}];
      one.tries = task.tries;
      if (task.state == TaskState::in_progress || task.state == TaskState::reported)
        one.owner = task.owner;
    }
  }
}

void Checker::look_around(const Fleet& fleet) {
  const Duration patience =
      world_.scenario.clock_jumps_an_hour > 0 ? wake_patience_with_jumps : wake_patience;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (is_between(agent.process) && world_.now() - agent.since.mono > between_most) {
        world_.violate(
            true, "states in between end",
            fmt::format("{} is {} for {} s: {}", qualified({cell_id, id}), to_word(agent.process),
                        in_seconds(world_.now() - agent.since.mono), agent.state_reason));
      }
      if (!agent.waiting_wake && !agent.running_wake) continue;
      AgentAccount& one = agents_[{cell_id, id}];
      if (!could_be_woken(fleet, cell, agent, world_.clock.now().wall)) {
        one.wake_due.reset();
      } else if (!one.wake_due) {
        one.wake_due = world_.now();
      } else if (world_.now() - *one.wake_due > patience) {
        world_.violate(true, "no wake is left lying", qualified({cell_id, id}));
      }
    }
  }
}

// Of those that were live when the daemon started: who counts as live now is there, with that pid.
void Checker::check_adoption(const Fleet& fleet) {
  for (auto& [ref, account] : agents_) {
    const Agent* agent = find_agent(fleet, ref);
    if (agent && agent->adoption_pending) wrong("adoption forgets nobody", qualified(ref));
    if (!agent || !std::exchange(account.to_be_found, false)) continue;
    const Slot* slot = processes_.find(ref);
    const bool there =
        slot && slot->phase == Phase::alive && slot->incarnation == agent->incarnation;
    if (!there || agent->pid != slot->pid) wrong("adoption finds the truth", qualified(ref));
  }
}

void Checker::check_agent(const AgentRef& ref, const Fleet& fleet) {
  const Agent* agent = find_agent(fleet, ref);
  if (!agent) {
    const auto account = agents_.find(ref);
    if (account == agents_.end()) return;
    if (!account->second.open_wakes.empty()) wrong("no wake without a fate", qualified(ref));
    agents_.erase(account);
    return;
  }
  AgentAccount& one = agents_[ref];
  if (one.tries != agent->tries) {
    wrong("failures use up tries",
          fmt::format("{}: {} counted, {} on record", qualified(ref), one.tries, agent->tries));
  }
  if (agent->incarnation < one.incarnation) wrong("incarnations grow by one", qualified(ref));
  one.incarnation = agent->incarnation;
  if (!agent->waiting_wake && !agent->running_wake) one.wake_due.reset();
  if (agent->task) {
    const Task* task = find_task(fleet, {ref.cell, *agent->task});
    if (!task || task->owner != ref.agent) wrong("owner and task agree", qualified(ref));
  }
  const bool held = agent->process == ProcessState::quarantined;
  if (held && agent->task) wrong("who is quarantined owns nothing", qualified(ref));
  check_wakes(ref, *agent, fleet);
}

void Checker::check_wakes(const AgentRef& ref, const Agent& agent, const Fleet& fleet) {
  for (const WakeId& id : agents_[ref].open_wakes) {
    const bool waits = agent.waiting_wake && agent.waiting_wake->id == id;
    const bool runs = agent.running_wake && agent.running_wake->id == id;
    if (!waits && !runs)
      wrong("no wake without a fate", fmt::format("{}: {}", qualified(ref), id.value));
    const auto receipt = fleet.wakes.find(id);
    const WakeFate expected = runs ? WakeFate::started : WakeFate::waiting;
    if (receipt == fleet.wakes.end() || receipt->second.fate != expected) {
      wrong("receipts tell the truth", id.value);
    }
  }
}

void Checker::check_task(const TaskRef& ref, const Fleet& fleet) {
  const Task* task = find_task(fleet, ref);
  if (!task) return;
  const TaskAccount& one = tasks_[ref];
  if (one.tries != task->tries) {
    wrong("failures use up tries",
          fmt::format("{}: {} counted, {} on record", name(ref), one.tries, task->tries));
  }
  if (task->state == TaskState::pending && task->owner)
    wrong("what is free has no owner", name(ref));
  if (task->state != TaskState::in_progress) return;
  const Agent* owner = task->owner ? find_agent(fleet, {ref.cell, *task->owner}) : nullptr;
  if (!owner || owner->task != ref.task) wrong("owner and task agree", name(ref));
}

void Checker::check_graph(const CellId& id, const Fleet& fleet) {
  const Cell* cell = find_cell(fleet, id);
  if (!cell) return;
  if (cell->tasks.size() > small_graph && checks_ % large_graph_every != 0) return;
  std::size_t open = 0;
  for (const auto& [task_id, task] : cell->tasks) {
    if (!is_final(task.state)) ++open;
    bool waits = false;
    for (const TaskId& on : task.definition.dependencies) {
      const auto found = cell->tasks.find(on);
      waits = waits || found == cell->tasks.end() || found->second.state != TaskState::completed;
    }
    const bool ready = task.state == TaskState::pending && !waits;
    if (ready != cell->ready.contains(task_id)) {
      wrong("the ready set is right",
            fmt::format("{} {}", name({id, task_id}), ready ? "missing" : "extra"));
    }
  }
  if (open != cell->open_tasks) {
    wrong("the ready set is right",
          fmt::format("{} open tasks, {} counted", open, cell->open_tasks));
  }
}

}  // namespace lazaret::sim
