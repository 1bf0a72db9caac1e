#include <fmt/format.h>

#include "core/account.h"
#include "core/budgets.h"
#include "core/lifecycle.h"
#include "core/request_parts.h"
#include "core/wake_queue.h"
#include "core/work.h"

namespace lazaret::core::requests {
namespace {

// The built-in cell of agents that run elsewhere holds at most so many.
constexpr std::size_t external_agents_most = 100'000;

bool is_held(ProcessState state) {
  return state == ProcessState::quarantined || state == ProcessState::awaiting_approval ||
         state == ProcessState::backoff;
}

}  // namespace

void Handler::operator()(const op::StartAgent& o) {
  if (!is_operator("start an agent") || !known(o.agent)) return;
  const Agent& agent = *d.agent(o.agent);
  const Cell& cell = *d.cell(o.agent.cell);
  if (!agent.definition.run) {
    return d.refuse(ErrorCode::unsupported, "agent \"" + o.agent.agent.value + "\" runs elsewhere",
                    "give it lazaret.run in its file to let Lazaret start it");
  }
  if (!cell.started || cell.status != MissionStatus::active) {
    return d.refuse(
        ErrorCode::conflict,
        fmt::format("its mission is {}", cell.started ? to_word(cell.status) : "not started"),
        "lazaret mission start " + o.agent.cell.value.substr(0, 8));
  }
  if (const BudgetHold* hold = hold_on(cell, agent)) {
    return d.refuse(ErrorCode::needs_person,
                    fmt::format("a budget is used up ({}); {} asks whether it goes on",
                                to_word(hold->kind), hold->approval.value),
                    "lazaret inbox approve " + hold->approval.value);
  }
  const auto approval = agent.approval;
  const bool failed = agent.died || agent.tries > 0;
  if (is_held(agent.process) || (failed && !is_live(agent.process)))
    d.record(fact::AgentReleased{o.agent, caller.name, "started by " + caller.name});
  if (approval && d.fleet().approvals.contains(*approval) &&
      !d.fleet().approvals.at(*approval).answer) {
    d.record(fact::ApprovalAnswered{*approval, AnswerWord::yes, caller.name, "started by hand"});
  }
  if (!agent.wanted || agent.finished)
    d.record(fact::AgentWanted{o.agent, true, caller.name, "started"});
  const bool ready_to_stand_in = lifecycle::is_standby(cell, agent) &&
                                 agent.process == ProcessState::stopped && !d.fleet().frozen &&
                                 !d.fleet().stopping &&
                                 agent.definition.run->adapter == AdapterKind::process;
  if (ready_to_stand_in) return lifecycle::start(d, o.agent, StartReason::operator_asked);
  lifecycle::settle(d, o.agent.cell);
}

// The will of an operator: it ends, and stays ended.
void Handler::end(const AgentRef& ref, const std::string& reason, bool at_once) {
  d.record(fact::AgentWanted{ref, false, caller.name, reason});
  const std::string how = (at_once ? "killed by " : "stopped by ") + caller.name;
  const Agent& agent = *d.agent(ref);
  if (agent.process == ProcessState::backoff) d.record(fact::AgentReleased{ref, caller.name, how});
  if (!is_live(agent.process)) return lifecycle::lay_off(d, ref, how);
  if (at_once) return lifecycle::kill(d, ref, how);
  lifecycle::stop(d, ref, how);
}

void Handler::operator()(const op::StopAgent& o) {
  if (!is_operator("stop an agent") || !known(o.agent)) return;
  end(o.agent, o.reason, false);
}

void Handler::operator()(const op::KillAgent& o) {
  if (!is_operator("kill an agent") || !known(o.agent)) return;
  end(o.agent, o.reason, true);
}

void Handler::operator()(const op::PauseAgent& o) {
  if (!is_operator("pause an agent") || !known(o.agent)) return;
  if (!d.agent(o.agent)->paused) d.record(fact::AgentPaused{o.agent, true, caller.name, o.reason});
}

void Handler::operator()(const op::ResumeAgent& o) {
  if (!is_operator("resume an agent") || !known(o.agent)) return;
  if (d.agent(o.agent)->paused) d.record(fact::AgentPaused{o.agent, false, caller.name, o.reason});
  wake_queue::deliver(d, o.agent);
  work::dispatch(d, o.agent.cell);
}

void Handler::freeze(const AgentRef& ref, bool frozen, const std::string& reason) {
  if (!is_operator(frozen ? "freeze an agent" : "thaw an agent") || !known(ref)) return;
  const Agent& agent = *d.agent(ref);
  if (!is_live(agent.process)) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("agent \"{}\" is {}; only a live one can be frozen or thawed",
                                ref.agent.value, to_word(agent.process)));
  }
  if (agent.frozen == frozen) return;
  const BudgetHold* hold = hold_on(*d.cell(ref.cell), agent);
  if (!frozen && hold) {
    return d.refuse(ErrorCode::needs_person,
                    fmt::format("a budget is used up ({}); {} asks whether it goes on",
                                to_word(hold->kind), hold->approval.value),
                    "lazaret inbox approve " + hold->approval.value);
  }
  d.record(fact::AgentFrozen{ref, frozen, caller.name, reason});
  d.act(command::FreezeAgent{ref, agent.incarnation, frozen});
  if (!frozen) wake_queue::deliver(d, ref);
}

