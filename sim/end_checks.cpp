#include "sim/end_checks.h"

#include <fmt/format.h>

#include "core/hang.h"
#include "core/lifecycle.h"
#include "core/task_graph.h"
#include "wire/journal_rows.h"

namespace lazaret::sim {
namespace {

using namespace core;

constexpr Duration overdue = 60s;

struct EndChecks {
  World& world;
  Processes& processes;
  const Fleet& fleet;

  void stuck(std::string_view what, const std::string& detail) {
    world.violate(true, what, detail);
  }
  void check_agent(const AgentRef& ref, const Cell& cell, const Agent& agent);
  void check_process(const AgentRef& ref, const Agent& agent);
  void check_tasks(const CellId& id, const Cell& cell);
  void check_deadlines();
  void check_questions();
  void check_leftovers();
};

std::string say(const AgentRef& ref, const Agent& agent) {
  return fmt::format("{} is {}: {}", qualified(ref), to_word(agent.process), agent.state_reason);
}

bool is_excused(const Fleet& fleet, const AgentRef& ref, const Agent& agent, WallTime now) {
  if (agent.paused || agent.frozen) return true;
  if (agent.rate_limited_until && *agent.rate_limited_until > now) return true;
  for (const auto& [id, approval] : fleet.approvals) {
    if (!approval.answer && approval.agent == ref) return true;
  }
  return false;
}

void EndChecks::check_process(const AgentRef& ref, const Agent& agent) {
  const Slot* slot = processes.find(ref);
  if (!slot || slot->incarnation != agent.incarnation || slot->phase != Phase::alive) {
    return stuck("a death is noticed", say(ref, agent));
  }
  const bool revives = hang::policy_of(agent) == HangPolicy::revive && agent.has_beaten;
  if (slot->hung && revives && !is_excused(fleet, ref, agent, world.clock.now().wall)) {
    stuck("a hang is ended", say(ref, agent));
  }
}

void EndChecks::check_agent(const AgentRef& ref, const Cell& cell, const Agent& agent) {
  if (agent.adoption_pending) stuck("adoption ends", say(ref, agent));
  const bool wants = lifecycle::should_run(fleet, cell, agent);
  const bool turn = agent.definition.run && agent.definition.run->adapter == AdapterKind::turn;
  switch (agent.process) {
    case ProcessState::running:
      check_process(ref, agent);
      if (!turn && agent.hang == HangStage::suspected)
        stuck("a suspicion is resolved", say(ref, agent));
      if (cell.status == MissionStatus::completed || cell.status == MissionStatus::failed) {
        stuck("a mission that is over rests", say(ref, agent));
      }
      break;
    case ProcessState::starting:
    case ProcessState::stopping:
    case ProcessState::backoff:
      stuck("states in between end", say(ref, agent));
      break;
    case ProcessState::stopped:
      if (wants && !turn) stuck("who is wanted runs", say(ref, agent));
      break;
    case ProcessState::awaiting_approval:
      if (!agent.approval || fleet.approvals.at(*agent.approval).answer) {
        stuck("an answer is heard", say(ref, agent));
      }
      break;
    case ProcessState::quarantined:
    case ProcessState::external:
      break;
  }
  const bool can_take = wants && !agent.paused && !agent.frozen;
  const bool for_nobody =
      !agent.wanted || agent.finished || agent.process == ProcessState::quarantined;
  if ((agent.waiting_wake || agent.running_wake) && (can_take || for_nobody)) {
    stuck("no wake without a fate", say(ref, agent));
  }
}

void EndChecks::check_tasks(const CellId& id, const Cell& cell) {
  if (cell.status != MissionStatus::active || !cell.started) return;
  const bool reopened = !cell.status_reason.empty();  // by hand, perhaps for tasks still to come
  if (cell.definition.complete_when_tasks_done && !cell.tasks.empty() && cell.open_tasks == 0 &&
      !reopened) {
    stuck("a mission completes with its tasks", id.value);
  }
  for (const auto& [task_id, task] : cell.tasks) {
    const std::string what = fmt::format(
        "{}/{} is {} since {} s: {}", id.value.substr(0, 8), task_id.value, to_word(task.state),
        in_seconds(world.now() - task.since.mono), task.state_reason);
    if (task.state == TaskState::in_progress || task.state == TaskState::reported) {
      stuck("work ends", what);
    }
    if (!cell.ready.contains(task_id)) continue;
    for (const auto& [agent_id, agent] : cell.agents) {
      const bool turn = agent.definition.run && agent.definition.run->adapter == AdapterKind::turn;
      const bool able = agent.process == ProcessState::running ||
                        (turn && lifecycle::should_run(fleet, cell, agent));
      if (able && !agent.paused && task_graph::fits(cell, agent_id, task)) {
        stuck("ready work is taken", what + " (" + agent_id.value + " could)");
        break;
      }
    }
  }
}

void EndChecks::check_deadlines() {
  for (const auto& [key, at] : fleet.timers.all()) {
    if (at + overdue < world.now())
      stuck("timers ring", fmt::format("{} {}", to_word(key.kind), key.subject));
  }
  for (const auto& [id, approval] : fleet.approvals) {
    if (!approval.answer && approval.deadline + overdue < world.clock.now().wall) {
      stuck("questions end", id.value);
    }
  }
}

bool is_over(const Cell* cell) {
  return !cell || cell->status == MissionStatus::completed || cell->status == MissionStatus::failed;
}

// Nobody is left to answer in vain.
void EndChecks::check_questions() {
  for (const auto& [id, approval] : fleet.approvals) {
    if (approval.answer) continue;
    bool ended = !approval.cell.value.empty() && is_over(find_cell(fleet, approval.cell));
    if (approval.agent) {
      const Agent* agent = find_agent(fleet, *approval.agent);
      ended = ended || !agent || !agent->wanted || agent->finished ||
              is_over(find_cell(fleet, approval.agent->cell));
    }
    if (approval.task) {
      const Task* task = find_task(fleet, *approval.task);
      ended = ended || !task || task->state == TaskState::completed ||
              task->state == TaskState::failed || is_over(find_cell(fleet, approval.task->cell));
    }
    if (ended)
      stuck("no question outlives what it asks about", id.value + ": " + approval.question);
  }
}

// Processes that nobody knows of.
void EndChecks::check_leftovers() {
  for (const auto& [ref, slot] : processes.all()) {
    if (slot.phase != Phase::alive) continue;
    const Agent* agent = find_agent(fleet, ref);
    if (!agent || !is_live(agent->process) || agent->incarnation != slot.incarnation) {
      stuck("stop means gone",
            fmt::format("{} incarnation {}", qualified(ref), slot.incarnation.value));
    }
  }
}

}  // namespace

void check_nothing_stuck(World& world, Processes& processes) {
  if (!world.loop) return world.violate(true, "the daemon runs", "it does not");
  EndChecks checks{world, processes, world.loop->fleet()};
  for (const auto& [id, cell] : checks.fleet.cells) {
    for (const auto& [agent_id, agent] : cell.agents)
      checks.check_agent({id, agent_id}, cell, agent);
    checks.check_tasks(id, cell);
  }
  checks.check_deadlines();
  checks.check_questions();
  checks.check_leftovers();
}

void check_one_truth(World& world, const FakeJournal& journal) {
  const Fleet& folded = journal.folded();
  if (folded != journal.replayed()) {
    world.violate(false, "replay is exact", "the replayed fleet differs from the folded one");
  }
  if (world.loop && folded != world.loop->fleet()) {
    world.violate(false, "facts folded give the state",
                  "the living fleet differs from the folded one");
  }
  const auto read = wire::read_fleet(wire::fleet_text(folded));
  if (!read || *read != folded) {
    world.violate(false, "rows carry everything", "a snapshot of the fleet");
  }
}

}  // namespace lazaret::sim
