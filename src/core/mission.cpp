#include "core/mission.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "core/ended.h"
#include "core/file_edits.h"
#include "core/lifecycle.h"
#include "core/line.h"
#include "core/task_graph.h"
#include "core/wake_queue.h"

namespace lazaret::core::mission {
namespace {

void start_if_active(Decision& d, const CellId& id) {
  const Cell& cell = *d.cell(id);
  if (cell.started || cell.status != MissionStatus::active) return;
  const Duration timeout = cell.definition.timeout;
  d.record(fact::MissionStarted{id, timeout > Duration(0) ? d.now.mono + timeout : never});
}

void tell_agents(Decision& d, const CellId& id, std::string_view type) {
  for (const auto& [agent_id, agent] : d.cell(id)->agents) {
    if (agent.process != ProcessState::running) continue;
    if (agent.definition.run->adapter != AdapterKind::process) continue;
    d.act(command::SendLine{{id, agent_id}, agent.incarnation, line::object({{"type", type}}), {}});
  }
}

std::vector<TaskId> failed_tasks(const Cell& cell) {
  std::vector<TaskId> failed;
  for (const auto& [id, task] : cell.tasks) {
    if (task.state == TaskState::failed) failed.push_back(id);
  }
  return failed;
}

std::string list(const std::vector<TaskId>& ids) {
  std::string text;
  for (std::size_t i = 0; i < ids.size() && i < 5; ++i) text += (i ? ", " : "") + ids[i].value;
  if (ids.size() > 5) text += fmt::format(" and {} more", ids.size() - 5);
  return text;
}

bool all_agents_finished(const Cell& cell) {
  bool any = false;
  for (const auto& [id, agent] : cell.agents) {
    if (!agent.definition.run || lifecycle::is_standby(cell, agent)) continue;
    if (!agent.finished) return false;
    any = true;
  }
  return any;
}

}  // namespace

void on_cell_observed(Decision& d, const event::CellObserved& e) {
  const Cell* known = d.cell(e.cell.id);
  if (known && known->definition.digest == e.cell.digest &&
      known->definition.status == e.cell.status && known->definition.path == e.cell.path) {
    return;
  }
  CellDefinition before;
  const bool existed = known != nullptr;
  if (existed) before = known->definition;
  d.record(fact::CellDefined{e.cell});
  for (const auto& [id, agent] : d.cell(e.cell.id)->agents) {
    if (!agent.definition.run) wake_queue::drop(d, {e.cell.id, id}, "it no longer runs here");
  }
  if (existed) file_edits::follow(d, before, e);
  if (!existed && e.elsewhere && e.cell.status == MissionStatus::active) {
    d.record(fact::MissionStatusChanged{e.cell.id, MissionStatus::paused, "it comes from elsewhere",
                                        "core", e.cell.mission_name});
  }
  start_if_active(d, e.cell.id);
  lifecycle::settle(d, e.cell.id);
}

void on_cell_mirrored(Decision& d, const event::CellMirrored& e) {
  const Cell* cell = d.cell(e.cell);
  if (!cell || (cell->definition.status == e.status && cell->unmirrored.empty())) return;
  d.record(fact::CellMirrored{e.cell, e.status, e.change});
}

void on_cell_gone(Decision& d, const event::CellGone& e) {
  const Cell* cell = d.cell(e.cell);
  if (!cell) return;
  for (const auto& [id, agent] : cell->agents) {
    const AgentRef ref{e.cell, id};
    if (agent.definition.run) {
      if (is_live(agent.process)) d.act(command::KillAgent{ref, agent.incarnation});
      d.act(command::RetireAgent{ref});
    }
    wake_queue::drop(d, ref, "its mission was removed");
  }
  d.record(fact::CellRemoved{e.cell, "its directory is gone"});
}

void set_status(Decision& d, const CellId& id, MissionStatus status, const std::string& reason,
                const std::string& by) {
  const Cell& cell = *d.cell(id);
  if (cell.status == status) {
    if (status != MissionStatus::active) return;
    start_if_active(d, id);
    return lifecycle::settle(d, id);
  }
  const bool was_paused = cell.status == MissionStatus::paused;
  d.record(fact::MissionStatusChanged{id, status, reason, by, cell.definition.mission_name});
  if (is_over(status)) {
    for (const auto& [agent_id, agent] : cell.agents) {
      wake_queue::drop(d, {id, agent_id}, "the mission is over");
    }
  }
  if (status == MissionStatus::paused) tell_agents(d, id, "pause");
  if (status == MissionStatus::active && was_paused && cell.started) tell_agents(d, id, "resume");
  start_if_active(d, id);
  lifecycle::settle(d, id);
}

void check_end(Decision& d, const CellId& id) {
  const Cell* cell = d.cell(id);
  if (!cell || !cell->started || cell->status != MissionStatus::active) return;
  if (!cell->definition.complete_when_tasks_done) return;
  if (cell->tasks.empty()) {
    if (all_agents_finished(*cell)) {
      set_status(d, id, MissionStatus::completed, "every agent finished", "core");
    }
    return;
  }
  if (cell->open_tasks == 0) {
    const auto failed = failed_tasks(*cell);
    if (failed.empty()) {
      return set_status(d, id, MissionStatus::completed, "every task is completed", "core");
    }
    return set_status(d, id, MissionStatus::failed, "failed tasks: " + list(failed), "core");
  }
  if (task_graph::is_stuck(*cell)) {
    const auto failed = failed_tasks(*cell);
    if (failed.empty()) return;  // waits for tasks that do not exist yet
    set_status(d, id, MissionStatus::failed,
               fmt::format("cannot go on: {} failed, {} open tasks wait for it", list(failed),
                           cell->open_tasks),
               "core");
  }
}

void on_timeout(Decision& d, const CellId& id) {
  const Cell& cell = *d.cell(id);
  set_status(d, id, MissionStatus::failed,
             fmt::format("timed out after {} (setting: timeout in cell.json)",
                         to_human(cell.definition.timeout)),
             "core");
}

}  // namespace lazaret::core::mission
