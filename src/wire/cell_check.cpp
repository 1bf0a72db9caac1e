// What can only be seen with all files of a cell side by side.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/task_graph.h"
#include "wire/cell_parts.h"

namespace lazaret::wire::parts {
namespace {

using core::CellDefinition;

class Checker {
 public:
  Checker(const CellDefinition& cell, const std::map<std::string, Document>& documents,
          std::vector<Problem>& problems)
      : cell_(cell), documents_(documents), problems_(problems) {}

  void check() {
    for (const auto& [id, task] : cell_.tasks) check_task(task);
    for (const auto& [id, agent] : cell_.agents) check_agent(agent);
    check_cycle();
    check_substitutes();
    check_permissions();
    check_count();
    const core::Policies& policies = cell_.policies;
    if (policies.backoff_first > policies.backoff_most) {
      const bool in_policies =
          value_at("config/policies.json", {"lazaret", "backoff_first_seconds"});
      add(Severity::error, in_policies ? "config/policies.json" : "cell.json",
          {"lazaret", "backoff_first_seconds"}, "more than backoff_most_seconds",
          "backoff_first_seconds up to backoff_most_seconds");
    }
  }

 private:
  // The value at a path of names and, for lists, decimal indices; null where there is none.
  const JsonValue* value_at(const std::string& file, const std::vector<std::string>& path) const {
    const auto document = documents_.find(file);
    if (document == documents_.end()) return nullptr;
    const JsonValue* at = &document->second.json.root;
    for (const std::string& step : path) {
      if (at->kind == JsonKind::array) {
        const std::size_t index = std::stoul(step);
        if (index >= at->items.size()) return nullptr;
        at = &at->items[index];
      } else {
        const JsonMember* member = at->find(step);
        if (member == nullptr) return nullptr;
        at = &member->value;
      }
    }
    return at;
  }

  void add(Severity severity, const std::string& file, const std::vector<std::string>& path,
           std::string found, std::string expected) {
    const JsonValue* value = value_at(file, path);
    if (value == nullptr) {
      add_problem(problems_, {file, 0, 0, "", std::move(found), std::move(expected), severity});
      return;
    }
    std::string pointer;
    for (const std::string& step : path) pointer += pointer_step(step);
    const Findings findings{problems_, file, documents_.find(file)->second.json.source};
    if (severity == Severity::error) {
      findings.error(value->span, pointer, std::move(found), std::move(expected));
    } else {
      findings.warning(value->span, pointer, std::move(found), std::move(expected));
    }
  }

  // Where an id stands in a list of the file.
  std::vector<std::string> item(const std::string& file, std::vector<std::string> list,
                                const std::string& id) const {
    const JsonValue* value = value_at(file, list);
    if (value == nullptr) return list;
    for (std::size_t i = 0; i < value->items.size(); ++i) {
      if (value->items[i].text != id) continue;
      list.push_back(fmt::format("{}", i));
      break;
    }
    return list;
  }

  void unknown(const std::string& file, const std::vector<std::string>& path, const std::string& id,
               std::string_view kind) {
    add(Severity::error, file, path,
        fmt::format("{}, which is no {} of this cell", quoted(id), kind),
        fmt::format("the id of {} {} of this cell", kind == "agent" ? "an" : "a", kind));
  }

  void check_task(const core::TaskDefinition& task) {
    const std::string file = "tasks/" + task.id.value + ".json";
    for (const TaskId& dependency : task.dependencies) {
      if (cell_.tasks.contains(dependency)) continue;
      unknown(file, item(file, {"dependencies"}, dependency.value), dependency.value, "task");
    }
    if (!task.assigned_to) {
      check_needs(task, file);
      return;
    }
    if (!cell_.agents.contains(*task.assigned_to)) {
      return unknown(file, {"assigned_to"}, task.assigned_to->value, "agent");
    }
    const auto permission = cell_.permissions.find(*task.assigned_to);
    if (permission == cell_.permissions.end() || permission->second.execute.empty()) return;
    const auto& execute = permission->second.execute;
    const bool may = std::ranges::any_of(
        execute, [&](const std::string& id) { return id == "*" || id == task.id.value; });
    if (may || !permission->second.handoff_from.empty()) return;  // it may have been handed over
    add(Severity::error, file, {"assigned_to"},
        fmt::format("{}, which config/permissions.json does not let execute {}",
                    quoted(task.assigned_to->value), task.id.value),
        fmt::format("an agent with permission, or {} in /{}/execute", quoted(task.id.value),
                    task.assigned_to->value));
  }

