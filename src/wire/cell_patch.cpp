#include "wire/cell_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/rfc3339.h"

namespace lazaret::wire {
namespace {

using Names = std::vector<std::string_view>;

bool is_in(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

template <class Tag>
std::string quoted_or_null(const std::optional<Id<Tag>>& id) {
  return id ? quoted(id->value) : "null";
}

// The members of a text that we just wrote, as changes; of our own object each member by itself.
// `own`: names in it that are absent here and so must not stand in the file either.
std::vector<JsonChange> changes_to(const std::string& text, const Names& runtime,
                                   const Names& own) {
  const auto document = read_json(text);
  std::vector<JsonChange> changes;
  if (!document) return changes;
  const auto add = [&](std::vector<std::string> path, const JsonValue& value) {
    const JsonSpan& span = value.span;
    changes.push_back({std::move(path), text.substr(span.begin, span.end - span.begin)});
  };
  Names written;
  for (const JsonMember& member : document->root.members) {
    if (is_in(runtime, member.name)) continue;
    if (member.name != "lazaret") {
      add({member.name}, member.value);
      continue;
    }
    for (const JsonMember& inner : member.value.members) {
      written.push_back(inner.name);
      if (!is_in(runtime, inner.name)) add({"lazaret", inner.name}, inner.value);
    }
  }
  for (const std::string_view name : own) {
    if (is_in(written, name)) continue;
    changes.push_back({.path = {"lazaret", std::string(name)}, .remove = true});
  }
  return changes;
}

}  // namespace

std::vector<JsonChange> changes_of(core::MissionStatus status) {
  return {{{"status"}, quoted(to_word(status)), status == core::MissionStatus::active}};
}

std::vector<JsonChange> changes_of(const AgentMirror& mirror) {
  std::vector<JsonChange> changes = {
      {{"status"}, quoted(mirror.status), mirror.status == "idle"},
      {{"current_task"}, quoted_or_null(mirror.current_task), !mirror.current_task},
      {{"lazaret", "incarnation"}, fmt::format("{}", mirror.incarnation), mirror.incarnation == 0}};
  if (mirror.checkpoint) changes.push_back({{"checkpoint"}, checkpoint_text(*mirror.checkpoint)});
  return changes;
}

std::vector<JsonChange> changes_of(const TaskMirror& mirror) {
  std::string dependencies = "[";
  for (const TaskId& id : mirror.dependencies) {
    dependencies += (dependencies.size() > 1 ? ", " : "") + quoted(id.value);
  }
  const auto& completed = mirror.completed_at;
  std::vector<JsonChange> changes = {
      {{"status"}, quoted(mirror.status), mirror.status == "pending"},
      {{"assigned_to"}, quoted_or_null(mirror.assigned_to), !mirror.assigned_to},
      {{"dependencies"}, dependencies + "]", mirror.dependencies.empty()},
      {{"lazaret", "owner"}, quoted_or_null(mirror.owner), !mirror.owner}};
  // A task that came completed keeps the date that its file gives, if it gives one.
  if (completed || mirror.status != "completed") {
    changes.push_back(
        {{"completed_at"}, completed ? quoted(to_rfc3339(*completed)) : "null", !completed});
  }
  return changes;
}

std::vector<JsonChange> changes_of(const core::AgentDefinition& agent) {
  return changes_to(
      write_agent(agent), {"status", "current_task", "checkpoint", "incarnation"},
      {"run", "auto_revive", "health", "hang", "hang_window_seconds", "limits", "account"});
}

std::vector<JsonChange> changes_of(const core::TaskDefinition& task) {
  return changes_to(write_task(task), {"status", "completed_at", "owner"},
                    {"input", "needs", "verify", "on_failure", "max_tries"});
}

}  // namespace lazaret::wire
