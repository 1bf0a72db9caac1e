// The fields of `lazaret` that cell.json and config/policies.json share.
#pragma once

#include "core/definition.h"
#include "wire/cell_fields.h"

namespace lazaret::wire::parts {

void read_own_policies(Fields& own, core::CellDefinition& cell);

}  // namespace lazaret::wire::parts