  void check_needs(const core::TaskDefinition& task, const std::string& file) {
    if (!task.needs_role && task.needs_capabilities.empty()) return;
    const auto fits = [&](const auto& entry) {
      const core::AgentDefinition& agent = entry.second;
      if (task.needs_role && agent.role != *task.needs_role) return false;
      return std::ranges::all_of(task.needs_capabilities, [&](const std::string& need) {
        return std::ranges::find(agent.capabilities, need) != agent.capabilities.end();
      });
    };
    if (std::ranges::any_of(cell_.agents, fits)) return;
    add(Severity::warning, file, {"lazaret", "needs"}, "a need that no agent of this cell meets",
        "the role and capabilities of at least one agent");
  }

  void check_agent(const core::AgentDefinition& agent) {
    const std::string file = "agents/" + agent.id.value + ".json";
    const JsonValue* task = value_at(file, {"current_task"});
    if (task != nullptr && task->kind == JsonKind::string &&
        !cell_.tasks.contains(TaskId(task->text))) {
      add(Severity::warning, file, {"current_task"},
          quoted(task->text) + ", which is no task of this cell", "the id of a task, or null");
    }
    if (agent.run && !agent.run->env_file.empty() &&
        agent.run->env_file.starts_with(cell_.path + "/")) {
      add(Severity::warning, file, {"lazaret", "run", "env_file"}, "a file inside the cell",
          "an env file outside of it, so that secrets do not travel with the cell");
    }
  }

  void check_cycle() {
    std::map<TaskId, std::vector<TaskId>> edges;
    for (const auto& [id, task] : cell_.tasks) edges[id] = task.dependencies;
    // Each cycle is reported once: its edge is cut, and the search goes on.
    for (int i = 0; i < 20; ++i) {
      const auto cycle = core::task_graph::find_cycle(edges);
      if (!cycle || cycle->size() < 2) return;
      const TaskId& from = (*cycle)[0];
      const TaskId& to = (*cycle)[1];
      const std::string file = "tasks/" + from.value + ".json";
      add(Severity::error, file, item(file, {"dependencies"}, to.value),
          "the cycle " + core::task_graph::to_text(*cycle), "dependencies without a cycle");
      std::erase(edges[from], to);
    }
  }

  void check_substitutes() {
    const std::string file = "config/policies.json";
    for (const AgentId& id : cell_.policies.substitute_agents) {
      if (cell_.agents.contains(id)) continue;
      unknown(file, item(file, {"substitute_agents"}, id.value), id.value, "agent");
    }
  }

  void check_permissions() {
    const std::string file = "config/permissions.json";
    for (const auto& [agent, permission] : cell_.permissions) {
      const std::string& id = agent.value;
      if (!cell_.agents.contains(agent)) unknown(file, {id}, id, "agent");
      const auto check = [&](const char* name, const std::vector<std::string>& ids, bool tasks) {
        for (const std::string& one : ids) {
          const bool known =
              tasks ? cell_.tasks.contains(TaskId(one)) : cell_.agents.contains(AgentId(one));
          if (one == "*" || known) continue;
          unknown(file, item(file, {id, name}, one), one, tasks ? "task" : "agent");
        }
      };
      check("read", permission.read, true);
      check("write", permission.write, true);
      check("execute", permission.execute, true);
      check("handoff_to", permission.handoff_to, false);
      check("handoff_from", permission.handoff_from, false);
    }
  }

  // Substitutes stand by: they start in another's place, never beside it.
  void check_count() {
    const std::set<AgentId> substitutes(cell_.policies.substitute_agents.begin(),
                                        cell_.policies.substitute_agents.end());
    const auto at_once = std::ranges::count_if(
        cell_.agents, [&](const auto& entry) { return !substitutes.contains(entry.first); });
    if (at_once <= cell_.max_agents) return;
    add(Severity::error, "cell.json", {"max_agents"},
        fmt::format("{} agents that may run at once where max_agents is {}", at_once,
                    cell_.max_agents),
        fmt::format("max_agents of at least {}, or fewer agents", at_once));
  }

  const CellDefinition& cell_;
  const std::map<std::string, Document>& documents_;
  std::vector<Problem>& problems_;
};

}  // namespace

void check_cell(const CellDefinition& cell, const std::map<std::string, Document>& documents,
                std::vector<Problem>& problems) {
  Checker(cell, documents, problems).check();
}

}  // namespace lazaret::wire::parts
