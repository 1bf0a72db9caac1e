// What each fact promises, one function a fact. Included by the checker only.
#pragma once

#include "sim/checker.h"

namespace lazaret::sim {

struct Checker::Facts {
  Checker& c;
  const Stamp& at;
  const core::Fleet& fleet;
  const ports::Decision& decision;

  void operator()(const core::fact::DaemonStarted& f);
  void operator()(const core::fact::CellDefined& f);
  void operator()(const core::fact::CellRemoved& f);
  void operator()(const core::fact::MissionStatusChanged& f);
  void operator()(const core::fact::AgentStarting& f);
  void operator()(const core::fact::AgentSpawned& f);
  void operator()(const core::fact::AgentReady& f);
  void operator()(const core::fact::AgentStable& f);
  void operator()(const core::fact::AgentStopping& f);
  void operator()(const core::fact::AgentKilled& f);
  void operator()(const core::fact::AgentExited& f);
  void operator()(const core::fact::AgentBackedOff& f);
  void operator()(const core::fact::AgentQuarantined& f);
  void operator()(const core::fact::AgentAwaitsApproval& f);
  void operator()(const core::fact::AgentReleased& f);
  void operator()(const core::fact::AgentSubstituted& f);
  void operator()(const core::fact::AgentHealthChanged& f);
  void operator()(const core::fact::HangDeclared& f);
  void operator()(const core::fact::WakeAccepted& f);
  void operator()(const core::fact::WakeStarted& f);
  void operator()(const core::fact::WakeEnded& f);
  void operator()(const core::fact::TaskClaimed& f);
  void operator()(const core::fact::TaskCompleted& f);
  void operator()(const core::fact::TaskFailed& f);
  void operator()(const core::fact::TaskReleased& f);
  void operator()(const core::fact::TaskTransferred& f);
  void operator()(const core::fact::ApprovalAnswered& f);
  void operator()(const core::fact::AgentRemoved& f);
  void operator()(const core::fact::CheckpointSaved& f);
  void operator()(const core::fact::CheckpointRestored& f);
  template <class Other>
  void operator()(const Other&) {}  // nothing of its own to promise

  AgentAccount& account(const AgentRef& ref) { return c.agents_[ref]; }
  bool is_excused(const AgentRef& ref, const core::ExitReport& exit) const;
  // Of what the agent was told is safe, the newest that lies whole on the disk; null without any.
  const core::CheckpointRef* newest_whole(const AgentRef& agent);
  bool mission_runs(const CellId& id) const;
  bool changes_status(const CellId& id) const;
  bool contains_start_of(const AgentRef& ref) const;
};

}  // namespace lazaret::sim
