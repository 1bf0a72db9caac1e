#include <fmt/format.h>

#include <algorithm>

#include "wire/cell_fields.h"
#include "wire/cell_quantity.h"
#include "wire/proposal_file.h"
#include "wire/proposal_markdown.h"

namespace lazaret::wire {
namespace {

using markdown::Line;
using markdown::Row;
using markdown::Section;

class ProposalReader {
 public:
  ProposalReader(std::string_view text, std::string_view file)
      : file_(file),
        sections_(markdown::sections(text)),
        whole_(text.contains("\n" + std::string(cell_files_heading) + "\n")) {}

  ProposalReading read() {
    proposal_.mission_name = required_line("Mission Name");
    proposal_.objective = text_of("Objective", true);
    list_of("Included", proposal_.included, true);
    list_of("Excluded", proposal_.excluded, false);
    read_agents();
    read_tasks();
    read_isolation();
    read_resources();
    rows_of("Timeline", 3, proposal_.timeline);
    boxes_of("Success Criteria", proposal_.criteria, true);
    rows_of("Risks and Mitigations", 2, proposal_.risks);
    list_of("Dependencies", proposal_.dependencies, false);
    boxes_of("Approval", proposal_.approval, true);
    proposal_.notes = text_of("Notes", false);
    read_signature();
    ProposalReading reading;
    if (!has_errors(problems_)) reading.proposal = std::move(proposal_);
    reading.problems = std::move(problems_);
    return reading;
  }

 private:
  void error(std::uint64_t line, const std::string& section, std::string found,
             std::string expected) {
    add_problem(problems_, {file_, line, line > 0 ? std::uint64_t{1} : 0, section, std::move(found),
                            std::move(expected), Severity::error});
  }

  const Section* find(const std::string& name, bool needed) {
    for (const Section& section : sections_) {
      if (markdown::lower(section.name) == markdown::lower(name)) return &section;
    }
    if (needed) error(0, name, "no section \"" + name + "\"", "the heading \"## " + name + "\"");
    return nullptr;
  }

  // Lines of the section up to the signature, without placeholders; blank ones at the ends removed.
  std::string text_of(const std::string& name, bool needed) {
    const Section* section = find(name, needed);
    if (section == nullptr) return {};
    std::string text;
    for (const Line& line : section->lines) {
      if (line.text == "---") break;
      if (!markdown::is_placeholder(line.text)) text += line.text + "\n";
    }
    text = markdown::trim(text);
    if (needed && !whole_ && text.empty())
      error(section->number, name, "nothing written", "some text");
    return text;
  }

  std::string required_line(const std::string& name) {
    const std::string text = text_of(name, true);
    return text.substr(0, text.find('\n'));
  }

  void list_of(const std::string& name, std::vector<std::string>& out, bool needed) {
    const Section* section = find(name, needed);
    if (section == nullptr) return;
    for (const Line& line : section->lines) {
      if (line.text == "---") break;
      std::string rest;
      if (markdown::list_mark(line.text, rest) == 0) continue;
      while (markdown::take_box(rest) != 0) {
      }
      if (!rest.empty() && !markdown::is_placeholder(rest)) out.push_back(rest);
    }
    if (needed && !whole_ && out.empty()) {
      error(section->number, name, "no line \"- …\"", "at least one");
    }
  }

  void boxes_of(const std::string& name, std::vector<ProposalBox>& out, bool needed) {
    const Section* section = find(name, needed);
    if (section == nullptr) return;
    for (const Line& line : section->lines) {
      if (line.text == "---") break;
      std::string rest;
      const char mark = markdown::list_mark(line.text, rest);
      if (mark == 0 || rest.empty() || markdown::is_placeholder(rest)) continue;
      out.push_back({rest, mark == 'x'});
    }
    if (needed && !whole_ && out.empty()) {
      error(section->number, name, "no line \"- [ ] …\"", "at least one");
    }
  }

