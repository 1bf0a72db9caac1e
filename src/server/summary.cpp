#include "server/summary.h"

#include <fmt/format.h>

#include <set>

#include "server/names.h"

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

// `asked`: the open approval stands for its quarantine; counting both would count it twice.
void count(const core::Agent& agent, bool asked, Summary& summary) {
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
      if (!asked) ++summary.quarantined;
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

Summary summary_of(const core::Fleet& fleet) {
  Summary summary;
  const Addresses addresses(fleet);
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
      const bool asked = asked_already.contains({cell_id, id});
      count(agent, asked, summary);
      if (is_halted(agent) && summary.needs.size() < needs_most) {
        ++summary.waiting;
        const std::string address = addresses.of({cell_id, id});
        summary.needs.push_back(
            {{},
             fmt::format("{} was stopped by somebody else (state T)", address),
             {},
             {},
             fmt::format("kill -CONT {}, or lazaret agent kill {}", agent.pid, address)});
      }
      if (agent.process != core::ProcessState::quarantined || asked) continue;
      if (summary.needs.size() >= needs_most) continue;
      const std::string address = addresses.of({cell_id, id});
      summary.needs.push_back({{},
                               fmt::format("{} is quarantined: {}", address, agent.state_reason),
                               {},
                               {},
                               "lazaret agent start " + address});
    }
  }
  summary.sentence = fmt::format("{} alive · {} waiting for you · {} quarantined · {} lost",
                                 summary.alive, summary.waiting, summary.quarantined, summary.lost);
  if (fleet.frozen) summary.sentence += " · the fleet is frozen";
  return summary;
}

}  // namespace lazaret::server
