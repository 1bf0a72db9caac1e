#include "core/apply.h"

#include <algorithm>

#include "base/invariant.h"
#include "core/apply_parts.h"
#include "core/fact_words.h"
#include "core/presence.h"

namespace lazaret::core {
namespace {

bool is_noise(const Fact& fact) {
  return std::holds_alternative<fact::TaskCheckpointed>(fact) ||
         std::holds_alternative<fact::CheckpointSaved>(fact) ||
         std::holds_alternative<fact::CheckpointWanted>(fact) ||
         std::holds_alternative<fact::SpendReserved>(fact) ||
         std::holds_alternative<fact::SpendRecorded>(fact) ||
         std::holds_alternative<fact::SlotDefined>(fact) ||
         std::holds_alternative<fact::SlotChanged>(fact) ||
         std::holds_alternative<fact::AgentDefined>(fact);
}

void remember(Fleet& fleet, const Stamp& at, const Fact& fact) {
  if (is_noise(fact)) return;
  const FactSubject subject = subject_of(fact);
  if (subject.agent.empty()) return;
  const auto cell = fleet.cells.find(subject.cell);
  if (cell == fleet.cells.end()) return;
  const auto agent = cell->second.agents.find(subject.agent);
  if (agent == cell->second.agents.end()) return;
  auto& history = agent->second.history;
  history.push_back({at, std::string(kind_of(fact)), sentence_of(fact)});
  if (history.size() > history_most) history.pop_front();
}

Agent new_agent(const AgentDefinition& definition, bool from_file, const Stamp& at) {
  Agent agent;
  agent.definition = definition;
  agent.from_file = from_file;
  agent.process = definition.run ? ProcessState::stopped : ProcessState::external;
  agent.state_reason = definition.run ? "never started" : "runs elsewhere";
  agent.since = at;
  agent.activity = activity_of(agent, at.wall);
  agent.activity_since = at;
  return agent;
}

// Whose activity the fact may change: the agent's that it is about, or who has its task.
AgentRef active_one(const Fleet& fleet, const FactSubject& subject) {
  AgentRef ref{subject.cell, subject.agent};
  if (!subject.agent.empty() || subject.task.empty()) return ref;
  const Task* task = find_task(fleet, {subject.cell, subject.task});
  if (task && task->owner) ref.agent = *task->owner;
  return ref;
}

void follow_activity(Fleet& fleet, const Stamp& at, const AgentRef& ref) {
  const auto cell = fleet.cells.find(ref.cell);
  if (ref.agent.empty() || cell == fleet.cells.end()) return;
  const auto found = cell->second.agents.find(ref.agent);
  if (found == cell->second.agents.end()) return;
  Agent& agent = found->second;
  const Activity now = activity_of(agent, at.wall);
  if (now == agent.activity) return;
  const bool unknown = agent.activity_since == Stamp{} && agent.activity == Activity::offline;
  agent.activity = now;
  if (!unknown) agent.activity_since = at;
}

// What ran elsewhere meanwhile is not held for how it fared here before.
void begin_anew(Agent& agent) {
  agent.tries = 0;
  agent.last_backoff = Duration(0);
  agent.died = false;
  agent.approval.reset();
}

bool has_process(const Agent& agent) {
  return agent.process == ProcessState::starting || agent.process == ProcessState::running ||
         agent.process == ProcessState::stopping;
}

void define_tasks(Cell& cell, const CellDefinition& definition, const Stamp& at) {
  std::erase_if(cell.tasks, [&](const auto& entry) {
    return entry.second.from_file && !definition.tasks.contains(entry.first) && !entry.second.owner;
  });
  for (const auto& [id, task_definition] : definition.tasks) {
    const auto [entry, is_new] = cell.tasks.try_emplace(id);
    Task& task = entry->second;
    task.definition = task_definition;
    task.from_file = true;
    if (!is_new) continue;
    task.since = at;
    const auto status = definition.task_status.find(id);
    if (status == definition.task_status.end()) continue;
    if (status->second == "completed") task.state = TaskState::completed;
    if (status->second == "failed") task.state = TaskState::failed;
  }
}

}  // namespace

const Cell* find_cell(const Fleet& fleet, const CellId& id) {
  const auto found = fleet.cells.find(id);
  return found == fleet.cells.end() ? nullptr : &found->second;
}

const Agent* find_agent(const Fleet& fleet, const AgentRef& ref) {
  const Cell* cell = find_cell(fleet, ref.cell);
  if (!cell) return nullptr;
  const auto found = cell->agents.find(ref.agent);
  return found == cell->agents.end() ? nullptr : &found->second;
}

const Task* find_task(const Fleet& fleet, const TaskRef& ref) {
  const Cell* cell = find_cell(fleet, ref.cell);
  if (!cell) return nullptr;
  const auto found = cell->tasks.find(ref.task);
  return found == cell->tasks.end() ? nullptr : &found->second;
}

// What is gone from the files is only marked here: somebody has to end its process and free its
// task.
void Applier::define_agents(Cell& one, const CellDefinition& definition) {
  for (auto& [id, agent] : one.agents) {
    agent.removed = agent.from_file && !definition.agents.contains(id);
  }
  for (const auto& [id, agent_definition] : definition.agents) {
    const auto [entry, is_new] = one.agents.try_emplace(id, new_agent(agent_definition, true, at));
    Agent& agent = entry->second;
    if (is_new) {
      const auto runtime = definition.file_runtime.find(id);
      if (runtime != definition.file_runtime.end())
        agent.incarnation.value = runtime->second.incarnation;
      continue;
    }
    const auto run = agent.definition.run;
    agent.definition = agent_definition;
    agent.from_file = true;
    agent.withdrawn = !agent_definition.run && has_process(agent);
    if (agent.withdrawn) {
      agent.definition.run = run;
    } else if (!agent_definition.run) {
      clear_timers({definition.id, id});
      set_process(agent, ProcessState::external, "runs elsewhere");
    } else if (agent.process == ProcessState::external) {
      free_reservations({definition.id, id}, false);
      begin_anew(agent);
      set_process(agent, ProcessState::stopped, "never started");
    }
  }
}

void apply(Fleet& fleet, const Stamp& at, const Fact& fact) {
  const AgentRef active = active_one(fleet, subject_of(fact));
  std::visit(Applier{fleet, at}, fact);
  follow_activity(fleet, at, active);
  run_meters(fleet, at, fact);
  remember(fleet, at, fact);
}

Cell& Applier::cell(const CellId& id) {
  const auto found = fleet.cells.find(id);
  LAZARET_ASSERT(found != fleet.cells.end());
  return found->second;
}

Agent& Applier::agent(const AgentRef& ref) {
  auto& agents = cell(ref.cell).agents;
  const auto found = agents.find(ref.agent);
  LAZARET_ASSERT(found != agents.end());
  return found->second;
}

Task& Applier::task(const TaskRef& ref) {
  auto& tasks = cell(ref.cell).tasks;
  const auto found = tasks.find(ref.task);
  LAZARET_ASSERT(found != tasks.end());
  return found->second;
}

void Applier::operator()(const fact::DaemonStarted& f) {
  fleet.epoch = f.epoch;
  restart_meters(fleet, at, fleet.boot_id != f.boot_id);
  fleet.boot_id = f.boot_id;
  fleet.stopping = false;
  fleet.ended_well = false;
  fleet.adopting = true;
  for (auto& [id, one] : fleet.cells) {
    for (auto& [agent_id, agent] : one.agents) agent.adoption_pending = has_process(agent);
  }
}

void Applier::operator()(const fact::AdoptionFinished&) { fleet.adopting = false; }
void Applier::operator()(const fact::DaemonStopped&) { fleet.ended_well = true; }
void Applier::operator()(const fact::FleetStopping&) { fleet.stopping = true; }
void Applier::operator()(const fact::FleetFrozen& f) { fleet.frozen = f.frozen; }
void Applier::operator()(const fact::NoteRecorded&) {}
void Applier::operator()(const fact::WriteRefused&) {}
void Applier::operator()(const fact::EditRefused&) {}

void Applier::operator()(const fact::CellDefined& f) {
  const auto [entry, is_new] = fleet.cells.try_emplace(f.cell.id);
  Cell& one = entry->second;
  if (is_new) {
    one.status = f.cell.status;
    one.since = at;
  }
  define_agents(one, f.cell);
  define_tasks(one, f.cell, at);
  one.definition = f.cell;
  one.definition.agents.clear();
  one.definition.tasks.clear();
  index_tasks(one);
  for (const auto& [id, agent] : one.agents) join_pool({f.cell.id, id});
}

void Applier::operator()(const fact::CellMirrored& f) {
  Cell& one = cell(f.cell);
  one.definition.status = f.status;
  std::erase_if(one.unmirrored, [&](const StatusTaken& taken) {
    return f.change == 0 || taken.change <= f.change;
  });
}

void Applier::operator()(const fact::CellRemoved& f) {
  for (const auto& [id, agent] : cell(f.cell).agents) leave_pool({f.cell, id});
  fleet.timers.clear_cell(f.cell);
  fleet.cells.erase(f.cell);
}

void Applier::operator()(const fact::AgentDefined& f) {
  if (f.cell.value == "external" && !fleet.cells.contains(f.cell)) {
    Cell& built_in = fleet.cells[f.cell];
    built_in.definition.id = f.cell;
    built_in.definition.mission_name = "external";
    built_in.definition.timeout = Duration(0);
    built_in.started = true;
  }
  Cell& one = cell(f.cell);
  const auto found = one.agents.find(f.definition.id);
  if (found == one.agents.end()) {
    one.agents.emplace(f.definition.id, new_agent(f.definition, false, at));
  } else {
    found->second.definition = f.definition;
  }
  join_pool({f.cell, f.definition.id});
}

void Applier::operator()(const fact::MissionStarted& f) {
  Cell& one = cell(f.cell);
  one.started = true;
  one.timeout_at = f.deadline;
  fleet.timers.set({TimerKind::mission_timeout, f.cell, {}}, f.deadline);
}

void Applier::operator()(const fact::MissionStatusChanged& f) {
  Cell& one = cell(f.cell);
  const TimerKey timer{TimerKind::mission_timeout, f.cell, {}};
  if (f.status == MissionStatus::active && one.timeout_left > Duration(0)) {
    one.timeout_at = at.mono + one.timeout_left;
    one.timeout_left = Duration(0);
    fleet.timers.set(timer, one.timeout_at);
  } else if (f.status != MissionStatus::active && one.timeout_at != never) {
    one.timeout_left = std::max(Duration(1), one.timeout_at - at.mono);
    one.timeout_at = never;
    fleet.timers.clear(timer);
  }
  one.status = f.status;
  one.since = at;
  one.status_reason = f.reason;
  std::erase_if(one.unmirrored, [&](const StatusTaken& t) { return t.status == f.status; });
  one.unmirrored.push_back({f.status, ++one.status_changes});
}

void Applier::operator()(const fact::ApprovalOpened& f) {
  Approval approval;
  approval.kind = f.kind;
  approval.agent = f.agent;
  approval.task = f.task;
  approval.cell = f.cell;
  approval.account = f.account;
  if (!f.account.empty()) fleet.accounts[f.account].alert = f.approval;
  approval.question = f.question;
  approval.opened = at;
  approval.deadline = f.deadline;
  approval.fallback = f.fallback;
  fleet.approvals.emplace(f.approval, std::move(approval));
  fleet.approval_deadlines.emplace(f.deadline, f.approval);
  ++fleet.next_approval;
}

void Applier::operator()(const fact::ApprovalAnswered& f) {
  const auto found = fleet.approvals.find(f.approval);
  LAZARET_ASSERT(found != fleet.approvals.end());
  Approval& approval = found->second;
  approval.answer = f.answer;
  approval.by = f.by;
  approval.reason = f.reason;
  if (!approval.account.empty()) fleet.accounts.at(approval.account).alert.reset();
  fleet.approval_deadlines.erase({approval.deadline, f.approval});
  fleet.answered.push_back(f.approval);
  if (fleet.answered.size() <= answered_kept) return;
  fleet.approvals.erase(fleet.answered.front());
  fleet.answered.pop_front();
}

}  // namespace lazaret::core