void Handler::operator()(const op::FreezeAgent& o) { freeze(o.agent, true, o.reason); }
void Handler::operator()(const op::ThawAgent& o) { freeze(o.agent, false, o.reason); }

void Handler::operator()(const op::DefineAgent& o) {
  const bool external = o.cell.value == "external";
  if (external) {
    const Cell* cell = d.cell(o.cell);
    if (cell && cell->agents.size() >= external_agents_most) {
      return d.refuse(ErrorCode::too_many, "too many agents are registered already");
    }
    d.record(fact::AgentDefined{o.cell, o.definition, caller.name});
    return d.grant(o.definition.id.value);
  }
  if (!known(o.cell) || !is_operator("add an agent")) return;
  const Cell& cell = *d.cell(o.cell);
  if (cell.agents.contains(o.definition.id)) {
    return d.refuse(ErrorCode::conflict, "agent \"" + o.definition.id.value + "\" exists already");
  }
  if (cell.agents.size() >= static_cast<std::size_t>(cell.definition.max_agents)) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("the mission has {} agents, max_agents is {}", cell.agents.size(),
                                cell.definition.max_agents),
                    "raise max_agents in cell.json");
  }
  d.record(fact::AgentDefined{o.cell, o.definition, caller.name});
  d.grant(o.definition.id.value);
  lifecycle::settle(d, o.cell);
}

void Handler::operator()(const op::WakeAgent& o) {
  if (!known(o.agent)) return;
  if (caller.kind == CallerKind::viewer) {
    return d.refuse(ErrorCode::refused, "a viewer may not wake an agent", operators_key);
  }
  if (!is_not_fenced("wake")) return;
  if (is_agent() && caller.agent->cell != o.agent.cell) {
    return d.refuse(ErrorCode::refused, "an agent may wake agents of its own mission only",
                    operators_key);
  }
  const Agent& agent = *d.agent(o.agent);
  if (!agent.definition.run) {
    return d.refuse(ErrorCode::unsupported,
                    "agent \"" + o.agent.agent.value + "\" runs elsewhere and has no wake adapter");
  }
  if (const std::string no = wake_queue::refusal(o.agent, agent); !no.empty()) {
    return d.refuse(ErrorCode::conflict, no, "lazaret agent start " + o.agent.agent.value);
  }
  const WakeId id = wake_queue::accept(d, o.agent, o.message, o.source);
  d.grant(id.value);
}

void Handler::operator()(const op::ReportActivity& o) {
  if (!may_act_for(o.agent)) return;
  account::on_report(d, o.agent, o.rate_limited_until, o.reason);
  if (d.agent(o.agent)->definition.run) wake_queue::deliver(d, o.agent);
  work::dispatch(d, o.agent.cell);
}

void Handler::operator()(const op::ReportSpend& o) {
  if (may_act_for(o.agent)) budgets::report(d, o);
}

}  // namespace lazaret::core::requests
