#include "wire/proposal_file.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "wire/json_document.h"

namespace lazaret::wire {
namespace {

const NewCell made{CellId("3f2b8c1e-5d4a-4b6f-9c7d-1a2b3c4d5e6f"), "/missions", "me", WallTime{}};

constexpr const char* filled_in = R"(---
title: "[MISSION] Lighthouse"
---
<!-- a comment
## Tasks
-->
## Mission Name

Lighthouse

## Objective

Survey the coast.
Twice.

## Scope
### Included
- cliffs
* beaches
### Excluded
- <what does not>
## Agents Required
| Agent ID | Role | Capabilities | Gateway |
|:--|--|--|--|
| lead-1 | Lead | planning, review | |
| `write-1` | write | | node-2 |
## Tasks
| Task ID | Title | Assigned To | Priority | Dependencies |
|--|--|--|--|--|
| plan | Plan \| think | lead-1 | High | - |
| walk | Walk | any | | plan |
## Isolation Requirements
- [ ] None
- [X] Level 1: process isolation
## Resource Requirements
| CPU | Memory | Disk | Network |
|--|--|--|--|
| 2 cores | 4GB | 10GB | no |
## Timeline
| Phase | Duration | Description |
|--|--|--|
| One | 30 min | walk |
## Success Criteria
- [ ] a map
## Risks and Mitigations
| Risk | Mitigation |
|--|--|
| rain | coats |
## Dependencies
## Approval
- [x] Technical review
- [ ] Approved to start
## Notes
bring tea
---
**Proposer:** alice
Date: 2026-01-31
Parent Epic: #12
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Proposal, BecomesAValidCellPausedWhileABoxIsOpen) {
  const Imported imported = import_proposal(filled_in, "p.md", made);
  for (const Problem& problem : imported.problems) ADD_FAILURE() << to_text(problem);
  ASSERT_TRUE(imported.cell);
  const auto cell = read_cell(*imported.cell).cell.value();
  EXPECT_EQ(cell.mission_name, "Lighthouse");
  EXPECT_EQ(cell.created_by, "alice");
  EXPECT_EQ(cell.status, core::MissionStatus::paused);
  EXPECT_EQ(cell.isolation.level, core::Isolation::level_1);
  EXPECT_TRUE(cell.isolation.network_isolation);
  EXPECT_EQ(cell.isolation.limits, (core::Limits{2000, 4LL << 30, 10LL << 30, 0}));
  EXPECT_EQ(cell.agents.at(AgentId("lead-1")).capabilities,
            (std::vector<std::string>{"planning", "review"}));
  EXPECT_EQ(cell.agents.at(AgentId("write-1")).gateway, "node-2");
  EXPECT_EQ(cell.tasks.at(TaskId("plan")).title, "Plan | think");
  EXPECT_EQ(cell.tasks.at(TaskId("plan")).priority, core::Priority::high);
  EXPECT_FALSE(cell.tasks.at(TaskId("walk")).assigned_to);
  EXPECT_EQ(cell.tasks.at(TaskId("walk")).dependencies, std::vector<TaskId>{TaskId("plan")});
  const std::string approved = replaced(filled_in, "[ ] Approved", "[x] Approved");
  EXPECT_EQ(read_cell(*import_proposal(approved, "p.md", made).cell).cell->status,
            core::MissionStatus::active);
}

// Each of these once said something else when it was read again.
TEST(Proposal, OddTextsSayTheSameWhenReadAgain) {
  const std::pair<std::string, std::string> changes[] = {
      {"planning, review", "``planning``, ` review `"},
      {"planning, review", "`none`"},
      {"planning, review", "`<example>`"},
      {"- cliffs", "- [x] [ ] cliffs"},
      {"bring tea", "bring <<!-- a -->!-- tea"},
      {"| rain | coats |", "| <risk> | |\n| - | - |"},
      {"alice", "<*!-- alice"},
  };
  for (const auto& [from, to] : changes) {
    const auto read = read_proposal(replaced(filled_in, from, to), "p.md");
    ASSERT_TRUE(read.proposal) << to;
    const std::string written = write_proposal(*read.proposal);
    const auto again = read_proposal(written, "again.md");
    ASSERT_TRUE(again.proposal) << to;
    EXPECT_EQ(write_proposal(*again.proposal), written) << to;
  }
}

TEST(Proposal, GoesThroughMarkdownAndThroughACellUnchanged) {
  const Proposal proposal = read_proposal(filled_in, "p.md").proposal.value();
  EXPECT_EQ(proposal.objective, "Survey the coast.\nTwice.");
  EXPECT_EQ(proposal.included, (std::vector<std::string>{"cliffs", "beaches"}));
  EXPECT_EQ(proposal.notes, "bring tea");
  EXPECT_EQ(proposal.parent_epic, "#12");
  EXPECT_EQ(read_proposal(write_proposal(proposal), "again.md").proposal, proposal);
  Proposal back = proposal_of(cell_of(proposal, made).value()).value();
  for (auto& task : back.tasks) task.created_at = WallTime{};
  EXPECT_EQ(back, proposal);
  const std::string exported = write_proposal(back);
  EXPECT_EQ(read_proposal(exported, "x.md").proposal, proposal);
}

TEST(Proposal, AnExportCarriesWhatTheFormHasNoPlaceFor) {
  constexpr std::string_view body = R"({"mission_name": "a | b", "timeout": 99, "max_agents": 4,
    "lazaret": {"proposal": {"objective": "Look."}},
    "config_policies": {"auto_revive": "ask", "max_retries": 7},
    "agents": [{"agent_id": "w", "role": "read", "lazaret": {"run": {"command": ["x", "# y"]},
                "limits": {"memory": "1GB"}}}],
    "tasks": [{"task_id": "t", "title": "One", "description": "two\nlines", "timeout": 7,
               "lazaret": {"verify": {"command": ["true"]}}},
              {"task_id": "u", "title": "Two", "dependencies": ["t"]}]})";
  const auto files = read_new_cell(body, made);
  ASSERT_TRUE(files) << files.error().message;
  const auto proposal = proposal_of(*files);
  ASSERT_TRUE(proposal) << proposal.error().message;
  EXPECT_EQ(proposal->objective, "Look.") << "what a person wrote stays in the cell";
  const std::string text = write_proposal(*proposal) + cell_files_section(*files);
  const auto imported = import_proposal(text, "p.md", made);
  ASSERT_TRUE(imported.cell) << to_text(imported.problems.at(0));
  const auto copy = new_cell_body(*imported.cell, text);
  ASSERT_TRUE(copy) << copy.error().message;
  const auto again = read_new_cell(json_document(*copy), made);
  ASSERT_TRUE(again) << again.error().message;
  auto first = read_cell(*files).cell;
  auto second = read_cell(*again).cell;
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->status, core::MissionStatus::paused) << "it brings a command along";
  second->status = first->status;
  EXPECT_EQ(digest_of(*first), digest_of(*second));

  const auto edited = replaced(text, "| w | read |", "| w | audit |");
  const auto changed = new_cell_body(*import_proposal(edited, "p.md", made).cell, edited);
  EXPECT_EQ(changed->at("agents").at(0).at("role"), "audit") << "the table wins";
  EXPECT_EQ(changed->at("agents").at(0).at("lazaret").at("limits").at("memory"), "1GB");
  const auto broken = replaced(text, "```json\n{", "```json\n{,");
  EXPECT_FALSE(new_cell_body(*import_proposal(broken, "p.md", made).cell, broken));
}

