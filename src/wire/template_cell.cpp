#include "wire/template_cell.h"

#include <fmt/format.h>

#include "wire/cell_parts.h"
#include "wire/cell_policies.h"

namespace lazaret::wire {
namespace {

using core::CellDefinition;
using core::Role;

core::AgentDefinition agent(std::string id, Role role, const std::vector<std::string>& command) {
  core::AgentDefinition out;
  out.id = AgentId(id);
  out.name = std::move(id);
  out.role = role;
  if (!command.empty()) out.run.emplace().command = command;
  return out;
}

void add_task(CellDefinition& cell, std::string id, std::string title, std::string to,
              std::vector<std::string> after) {
  core::TaskDefinition task;
  task.id = TaskId(std::move(id));
  task.title = std::move(title);
  task.assigned_to = AgentId(std::move(to));
  for (std::string& one : after) task.dependencies.emplace_back(std::move(one));
  task.created_at = cell.created_at;
  cell.tasks[task.id] = task;
}

void add_agent(CellDefinition& cell, core::AgentDefinition added) {
  const AgentId id = added.id;
  cell.agents[id] = std::move(added);
}

void fill_pipeline(CellDefinition& cell, const std::vector<std::string>& command) {
  add_agent(cell, agent("lead-1", Role::lead, command));
  add_agent(cell, agent("write-1", Role::write, command));
  add_agent(cell, agent("write-2", Role::write, command));
  add_agent(cell, agent("audit-1", Role::audit, command));
  add_task(cell, "plan", "Divide the work", "lead-1", {});
  add_task(cell, "part-1", "First part", "write-1", {"plan"});
  add_task(cell, "part-2", "Second part", "write-2", {"plan"});
  add_task(cell, "review", "Check both parts", "audit-1", {"part-1", "part-2"});
}

// The body of a new cell: everything of cell.json but what only the maker knows.
class BodyReader {
 public:
  BodyReader(const Findings& findings, const JsonValue& root, const NewCell& made)
      : findings_(findings), fields_(findings, root, ""), made_(made) {}

  Result<CellDefinition> read() {
    std::string name = "blank";
    std::string mission_name;
    std::vector<std::string> command;
    fields_.line("template", name);
    fields_.line("mission_name", mission_name, Needed::required);
    fields_.lines("command", command);
    auto cell = from_template(name, mission_name, command, made_);
    if (!cell) return cell;
    for (const char* own : {"cell_id", "created_at"}) fields_.find(own);  // a new one has new ones
    fields_.line("created_by", cell->created_by);
    fields_.word("status", cell->status);
    fields_.word("isolation_level", cell->isolation.level);
    fields_.whole("max_agents", cell->max_agents, 1, 10'000);
    fields_.seconds("timeout", cell->timeout);
    read_policies(*cell);
    read_config(*cell);
    read_agents(*cell);
    read_tasks(*cell);
    fields_.finish(true);
    return cell;
  }

 private:
  void read_policies(CellDefinition& cell) {
    if (const JsonValue* value = fields_.object("policies")) {
      Fields policies(findings_, *value, "/policies");
      policies.word("auto_revive", cell.policies.auto_revive);
      policies.truth("handoff_allowed", cell.policies.handoff_allowed);
      policies.seconds("checkpoint_interval", cell.policies.checkpoint_interval, 1);
      parts::policies_misplaced(policies);
      policies.finish(true);
    }
    if (const JsonValue* value = fields_.object("lazaret")) {
      Fields own(findings_, *value, "/lazaret");
      parts::read_own_policies(own, cell);
      own.object("proposal");
      own.finish(true);
    }
  }

  void read_config(CellDefinition& cell) {
    if (const JsonValue* value = fields_.object("isolation")) {
      parts::read_isolation(findings_, *value, cell);
    }
    if (const JsonValue* value = fields_.object("config_policies")) {
      parts::read_policies(findings_, *value, cell);
    }
    if (const JsonValue* value = fields_.object("permissions")) {
      parts::read_permissions(findings_, *value, cell);
    }
  }

  template <class Each>
  void each(const char* name, Each read_one) {
    const JsonValue* list = fields_.find(name);
    if (list == nullptr) return;
    if (list->kind != JsonKind::array) return fields_.wrong(*list, name, "a list of objects");
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      const JsonValue& item = list->items[i];
      const std::string pointer = fmt::format("/{}/{}", name, i);
      if (item.kind == JsonKind::object) {
        read_one(item, pointer);
      } else {
        findings_.error(item.span, pointer, brief(item), "an object");
      }
    }
  }

