// How the three views of an agent (process, health, activity) become the one word `status` of its
// file.
//
//   rule, first match wins                                                 status
//   quarantined                                                            failed
//   an external agent that is unhealthy                                    failed
//   paused or frozen by a person, or awaiting an approval                  paused
//   it owns a task, or a turn is running                                   active
//   its mission is paused                                                  paused
//   anything else: ready for work, between tries, stopped, finished        idle
//
// Being between two tries (backoff) with a task in hand is active: the work goes on, nobody else
// has it.
#pragma once

#include <string_view>

#include "core/fleet.h"
#include "wire/cell_file.h"

namespace lazaret::wire {

std::string_view agent_status(const core::Cell& cell, const core::Agent& agent);

// reported is in_progress: what is reported done and not yet verified is not completed.
std::string_view task_status(core::TaskState state);

AgentMirror mirror_of(const core::Cell& cell, const core::Agent& agent);
TaskMirror mirror_of(const core::Task& task);

}  // namespace lazaret::wire
