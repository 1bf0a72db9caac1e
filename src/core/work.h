// Tasks in motion: claimed, checkpointed, reported, verified, failed, tried again.
#pragma once

#include "core/decision.h"

namespace lazaret::core::work {

// The best task for a `process` agent (or the one it has); answers the decision's request.
void claim(Decision& d, const AgentRef& ref, const std::optional<TaskId>& only);
// Tells one that runs and has nothing to do that there is work for it.
void offer(Decision& d, const AgentRef& ref);
// A turn begins on this task with the incarnation that is about to start.
void claim_for_turn(Decision& d, const AgentRef& ref, const TaskId& task, Incarnation incarnation);

// Reported done: completed at once, or after its verify command agrees.
void report_done(Decision& d, const TaskRef& ref, const std::string& result);
void on_verified(Decision& d, const event::VerifyFinished& e);
void start_verify(Decision& d, const TaskRef& ref);

// Another try while max_tries allows it, else failed.
void fail_or_retry(Decision& d, const TaskRef& ref, const std::string& reason);

void on_timeout(Decision& d, const TaskRef& ref);
void on_cancel_due(Decision& d, const TaskRef& ref);

// Gives the task that `ref` owns back to the ready ones; `counted`: that uses up one of its tries.
void release_owned(Decision& d, const AgentRef& ref, const std::string& reason, bool counted);
// The owner waits for a person: a task for anybody goes to somebody else meanwhile.
void note_owner_waits(Decision& d, const AgentRef& ref);

// Tells agents about work: a wake for idle `turn` agents, a line on stdin for others.
void dispatch(Decision& d, const CellId& cell);

}  // namespace lazaret::core::work
