// The life of a mission: started, paused, completed, failed, timed out, removed.
#pragma once

#include "core/decision.h"

namespace lazaret::core::mission {

void on_cell_observed(Decision& d, const event::CellObserved& e);
void on_cell_mirrored(Decision& d, const event::CellMirrored& e);
void on_cell_gone(Decision& d, const event::CellGone& e);
void set_status(Decision& d, const CellId& cell, MissionStatus status, const std::string& reason,
                const std::string& by);
// Ends the mission when everything is done, or when nothing can move any more.
void check_end(Decision& d, const CellId& cell);
void on_timeout(Decision& d, const CellId& cell);

}  // namespace lazaret::core::mission
