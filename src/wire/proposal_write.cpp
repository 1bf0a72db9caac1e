#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "wire/cell_fields.h"
#include "wire/cell_quantity.h"
#include "wire/json_write.h"
#include "wire/proposal_file.h"
#include "wire/proposal_markdown.h"

namespace lazaret::wire {
namespace {

using markdown::table_row;
using Rows = std::vector<std::vector<std::string>>;

template <class Tag>
std::string joined(const std::vector<Id<Tag>>& ids) {
  std::string out;
  for (const auto& id : ids) out += (out.empty() ? "" : ", ") + id.value;
  return out;
}

std::string list_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += "- " + line + "\n";
  return out;
}

std::string boxes_of(const std::vector<ProposalBox>& boxes) {
  std::string out;
  for (const ProposalBox& box : boxes) out += (box.checked ? "- [x] " : "- [ ] ") + box.text + "\n";
  return out;
}

std::string table_of(const std::vector<std::string>& head, const Rows& rows) {
  std::string out = table_row(head) + "|";
  for (const std::string& column : head) out += std::string(column.size() + 2, '-') + "|";
  out += "\n";
  for (const auto& row : rows) out += table_row(row);
  return out;
}

std::string agents_table(const Proposal& proposal) {
  Rows rows;
  for (const core::AgentDefinition& agent : proposal.agents) {
    rows.push_back({agent.id.value, std::string(to_word(agent.role)),
                    fmt::format("{}", fmt::join(agent.capabilities, ", ")), agent.gateway});
  }
  return table_of({"Agent ID", "Role", "Capabilities", "Gateway"}, rows);
}

std::string tasks_table(const Proposal& proposal) {
  Rows rows;
  for (const core::TaskDefinition& task : proposal.tasks) {
    rows.push_back({task.id.value, task.title, task.assigned_to ? task.assigned_to->value : "",
                    std::string(to_word(task.priority)), joined(task.dependencies)});
  }
  return table_of({"Task ID", "Title", "Assigned To", "Priority", "Dependencies"}, rows);
}

std::vector<ProposalBox> isolation_boxes(core::Isolation level) {
  return {{"None", level == core::Isolation::none},
          {"Level 1: process isolation", level == core::Isolation::level_1},
          {"Level 2: mount namespace", level == core::Isolation::level_2},
          {"Level 3: rootless Podman", level == core::Isolation::level_3}};
}

// ── lazaret.proposal in cell.json ──

std::string json_list(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? ", " : "") + quoted(value);
  return out + "]";
}

std::string json_rows(const Rows& rows) {
  std::string out = "[";
  for (const auto& row : rows) out += (out.size() > 1 ? ", " : "") + json_list(row);
  return out + "]";
}

std::string json_boxes(const std::vector<ProposalBox>& boxes) {
  std::string out = "[";
  for (const ProposalBox& box : boxes) {
    out += fmt::format("{}{{\"text\": {}, \"checked\": {}}}", out.size() > 1 ? ", " : "",
                       quoted(box.text), box.checked);
  }
  return out + "]";
}

std::string kept_part(const Proposal& p) {
  std::string out = "{";
  const auto add = [&](std::string_view name, const std::string& json) {
    out += fmt::format("{}\n      \"{}\": {}", out.size() > 1 ? "," : "", name, json);
  };
  add("objective", quoted(p.objective));
  add("included", json_list(p.included));
  add("excluded", json_list(p.excluded));
  add("resources", json_list({p.cpu, p.memory, p.disk, p.network}));
  add("timeline", json_rows(p.timeline));
  add("criteria", json_boxes(p.criteria));
  add("risks", json_rows(p.risks));
  add("dependencies", json_list(p.dependencies));
  add("approval", json_boxes(p.approval));
  add("notes", quoted(p.notes));
  add("proposer", quoted(p.proposer));
  add("date", quoted(p.date));
  add("parent_epic", quoted(p.parent_epic));
  return out + "\n    }";
}

std::vector<std::string> strings_in(const JsonValue& list) {
  std::vector<std::string> out;
  for (const JsonValue& item : list.items) out.push_back(item.text);
  return out;
}

Rows rows_in(const JsonValue& list) {
  Rows out;
  for (const JsonValue& item : list.items) out.push_back(strings_in(item));
  return out;
}

std::vector<ProposalBox> boxes_in(const JsonValue& list) {
  std::vector<ProposalBox> out;
  for (const JsonValue& item : list.items) {
    const JsonMember* text = item.find("text");
    const JsonMember* checked = item.find("checked");
    if (text != nullptr) out.push_back({text->value.text, checked && checked->value.truth});
  }
  return out;
}

void take_kept_part(const JsonValue& kept, Proposal& p) {
  const auto with = [&](std::string_view name, auto take) {
    if (const JsonMember* member = kept.find(name)) take(member->value);
  };
  const auto text = [&](std::string_view name, std::string& out) {
    with(name, [&](const JsonValue& value) { out = value.text; });
  };
  text("objective", p.objective);
  with("included", [&](const JsonValue& v) { p.included = strings_in(v); });
  with("excluded", [&](const JsonValue& v) { p.excluded = strings_in(v); });
  with("resources", [&](const JsonValue& v) {
    if (v.items.size() != 4) return;
    p.cpu = v.items[0].text;
    p.memory = v.items[1].text;
    p.disk = v.items[2].text;
    p.network = v.items[3].text;
  });
  with("timeline", [&](const JsonValue& v) { p.timeline = rows_in(v); });
  with("criteria", [&](const JsonValue& v) { p.criteria = boxes_in(v); });
  with("risks", [&](const JsonValue& v) { p.risks = rows_in(v); });
  with("dependencies", [&](const JsonValue& v) { p.dependencies = strings_in(v); });
  with("approval", [&](const JsonValue& v) { p.approval = boxes_in(v); });
  text("notes", p.notes);
  text("proposer", p.proposer);
  text("date", p.date);
  text("parent_epic", p.parent_epic);
}

