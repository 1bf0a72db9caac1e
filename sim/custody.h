// Who has each task, how it went from one to another, and what people are asked: a small account of
// it, kept from the facts, of what a hand-off promises.
#pragma once

#include <map>
#include <set>

#include "core/decision.h"
#include "ports/journal.h"
#include "sim/world.h"

namespace lazaret::sim {

class Custody {
 public:
  explicit Custody(World& world) : world_(world) {}

  void on_decided(const ports::Decision& decision, const core::Fleet& fleet);

 private:
  struct Account {
    std::optional<AgentId> owner;
    Incarnation incarnation;
    std::string cursor;
    std::set<AgentId> saved_by;  // who saved a checkpoint while at it
    std::optional<core::fact::HandoffPending> pending;
    std::optional<Instant> agreed_at;    // to the pending one: nobody need be asked any more
    std::optional<Instant> saved_at;     // its owner said where the work stands
    std::optional<AgentId> promised_to;  // handed over, and not yet taken
  };
  struct Question {
    core::fact::ApprovalOpened asked;
    Incarnation incarnation;  // of the agent that it is about
  };
  struct Facts;  // one function a fact; custody.cpp

  void take_stock(const core::Fleet& fleet);
  static std::optional<Instant> still_agreed(const Account& before, const TaskRef& ref,
                                             const core::Handoff& kept, const core::Fleet& fleet);
  void agree_to(const ApprovalId& approval, Instant at);
  void check_waited(const core::fact::TaskTransferred& moved, const Account& one, Instant now,
                    Duration patience);
  void check_writer(const ports::Decision& decision);
  void check_questions(const core::Fleet& fleet);
  std::string_view why_over(const Question& question, const core::Fleet& fleet) const;
  void wrong(std::string_view rule, const std::string& detail) {
    world_.violate(false, rule, detail);
  }

  World& world_;
  std::map<TaskRef, Account> tasks_;
  std::map<ApprovalId, Question> open_;
};

}  // namespace lazaret::sim
