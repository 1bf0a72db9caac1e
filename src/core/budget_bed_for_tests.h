// Two agents, of whom one is at a task, and what they spend.
#pragma once

#include "core/bed_for_tests.h"
#include "core/budgets.h"

namespace lazaret::core::testing {

inline CellDefinition cell_with_two(std::vector<TaskDefinition> tasks = {}) {
  TaskDefinition task = task_of("task");
  task.assigned_to = AgentId("a");
  tasks.insert(tasks.begin(), task);
  return cell_of({process_agent("a"), process_agent("b")}, std::move(tasks));
}

struct Spending : Bed {
  explicit Spending(const CellDefinition& cell) : Bed(cell) {
    spawned("a");
    spawned("b");
    ask_as("a", op::ClaimTask{ref("a"), TaskId("task")});
  }
  Answer spend(const std::string& id, std::int64_t tokens, const std::string& settles = {}) {
    op::ReportSpend report{ref(id), {}, false, settles};
    report.amounts.tokens = tokens;
    return ask_as(id, report);
  }
  Answer set_aside(const std::string& id, std::int64_t tokens) {
    op::ReportSpend report{ref(id), {}, true, {}};
    report.amounts.tokens = tokens;
    return ask_as(id, report);
  }
  const Approval& approval() const { return fleet.approvals.rbegin()->second; }
  Answer say(AnswerWord word) {
    return ask(op::AnswerPerson{fleet.approvals.rbegin()->first, word, "seen"});
  }
  bool asked() const { return !fleet.approval_deadlines.empty(); }
};

}  // namespace lazaret::core::testing