TEST(Proposal, SaysLineByLineWhatIsMissing) {
  const auto only = [](const std::string& text) {
    const auto reading = read_proposal(text, "p.md");
    EXPECT_FALSE(reading.proposal);
    std::string out;
    for (const Problem& problem : reading.problems) out += to_text(problem) + "\n";
    return out;
  };
  EXPECT_EQ(only(replaced(filled_in, "| Lead |", "| Boss |")),
            "p.md:25:1 Agents Required: found \"Boss\", expected one of lead, write, read, audit\n"
            "p.md:30:1 Tasks: found \"lead-1\", expected an id of the table \"Agents Required\"\n");
  EXPECT_EQ(only(replaced(filled_in, "| plan |\n", "| plam |\n")),
            "p.md:31:1 Tasks: found \"plam\" as a dependency, expected a Task ID of this table\n");
  EXPECT_EQ(only(replaced(filled_in, "[ ] None", "[x] None")),
            "p.md:32:1 Isolation Requirements: found 2 boxes checked, expected exactly one\n");
  EXPECT_EQ(only(replaced(filled_in, "4GB", "much")),
            "p.md:38:1 Resource Requirements: found \"much\", expected an amount of bytes such as "
            "\"4GB\" or \"512M\"\n");
  EXPECT_EQ(
      only(replaced(filled_in, "## Objective", "## Aim")),
      "p.md Objective: found no section \"Objective\", expected the heading \"## Objective\"\n");
  EXPECT_EQ(only(replaced(filled_in, "\nLighthouse\n", "\n<name>\n")),
            "p.md:7:1 Mission Name: found nothing written, expected some text\n");
  EXPECT_EQ(only(replaced(filled_in, "alice", "")),
            "p.md Proposer: found nobody, expected the line \"Proposer: …\"\n");
}

TEST(Proposal, TheTemplateAsDeliveredAsksForEverything) {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  std::ifstream in(root / ".gitea/ISSUE_TEMPLATE/mission-proposal.md", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  ASSERT_FALSE(text.empty());
  EXPECT_NE(text.find("title: \"[MISSION] \""), std::string::npos);
  std::vector<std::string> sections;
  for (const Problem& problem : read_proposal(text, "p.md").problems) {
    EXPECT_TRUE(problem.line > 0 || problem.pointer == "Proposer") << "every section is there";
    sections.push_back(problem.pointer);
  }
  EXPECT_EQ(sections, (std::vector<std::string>{
                          "Mission Name", "Objective", "Included", "Agents Required", "Tasks",
                          "Isolation Requirements", "Success Criteria", "Proposer"}));
}

TEST(Proposal, HostileTextIsRefusedOrHarmless) {
  EXPECT_FALSE(read_proposal(std::string(1 << 20, '#'), "p.md").proposal);
  EXPECT_FALSE(read_proposal(std::string("\0", 1), "p.md").proposal);
  EXPECT_FALSE(read_proposal("", "p.md").proposal);
  for (std::size_t cut = 0; cut < std::string_view(filled_in).size(); cut += 7) {
    read_proposal(std::string_view(filled_in).substr(0, cut), "p.md");
  }
  const auto evil = read_proposal(replaced(filled_in, "| plan | Plan", "| ../plan | Plan"), "p.md");
  EXPECT_EQ(evil.problems.at(0).found, "\"../plan\"");
}

}  // namespace
}  // namespace lazaret::wire
