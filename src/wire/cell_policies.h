// config/policies.json, and the fields of `lazaret` that cell.json shares with it.
#pragma once

#include <string>

#include "base/result.h"
#include "core/definition.h"
#include "wire/cell_fields.h"

namespace lazaret::wire::parts {

// Warns of policies at `fields` that only count elsewhere; call after all fields that count here.
void policies_misplaced(Fields& fields);

void read_own_policies(Fields& own, core::CellDefinition& cell);

// `text`: an object as in config/policies.json; what it does not name stays. invalid_input, also
// for a field that is not known.
Result<void> change_policies(core::CellDefinition& cell, const std::string& text);

}  // namespace lazaret::wire::parts
