// Why a mission is active, paused or over, and what it waits for.
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "core/called.h"
#include "core/standstill.h"
#include "core/why_parts.h"

namespace lazaret::core {
namespace {

using namespace why;

constexpr std::size_t lines_most = 20;  // of present evidence
constexpr std::string_view timed_out = "timed out after";

struct Counts {
  std::size_t failed = 0;
  std::size_t running = 0;  // in progress or reported
  std::size_t waiting = 0;
  const Task* first_failed = nullptr;
};

Counts count(const Cell& cell, Stamp now, Explanation& it) {
  Counts all;
  std::size_t lines = 0;
  for (const auto& [id, task] : cell.tasks) {
    if (task.state == TaskState::failed) {
      ++all.failed;
      if (!all.first_failed) all.first_failed = &task;
      if (lines++ < lines_most) {
        tell(it, task.since, "task", id.value + " failed: " + task.state_reason, now);
      }
    }
    if (task.state == TaskState::in_progress || task.state == TaskState::reported) ++all.running;
    if (task.state == TaskState::pending) ++all.waiting;
  }
  for (const auto& [id, agent] : cell.agents) {
    const bool held = agent.process == ProcessState::quarantined ||
                      agent.process == ProcessState::awaiting_approval;
    if (!held) continue;
    if (lines++ < lines_most) {
      tell(it, agent.since, "agent",
           fmt::format("{} is {}: {}", id.value, to_word(agent.process), agent.state_reason), now);
    }
  }
  return all;
}

std::string name_of(const Cell& cell) { return short_id(cell.definition.id); }

std::string timeout_setting(const Cell& cell) {
  return fmt::format("timeout = {}", in_seconds(cell.definition.timeout));
}

Reason failed_reason(const Cell& cell, const Counts& all) {
  const std::string resume = "lazaret mission resume " + name_of(cell);
  if (cell.status_reason.starts_with(timed_out)) {
    return {"its time was over", timeout_setting(cell), "cell.json", resume};
  }
  if (!all.first_failed) {
    return {"somebody said that it failed", "status = failed", "cell.json", resume};
  }
  const Task& task = *all.first_failed;
  const bool once = task.definition.on_failure == OnTaskFailure::fail;
  const std::string rule =
      fmt::format("{} failed for good{}", task.definition.id.value,
                  all.waiting == 0 ? ", and nothing is left to do"
                                   : fmt::format(", and {} tasks wait for it", all.waiting));
  return {rule,
          once ? "on_failure = fail" : fmt::format("max_tries = {}", task.definition.max_tries),
          task_place(task, once ? "lazaret.on_failure" : "lazaret.max_tries"),
          fmt::format("lazaret task retry {} {}, then {}", name_of(cell), task.definition.id.value,
                      resume)};
}

Reason active_reason(const Fleet& fleet, const Cell& cell, const Counts& all, Stamp now) {
  if (const auto held = mission_obstacle(fleet, cell)) {
    return {held->text, held->setting, held->place, held->remedy};
  }
  const std::string limit = cell.timeout_at == never ? std::string("it has no time limit")
                                                     : "it fails by its time limit in " +
                                                           to_human(cell.timeout_at - now.mono);
  if (auto budget = budget_reason(fleet, cell, nullptr, nullptr, now)) return *budget;
  if (const auto still = standstill_of(fleet, cell)) {
    const std::string answer = how_to_answer(fleet, still->approval, now);
    return {still->rule, still->setting, still->place, answer.empty() ? still->remedy : answer};
  }
  if (cell.tasks.empty()) {
    return {"it has no tasks, and ends when every agent has finished", timeout_setting(cell),
            "cell.json", limit};
  }
  if (cell.open_tasks == 0)
    return {"every task is over", timeout_setting(cell), "cell.json", limit};
  return {fmt::format("{} of {} tasks are open: {} under way, {} ready, {} wait for others",
                      cell.open_tasks, cell.tasks.size(), all.running, cell.ready.size(),
                      all.waiting - std::min(all.waiting, cell.ready.size())),
          timeout_setting(cell), "cell.json", "completed when the last open task is; " + limit};
}

Reason reason_of(const Fleet& fleet, const Cell& cell, const Counts& all, Stamp now) {
  switch (cell.status) {
    case MissionStatus::active:
      return active_reason(fleet, cell, all, now);
    case MissionStatus::paused:
      return {
          "it was paused, or never started: its agents get no new work", "status = paused",
          "cell.json",
          fmt::format("lazaret mission {} {}", cell.started ? "resume" : "start", name_of(cell))};
    case MissionStatus::failed:
      return failed_reason(cell, all);
    case MissionStatus::completed:
      return {
          "there is nothing left to do",
          fmt::format("complete_when_tasks_done = {}", cell.definition.complete_when_tasks_done),
          std::string(policies_place) + " lazaret", ""};
  }
  return {};
}

}  // namespace

Explanation explain(const Fleet& fleet, const CellId& id, Stamp now) {
  const Cell& cell = *find_cell(fleet, id);
  Explanation it = begin(cell.definition.mission_name, std::string(to_word(cell.status)),
                         cell.since, cell.status_reason);
  it.sentence = fmt::format("{} is {}{}", mission_called(cell), it.state,
                            it.reason.empty() ? "" : ": " + it.reason);
  const Counts all = count(cell, now, it);
  give(it, reason_of(fleet, cell, all, now));
  return it;
}

}  // namespace lazaret::core
