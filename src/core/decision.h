// One decision in the making: what is known, what was recorded so far, what shall be done.
#pragma once

#include <utility>

#include "core/apply.h"
#include "core/decide.h"
#include "core/fleet.h"

namespace lazaret::core {

class Decision {
 public:
  Decision(Fleet& fleet_to_change, Stamp at) : now(at), fleet_(fleet_to_change) {}

  const Fleet& fleet() const { return fleet_; }
  // The fact takes effect at once; what follows in this decision already sees it.
  void record(Fact fact) {
    apply(fleet_, now, fact);
    outcome_.facts.push_back(std::move(fact));
  }
  void act(Command command) { outcome_.commands.push_back(std::move(command)); }
  void answer(Answer answer) { outcome_.answer = std::move(answer); }
  void grant(std::string id = {}, std::optional<TaskRef> task = {}) {
    answer(Granted{std::move(id), std::move(task)});
  }
  void refuse(ErrorCode code, std::string message, std::string remedy = {}) {
    answer(fail(code, std::move(message), {}, std::move(remedy)));
  }

  // For a request made in the course of this decision: its answer goes to nobody else.
  Answer take_answer() { return *std::exchange(outcome_.answer, std::nullopt); }

  const Cell* cell(const CellId& id) const { return find_cell(fleet_, id); }
  const Agent* agent(const AgentRef& ref) const { return find_agent(fleet_, ref); }
  const Task* task(const TaskRef& ref) const { return find_task(fleet_, ref); }

  const std::vector<Fact>& facts() const { return outcome_.facts; }
  Outcome take() { return std::move(outcome_); }

  const Stamp now;

 private:
  Fleet& fleet_;
  Outcome outcome_;
};

// Live: a process of this incarnation exists, or is about to.
constexpr bool is_live(ProcessState state) {
  return state == ProcessState::starting || state == ProcessState::running ||
         state == ProcessState::stopping;
}

}  // namespace lazaret::core
