#include "core/approvals.h"
#include "core/ended.h"
#include "core/lifecycle.h"
#include "core/meter.h"
#include "core/mission.h"
#include "core/request_parts.h"
#include "core/wake_queue.h"

namespace lazaret::core::requests {

void Handler::operator()(const op::AskPerson& o) {
  if (o.agent && !may_act_for(*o.agent)) return;
  if (o.task && !known(*o.task)) return;
  std::string ended;
  if (o.task) ended = why_task_ended(d.fleet(), *o.task);
  if (o.agent && ended.empty()) ended = why_agent_ended(d.fleet(), *o.agent);
  if (!ended.empty()) {
    return d.refuse(ErrorCode::conflict, "nobody could act on the answer: " + ended,
                    "ask without naming it");
  }
  const ApprovalId id = approvals::open(
      d, {ApprovalKind::question, o.agent, o.task, o.question, o.deadline, o.fallback});
  d.grant(id.value);
}

void Handler::operator()(const op::AnswerPerson& o) {
  if (!is_operator("answer")) return;
  const auto found = d.fleet().approvals.find(o.approval);
  if (found == d.fleet().approvals.end()) {
    return d.refuse(ErrorCode::not_found, "no approval \"" + o.approval.value + "\"",
                    "lazaret inbox");
  }
  if (found->second.answer) {
    return d.refuse(ErrorCode::conflict, "\"" + o.approval.value + "\" was answered already: " +
                                             std::string(to_word(*found->second.answer)) + " by " +
                                             found->second.by);
  }
  approvals::answer(d, o.approval, o.answer, caller.name, o.reason);
  d.grant(o.approval.value);
}

void Handler::operator()(const op::SetMission& o) {
  if (!known(o.cell)) return;
  if (is_agent()) {
    if (!may_publish(o.cell, "change the mission")) return;
  } else if (!is_operator("change the mission")) {
    return;
  }
  mission::set_status(d, o.cell, o.status, o.reason, caller.name);
  d.grant(o.cell.value);
}

void Handler::operator()(const op::RemoveMission& o) {
  if (!known(o.cell) || !is_operator("destroy a mission")) return;
  mission::on_cell_gone(d, {o.cell});
  d.grant(o.cell.value);
}

void Handler::operator()(const op::FreezeFleet& o) {
  if (!is_operator("freeze the fleet")) return;
  if (d.fleet().frozen == o.frozen) return;
  d.record(fact::FleetFrozen{o.frozen, caller.name, o.reason});
  for (const auto& [cell_id, cell] : d.fleet().cells) {
    for (const auto& [agent_id, agent] : cell.agents) {
      if (!is_live(agent.process) || agent.frozen == o.frozen) continue;
      const AgentRef ref{cell_id, agent_id};
      if (!o.frozen && is_held(cell, agent)) {  // from now on for its budget only
        const std::string why = "its budget is used up";
        d.record(fact::AgentFrozen{ref, true, std::string(budget_freezer), why});
        continue;
      }
      const Incarnation incarnation = agent.incarnation;
      d.record(fact::AgentFrozen{ref, o.frozen, caller.name, o.reason});
      d.act(command::FreezeAgent{ref, incarnation, o.frozen});
    }
  }
  if (!o.frozen) lifecycle::settle_fleet(d);
}

void Handler::operator()(const op::StopFleet& o) {
  if (!is_operator("stop the fleet")) return;
  if (d.fleet().stopping) return;
  d.record(fact::FleetStopping{caller.name, o.reason});
  lifecycle::settle_fleet(d);
}

void Handler::operator()(const op::RecordNote& o) {
  if (caller.kind == CallerKind::viewer) {
    return d.refuse(ErrorCode::refused, "a viewer may not write notes", operators_key);
  }
  d.record(fact::NoteRecorded{o.cell, o.text, caller.name});
}

}  // namespace lazaret::core::requests
