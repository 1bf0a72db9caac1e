#include "core/standstill.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/called.h"
#include "core/lifecycle.h"
#include "core/meter.h"
#include "core/task_graph.h"
#include "core/why_parts.h"

namespace lazaret::core {
namespace {

// It runs, or will by itself.
bool goes_on(const Fleet& fleet, const Cell& cell, const Agent& agent) {
  if (agent.paused || agent.frozen || agent.removed || agent.stopped_by_others) return false;
  if (is_held(cell, agent)) return false;
  switch (agent.process) {
    case ProcessState::starting:
    case ProcessState::running:
    case ProcessState::stopping:
    case ProcessState::backoff:
      return true;
    case ProcessState::external:
      return agent.health != Health::unhealthy;
    case ProcessState::stopped:
      return lifecycle::should_run(fleet, cell, agent);
    case ProcessState::quarantined:
    case ProcessState::awaiting_approval:
      return false;
  }
  return false;
}

bool is_worked_on(const Fleet& fleet, const Cell& cell, const Task& task) {
  if (task.state == TaskState::reported) return true;
  if (task.state != TaskState::in_progress || !task.owner) return false;
  const auto owner = cell.agents.find(*task.owner);
  return owner != cell.agents.end() && goes_on(fleet, cell, owner->second);
}

bool work_goes_on(const Fleet& fleet, const Cell& cell) {
  bool in_hand = false;
  for (const auto& [id, task] : cell.tasks) {
    if (is_worked_on(fleet, cell, task)) return true;
    in_hand = in_hand || task.state == TaskState::in_progress;
  }
  // Who has nothing to take may still add tasks; that helps none who cannot go on with theirs.
  if (in_hand && cell.ready.empty()) return false;
  return std::ranges::any_of(cell.agents, [&](const auto& entry) {
    if (!goes_on(fleet, cell, entry.second)) return false;
    return cell.ready.empty() || std::ranges::any_of(cell.ready, [&](const TaskId& id) {
             return task_graph::fits(cell, entry.first, cell.tasks.at(id));
           });
  });
}

bool is_left_to_do(const Cell& cell) {
  if (!cell.tasks.empty()) return cell.open_tasks > 0;
  return std::ranges::any_of(cell.agents, [](const auto& entry) {
    return entry.second.definition.run && !entry.second.finished;
  });
}

bool concerns(const Approval& one, const CellId& cell) {
  if (one.agent) return one.agent->cell == cell;
  return one.task ? one.task->cell == cell : one.cell == cell;
}

// The one whose deadline comes first.
std::optional<ApprovalId> first_question(const Fleet& fleet, const CellId& cell) {
  for (const auto& [deadline, id] : fleet.approval_deadlines) {
    if (concerns(fleet.approvals.at(id), cell)) return id;
  }
  return std::nullopt;
}

Standstill waits_for(const Fleet& fleet, const ApprovalId& id) {
  const Approval& one = fleet.approvals.at(id);
  return {fmt::format("nothing goes on until {} is answered: {}", id.value, one.question),
          "approval_deadline_seconds",
          std::string(why::policies_place) + " lazaret",
          fmt::format("lazaret inbox approve {0} | deny {0}", id.value),
          id,
          one.agent ? std::optional(one.agent->agent) : std::nullopt};
}

std::optional<Standstill> whom_it_waits_for(const Fleet& fleet, const Cell& cell) {
  for (const auto& [id, agent] : cell.agents) {
    if (lifecycle::is_standby(cell, agent) || goes_on(fleet, cell, agent)) continue;
    const auto held = why::obstacle(fleet, {cell.definition.id, id}, {});
    if (!held) continue;
    return Standstill{fmt::format("nothing is under way, and {} {}", id.value, held->text),
                      held->setting,
                      held->place,
                      held->remedy,
                      std::nullopt,
                      id};
  }
  return std::nullopt;
}

Standstill nobody_takes(const Fleet& fleet, const Cell& cell) {
  if (cell.ready.empty()) {
    return {cell.open_tasks == 1
                ? std::string("its open task waits for tasks that do not exist yet")
                : fmt::format("its {} open tasks wait for tasks that do not exist yet",
                              cell.open_tasks),
            "",
            "",
            "lazaret task ls " + short_id(cell.definition.id),
            {},
            {}};
  }
  const TaskRef first{cell.definition.id, *cell.ready.begin()};
  const std::size_t count = cell.ready.size();
  return {count == 1
              ? std::string("1 task is ready, and no agent of the mission can take it")
              : fmt::format("{} tasks are ready, and no agent of the mission can take any of them",
                            count),
          "",
          "",
          "lazaret why task:" + task_called(fleet, first),
          {},
          {}};
}

}  // namespace

std::optional<Standstill> standstill_of(const Fleet& fleet, const Cell& cell) {
  const bool active = cell.started && cell.status == MissionStatus::active;
  if (!active || fleet.frozen || fleet.stopping || !is_left_to_do(cell)) return std::nullopt;
  if (cell.meter.hold && fleet.approvals.contains(cell.meter.hold->approval)) {
    return waits_for(fleet, cell.meter.hold->approval);
  }
  if (work_goes_on(fleet, cell)) return std::nullopt;
  if (const auto id = first_question(fleet, cell.definition.id)) return waits_for(fleet, *id);
  if (auto agent = whom_it_waits_for(fleet, cell)) return agent;
  if (cell.tasks.empty()) return std::nullopt;
  return nobody_takes(fleet, cell);
}

std::string needs_of(const Fleet& fleet, const Cell& cell) {
  const auto still = standstill_of(fleet, cell);
  if (!still) return {};
  return still->remedy.empty() ? still->rule : still->rule + "; " + still->remedy;
}

}  // namespace lazaret::core
