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

// `before`: what the files said when last seen or written. A difference in the mission's status is
// a person's, unless this is the first look of a daemon and the one before may have written it
// (what is written is told as mirrored, but a daemon can die in between). Differences in the status
// of agents and tasks are a person's if the event says so.
void follow(Decision& d, const CellDefinition& before, const event::CellObserved& seen);

}  // namespace lazaret::core::file_edits
