// One handler for each operation, spread over request_*.cpp by subject.
#pragma once

#include "core/decision.h"

namespace lazaret::core::requests {

// The remedy where the caller's scope is too narrow.
inline constexpr const char* operators_key =
    "a key with the scope operator, as `lazaret token add NAME --scope operator` makes it";

struct Handler {
  Decision& d;
  const Caller& caller;

  // request_agents.cpp
  void operator()(const op::StartAgent& o);
  void operator()(const op::StopAgent& o);
  void operator()(const op::KillAgent& o);
  void operator()(const op::PauseAgent& o);
  void operator()(const op::ResumeAgent& o);
  void operator()(const op::FreezeAgent& o);
  void operator()(const op::ThawAgent& o);
  void operator()(const op::DefineAgent& o);
  void operator()(const op::WakeAgent& o);
  void operator()(const op::ReportActivity& o);
  void operator()(const op::ReportSpend& o);

  // request_accounts.cpp
  void operator()(const op::SetAccount& o);
  void operator()(const op::LimitAccount& o);

  // request_tasks.cpp
  void operator()(const op::AddTasks& o);
  void operator()(const op::ClaimTask& o);
  void operator()(const op::CheckpointTask& o);
  void operator()(const op::ReportDone& o);
  void operator()(const op::ReportFailed& o);
  void operator()(const op::ReleaseTask& o);
  void operator()(const op::RetryTask& o);
  void operator()(const op::VerifyAgain& o);
  void operator()(const op::AssignTask& o);
  void operator()(const op::AddDependency& o);
  void operator()(const op::HandOffTask& o);

  // request_checkpoints.cpp
  void operator()(const op::SaveCheckpoint& o);
  void operator()(const op::AskCheckpoint& o);
  void operator()(const op::PickCheckpoint& o);

  // request_fleet.cpp
  void operator()(const op::AskPerson& o);
  void operator()(const op::AnswerPerson& o);
  void operator()(const op::SetMission& o);
  void operator()(const op::RemoveMission& o);
  void operator()(const op::FreezeFleet& o);
  void operator()(const op::StopFleet& o);
  void operator()(const op::RecordNote& o);

  // request_calendar.cpp
  void operator()(const op::RegisterCalendarAgent& o);
  void operator()(const op::RemoveCalendarAgent& o);
  void operator()(const op::SetCalendarStatus& o);
  void operator()(const op::DefinePlan& o);
  void operator()(const op::RemovePlan& o);
  void operator()(const op::PausePlan& o);
  void operator()(const op::RefreshZone& o);
  void operator()(const op::DefineSlot& o);
  void operator()(const op::ChangeSlot& o);
  void operator()(const op::ImportCalendar& o);
  // Of one that was checked.
  void take_plan(const op::DefinePlan& o);
  bool knows_zone(const std::string& name, const std::string& data);
  bool fits(const SlotWork& work);

  // Checks; each refuses with a reason and returns false. requests.cpp
  bool known(const AgentRef& ref);
  bool known(const CellId& cell);
  bool known(const TaskRef& ref);
  bool is_agent() const;
  bool may_act_for(const AgentRef& ref);
  bool is_not_fenced(const std::string& what);
  bool is_operator(const std::string& what);
  bool may_publish(const CellId& cell, const std::string& what);
  // The live owner of the task, or an operator.
  bool may_write(const TaskRef& ref, const std::string& what);
  bool refuse_former_owner(const TaskRef& ref, const std::string& what);
  void end(const AgentRef& ref, const std::string& reason, bool at_once);
  void freeze(const AgentRef& ref, bool frozen, const std::string& reason);
};

}  // namespace lazaret::core::requests
