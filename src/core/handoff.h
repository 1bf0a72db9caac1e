// A task goes from the agent that has it to another one.
//
//   asked for ──manual──► a person says yes ──► checkpoint ──► transferred
//            └──auto──────────────────────────►          └──► given up: there is none
//
// Who asks: an operator, or the agent itself. Policies: handoff_allowed; handoff_approval;
// checkpoint_required: the owner is asked to save where its work stands (checkpoint.h), and after
// checkpoint_deadline its last one is taken. Permissions: the one must be allowed to hand over, the
// other to take over (permissions.h). What the new owner gets is the task with its cursor and who
// had it before; what the old one writes later is refused (409) and recorded.
#pragma once

#include "core/decision.h"

namespace lazaret::core::handoff {

// Answers the decision's request: the id is that of the approval it waits for, if it does.
void request(Decision& d, const Caller& caller, const op::HandOffTask& o);

void on_answer(Decision& d, const TaskRef& ref, const ApprovalId& approval, AnswerWord answer,
               const std::string& by);
void on_checkpoint(Decision& d, const TaskRef& ref);
void on_checkpoint_due(Decision& d, const TaskRef& ref);

// The task ends, or its owner loses it in another way: nothing is left to be handed over.
void give_up(Decision& d, const TaskRef& ref, const std::string& reason);

// Was it this agent's, and went to somebody else?
bool was_handed_over(const Task& task, const AgentRef& agent);

}  // namespace lazaret::core::handoff
