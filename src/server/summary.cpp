#include "server/summary.h"

#include <fmt/format.h>

#include <set>

#include "base/rfc3339.h"
#include "core/called.h"
#include "core/ended.h"
#include "core/standstill.h"

namespace lazaret::server {
namespace {

// Whom a person is asked about already, other than by a question of its own.
std::set<AgentRef> asked_about(const core::Fleet& fleet) {
  std::set<AgentRef> all;
  for (const auto& [deadline, id] : fleet.approval_deadlines) {
    const core::Approval& approval = fleet.approvals.at(id);
    if (approval.agent && approval.kind != core::ApprovalKind::question)
      all.insert(*approval.agent);
  }
  return all;
}

// Nothing will wake it: its hang policy leaves it alone.
bool is_halted(const core::Agent& agent) {
  return agent.process == core::ProcessState::running && agent.stopped_by_others && !agent.frozen &&
         agent.hang == core::HangStage::none;
}

void count(const core::Agent& agent, Summary& summary) {
  ++summary.agents;
  switch (agent.process) {
    case core::ProcessState::starting:
    case core::ProcessState::running:
    case core::ProcessState::stopping:
      ++summary.alive;
      return;
    case core::ProcessState::external:
      ++(agent.health == core::Health::unhealthy ? summary.lost : summary.alive);
      return;
    case core::ProcessState::quarantined:
      ++summary.quarantined;
      return;
    case core::ProcessState::backoff:
    case core::ProcessState::awaiting_approval:
      return;
    case core::ProcessState::stopped:
      break;
  }
  const bool ended_badly = agent.wanted && !agent.finished && agent.last_exit &&
                           agent.last_exit->kind == core::ExitKind::lost;
  if (ended_badly) ++summary.lost;
}

}  // namespace

namespace {

void add(Summary& summary, std::string text, std::string command) {
  if (summary.needs.size() >= needs_most) return;
  summary.needs.push_back({{}, std::move(text), {}, {}, std::move(command)});
}

// `asked`: its open question stands in the list already.
void tell_agent(Summary& summary, const core::Fleet& fleet, const AgentRef& ref,
                const core::Agent& agent, bool asked) {
  if (is_halted(agent)) {
    ++summary.waiting;
    const std::string address = core::agent_called(fleet, ref);
    add(summary, address + " was stopped by somebody else (state T)",
        fmt::format("kill -CONT {}, or lazaret agent kill {}", agent.pid, address));
  }
  const bool full = summary.needs.size() >= needs_most;
  if (agent.process != core::ProcessState::quarantined || asked || full) return;
  // Nobody is needed for what is over: it could not even be started.
  if (!core::why_agent_ended(fleet, ref).empty()) return;
  const std::string address = core::agent_called(fleet, ref);
  add(summary, fmt::format("{} is quarantined: {}", address, agent.state_reason),
      "lazaret agent start " + address);
}

// Questions and quarantines stand in the list themselves, and who paused or stopped an agent knows.
void tell_mission(Summary& summary, const core::Fleet& fleet, const core::Cell& cell) {
  const auto still = core::standstill_of(fleet, cell);
  if (!still || still->approval) return;
  if (still->agent && !cell.agents.at(*still->agent).finished) return;
  ++summary.waiting;
  add(summary, core::mission_called(cell) + ": " + still->rule, still->remedy);
}

}  // namespace

Summary summary_of(const core::Fleet& fleet) {
  Summary summary;
  for (const auto& [id, approval] : fleet.approvals) {
    if (approval.answer) continue;
    ++summary.waiting;
    if (summary.needs.size() >= needs_most) continue;
    summary.needs.push_back({id.value, approval.question, std::string(to_word(approval.fallback)),
                             approval.deadline, "lazaret inbox approve " + id.value});
  }
  const std::set<AgentRef> asked_already = asked_about(fleet);
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      count(agent, summary);
      tell_agent(summary, fleet, {cell_id, id}, agent, asked_already.contains({cell_id, id}));
    }
    tell_mission(summary, fleet, cell);
  }
  summary.sentence = fmt::format("{} alive · {} waiting for you · {} quarantined · {} lost",
                                 summary.alive, summary.waiting, summary.quarantined, summary.lost);
  for (const auto& [name, account] : fleet.accounts) {
    if (!account.limit) continue;
    summary.sentence += fmt::format(" · account {} is rate limited until {}", name,
                                    to_rfc3339(account.limit->until));
  }
  if (fleet.frozen) summary.sentence += " · the fleet is frozen";
  return summary;
}

}  // namespace lazaret::server
