// Everything that can go wrong in a simulated world, and how often it did.
#pragma once

#include <cstdint>
#include <map>

#include "base/fields.h"

namespace lazaret::sim {

LAZARET_ENUM(Fault,
             crash,               // an agent exits by itself, with any code
             killed_outside,      // somebody's signal, or the kernel's memory limit
             hang,                // alive, silent, nothing moves
             stopped_outside,     // state T, not by us
             silent_but_working,  // no beats, yet it works
             slow_start,          // later than revive_timeout
             slow_task,           // longer than the task's timeout
             spawn_failure,       // this start fails, the next may not
             spawn_impossible,    // no start can succeed
             ignores_stop,        // needs the kill
             failure_reported,    // the agent's own word, with a beat
             lost_message, doubled_message, late_message,
             stale_write,          // a request of an incarnation that is over
             daemon_killed,        // SIGKILL, then a new daemon
             power_lost,           // everything dies, what was not fsynced is gone
             clock_jump,           // wall clock, forward or back
             loop_stalled,         // our own loop was away
             disk_error,           // nothing can be recorded for a while
             person_silent,        // an approval that nobody answers
             operator_interfered,  // stop, kill, pause, freeze, … at any moment
             verify_failed,
             files_edited,       // agents and tasks come and go in a cell's files
             torn_checkpoint,    // saved, acknowledged, and found broken when it is needed
             clean_exit,         // an agent ends as if its work were done
             asked_restart,      // exit code 75
             asked_no_restart,   // exit code 125
             spend_refused,      // what an agent wants to set aside would pass a budget
             aside_forgotten,    // it was set aside and is never settled
             handoff_refused,    // to somebody who may not, or cannot, take it
             handed_over_write,  // of the live incarnation of somebody who lost the task
             fleet_frozen,
             limit_met)  // an agent's last words are of a rate limit

using FaultCounts = std::map<Fault, std::uint64_t>;

}  // namespace lazaret::sim
