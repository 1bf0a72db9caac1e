// Checkpoints: what an agent saved of its state, and goes on from after a death.
//
// The agent writes into its staging directory and says `save`; an adapter copies, hashes and fsyncs
// the files, and only then the core hears of it (op::SaveCheckpoint) and it counts. Before each
// start the newest that verifies is put back into the staging directory, else the one before it,
// and so on; one that does not verify is never used again. Which one it was is a fact.
//
// An agent is asked for one, by a line on its stdin or a signal (run.checkpoint_signal), every
// checkpoint_interval while it has a task, and before it is stopped or hands its work over where
// checkpoint_required says so. Asked are only those that know what to do: they have saved one
// before, or have a checkpoint_signal, or the mission requires checkpoints. After
// checkpoint_deadline the wait is over, on record.
//
// Now and then (rehearsal_interval) the newest is restored into a scratch directory, to see that
// it can be.
#pragma once

#include "core/decision.h"

namespace lazaret::core::checkpoint {

// Asks for one; save() or a missed deadline ends the wait and lets `before` go on. false: nobody
// can be asked (it does not run, is frozen, hears neither line nor signal); that is on record too.
bool ask(Decision& d, const AgentRef& ref, CheckpointFor before, const std::string& reason);
// The request once more, for an agent that a new daemon has found.
void ask_again(Decision& d, const AgentRef& ref);

// The mission requires one before this agent is stopped, and it can be asked.
bool stop_waits(const Cell& cell, const Agent& agent);
// The newest that may be used was saved after `since`.
bool is_newer(const Agent& agent, Instant since);

// What the next start may go on from, best first: the agent's own, and where it stands in for
// another one, that one's too.
std::vector<CheckpointRef> candidates(const Cell& cell, const Agent& agent);

// The files are safe: it counts from now on.
void save(Decision& d, const AgentRef& ref, const CheckpointInfo& info);

// Its process ended, or is about to be killed: nothing more will be saved.
void on_end(Decision& d, const AgentRef& ref, const std::string& reason);
void on_restored(Decision& d, const event::CheckpointRestored& e);
void on_rehearsed(Decision& d, const event::CheckpointRehearsed& e);
void on_interval(Decision& d, const AgentRef& ref);
void on_deadline(Decision& d, const AgentRef& ref);
void on_rehearsal_due(Decision& d, const AgentRef& ref);

// Tells the adapter which ones are kept, and which is the newest.
void tidy_up(Decision& d, const AgentRef& ref);

}  // namespace lazaret::core::checkpoint