  // Rows below the head; each is filled up to `columns`.
  std::vector<Row> body(const std::string& name, std::size_t columns, bool needed) {
    const Section* section = find(name, needed);
    if (section == nullptr) return {};
    auto rows = markdown::table(*section);
    if (!rows.empty()) rows.erase(rows.begin());
    std::vector<Row> out;
    for (Row& row : rows) {
      if (row.cells.size() > columns) {
        error(row.number, name, fmt::format("{} columns", row.cells.size()),
              fmt::format("{} columns; a | in a text is written \\|", columns));
        continue;
      }
      row.cells.resize(columns);
      for (std::string& cell : row.cells) {
        if (markdown::is_placeholder(cell)) cell.clear();
      }
      const bool empty = std::ranges::all_of(row.cells, [](const auto& c) { return c.empty(); });
      if (!empty) out.push_back(std::move(row));
    }
    if (needed && !whole_ && out.empty()) {
      error(section->number, name, "no filled-in row", "a table with at least one");
    }
    return out;
  }

  void rows_of(const std::string& name, std::size_t columns,
               std::vector<std::vector<std::string>>& out) {
    for (Row& row : body(name, columns, false)) out.push_back(std::move(row.cells));
  }

  bool take_id(const Row& row, const std::string& section, const std::string& column,
               const std::string& text) {
    if (is_safe_id(text)) return true;
    error(row.number, section, text.empty() ? "no " + column : quoted(text),
          std::string(safe_id_expected));
    return false;
  }

  template <HasWords E>
  bool word(const Row& row, const std::string& section, const std::string& text, E& out) {
    const auto value = from_word<E>(markdown::lower(text));
    if (value) out = *value;
    if (!value) {
      error(row.number, section, text.empty() ? "an empty field" : quoted(text),
            fmt::format("one of {}", fmt::join(enum_words(E{}), ", ")));
    }
    return value.has_value();
  }

  static std::string plain(std::string text) {
    if (text.size() > 2 && text.front() == '`' && text.back() == '`') {
      return text.substr(1, text.size() - 2);
    }
    return text;
  }

  void read_agents() {
    const std::string name = "Agents Required";
    for (const Row& row : body(name, 4, true)) {
      core::AgentDefinition agent;
      agent.id = AgentId(plain(row.cells[0]));
      agent.name = agent.id.value;
      const bool good = take_id(row, name, "Agent ID", agent.id.value);
      if (!word(row, name, row.cells[1], agent.role) || !good) continue;
      agent.capabilities = markdown::split_list(row.cells[2]);
      const std::string gateway = markdown::lower(row.cells[3]);
      if (gateway != "-" && gateway != "none" && gateway != "local") agent.gateway = row.cells[3];
      const bool twice = std::ranges::any_of(
          proposal_.agents, [&](const auto& other) { return other.id == agent.id; });
      if (twice) {
        error(row.number, name, quoted(agent.id.value) + " a second time", "each agent once");
      } else {
        proposal_.agents.push_back(std::move(agent));
      }
    }
  }

  void read_tasks() {
    const std::string name = "Tasks";
    const auto rows = body(name, 5, true);
    for (const Row& row : rows) {
      core::TaskDefinition task;
      task.id = TaskId(plain(row.cells[0]));
      if (!take_id(row, name, "Task ID", task.id.value)) continue;
      task.title = row.cells[1];
      if (task.title.empty()) error(row.number, name, "no Title", "what is to be done");
      const auto assigned = markdown::split_list(row.cells[2]);
      if (assigned.size() > 1) error(row.number, name, "several assignees", "one, or none");
      if (assigned.size() == 1 && markdown::lower(assigned[0]) != "any") {
        task.assigned_to = AgentId(assigned[0]);
        check_known(row, name, assigned[0], proposal_.agents, "Agents Required");
      }
      word(row, name, row.cells[3].empty() ? "medium" : row.cells[3], task.priority);
      for (std::string& id : markdown::split_list(row.cells[4])) {
        const bool known = std::ranges::any_of(
            rows, [&](const Row& other) { return plain(other.cells[0]) == id; });
        if (!known) {
          error(row.number, name, quoted(id) + " as a dependency", "a Task ID of this table");
        }
        task.dependencies.emplace_back(std::move(id));
      }
      const bool twice = std::ranges::any_of(
          proposal_.tasks, [&](const auto& other) { return other.id == task.id; });
      if (twice) {
        error(row.number, name, quoted(task.id.value) + " a second time", "each task once");
      } else {
        proposal_.tasks.push_back(std::move(task));
      }
    }
  }

