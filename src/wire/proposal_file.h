// A mission proposal: the filled-in issue template (Markdown) <-> a mission cell.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/cell_file.h"
#include "wire/template_cell.h"

namespace lazaret::wire {

inline constexpr std::size_t proposal_bytes_most = 256 << 10;

struct ProposalBox {
  std::string text;
  bool checked = false;
  LAZARET_FIELDS(ProposalBox, text, checked)
};

// Rows as written; agents and tasks become files of the cell, the rest is kept in cell.json's
// lazaret.proposal, so that nothing a person wrote is lost.
struct Proposal {
  std::string mission_name;
  std::string objective;
  std::vector<std::string> included;
  std::vector<std::string> excluded;
  std::vector<core::AgentDefinition> agents;  // id, role, capabilities, gateway
  std::vector<core::TaskDefinition> tasks;    // id, title, assigned_to, priority, dependencies
  core::Isolation isolation = core::Isolation::none;
  std::string cpu;  // as written; empty = none asked for
  std::string memory;
  std::string disk;
  std::string network;                             // "no", "none" = network isolation
  std::vector<std::vector<std::string>> timeline;  // phase, duration, description
  std::vector<ProposalBox> criteria;
  std::vector<std::vector<std::string>> risks;  // risk, mitigation
  std::vector<std::string> dependencies;
  std::vector<ProposalBox> approval;
  std::string notes;
  std::string proposer;
  std::string date;
  std::string parent_epic;
  LAZARET_FIELDS(Proposal, mission_name, objective, included, excluded, agents, tasks, isolation,
                 cpu, memory, disk, network, timeline, criteria, risks, dependencies, approval,
                 notes, proposer, date, parent_epic)
};

struct ProposalReading {
  std::optional<Proposal> proposal;  // set if there is no error
  std::vector<Problem> problems;     // line by line; pointer holds the section's name
};

ProposalReading read_proposal(std::string_view markdown, std::string_view file);
std::string write_proposal(const Proposal& proposal);

// A valid cell; paused while an approval box is open. Errors: invalid_input with the first problem.
Result<CellFiles> cell_of(const Proposal& proposal, const NewCell& made);
// From any valid cell; one that was never a proposal has empty sections.
Result<Proposal> proposal_of(const CellFiles& files);

// What the sections have no place for (policies, permissions, how agents are started): a last
// section with the cell's files as one JSON object. In a proposal that has it, no other section is
// required to say anything.
inline constexpr std::string_view cell_files_heading = "## Cell Files";
std::string cell_files_section(const CellFiles& files);

// The body of POST /cells for a proposal that became `imported`, completed by the section "Cell
// Files" of its text, and then paused. Agents and tasks are those of the tables. Error:
// invalid_input.
Result<boost::json::object> new_cell_body(const CellFiles& imported, std::string_view markdown);

// `lazaret mission import`: the two steps at once, all problems of both.
struct Imported {
  std::optional<CellFiles> cell;
  std::vector<Problem> problems;
};
Imported import_proposal(std::string_view markdown, std::string_view file, const NewCell& made);

}  // namespace lazaret::wire