  void read_agents(CellDefinition& cell) {
    each("agents", [&](const JsonValue& item, const std::string&) {
      core::AgentDefinition added;
      core::FileRuntime runtime;
      parts::read_agent(findings_, item, added, runtime);
      if (!added.id.empty()) add_agent(cell, std::move(added));
    });
  }

  void read_tasks(CellDefinition& cell) {
    each("tasks", [&](const JsonValue& item, const std::string& pointer) {
      core::TaskDefinition added;
      std::string status;
      parts::read_task(findings_, item, pointer, added, status, true);
      if (added.created_at == WallTime{}) added.created_at = made_.at;
      const TaskId id = added.id;
      if (!id.empty()) cell.tasks[id] = std::move(added);
    });
  }

  const Findings& findings_;
  Fields fields_;
  const NewCell& made_;
};

}  // namespace

const std::vector<TemplateInfo>& templates() {
  static const std::vector<TemplateInfo> all = {
      {"blank", "a mission without agents and tasks"},
      {"single", "one agent (agent-1) and no tasks"},
      {"pipeline", "a lead, two writers and an auditor; plan, two parts, review"},
  };
  return all;
}

Result<CellDefinition> from_template(std::string_view name, std::string_view mission_name,
                                     const std::vector<std::string>& command, const NewCell& made) {
  CellDefinition cell;
  cell.id = made.id;
  cell.path = made.missions_path + "/" + made.id.value;
  cell.mission_name = mission_name;
  cell.created_at = made.at;
  cell.created_by = made.created_by.empty() ? "operator" : made.created_by;
  if (name == "single") {
    add_agent(cell, agent("agent-1", Role::lead, command));
  } else if (name == "pipeline") {
    fill_pipeline(cell, command);
  } else if (name != "blank") {
    std::vector<std::string_view> names;
    for (const TemplateInfo& info : templates()) names.push_back(info.name);
    return fail(ErrorCode::not_found,
                fmt::format("found the template {}, expected one of {}", quoted(name),
                            fmt::join(names, ", ")),
                "template");
  }
  return cell;
}

Result<CellFiles> read_new_cell(std::string_view json, const NewCell& made,
                                std::string_view place) {
  std::vector<Problem> problems;
  const std::string file(place);
  auto document = read_json(std::string(json), {.bytes = cell_file_bytes_most});
  if (!document) {
    const JsonFault& fault = document.error();
    Error error = to_error({{file, fault.place.line, fault.place.column, fault.pointer, fault.found,
                             fault.expected, Severity::error}});
    if (fault.too_large) error.code = ErrorCode::too_large;
    return std::unexpected(std::move(error));
  }
  const Findings findings{problems, file, document->source};
  if (document->root.kind != JsonKind::object) {
    findings.error(document->root.span, "", brief(document->root), "an object");
    return std::unexpected(to_error(problems));
  }
  auto cell = BodyReader(findings, document->root, made).read();
  if (!cell) return std::unexpected(cell.error());
  // Unlike in a file, where they are kept, fields that nobody knows would be gone here.
  for (Problem& problem : problems) problem.severity = Severity::error;
  if (!problems.empty()) return std::unexpected(to_error(problems));
  // What a person wrote into a proposal stays in the cell.
  std::map<std::string, std::string> kept;
  if (const JsonMember* own = document->root.find("lazaret")) {
    if (const JsonMember* proposal = own->value.find("proposal")) {
      const JsonSpan& span = proposal->value.span;
      kept["proposal"] = document->source.substr(span.begin, span.end - span.begin);
    }
  }
  CellFiles files = write_cell(*cell, kept);
  const CellReading reading = read_cell(files);
  if (!reading.cell) return std::unexpected(to_error(reading.problems));
  return files;
}

}  // namespace lazaret::wire