core::CellDefinition definition_of(const Proposal& proposal, const NewCell& made) {
  core::CellDefinition cell;
  cell.id = made.id;
  cell.path = made.missions_path + "/" + made.id.value;
  cell.mission_name = proposal.mission_name;
  cell.created_at = made.at;
  cell.created_by = proposal.proposer.empty() ? made.created_by : proposal.proposer;
  const bool open =
      std::ranges::any_of(proposal.approval, [](const auto& box) { return !box.checked; });
  cell.status = open ? core::MissionStatus::paused : core::MissionStatus::active;
  cell.isolation.level = proposal.isolation;
  cell.isolation.limits.milli_cpus = read_cpus(proposal.cpu).value_or(0);
  cell.isolation.limits.memory_bytes = read_bytes(proposal.memory).value_or(0);
  cell.isolation.limits.disk_bytes = read_bytes(proposal.disk).value_or(0);
  const std::string network = markdown::lower(proposal.network);
  cell.isolation.network_isolation = network == "no" || network == "none" || network == "off";
  cell.isolation.mount_namespaces = proposal.isolation >= core::Isolation::level_2;
  cell.max_agents = std::max(cell.max_agents, static_cast<int>(proposal.agents.size()));
  for (const core::AgentDefinition& agent : proposal.agents) cell.agents[agent.id] = agent;
  for (core::TaskDefinition task : proposal.tasks) {
    task.created_at = made.at;
    const TaskId id = task.id;
    cell.tasks[id] = std::move(task);
  }
  return cell;
}

}  // namespace

std::string write_proposal(const Proposal& p) {
  std::string out = "# [MISSION] " + p.mission_name + "\n";
  const auto section = [&](std::string_view name, const std::string& body, int level = 2) {
    out +=
        fmt::format("\n{} {}\n\n{}", std::string(static_cast<std::size_t>(level), '#'), name, body);
    if (!body.empty() && body.back() != '\n') out += "\n";
  };
  section("Mission Name", p.mission_name);
  section("Objective", p.objective);
  section("Scope", "");
  section("Included", list_of(p.included), 3);
  section("Excluded", list_of(p.excluded), 3);
  section("Agents Required", agents_table(p));
  section("Tasks", tasks_table(p));
  section("Isolation Requirements", boxes_of(isolation_boxes(p.isolation)));
  section("Resource Requirements",
          table_of({"CPU", "Memory", "Disk", "Network"}, {{p.cpu, p.memory, p.disk, p.network}}));
  section("Timeline", table_of({"Phase", "Duration", "Description"}, p.timeline));
  section("Success Criteria", boxes_of(p.criteria));
  section("Risks and Mitigations", table_of({"Risk", "Mitigation"}, p.risks));
  section("Dependencies", list_of(p.dependencies));
  section("Approval", boxes_of(p.approval));
  section("Notes", p.notes);
  out += fmt::format("\n---\n\nProposer: {}\nDate: {}\nParent Epic: {}\n", p.proposer, p.date,
                     p.parent_epic);
  return out;
}

Result<CellFiles> cell_of(const Proposal& proposal, const NewCell& made) {
  CellFiles files = write_cell(definition_of(proposal, made), {{"proposal", kept_part(proposal)}});
  const CellReading reading = read_cell(files);
  if (!reading.cell) return std::unexpected(to_error(reading.problems));
  return files;
}

Result<Proposal> proposal_of(const CellFiles& files) {
  const CellReading reading = read_cell(files);
  if (!reading.cell) return std::unexpected(to_error(reading.problems));
  const core::CellDefinition& cell = *reading.cell;
  Proposal p;
  p.mission_name = cell.mission_name;
  p.proposer = cell.created_by;
  p.date = to_rfc3339(cell.created_at).substr(0, 10);
  const core::Limits& limits = cell.isolation.limits;
  if (limits.milli_cpus > 0) p.cpu = cpus_text(limits.milli_cpus);
  if (limits.memory_bytes > 0) p.memory = bytes_text(limits.memory_bytes);
  if (limits.disk_bytes > 0) p.disk = bytes_text(limits.disk_bytes);
  p.network = cell.isolation.network_isolation ? "no" : "yes";
  p.isolation = cell.isolation.level;
  for (const auto& [id, agent] : cell.agents) p.agents.push_back(agent);
  for (const auto& [id, task] : cell.tasks) p.tasks.push_back(task);
  const auto document = read_json(files.files.at("cell.json"));
  const JsonMember* own = document->root.find("lazaret");
  const JsonMember* kept = own == nullptr ? nullptr : own->value.find("proposal");
  if (kept != nullptr) take_kept_part(kept->value, p);
  return p;
}

Imported import_proposal(std::string_view text, std::string_view file, const NewCell& made) {
  Imported imported;
  ProposalReading reading = read_proposal(text, file);
  imported.problems = std::move(reading.problems);
  if (!reading.proposal) return imported;
  const core::CellDefinition cell = definition_of(*reading.proposal, made);
  CellFiles files = write_cell(cell, {{"proposal", kept_part(*reading.proposal)}});
  for (Problem& problem : read_cell(files).problems) {
    add_problem(imported.problems, std::move(problem));
  }
  if (!has_errors(imported.problems)) imported.cell = std::move(files);
  return imported;
}

}  // namespace lazaret::wire
