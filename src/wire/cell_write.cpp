#include <fmt/format.h>

#include "base/rfc3339.h"
#include "wire/cell_file.h"
#include "wire/cell_quantity.h"
#include "wire/json_write.h"

namespace lazaret::wire {
namespace {

using core::AgentDefinition;
using core::CellDefinition;
using core::Limits;
using core::TaskDefinition;

template <class Tag>
std::vector<std::string> strings(const std::vector<Id<Tag>>& ids) {
  std::vector<std::string> out;
  for (const auto& id : ids) out.push_back(id.value);
  return out;
}

void seconds(JsonWriter& json, std::string_view name, Duration value) {
  json.number(name, in_seconds(value));
}

void limits(JsonWriter& json, std::string_view name, const Limits& limits, bool with_pids) {
  json.open(name);
  if (limits.milli_cpus > 0) json.text("cpu", cpus_text(limits.milli_cpus));
  if (limits.memory_bytes > 0) json.text("memory", bytes_text(limits.memory_bytes));
  if (limits.disk_bytes > 0) json.text("disk", bytes_text(limits.disk_bytes));
  if (with_pids && limits.pids > 0) json.whole("pids", limits.pids);
  json.close();
}

void write_budget(JsonWriter& json, const core::Amounts& budget) {
  if (budget == core::Amounts{}) return;
  json.open("budget");
  if (budget.wall > 0) seconds(json, "wall_seconds", Duration(budget.wall));
  if (budget.cpu > 0) seconds(json, "cpu_seconds", Duration(budget.cpu));
  if (budget.spawns > 0) json.whole("spawns", budget.spawns);
  if (budget.tokens > 0) json.whole("tokens", budget.tokens);
  if (budget.usd > 0) json.number("usd", static_cast<double>(budget.usd) / 1e6);
  json.close();
}

void write_run(JsonWriter& json, const core::RunSpec& run) {
  const core::RunSpec usual;
  json.open("run");
  json.text("adapter", to_word(run.adapter));
  json.texts("command", run.command);
  if (!run.working_directory.empty()) json.text("working_directory", run.working_directory);
  if (!run.env_file.empty()) json.text("env_file", run.env_file);
  if (!run.env.empty()) json.map("env", run.env);
  if (run.inherit_env) json.truth("inherit_env", true);
  if (run.input != usual.input) json.text("input", to_word(run.input));
  if (run.stop_signal != usual.stop_signal) json.text("stop_signal", run.stop_signal);
  if (!run.checkpoint_signal.empty()) json.text("checkpoint_signal", run.checkpoint_signal);
  if (run.stop_grace != usual.stop_grace) seconds(json, "stop_grace_seconds", run.stop_grace);
  if (run.ready != usual.ready) json.text("ready", to_word(run.ready));
  if (run.settle != usual.settle) seconds(json, "settle_seconds", run.settle);
  if (run.watchdog != usual.watchdog) seconds(json, "watchdog_seconds", run.watchdog);
  if (run.restart != usual.restart) json.text("restart", to_word(run.restart));
  if (run.clean_exits != usual.clean_exits) json.wholes("clean_exits", run.clean_exits);
  if (run.no_restart_exits != usual.no_restart_exits) {
    json.wholes("no_restart_exits", run.no_restart_exits);
  }
  if (run.restart_now_exits != usual.restart_now_exits) {
    json.wholes("restart_now_exits", run.restart_now_exits);
  }
  json.close();
}

void write_agent_own(JsonWriter& json, const AgentDefinition& agent, std::uint64_t incarnation) {
  AgentDefinition usual;
  usual.id = agent.id;
  usual.name = agent.name;
  usual.role = agent.role;
  usual.capabilities = agent.capabilities;
  usual.gateway = agent.gateway;
  if (agent == usual && incarnation == 0) return;
  json.open("lazaret");
  if (agent.run) write_run(json, *agent.run);
  if (agent.auto_revive) json.text("auto_revive", to_word(*agent.auto_revive));
  if (agent.beat_interval != usual.beat_interval || agent.beat_timeout != usual.beat_timeout) {
    json.open("health");
    seconds(json, "interval_seconds", agent.beat_interval);
    seconds(json, "timeout_seconds", agent.beat_timeout);
    json.close();
  }
  if (agent.hang != usual.hang) json.text("hang", to_word(agent.hang));
  if (agent.hang_window != usual.hang_window) {
    seconds(json, "hang_window_seconds", agent.hang_window);
  }
  if (agent.limits) limits(json, "limits", *agent.limits, true);
  write_budget(json, agent.budget);
  if (!agent.account.empty()) json.text("account", agent.account);
  if (incarnation > 0) json.whole("incarnation", static_cast<std::int64_t>(incarnation));
  json.close();
}

void write_task_own(JsonWriter& json, const TaskDefinition& task, const TaskMirror& mirror) {
  const bool needs = task.needs_role || !task.needs_capabilities.empty();
  const bool retries = task.on_failure != core::OnTaskFailure::retry || task.max_tries != 3;
  const bool budget = task.budget != core::Amounts{};
  if (task.input.empty() && !needs && !task.verify && !retries && !budget && !mirror.owner) return;
  json.open("lazaret");
  if (!task.input.empty()) json.raw("input", task.input);
  if (needs) {
    json.open("needs");
    if (task.needs_role) json.text("role", to_word(*task.needs_role));
    if (!task.needs_capabilities.empty()) json.texts("capabilities", task.needs_capabilities);
    json.close();
  }
  if (task.verify) {
    json.open("verify");
    json.texts("command", task.verify->command);
    seconds(json, "timeout_seconds", task.verify->timeout);
    json.close();
  }
  if (task.on_failure != core::OnTaskFailure::retry)
    json.text("on_failure", to_word(task.on_failure));
  if (task.max_tries != 3) json.whole("max_tries", task.max_tries);
  write_budget(json, task.budget);
  if (mirror.owner) json.text("owner", mirror.owner->value);
  json.close();
}

std::string write_mission(const CellDefinition& cell,
                          const std::map<std::string, std::string>& extra) {
  JsonWriter json;
  json.text("cell_id", cell.id.value);
  json.text("mission_name", cell.mission_name);
  json.text("created_at", to_rfc3339(cell.created_at));
  json.text("created_by", cell.created_by);
  json.text("status", to_word(cell.status));
  json.text("isolation_level", to_word(cell.isolation.level));
  json.whole("max_agents", cell.max_agents);
  seconds(json, "timeout", cell.timeout);
  json.open("policies");
  json.text("auto_revive", to_word(cell.policies.auto_revive));
  json.truth("handoff_allowed", cell.policies.handoff_allowed);
  seconds(json, "checkpoint_interval", cell.policies.checkpoint_interval);
  json.close();
  const bool budget = cell.budget != core::Amounts{};
  const bool account = !cell.account.empty();
  if (!cell.complete_when_tasks_done || budget || account || !extra.empty()) {
    json.open("lazaret");
    write_budget(json, cell.budget);
    if (account) json.text("account", cell.account);
    if (!cell.complete_when_tasks_done) json.truth("complete_when_tasks_done", false);
    for (const auto& [name, text] : extra) json.raw(name, text);
    json.close();
  }
  return json.finish();
}

std::string write_isolation(const core::IsolationSpec& isolation) {
  JsonWriter json;
  json.text("level", to_word(isolation.level));
  json.truth("mount_namespaces", isolation.mount_namespaces);
  json.truth("network_isolation", isolation.network_isolation);
  limits(json, "resource_limits", isolation.limits, false);
  json.open("security_context");
  if (!isolation.user.empty()) json.text("user", isolation.user);
  if (!isolation.group.empty()) json.text("group", isolation.group);
  json.texts("capabilities", isolation.capabilities);
  json.close();
  if (isolation.limits.pids > 0) {
    json.open("lazaret");
    json.whole("pids", isolation.limits.pids);
    json.close();
  }
  return json.finish();
}

std::string write_policies(const core::Policies& policies) {
  const core::Policies usual;
  JsonWriter json;
  json.text("auto_revive", to_word(policies.auto_revive));
  seconds(json, "revive_timeout", policies.revive_timeout);
  json.texts("substitute_agents", strings(policies.substitute_agents));
  json.truth("handoff_allowed", policies.handoff_allowed);
  json.text("handoff_approval",
            policies.handoff_approval == core::HandoffApproval::manual ? "manual" : "auto");
  json.truth("checkpoint_required", policies.checkpoint_required);
  json.whole("max_retries", policies.max_retries);
  core::Policies own = policies;
  own.backoff_first = usual.backoff_first;
  own.backoff_most = usual.backoff_most;
  own.stable_after = usual.stable_after;
  own.approval_deadline = usual.approval_deadline;
  own.checkpoint_deadline = usual.checkpoint_deadline;
  own.checkpoints_kept = usual.checkpoints_kept;
  own.checkpoint_bytes = usual.checkpoint_bytes;
  own.rehearsal_interval = usual.rehearsal_interval;
  own.strategy = usual.strategy;
  if (own != policies) {
    json.open("lazaret");
    seconds(json, "backoff_first_seconds", policies.backoff_first);
    seconds(json, "backoff_most_seconds", policies.backoff_most);
    seconds(json, "stable_after_seconds", policies.stable_after);
    seconds(json, "approval_deadline_seconds", policies.approval_deadline);
    seconds(json, "checkpoint_deadline_seconds", policies.checkpoint_deadline);
    json.whole("checkpoints_kept", policies.checkpoints_kept);
    json.whole("checkpoint_bytes", policies.checkpoint_bytes);
    seconds(json, "rehearsal_interval_seconds", policies.rehearsal_interval);
    json.text("strategy", to_word(policies.strategy));
    json.close();
  }
  return json.finish();
}

std::string write_permissions(const std::map<AgentId, core::Permission>& permissions) {
  JsonWriter json;
  for (const auto& [agent, permission] : permissions) {
    json.open(agent.value);
    json.texts("read", permission.read);
    json.texts("write", permission.write);
    json.texts("execute", permission.execute);
    json.texts("handoff_to", permission.handoff_to);
    json.texts("handoff_from", permission.handoff_from);
    json.close();
  }
  return json.finish();
}

}  // namespace

std::string checkpoint_text(const CheckpointMirror& checkpoint) {
  std::string artifacts;
  for (const std::string& path : checkpoint.artifacts) {
    artifacts += (artifacts.empty() ? "" : ", ") + quoted(path);
  }
  return fmt::format("{{\"last_checkpoint\": {}, \"context_hash\": {}, \"artifacts\": [{}]}}",
                     quoted(to_rfc3339(checkpoint.at)),
                     checkpoint.context_hash.empty() ? "null" : quoted(checkpoint.context_hash),
                     artifacts);
}

std::string write_agent(const AgentDefinition& agent, const AgentMirror& mirror) {
  JsonWriter json;
  json.text("agent_id", agent.id.value);
  json.text("name", agent.name);
  json.text("role", to_word(agent.role));
  json.texts("capabilities", agent.capabilities);
  json.text("gateway", agent.gateway);
  json.text("status", mirror.status);
  if (mirror.current_task) json.text("current_task", mirror.current_task->value);
  if (!mirror.current_task) json.null("current_task");
  if (mirror.checkpoint) json.raw("checkpoint", checkpoint_text(*mirror.checkpoint));
  if (!mirror.checkpoint) json.null("checkpoint");
  write_agent_own(json, agent, mirror.incarnation);
  return json.finish();
}

std::string write_task(const TaskDefinition& task, const TaskMirror& mirror) {
  JsonWriter json;
  json.text("task_id", task.id.value);
  json.text("title", task.title);
  json.text("description", task.description);
  if (mirror.assigned_to) json.text("assigned_to", mirror.assigned_to->value);
  if (!mirror.assigned_to) json.null("assigned_to");
  json.text("status", mirror.status);
  json.text("priority", to_word(task.priority));
  json.texts("dependencies", strings(mirror.dependencies));
  seconds(json, "timeout", task.timeout);
  json.texts("artifacts", task.artifacts);
  json.text("created_at", to_rfc3339(task.created_at));
  if (mirror.completed_at) json.text("completed_at", to_rfc3339(*mirror.completed_at));
  if (!mirror.completed_at) json.null("completed_at");
  write_task_own(json, task, mirror);
  return json.finish();
}

std::string write_task(const TaskDefinition& task) {
  TaskMirror mirror;
  mirror.assigned_to = task.assigned_to;
  mirror.dependencies = task.dependencies;
  return write_task(task, mirror);
}

CellFiles write_cell(const CellDefinition& cell, const std::map<std::string, std::string>& extra) {
  CellFiles out;
  out.directory = cell.path;
  out.files["cell.json"] = write_mission(cell, extra);
  out.files["config/isolation.json"] = write_isolation(cell.isolation);
  out.files["config/policies.json"] = write_policies(cell.policies);
  if (!cell.permissions.empty()) {
    out.files["config/permissions.json"] = write_permissions(cell.permissions);
  }
  for (const auto& [id, agent] : cell.agents) {
    AgentMirror mirror;
    if (const auto found = cell.file_runtime.find(id); found != cell.file_runtime.end()) {
      if (!found->second.agent_status.empty()) mirror.status = found->second.agent_status;
      mirror.incarnation = found->second.incarnation;
    }
    out.files["agents/" + id.value + ".json"] = write_agent(agent, mirror);
  }
  for (const auto& [id, task] : cell.tasks) {
    TaskMirror mirror;
    mirror.assigned_to = task.assigned_to;
    mirror.dependencies = task.dependencies;
    if (const auto found = cell.task_status.find(id); found != cell.task_status.end()) {
      mirror.status = found->second;
    }
    out.files["tasks/" + id.value + ".json"] = write_task(task, mirror);
  }
  return out;
}

}  // namespace lazaret::wire
