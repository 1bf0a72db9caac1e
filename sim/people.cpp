#include "sim/people.h"

#include "core/ended.h"

namespace lazaret::sim {
namespace {

using namespace core;

// What makes an operator act at once, often while it is being dealt with already.
bool is_alarm(const Fact& fact) {
  return std::holds_alternative<fact::AgentBackedOff>(fact) ||
         std::holds_alternative<fact::AgentExited>(fact) ||
         std::holds_alternative<fact::AgentStopping>(fact) ||
         std::holds_alternative<fact::HangSuspected>(fact);
}

// Only a person gets it up again; what Lazaret has to start itself is left to Lazaret.
bool is_down(const Agent& agent) {
  return agent.definition.run &&
         (!agent.wanted || agent.finished || agent.process == ProcessState::quarantined ||
          agent.process == ProcessState::awaiting_approval);
}

std::optional<Operation> opposite_of(const Operation& act) {
  if (const auto* one = std::get_if<op::PauseAgent>(&act))
    return op::ResumeAgent{one->agent, "sim"};
  if (const auto* one = std::get_if<op::FreezeAgent>(&act)) return op::ThawAgent{one->agent, "sim"};
  if (const auto* one = std::get_if<op::StopAgent>(&act)) return op::StartAgent{one->agent};
  if (const auto* one = std::get_if<op::KillAgent>(&act)) return op::StartAgent{one->agent};
  if (std::holds_alternative<op::FreezeFleet>(act)) return op::FreezeFleet{false, "sim"};
  const auto* mission = std::get_if<op::SetMission>(&act);
  if (!mission || mission->status != MissionStatus::paused) return std::nullopt;
  return op::SetMission{mission->cell, MissionStatus::active, "sim"};
}

Caller person() { return {CallerKind::operator_, "sim:alice", std::nullopt, {}}; }

}  // namespace

// Whoever wants something asks the daemon, if there is one.
void People::now_and_then(double an_hour, void (People::*act)()) {
  again_and_again(world_, &World::people, an_hour, [this, act] {
    if (world_.loop) (this->*act)();
  });
}

void People::begin() {
  const Scenario& s = world_.scenario;
  const double cells = static_cast<double>(workload_.cells().size());
  now_and_then(s.operator_acts_an_hour, &People::interfere);
  now_and_then(s.wakes_an_hour * s.agents, &People::wake_somebody);
  now_and_then(s.new_tasks_an_hour * cells / 2, &People::add_tasks);
  now_and_then(s.edits_an_hour, &People::edit_files);
  now_and_then(s.freezes_an_hour, &People::freeze_all);
}

void People::listen(runtime::Loop& loop) {
  loop.observe([this](const std::vector<runtime::RecordedFact>& facts) {
    for (const runtime::RecordedFact& one : facts) {
      const auto* opened = std::get_if<fact::ApprovalOpened>(one.fact);
      if (opened) answer_later(opened->approval);
      if (is_alarm(*one.fact)) react(subject_of(*one.fact));
    }
  });
}

void People::answer_later(const ApprovalId& id) {
  if (world_.strikes(world_.people, world_.scenario.person_silent, Fault::person_silent)) return;
  world_.after(between(world_.people, 1s, 3600s), [this, id] {
    ask(op::AnswerPerson{id, world_.people.chance(0.7) ? AnswerWord::yes : AnswerWord::no, ""});
  });
}

void People::ask(Operation operation) {
  if (!world_.loop) return;
  ++acts_;
  const auto* wake = std::get_if<op::WakeAgent>(&operation);
  const bool is_wake = wake != nullptr;
  world_.loop->request(person(), std::move(operation), [this, is_wake](const Answer& answer) {
    if (!is_wake || !answer || !world_.loop) return;
    if (!world_.loop->fleet().wakes.contains(WakeId(answer->id))) {
      world_.violate(false, "no wake without a fate", "accepted " + answer->id + " has no receipt");
    }
  });
}

std::vector<AgentRef> People::agents() const {
  std::vector<AgentRef> refs;
  for (const auto& [cell_id, cell] : world_.loop->fleet().cells) {
    for (const auto& [id, agent] : cell.agents) refs.push_back({cell_id, id});
  }
  return refs;
}

std::optional<AgentRef> People::some_agent() {
  const auto& cells = world_.loop->fleet().cells;
  if (cells.empty()) return std::nullopt;
  auto cell = cells.begin();
  std::advance(cell, static_cast<std::ptrdiff_t>(world_.people.below(cells.size())));
  if (cell->first.value == "external" && world_.people.chance(0.8)) cell = cells.begin();
  if (cell->second.agents.empty()) return std::nullopt;
  auto agent = cell->second.agents.begin();
  std::advance(agent, static_cast<std::ptrdiff_t>(world_.people.below(cell->second.agents.size())));
  return AgentRef{cell->first, agent->first};
}

std::optional<CellId> People::some_cell() {
  const auto& cells = workload_.cells();
  if (cells.empty()) return std::nullopt;
  auto cell = cells.begin();
  std::advance(cell, static_cast<std::ptrdiff_t>(world_.people.below(cells.size())));
  return cell->first;
}

// One that somebody is at, if there is one.
std::optional<TaskRef> People::begun_task(const Cell& cell) {
  std::vector<TaskRef> begun;
  for (const auto& [id, task] : cell.tasks) {
    if (task.state == TaskState::in_progress) begun.push_back({cell.definition.id, id});
  }
  if (begun.empty()) return std::nullopt;
  return begun[world_.people.below(begun.size())];
}

Operation People::some_act(const AgentRef& agent) {
  const Cell& cell = *find_cell(world_.loop->fleet(), agent.cell);
  std::optional<TaskRef> task;
  if (!cell.tasks.empty()) {
    auto one = cell.tasks.begin();
    std::advance(one, static_cast<std::ptrdiff_t>(world_.people.below(cell.tasks.size())));
    task = TaskRef{agent.cell, one->first};
  }
  switch (world_.people.below(task ? 20 : 12)) {
    case 0:
      return op::PauseAgent{agent, "sim"};
    case 1:
    case 2:
      return op::ResumeAgent{agent, "sim"};
    case 3:
      return op::FreezeAgent{agent, "sim"};
    case 4:
      return op::ThawAgent{agent, "sim"};
    case 5:
      return op::StopAgent{agent, "sim"};
    case 6:
      return op::KillAgent{agent, "sim"};
    case 7:
    case 8:
      return op::StartAgent{agent};
    case 9:
      return op::SetMission{agent.cell, MissionStatus::paused, "sim"};
    case 10:
      return op::SetMission{agent.cell, MissionStatus::active, "sim"};
    case 11:
      return op::FreezeFleet{world_.people.chance(0.3), "sim"};
    case 12:
      return op::ReleaseTask{*task, "sim"};
    case 13:
      return op::RetryTask{*task, "sim"};
    case 14:
      return op::AssignTask{*task,
                            world_.people.chance(0.5) ? std::optional(agent.agent) : std::nullopt};
    case 15:
      return op::ReportFailed{*task, "sim"};
    case 16:
      return op::VerifyAgain{*task};
    case 17:
      return op::ReportDone{*task, "by hand"};
    case 18:
      return op::HandOffTask{begun_task(cell).value_or(*task), agent.agent, "sim"};
    default:
      return op::AddDependency{*task, cell.tasks.begin()->first};
  }
}

void People::interfere() {
  const auto agent = some_agent();
  if (!agent) return;
  world_.count(Fault::operator_interfered);
  act_on(*agent);
}

// People click twice, and take back what they did a while ago: most of the time the fleet is at
// work.
void People::act_on(const AgentRef& agent) {
  const Operation act = some_act(agent);
  const auto undo = opposite_of(act);
  if (world_.people.chance(0.1)) {
    world_.after(between(world_.people, 100ms, 2s), [this, act] { ask(act); });
  }
  if (undo && world_.people.chance(0.8)) {
    world_.after(between(world_.people, 10s, 900s), [this, undo] { ask(*undo); });
  }
  ask(act);
}

void People::change_their_mind(const CellId& id) {
  const Cell* cell = world_.loop ? find_cell(world_.loop->fleet(), id) : nullptr;
  if (!cell || core::is_over(cell->status)) return;
  world_.count(Fault::operator_interfered);
  const bool runs = cell->status == MissionStatus::active;
  ask(op::SetMission{id, runs ? MissionStatus::paused : MissionStatus::active, "sim"});
}

void People::react(const FactSubject& subject) {
  const double chance = world_.scenario.operator_reacts;
  if (!world_.strikes(world_.people, chance, Fault::operator_interfered)) return;
  world_.after(between(world_.people, 0ms, 1500ms),
               [this, ref = AgentRef{subject.cell, subject.agent}] {
                 if (world_.loop && find_cell(world_.loop->fleet(), ref.cell)) act_on(ref);
               });
}

void People::wake_somebody() {
  if (const auto agent = some_agent()) ask(op::WakeAgent{*agent, "look at this", "cli"});
}

void People::add_tasks() {
  const auto id = some_cell();
  const Cell* cell = id ? find_cell(world_.loop->fleet(), *id) : nullptr;
  if (cell) ask(op::AddTasks{*id, workload_.new_tasks(*cell, 1 + world_.people.below(3))});
}

void People::edit_files() {
  const auto id = some_cell();
  if (!id) return;
  world_.count(Fault::files_edited);
  if (workload_.cells().size() > 1 && world_.people.chance(0.05)) {
    workload_.remove(*id);
    return world_.loop->post(event::CellGone{*id});
  }
  if (const CellDefinition* added = world_.people.chance(0.3) ? workload_.add() : nullptr) {
    const bool elsewhere = world_.people.chance(0.3);
    if (elsewhere) {
      world_.after(between(world_.people, 10s, 900s), [this, id = added->id] {
        ask(op::SetMission{id, MissionStatus::active, "sim"});
      });
    }
    return world_.loop->post(event::CellObserved{*added, false, elsewhere});
  }
  world_.loop->post(event::CellObserved{workload_.edit(*id), true, false});
}

// Something looks wrong, everything stands still, and goes on when somebody has looked.
void People::freeze_all() {
  world_.count(Fault::fleet_frozen);
  ask(op::FreezeFleet{true, "sim"});
  world_.after(between(world_.people, 10s, 900s), [this] { ask(op::FreezeFleet{false, "sim"}); });
}

void People::put_right() {
  if (!world_.loop) return world_.after(1s, [this] { put_right(); });
  if (world_.loop->fleet().frozen) ask(op::FreezeFleet{false, "all is well"});
  std::vector<ApprovalId> open;
  for (const auto& [id, approval] : world_.loop->fleet().approvals) {
    if (!approval.answer) open.push_back(id);
  }
  for (const ApprovalId& id : open) ask(op::AnswerPerson{id, AnswerWord::yes, "all is well"});
  for (const auto& [id, cell] : workload_.cells()) {
    const Cell* known = find_cell(world_.loop->fleet(), id);
    if (known && known->status == MissionStatus::paused) {
      ask(op::SetMission{id, MissionStatus::active, "all is well"});
    }
  }
  for (const AgentRef& ref : agents()) {
    const Agent* agent = find_agent(world_.loop->fleet(), ref);
    if (!agent) continue;
    if (agent->frozen) ask(op::ThawAgent{ref, "all is well"});
    if (agent->paused) ask(op::ResumeAgent{ref, "all is well"});
    if (is_down(*agent)) ask(op::StartAgent{ref});
  }
}

}  // namespace lazaret::sim
