// New missions: from a template, or from the body of `POST /cells`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/definition.h"
#include "wire/cell_file.h"

namespace lazaret::wire {

// What only the maker knows. `id` becomes both the directory's name and cell_id.
struct NewCell {
  CellId id;
  std::string missions_path;  // absolute
  std::string created_by;
  WallTime at{};
};

struct TemplateInfo {
  std::string_view name;
  std::string_view summary;
};
const std::vector<TemplateInfo>& templates();

// `command`: how the template's agents are started; empty = they are external and only send beats.
// Error: not_found, with the names there are.
Result<core::CellDefinition> from_template(std::string_view name, std::string_view mission_name,
                                           const std::vector<std::string>& command,
                                           const NewCell& made);

// {"template": "blank", "mission_name": "…", …}: mission_name is required; everything that
// cell.json holds may be given, and `command`, `agents` (list of agent objects), `tasks` (list of
// task objects), `isolation`, `config_policies` and `permissions` (contents of the files under
// config/). Agents and tasks with an id of the template's replace its own. Fields that are not
// known are refused. The result has passed read_cell. Errors: invalid_input with the first problem,
// not_found for a template, too_large.
Result<CellFiles> read_new_cell(std::string_view json, const NewCell& made,
                                std::string_view place = "body");

}  // namespace lazaret::wire
