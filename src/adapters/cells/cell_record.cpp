#include "adapters/cells/cell_record.h"

namespace lazaret::cells {
namespace {

// `read` is what the file says, `before` what it said, `wanted` what we want it to say. Only a
// value that a person changed counts; returns true then.
template <class T>
bool settle(T& quiet, T& edited, const T& before, const T& wanted, bool by_hand) {
  quiet = wanted;
  if (by_hand && !(edited == before) && !(edited == wanted)) return true;
  edited = wanted;
  return false;
}

}  // namespace

std::string agent_file(const AgentId& id) { return "agents/" + id.value + ".json"; }
std::string task_file(const TaskId& id) { return "tasks/" + id.value + ".json"; }

std::set<std::string> changed_by_hand(const CellRecord& record, const CellDirectory& now,
                                      const OwnWrites& own) {
  std::set<std::string> changed;
  for (const auto& [file, hash] : now.hashes) {
    const auto before = record.hashes.find(file);
    const bool same = before != record.hashes.end() && before->second == hash;
    if (!same && !own.is_own(record.sight.directory, file, hash)) changed.insert(file);
  }
  for (const auto& [file, hash] : record.hashes) {
    if (!now.hashes.contains(file)) changed.insert(file);
  }
  return changed;
}

Reconciled reconcile(const CellRecord& record, core::CellDefinition read,
                     const std::set<std::string>& by_hand) {
  for (const auto& [id, definition] : record.new_agents) {
    if (!by_hand.contains(agent_file(id)) && read.agents.contains(id)) read.agents[id] = definition;
  }
  for (const auto& [id, definition] : record.new_tasks) {
    if (!by_hand.contains(task_file(id)) && read.tasks.contains(id)) read.tasks[id] = definition;
  }
  // A status that no person changed is the one that was told before: ours may lag behind.
  const bool status_by_hand = by_hand.contains("cell.json") && read.status != record.status_in_file;
  if (record.observed && !status_by_hand) read.status = record.status_told;
  Reconciled out{read, std::nullopt};
  core::CellDefinition& quiet = out.quiet;
  bool asked = false;
  for (const auto& [id, wanted] : record.agents) {
    const auto found = read.file_runtime.find(id);
    const auto before = record.agents_in_file.find(id);
    if (found == read.file_runtime.end() || before == record.agents_in_file.end()) continue;
    found->second.incarnation = quiet.file_runtime[id].incarnation = wanted.incarnation;
    asked |= settle(quiet.file_runtime[id].agent_status, found->second.agent_status,
                    before->second.agent_status, wanted.status, by_hand.contains(agent_file(id)));
  }
  for (const auto& [id, wanted] : record.tasks) {
    const auto found = read.tasks.find(id);
    const auto before = record.tasks_in_file.find(id);
    if (found == read.tasks.end() || before == record.tasks_in_file.end()) continue;
    const bool hand = by_hand.contains(task_file(id));
    core::TaskDefinition& edited = found->second;
    core::TaskDefinition& calm = quiet.tasks[id];
    asked |= settle(quiet.task_status[id], read.task_status[id], before->second.status,
                    wanted.status, hand);
    asked |= settle(calm.assigned_to, edited.assigned_to, before->second.assigned_to,
                    wanted.assigned_to, hand);
    asked |= settle(calm.dependencies, edited.dependencies, before->second.dependencies,
                    wanted.dependencies, hand);
  }
  if (asked) out.edited = std::move(read);
  return out;
}

void remember_files(CellRecord& record, const core::CellDefinition& read,
                    const CellDirectory& now) {
  record.status_in_file = read.status;
  record.agents_in_file = read.file_runtime;
  record.defined_in_file = read.agents;
  record.tasks_in_file.clear();
  for (const auto& [id, task] : read.tasks) {
    wire::TaskMirror mirror;
    mirror.status = read.task_status.at(id);
    mirror.assigned_to = task.assigned_to;
    mirror.dependencies = task.dependencies;
    record.tasks_in_file[id] = std::move(mirror);
  }
  for (const auto& [file, hash] : now.hashes) {
    if (file.starts_with("agents/") || file.starts_with("tasks/")) record.ever.insert(file);
  }
}

}  // namespace lazaret::cells
