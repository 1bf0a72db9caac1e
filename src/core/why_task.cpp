// Why a task is where it is: above all, why it does not start.
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "core/called.h"
#include "core/permissions.h"
#include "core/task_graph.h"
#include "core/why_parts.h"

namespace lazaret::core {
namespace {

using namespace why;

constexpr std::size_t of_one_kind_most = 12;  // of one kind: dependencies, agents

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string task_words(const Task& task) {
  std::string text = fmt::format("{} is {}", task.definition.id.value, to_word(task.state));
  if (!task.state_reason.empty()) text += ": " + task.state_reason;
  return text;
}

// The first dependency that keeps it back; one that can never be met comes first.
std::optional<Reason> dependency_reason(const Cell& cell, const Task& task) {
  std::optional<Reason> waits;
  for (const TaskId& id : task.definition.dependencies) {
    const auto found = cell.tasks.find(id);
    const std::string place = task_place(task, "dependencies");
    const std::string setting = "dependencies includes " + id.value;
    if (found == cell.tasks.end()) {
      return Reason{fmt::format("it depends on {}, which does not exist", id.value), setting, place,
                    "somebody adds the task " + id.value};
    }
    const Task& other = found->second;
    if (other.state == TaskState::completed) continue;
    if (other.state == TaskState::failed) {
      return Reason{
          fmt::format("it depends on {}, which failed", id.value), setting, place,
          fmt::format("lazaret task retry {} {}", short_id(cell.definition.id), id.value)};
    }
    if (waits) continue;
    const std::string who = other.owner ? " by " + other.owner->value : "";
    waits =
        Reason{fmt::format("it depends on {}, which is {}{}", id.value, to_word(other.state), who),
               setting, place, fmt::format("{} is completed; lazaret why {}", id.value, id.value)};
  }
  return waits;
}

// Why this agent is none for the task, whether it is free or not; empty = it is one.
std::string unfit(const Cell& cell, const AgentId& id, const Task& task) {
  const TaskDefinition& wanted = task.definition;
  const AgentDefinition& has = cell.agents.at(id).definition;
  if (wanted.assigned_to && *wanted.assigned_to != id) return "it is assigned to another one";
  if (!permissions::may_execute(cell, id, wanted.id)) return "has no permission to execute it";
  if (wanted.assigned_to) return {};
  if (wanted.needs_role && *wanted.needs_role != has.role) {
    return fmt::format("is {}, not {}", to_word(has.role), to_word(*wanted.needs_role));
  }
  if (task_graph::fits(cell, id, task)) return {};
  return "lacks one of " + listed(wanted.needs_capabilities);
}

Reason nobody_fits(const Cell& cell, const Task& task) {
  const TaskDefinition& wanted = task.definition;
  const std::string cell_id = short_id(cell.definition.id);
  if (wanted.assigned_to) {
    const std::string& name = wanted.assigned_to->value;
    if (!cell.agents.contains(*wanted.assigned_to)) {
      return {fmt::format("it is assigned to {}, which does not exist", name),
              "assigned_to = " + name, task_place(task, "assigned_to"),
              fmt::format("lazaret task assign {} {} AGENT", cell_id, wanted.id.value)};
    }
    return {fmt::format("it is assigned to {}, which has no permission to execute it", name),
            name + ".execute", "config/permissions.json",
            fmt::format("{} is permitted, or the task assigned to another agent", name)};
  }
  for (const auto& [id, agent] : cell.agents) {
    if (permissions::may_execute(cell, id, wanted.id)) continue;
    if (wanted.needs_role && *wanted.needs_role != agent.definition.role) continue;
    return {"no agent of its role and capabilities has permission to execute it",
            id.value + ".execute", "config/permissions.json", "one of them is permitted"};
  }
  std::string needs = wanted.needs_role ? fmt::format("role {}", to_word(*wanted.needs_role)) : "";
  if (!wanted.needs_capabilities.empty()) {
    needs += (needs.empty() ? "" : " and ") + ("capabilities " + listed(wanted.needs_capabilities));
  }
  if (cell.agents.empty()) return {"its mission has no agents", "", "", "an agent is added"};
  return {"no agent of the mission has what it needs: " + needs, "needs: " + needs,
          task_place(task, "lazaret.needs"), "an agent with that is added"};
}

Reason a_free_one(const Cell& cell, const AgentId& id, const Task& task, Stamp now) {
  const auto first = task_graph::best_for(cell, id, now.mono);
  const std::string priority = fmt::format("priority = {}", to_word(task.definition.priority));
  if (first && *first != task.definition.id) {
    return {fmt::format("{} is free, and takes {} first", id.value, first->value), priority,
            task_place(task, "priority"), "it is its turn; waiting raises a task's priority"};
  }
  return {fmt::format("nothing: {} is free and may take it", id.value), priority,
          task_place(task, "priority"), id.value + " asks for its next work"};
}

// It is ready: who could take it, and why does none?
Reason ready_reason(const Fleet& fleet, const Cell& cell, const Task& task, Stamp now,
                    Explanation& it) {
  const CellId& cell_id = cell.definition.id;
  std::optional<AgentId> free;
  std::vector<std::pair<AgentId, Obstacle>> held;
  std::size_t lines = 0;
  for (const auto& [id, agent] : cell.agents) {
    std::string text = unfit(cell, id, task);
    const bool fits = text.empty();
    if (fits) {
      auto hindered = obstacle(fleet, {cell_id, id}, now);
      text = hindered ? hindered->text : "is free and may take it";
      if (!hindered && !free) free = id;
      if (hindered) held.emplace_back(id, std::move(*hindered));
    }
    if (task.definition.assigned_to && !fits && *task.definition.assigned_to != id) continue;
    if (lines++ < of_one_kind_most) tell(it, agent.since, "agent", id.value + " " + text, now);
  }
  if (free) return a_free_one(cell, *free, task, now);
  if (held.empty()) return nobody_fits(cell, task);
  const auto& [id, first] = held.front();
  if (task.definition.assigned_to) {
    const std::string next = first.remedy.empty() ? id.value + " is free again" : first.remedy;
    const bool own = first.setting.empty();
    return {fmt::format("it is assigned to {}, which {}", id.value, first.text),
            own ? "assigned_to = " + id.value : first.setting,
            own ? task_place(task, "assigned_to") : first.place, next};
  }
  const std::string more = held.size() == 1
                               ? std::string()
                               : fmt::format(", and none of {} others is free", held.size() - 1);
  return {fmt::format("{} could take it, but {}{}", id.value, first.text, more), first.setting,
          first.place,
          first.remedy.empty() ? "the first of them that is free takes it" : first.remedy};
}

Reason pending_reason(const Fleet& fleet, const Cell& cell, const Task& task, Stamp now,
                      Explanation& it) {
  std::size_t lines = 0;
  for (const TaskId& id : task.definition.dependencies) {
    const auto found = cell.tasks.find(id);
    if (lines++ >= of_one_kind_most) break;
    if (found == cell.tasks.end()) {
      tell(it, task.since, "dependency", id.value + " does not exist", now);
    } else {
      tell(it, found->second.since, "dependency", task_words(found->second), now);
    }
  }
  if (const auto mission = mission_obstacle(fleet, cell)) {
    return {mission->text, mission->setting, mission->place, mission->remedy};
  }
  if (auto budget = budget_reason(fleet, cell, nullptr, &task, now)) return *budget;
  if (auto handoff = handoff_reason(fleet, cell, task, now)) return *handoff;
  if (auto dependency = dependency_reason(cell, task)) return *dependency;
  return ready_reason(fleet, cell, task, now, it);
}

Reason owned_reason(const Fleet& fleet, const Cell& cell, const Task& task, Stamp now,
                    Explanation& it) {
  const TaskDefinition& wanted = task.definition;
  const std::string timeout = fmt::format("timeout = {}", in_seconds(wanted.timeout));
  const std::string place = task_place(task, "timeout");
  const AgentRef owner{cell.definition.id, task.owner.value_or(AgentId())};
  const Agent* agent = find_agent(fleet, owner);
  if (!agent) return {"its owner is gone", "", "", ""};
  tell(it, agent->since, "agent",
       fmt::format("{} is {}: {}", owner.agent.value, to_word(agent->process), agent->state_reason),
       now);
  if (task.cancelling) {
    return {fmt::format("it timed out, and {} was told to let go", owner.agent.value), timeout,
            place, "its owner is killed after its grace period"};
  }
  const std::string has = owner.agent.value + " has it; ";
  if (const auto budget = budget_reason(fleet, cell, agent, &task, now)) {
    return {has + budget->rule, budget->setting, budget->place, budget->next};
  }
  if (const auto handoff = handoff_reason(fleet, cell, task, now)) {
    return {has + handoff->rule, handoff->setting, handoff->place, handoff->next};
  }
  const auto& timers = fleet.timers.all();
  const auto due = timers.find({TimerKind::task_timeout, cell.definition.id, wanted.id.value});
  const std::string times_out =
      due == timers.end() ? "it is reported done or failed"
                          : "it is reported, or times out in " + to_human(due->second - now.mono);
  const bool works = agent->process == ProcessState::running && !agent->frozen && !agent->paused;
  if (works || agent->process == ProcessState::external) {
    return {fmt::format("{} works on it (claim {})", owner.agent.value, task.claim), timeout, place,
            times_out};
  }
  if (const auto held = mission_obstacle(fleet, cell)) {
    return {fmt::format("{} has it, and {}", owner.agent.value, held->text), held->setting,
            held->place, held->remedy};
  }
  const auto held = obstacle(fleet, owner, now);
  if (!held) return {fmt::format("{} has it", owner.agent.value), timeout, place, times_out};
  return {fmt::format("{} has it, and {}; the task stays its own over a revival", owner.agent.value,
                      held->text),
          held->setting, held->place, held->remedy.empty() ? times_out : held->remedy};
}

Reason failed_reason(const Cell& cell, const Task& task) {
  const TaskDefinition& wanted = task.definition;
  const std::string next =
      fmt::format("lazaret task retry {} {}", short_id(cell.definition.id), wanted.id.value);
  if (wanted.on_failure == OnTaskFailure::fail) {
    return {"its first failure is final, as on_failure is fail", "on_failure = fail",
            task_place(task, "lazaret.on_failure"), next};
  }
  if (task.tries >= wanted.max_tries) {
    return {fmt::format("its tries are used up ({} of {})", task.tries, wanted.max_tries),
            fmt::format("max_tries = {}", wanted.max_tries), task_place(task, "lazaret.max_tries"),
            next};
  }
  return {"somebody said that it failed", "status = failed", task_place(task, "status"), next};
}

Reason reason_of(const Fleet& fleet, const Cell& cell, const Task& task, Stamp now,
                 Explanation& it) {
  switch (task.state) {
    case TaskState::pending:
      return pending_reason(fleet, cell, task, now, it);
    case TaskState::in_progress:
      return owned_reason(fleet, cell, task, now, it);
    case TaskState::reported: {
      if (!task.definition.verify) return {"it was reported done", "", "", ""};
      return {"it was reported done, and its verify command has not agreed yet",
              "verify.command = " + listed(task.definition.verify->command),
              task_place(task, "lazaret.verify"),
              "completed when the command passes, else another try"};
    }
    case TaskState::completed:
      return {task.definition.verify ? "its verify command agreed" : "it was reported done", "", "",
              ""};
    case TaskState::failed:
      return failed_reason(cell, task);
  }
  return {};
}

}  // namespace

Explanation explain(const Fleet& fleet, const TaskRef& ref, Stamp now) {
  const Cell& cell = *find_cell(fleet, ref.cell);
  const Task& task = *find_task(fleet, ref);
  Explanation it =
      begin(ref.task.value, std::string(to_word(task.state)), task.since, task.state_reason);
  it.sentence = fmt::format("{} is {} for {}{}", task_called(fleet, ref), it.state,
                            to_human(now.mono - task.since.mono),
                            task.state_reason.empty() ? "" : ": " + task.state_reason);
  give(it, reason_of(fleet, cell, task, now, it));
  return it;
}

}  // namespace lazaret::core
