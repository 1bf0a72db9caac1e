#include "sim/checker_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/account.h"
#include "core/meter.h"

namespace lazaret::sim {

using namespace core;

namespace {

// A verdict may reach us so much after the evidence that it rests on.
constexpr Duration verdict_lag = 30s;

}  // namespace

bool Checker::Facts::is_excused(const AgentRef& ref, const ExitReport& exit) const {
  if (exit.kind == ExitKind::lost) return true;
  const Agent* agent = find_agent(fleet, ref);
  if (agent && agent->rate_limited_until && *agent->rate_limited_until > at.wall) return true;
  const Cell* cell = find_cell(fleet, ref.cell);
  if (agent && account::limit_on(fleet, *cell, *agent, at.wall)) return true;
  if (agent && is_held(*cell, *agent)) return true;
  return std::any_of(fleet.approvals.begin(), fleet.approvals.end(), [&](const auto& entry) {
    // Its end may have closed the question in this same decision.
    const bool open =
        !entry.second.answer || std::ranges::any_of(decision.facts, [&](const Fact& f) {
          const auto* answered = std::get_if<fact::ApprovalAnswered>(&f);
          return answered && answered->approval == entry.first;
        });
    return open && entry.second.kind == ApprovalKind::question && entry.second.agent == ref;
  });
}

bool Checker::Facts::mission_runs(const CellId& id) const {
  const Cell* cell = find_cell(fleet, id);
  return cell && cell->started && cell->status == MissionStatus::active && !fleet.frozen &&
         !fleet.stopping;
}

// The mission came to rest in this same decision; what was started before is stopped again.
bool Checker::Facts::changes_status(const CellId& id) const {
  return std::any_of(decision.facts.begin(), decision.facts.end(), [&](const Fact& one) {
    const auto* change = std::get_if<fact::MissionStatusChanged>(&one);
    return change && change->cell == id;
  });
}

bool Checker::Facts::contains_start_of(const AgentRef& ref) const {
  return std::any_of(decision.facts.begin(), decision.facts.end(), [&](const Fact& one) {
    const auto* start = std::get_if<fact::AgentStarting>(&one);
    return start && start->agent == ref;
  });
}

void Checker::Facts::operator()(const fact::DaemonStarted&) { c.take_stock(fleet); }

// Whoever is to run here again after it ran elsewhere begins anew.
void Checker::Facts::operator()(const fact::CellDefined& f) {
  for (const auto& [id, definition] : f.cell.agents) {
    const auto found = c.agents_.find({f.cell.id, id});
    if (found == c.agents_.end() || is_live(found->second.process)) continue;
    AgentAccount& one = found->second;
    if (definition.run && one.process == ProcessState::external) {
      one.process = ProcessState::stopped;
      one.tries = 0;
      one.died = false;
    } else if (!definition.run) {
      one.process = ProcessState::external;
    }
  }
}

void Checker::Facts::operator()(const fact::CellRemoved& f) {
  for (const auto& [ref, account] : c.agents_) {
    if (ref.cell == f.cell && !account.open_wakes.empty()) {
      c.wrong("no wake without a fate", name(ref) + " went with its mission");
    }
  }
  std::erase_if(c.agents_, [&](const auto& entry) { return entry.first.cell == f.cell; });
  std::erase_if(c.tasks_, [&](const auto& entry) { return entry.first.cell == f.cell; });
}

void Checker::Facts::operator()(const fact::MissionStatusChanged& f) {
  if (f.status != MissionStatus::completed || f.by != "core") return;
  for (const auto& [id, task] : find_cell(fleet, f.cell)->tasks) {
    if (task.state != TaskState::completed) {
      c.wrong("a mission completes with its tasks", name(TaskRef{f.cell, id}));
    }
  }
}

void Checker::Facts::operator()(const fact::AgentStarting& f) {
  AgentAccount& was = account(f.agent);
  const Agent* agent = find_agent(fleet, f.agent);
  if (is_live(was.process)) {
    c.wrong("one live incarnation an agent",
            fmt::format("{} is {} and is started", name(f.agent), to_word(was.process)));
  }
  if (was.process == ProcessState::quarantined || was.process == ProcessState::awaiting_approval) {
    c.wrong("held until somebody releases it", name(f.agent));
  }
  if (f.incarnation.value != was.incarnation.value + 1) {
    c.wrong("incarnations grow by one", fmt::format("{}: {} after {}", name(f.agent),
                                                    f.incarnation.value, was.incarnation.value));
  }
  if (!mission_runs(f.agent.cell) && !changes_status(f.agent.cell)) {
    c.wrong("nothing starts in a mission at rest", name(f.agent));
  }
  if (agent && !agent->wanted) c.wrong("what was stopped stays stopped", name(f.agent));
  const Policies& policies = find_cell(fleet, f.agent.cell)->definition.policies;
  // What was stopped as it should is no retry when its mission goes on, however it fared before;
  // nor is a turn for new work, when what it died of was given up.
  if (was.died && f.reason != StartReason::wake && was.tries > policies.max_retries) {
    c.wrong("tries within budget", fmt::format("{}: {} failures", name(f.agent), was.tries));
  }
  if (was.died && was.tries >= 2) {
    Duration delay = policies.backoff_first;
    for (int i = 2; i < was.tries && delay < policies.backoff_most; ++i) delay *= 2;
    const Duration least = std::min(policies.backoff_most, delay * 79 / 100);
    if (at.mono < was.spawned + least) {
      c.wrong("backoff grows",
              fmt::format("{}: try {} came {} s after the last start", name(f.agent), was.tries + 1,
                          in_seconds(at.mono - was.spawned)));
    }
  }
  if (!f.restores && newest_whole(f.agent)) {
    c.wrong("a revival goes on from a checkpoint", name(f.agent));
  }
  was.process = ProcessState::starting;
  was.to_be_found = false;
  was.died = false;
  was.incarnation = f.incarnation;
  was.spawned = at.mono;
  was.spawn_seen = false;
}

void Checker::Facts::operator()(const fact::AgentSpawned& f) {
  AgentAccount& one = account(f.agent);
  if (!one.spawn_seen) one.spawned = at.mono;
  one.spawn_seen = true;
}

void Checker::Facts::operator()(const fact::AgentReady& f) {
  AgentAccount& one = account(f.agent);
  if (one.process != ProcessState::starting) c.wrong("ready once a start", name(f.agent));
  one.process = ProcessState::running;
}

void Checker::Facts::operator()(const fact::AgentStable& f) { account(f.agent).tries = 0; }
void Checker::Facts::operator()(const fact::AgentStopping& f) {
  account(f.agent).process = ProcessState::stopping;
}
void Checker::Facts::operator()(const fact::AgentKilled& f) {
  account(f.agent).process = ProcessState::stopping;
}

void Checker::Facts::operator()(const fact::AgentExited& f) {
  AgentAccount& one = account(f.agent);
  if (!is_live(one.process) || one.incarnation != f.incarnation) {
    c.wrong("an exit counts once",
            fmt::format("{} incarnation {}", name(f.agent), f.incarnation.value));
  }
  const Slot* slot = c.processes_.find(f.agent);
  if (slot && slot->incarnation == f.incarnation && slot->phase == Phase::alive) {
    c.wrong("dead means dead", name(f.agent));
  }
  if (!f.expected && !f.counted && !is_excused(f.agent, f.exit)) {
    c.wrong("failures use up tries", name(f.agent) + ": " + describe(f.exit));
  }
  if (f.counted) ++one.tries;
  one.died = !f.expected;
  const Agent* agent = find_agent(fleet, f.agent);
  const bool elsewhere = agent && agent->process == ProcessState::external;
  one.process = elsewhere ? ProcessState::external : ProcessState::stopped;
  one.to_be_found = false;
}

void Checker::Facts::operator()(const fact::AgentBackedOff& f) {
  AgentAccount& one = account(f.agent);
  one.process = ProcessState::backoff;
  const Policies& policies = find_cell(fleet, f.agent.cell)->definition.policies;
  if (f.delay > policies.backoff_most) c.wrong("backoff has a bound", name(f.agent));
  if (f.until <= at.mono) c.wrong("backoff lies ahead", name(f.agent));
}

void Checker::Facts::operator()(const fact::AgentQuarantined& f) {
  account(f.agent).process = ProcessState::quarantined;
}

void Checker::Facts::operator()(const fact::AgentAwaitsApproval& f) {
  AgentAccount& one = account(f.agent);
  if (one.process != ProcessState::quarantined) one.process = ProcessState::awaiting_approval;
}

void Checker::Facts::operator()(const fact::AgentReleased& f) {
  AgentAccount& one = account(f.agent);
  if (f.forgiven) {
    one.tries = 0;
    one.died = false;
  }
  one.process = ProcessState::stopped;
}

void Checker::Facts::operator()(const fact::AgentSubstituted& f) {
  for (const auto& [id, task] : find_cell(fleet, f.agent.cell)->tasks) {
    const bool open = task.state == TaskState::pending || task.state == TaskState::in_progress;
    if (open && (task.owner == f.agent.agent || task.definition.assigned_to == f.agent.agent)) {
      c.wrong("a substitute gets the work", name(TaskRef{f.agent.cell, id}));
    }
  }
}

void Checker::Facts::operator()(const fact::AgentHealthChanged& f) {
  const bool well = f.health == Health::healthy || f.health == Health::unknown;
  if (well != (f.failures == 0)) c.wrong("health follows failures", name(f.agent));
  if (f.failures >= 3 && f.health != Health::unhealthy) {
    c.wrong("health follows failures", fmt::format("{}: {} in a row", name(f.agent), f.failures));
  }
}

void Checker::Facts::operator()(const fact::HangDeclared& f) {
  const Slot* slot = c.processes_.find(f.agent);
  if (!slot || slot->incarnation != f.incarnation) return;
  if (slot->moves() && c.world_.now() - slot->moving_since > verdict_lag) {
    c.wrong("who moves does not hang", name(f.agent) + ": " + f.rule);
  }
}

void Checker::Facts::operator()(const fact::WakeAccepted& f) {
  account(f.agent).open_wakes.insert(f.wake.id);
}

void Checker::Facts::operator()(const fact::WakeStarted& f) {
  AgentAccount& one = account(f.agent);
  if (!one.open_wakes.contains(f.wake))
    c.wrong("a wake runs once", name(f.agent) + ": it was over");
  if (!one.started_wakes.insert(f.wake).second) c.wrong("a wake runs once", f.wake.value);
  const Agent* agent = find_agent(fleet, f.agent);
  if (agent && agent->paused) c.wrong("who is paused gets no work", name(f.agent));
}

void Checker::Facts::operator()(const fact::WakeEnded& f) {
  AgentAccount& one = account(f.agent);
  if (one.open_wakes.erase(f.wake) == 0) c.wrong("a wake ends once", f.wake.value);
  one.started_wakes.erase(f.wake);
}

void Checker::Facts::operator()(const fact::TaskClaimed& f) {
  const AgentRef claimer{f.task.cell, f.agent};
  const Cell* cell = find_cell(fleet, f.task.cell);
  const Task* task = find_task(fleet, f.task);
  const Agent* agent = find_agent(fleet, claimer);
  if (!cell || !task || !agent) return c.wrong("claims name what exists", name(f.task));
  if (c.tasks_[f.task].owner) c.wrong("a task has one owner", name(f.task));
  c.tasks_[f.task].owner = f.agent;
  for (const TaskId& on : task->definition.dependencies) {
    const auto found = cell->tasks.find(on);
    if (found == cell->tasks.end() || found->second.state != TaskState::completed) {
      c.wrong("a task starts only after its dependencies", name(f.task) + " before " + on.value);
    }
  }
  if (agent->paused) c.wrong("who is paused gets no work", name(claimer));
  if (!mission_runs(f.task.cell) && !changes_status(f.task.cell)) {
    c.wrong("nothing starts in a mission at rest", name(f.task));
  }
  if (task->definition.assigned_to && *task->definition.assigned_to != f.agent) {
    c.wrong("an assigned task is for its assignee", name(f.task));
  }
  const bool able = is_live(agent->process) || agent->process == ProcessState::external;
  if (!able) c.wrong("only who lives takes work", name(claimer));
}

void Checker::Facts::operator()(const fact::TaskCompleted& f) {
  c.tasks_[f.task].owner.reset();
  const auto* verified = std::get_if<event::VerifyFinished>(&decision.event.body);
  if (verified && verified->task == f.task && !verified->passed) {
    c.wrong("a failed check completes nothing", name(f.task));
  }
}

void Checker::Facts::operator()(const fact::TaskFailed& f) {
  c.tasks_[f.task].owner.reset();
  ++c.tasks_[f.task].tries;
}

void Checker::Facts::operator()(const fact::TaskReleased& f) {
  TaskAccount& one = c.tasks_[f.task];
  one.owner.reset();
  if (!f.counted) return;
  ++one.tries;
  const Task* task = find_task(fleet, f.task);
  if (task && one.tries >= task->definition.max_tries) {
    c.wrong("tries within budget",
            fmt::format("{}: {} of {}", name(f.task), one.tries, task->definition.max_tries));
  }
}

void Checker::Facts::operator()(const fact::TaskTransferred& f) { c.tasks_[f.task].owner.reset(); }

void Checker::Facts::operator()(const fact::ApprovalAnswered& f) {
  const auto found = fleet.approvals.find(f.approval);
  if (found == fleet.approvals.end()) return;
  const Approval& approval = found->second;
  if (f.by == "deadline") {
    if (f.answer != approval.fallback) c.wrong("silence means the default", f.approval.value);
    if (at.wall < approval.deadline) c.wrong("nobody is answered for too early", f.approval.value);
  }
  if (approval.kind == ApprovalKind::revival && f.answer == AnswerWord::no &&
      contains_start_of(*approval.agent)) {
    c.wrong("no means no", f.approval.value);
  }
}

const CheckpointRef* Checker::Facts::newest_whole(const AgentRef& agent) {
  const auto& all = account(agent).checkpoints;
  const auto whole = std::find_if(all.rbegin(), all.rend(), [&](const CheckpointRef& one) {
    return c.processes_.checkpoints().verifies(agent.cell, one);
  });
  return whole == all.rend() ? nullptr : &*whole;
}

void Checker::Facts::operator()(const fact::AgentRemoved& f) {
  account(f.agent).checkpoints.clear();
}

void Checker::Facts::operator()(const fact::CheckpointSaved& f) {
  auto& all = account(f.agent).checkpoints;
  all.push_back({f.agent.agent, f.checkpoint.id, f.checkpoint.manifest_hash});
  const Policies& policies = find_cell(fleet, f.agent.cell)->definition.policies;
  if (all.size() > static_cast<std::size_t>(policies.checkpoints_kept)) all.erase(all.begin());
}

void Checker::Facts::operator()(const fact::CheckpointRestored& f) {
  const CheckpointRef* newest = newest_whole(f.agent);
  if (!f.restored) {
    if (newest) c.wrong("a revival goes on from a checkpoint", name(f.agent));
    return;
  }
  if (!c.processes_.checkpoints().verifies(f.agent.cell, *f.restored)) {
    c.wrong("no revival from a checkpoint that does not verify", name(f.agent));
  }
  if (f.restored->agent == f.agent.agent && newest && *newest != *f.restored) {
    c.wrong("a revival uses the newest that verifies",
            fmt::format("{}: {} and not {}", name(f.agent), f.restored->id, newest->id));
  }
  const Agent* agent = find_agent(fleet, f.agent);
  if (f.restored->agent != f.agent.agent && agent->stands_in_for != f.restored->agent) {
    c.wrong("nobody goes on from a stranger's checkpoint", name(f.agent));
  }
}

}  // namespace lazaret::sim
