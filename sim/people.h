// People: who answer questions late or never, and operators who interfere at any moment. When
// faults stop they put everything right, as a good operator would.
#pragma once

#include "core/fact_words.h"
#include "sim/programs.h"
#include "sim/workload.h"

namespace lazaret::sim {

class People {
 public:
  People(World& world, Workload& workload) : world_(world), workload_(workload) {}

  void begin();
  // Hears of every recorded fact; a new daemon is heard anew.
  void listen(runtime::Loop& loop);
  // Somebody sets the mission to the other of paused and active.
  void change_their_mind(const CellId& mission);
  // Resume and thaw everything, answer every open question, start what only a person can start.
  void put_right();
  // What a person asked to be stopped stays stopped, so it is not a fault.
  std::uint64_t acts() const { return acts_; }

 private:
  void now_and_then(double an_hour, void (People::*act)());
  void interfere();
  void act_on(const AgentRef& agent);
  void react(const core::FactSubject& subject);
  void wake_somebody();
  void add_tasks();
  void edit_files();
  void freeze_all();
  void answer_later(const ApprovalId& id);
  void ask(core::Operation operation);
  std::vector<AgentRef> agents() const;
  std::optional<AgentRef> some_agent();
  std::optional<CellId> some_cell();
  std::optional<TaskRef> begun_task(const core::Cell& cell);
  core::Operation some_act(const AgentRef& agent);

  World& world_;
  Workload& workload_;
  std::uint64_t acts_ = 0;
};

}  // namespace lazaret::sim
