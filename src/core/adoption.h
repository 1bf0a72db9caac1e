// After a start of the daemon: the state says what should be there, the world says what is. Agents
// found alive go on; those that ended meanwhile are judged as ever; what was asked for and not
// confirmed is asked for again (commands are idempotent by incarnation).
#pragma once

#include "core/decision.h"

namespace lazaret::core::adoption {

void on_daemon_started(Decision& d, const event::DaemonStarted& e);
void on_adopted(Decision& d, const event::AgentAdopted& e);
void on_finished(Decision& d);

}  // namespace lazaret::core::adoption
