// The reader of each kind of file, for cell_file.cpp. Each notes what is wrong and fills in the
// rest.
#pragma once

#include "wire/cell_fields.h"
#include "wire/cell_file.h"

namespace lazaret::wire::parts {

// What cell.json says, and where config/ may overrule it.
void read_mission(const Findings& findings, const JsonValue& root, core::CellDefinition& cell);
void read_isolation(const Findings& findings, const JsonValue& root, core::CellDefinition& cell);
void read_policies(const Findings& findings, const JsonValue& root, core::CellDefinition& cell);
void read_permissions(const Findings& findings, const JsonValue& root, core::CellDefinition& cell);

void read_agent(const Findings& findings, const JsonValue& root, core::AgentDefinition& agent,
                core::FileRuntime& runtime);
// `at`: pointer of `root` in its document. strict: every unknown field is a finding; else only
// those that look like a slip of the pen.
void read_task(const Findings& findings, const JsonValue& root, const std::string& at,
               core::TaskDefinition& task, std::string& status, bool strict = false);

// A parsed file, kept until the checks that concern several files are done.
struct Document {
  std::string file;
  JsonDocument json;
};

// Cycles, unknown and duplicate ids, permissions, numbers of agents. `cell` has passed the readers.
void check_cell(const core::CellDefinition& cell, const std::map<std::string, Document>& documents,
                std::vector<Problem>& problems);

}  // namespace lazaret::wire::parts