  template <class List>
  void check_known(const Row& row, const std::string& section, const std::string& id,
                   const List& list, const std::string& where) {
    const bool known =
        std::ranges::any_of(list, [&](const auto& one) { return one.id.value == id; });
    if (!known) error(row.number, section, quoted(id), "an id of the table \"" + where + "\"");
  }

  void read_isolation() {
    const std::string name = "Isolation Requirements";
    std::vector<ProposalBox> boxes;
    boxes_of(name, boxes, true);
    int checked = 0;
    for (const ProposalBox& box : boxes) {
      if (!box.checked) continue;
      ++checked;
      const std::string text = markdown::lower(box.text);
      if (text.starts_with("none"))
        proposal_.isolation = core::Isolation::none;
      else if (text.starts_with("level 1"))
        proposal_.isolation = core::Isolation::level_1;
      else if (text.starts_with("level 2"))
        proposal_.isolation = core::Isolation::level_2;
      else if (text.starts_with("level 3"))
        proposal_.isolation = core::Isolation::level_3;
      else
        error(0, name, quoted(box.text), "None, Level 1, Level 2 or Level 3");
    }
    const Section* section = find(name, false);
    if (section == nullptr || boxes.empty() || checked == 1) return;
    error(section->number, name, fmt::format("{} boxes checked", checked), "exactly one");
  }

  void read_resources() {
    const std::string name = "Resource Requirements";
    const auto rows = body(name, 4, false);
    if (rows.empty()) return;
    const Row& row = rows.front();
    const auto take = [&](std::size_t i, std::string& out, auto read, std::string_view expected) {
      const std::string text = row.cells[i];
      if (text.empty() || text == "-") return;
      if (!read(text)) return error(row.number, name, quoted(text), std::string(expected));
      out = text;
    };
    take(0, proposal_.cpu, read_cpus, cpus_expected);
    take(1, proposal_.memory, read_bytes, bytes_expected);
    take(2, proposal_.disk, read_bytes, bytes_expected);
    proposal_.network = row.cells[3];
  }

  // "Proposer: …", also as "**Proposer:** …" or "- Proposer: …", anywhere.
  void read_signature() {
    for (const Section& section : sections_) {
      for (const Line& line : section.lines) {
        std::string text = line.text;
        if (text.starts_with("- ")) text = text.substr(2);
        const std::size_t colon = text.find(':');
        if (colon == std::string::npos) continue;
        std::string name = text.substr(0, colon);
        std::erase(name, '*');
        const auto take = [&](const char* label, std::string& out) {
          if (name != label) return;
          out = markdown::without_emphasis(std::string_view(text).substr(colon + 1));
          if (markdown::is_placeholder(out)) out.clear();
        };
        take("Proposer", proposal_.proposer);
        take("Date", proposal_.date);
        take("Parent Epic", proposal_.parent_epic);
      }
    }
    if (proposal_.proposer.empty()) error(0, "Proposer", "nobody", "the line \"Proposer: …\"");
  }

  std::string file_;
  std::vector<Section> sections_;
  bool whole_;  // an export of a cell, which need not have been a proposal
  Proposal proposal_;
  std::vector<Problem> problems_;
};

}  // namespace

ProposalReading read_proposal(std::string_view text, std::string_view file) {
  ProposalReading reading;
  const auto refuse = [&](std::string found, std::string expected) {
    add_problem(reading.problems, {std::string(file), 0, 0, "", std::move(found),
                                   std::move(expected), Severity::error});
    return reading;
  };
  if (text.size() > proposal_bytes_most) {
    return refuse(fmt::format("{} bytes", text.size()),
                  fmt::format("at most {} bytes", proposal_bytes_most));
  }
  if (text.find('\0') != std::string_view::npos) return refuse("a NUL byte", "text");
  return ProposalReader(text, file).read();
}

}  // namespace lazaret::wire
