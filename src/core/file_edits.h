// A person's edit of a runtime field in a cell's files is a request: carried out like the same
// words at any other door, or refused with a reason (and the file is set right again).
//
//   file           edit of `status`             means
//   cell.json      to active, paused, …         the mission's status
//   agents/x.json  to paused                    pause the agent
//   agents/x.json  from paused                  resume it
//   tasks/x.json   from failed to pending       try the task again
//   anything else                               refused
#pragma once

#include "core/decision.h"

namespace lazaret::core::file_edits {

// `before` and `after`: what the files said and say. runtime: differences in the status of agents
// and tasks are a person's too (the mission's status always is: what we wrote ourselves was told
// as mirrored).
void follow(Decision& d, const CellDefinition& before, const CellDefinition& after, bool runtime);

}  // namespace lazaret::core::file_edits
