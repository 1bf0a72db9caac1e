// What agents, tasks and missions may spend: wall time, CPU time, starts, tokens, money.
//
// Where a cap is reached, everything that it concerns is frozen where it is (and nothing of it is
// started), and a person is asked: yes raises the cap by a stated amount, no stops it (the agent is
// stopped, the task failed, the mission failed). The default at the deadline is no.
//
//   starts            set aside when one is decided, spent when it came about
//   tokens, money     what agents report; set aside first by those who want to be sure beforehand
//   CPU time          samples of the agent's processes, now and then (event::CpuUsed)
//   wall time         an agent: while it lives and is not frozen; a task: while somebody works on
//                     it; a mission: while it is active
//
// A start or an amount to be set aside that would pass a cap is refused. What was spent already is
// recorded as it is reported, even past the cap: it is true.
#pragma once

#include "core/decision.h"
#include "core/meter.h"

namespace lazaret::core::budgets {

inline constexpr std::size_t reservations_most = 64;  // of one agent

// May somebody take this task, as far as its own budget goes? If not, a person is asked: what was
// spent of it by others counts.
bool may_claim(Decision& d, const TaskRef& ref);
// May this agent be started now, as far as budgets go? If not, a person is asked. `task`: what it
// is about to work on, where it has none in hand.
bool may_start(Decision& d, const AgentRef& ref, const std::optional<TaskId>& task = {});

// Answers the decision's request: the id is that of what was set aside.
void report(Decision& d, const op::ReportSpend& o);
void on_cpu_used(Decision& d, const event::CpuUsed& e);
void on_wall_used(Decision& d, const BudgetPlace& place);

void on_answer(Decision& d, const ApprovalId& id, AnswerWord answer, const std::string& by);

// The question was closed without an answer, as what it is about has ended: it holds nothing more.
// What goes on after all, and is still over its cap, is asked about anew.
void on_closed(Decision& d, const ApprovalId& id);

// Freezes what is held, and thaws what was frozen for a budget and is held no longer.
void hold_or_let_go(Decision& d, const AgentRef& ref);
// The task of a frozen owner ended or went elsewhere.
void on_task_left(Decision& d, const AgentRef& owner);

}  // namespace lazaret::core::budgets
