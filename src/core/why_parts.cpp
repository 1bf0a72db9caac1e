#include "core/why_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "core/account.h"
#include "core/called.h"
#include "core/lifecycle.h"
#include "core/meter.h"

namespace lazaret::core::why {
namespace {

bool is_turn(const Agent& agent) {
  return agent.definition.run && agent.definition.run->adapter == AdapterKind::turn;
}

Obstacle in_line(const Fleet& fleet, const Cell& cell, const Agent& agent, Stamp now) {
  const Reason hold = account_hold(fleet, {cell.definition.id, agent.definition.id}, now);
  return {hold.rule, hold.setting, hold.place, hold.next};
}

std::optional<Obstacle> not_running(const Fleet& fleet, const Cell& cell, const Agent& agent,
                                    const std::string& name, Stamp now) {
  const std::string answer = how_to_answer(fleet, agent.approval, now);
  const std::string again = "lazaret agent start " + name;
  switch (agent.process) {
    case ProcessState::stopped:
      if (lifecycle::is_standby(cell, agent)) {
        return Obstacle{"is a substitute that nobody needs yet", "substitute_agents",
                        policies_place, ""};
      }
      if (!agent.wanted) return Obstacle{"was stopped by somebody", "", "", again};
      if (agent.finished) {
        return Obstacle{"has finished",
                        fmt::format("restart = {}", to_word(agent.definition.run->restart)),
                        agent_place(agent) + " lazaret.run.restart", again};
      }
      if (agent.turn_in_line != 0) return in_line(fleet, cell, agent, now);
      if (is_turn(agent)) return std::nullopt;
      return Obstacle{"is stopped: " + agent.state_reason, "", "", again};
    case ProcessState::starting:
      return Obstacle{"is starting and not ready yet", "", "", ""};
    case ProcessState::stopping:
      return Obstacle{"is being stopped: " + agent.state_reason, "", "", ""};
    case ProcessState::backoff:
      return Obstacle{fmt::format("died ({} in a row) and is tried again in {}", agent.tries,
                                  to_human(agent.backoff_until - now.mono)),
                      fmt::format("backoff_first_seconds = {}",
                                  in_seconds(cell.definition.policies.backoff_first)),
                      std::string(policies_place) + " lazaret", again};
    case ProcessState::quarantined:
      return Obstacle{"is quarantined: " + agent.state_reason,
                      fmt::format("max_retries = {}", cell.definition.policies.max_retries),
                      policies_place, answer.empty() ? again : answer};
    case ProcessState::awaiting_approval:
      return Obstacle{"died and waits for a person", "auto_revive = ask", policies_place,
                      answer.empty() ? again : answer};
    case ProcessState::running:
    case ProcessState::external:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string agent_place(const Agent& agent) {
  return "agents/" + agent.definition.id.value + ".json";
}

std::string task_place(const Task& task, std::string_view member) {
  return fmt::format("tasks/{}.json {}", task.definition.id.value, member);
}

Explanation begin(std::string subject, std::string state, Stamp since, std::string reason) {
  Explanation it;
  it.subject = std::move(subject);
  it.state = std::move(state);
  it.since = since;
  it.reason = std::move(reason);
  return it;
}

void give(Explanation& it, const Reason& reason) {
  it.rule = reason.rule;
  it.setting = reason.setting;
  it.setting_place = reason.place;
  it.next = reason.next;
}

void tell(Explanation& it, const Stamp& at, std::string kind, std::string text, Stamp now) {
  const auto place = std::ranges::upper_bound(it.evidence, at.wall, {}, &EvidenceLine::at);
  it.evidence.insert(place,
                     {at.wall, in_seconds(now.mono - at.mono), std::move(kind), std::move(text)});
}

std::string how_to_answer(const Fleet& fleet, const std::optional<ApprovalId>& id, Stamp now) {
  const auto found = id ? fleet.approvals.find(*id) : fleet.approvals.end();
  if (found == fleet.approvals.end() || found->second.answer) return {};
  const Approval& one = found->second;
  const Duration left = std::max(one.deadline - now.wall, Duration(0));
  return fmt::format("lazaret inbox approve {0} | deny {0}; the default answers {1} in {2} ({3})",
                     id->value, to_word(one.fallback), to_human(left), to_rfc3339(one.deadline));
}

std::optional<Reason> budget_reason(const Fleet& fleet, const Cell& cell, const Agent* agent,
                                    const Task* task, Stamp now) {
  const CellId& id = cell.definition.id;
  std::vector<BudgetPlace> places;
  if (agent) places.push_back({BudgetScope::agent, id, agent->definition.id, {}});
  if (task) places.push_back({BudgetScope::task, id, {}, task->definition.id});
  places.push_back({BudgetScope::mission, id, {}, {}});
  for (const BudgetPlace& place : places) {
    const Meter& meter = meter_at(fleet, place);
    if (!meter.hold) continue;
    const BudgetHold& hold = *meter.hold;
    const std::string used =
        describe_used(hold.kind, part(spent_at(fleet, place, now.mono), hold.kind),
                      part(meter.reserved, hold.kind));
    std::string file = "cell.json";
    if (place.scope == BudgetScope::agent) file = agent_place(*agent);
    if (place.scope == BudgetScope::task) file = task_place(*task, "");
    if (file.ends_with(' ')) file.pop_back();
    return Reason{
        fmt::format("a budget is used up ({}): {} has spent {} of {}; nothing of it goes on until "
                    "{} is answered",
                    to_word(hold.kind), called(fleet, place), used,
                    describe(hold.kind, cap_at(fleet, place, hold.kind)), hold.approval.value),
        fmt::format("budget {}; yes raises it by {}", to_word(hold.kind),
                    describe(hold.kind, hold.raise)),
        file + " lazaret.budget", how_to_answer(fleet, hold.approval, now)};
  }
  return std::nullopt;
}

std::optional<Reason> handoff_reason(const Fleet& fleet, const Cell& cell, const Task& task,
                                     Stamp now) {
  if (!task.handoff) return std::nullopt;
  const Handoff& handoff = *task.handoff;
  const std::string asked = fmt::format("{} asked for it to go from {} to {}", handoff.by,
                                        handoff.from.value, handoff.to.value);
  if (handoff.stage == HandoffStage::approval) {
    return Reason{asked + ", and a person has to agree", "handoff_approval = manual",
                  policies_place, how_to_answer(fleet, handoff.approval, now)};
  }
  const auto& timers = fleet.timers.all();
  const auto due =
      timers.find({TimerKind::handoff_checkpoint, cell.definition.id, task.definition.id.value});
  const std::string left =
      due == timers.end() ? "" : " in " + to_human(std::max(due->second - now.mono, Duration(0)));
  return Reason{
      fmt::format("{}, and {} was asked to save a checkpoint first (checkpoint_required)", asked,
                  handoff.from.value),
      fmt::format("checkpoint_deadline_seconds = {}",
                  in_seconds(cell.definition.policies.checkpoint_deadline)),
      policies_place,
      fmt::format("{} has it when {} has saved one; its last one is taken{}, if there is one",
                  handoff.to.value, handoff.from.value, left)};
}

Reason account_hold(const Fleet& fleet, const AgentRef& ref, Stamp now) {
  const Agent& agent = *find_agent(fleet, ref);
  const std::string& name = account::name_of(*find_cell(fleet, ref.cell), agent);
  const account::Hold hold = account::hold_on(fleet, ref, now);
  const std::string rule = "waits: " + account::describe(fleet, name, hold);
  const std::string set = "lazaret account set " + name;
  switch (hold) {
    case account::Hold::none:
      return {"waits for its turn at account " + name, "", "", "it goes on at once"};
    case account::Hold::limited: {
      const WallTime until = find_account(fleet, name)->limit->until;
      return {rule, "the limit of account " + name, "lazaret account limit " + name + " null",
              "starts go on, one after another, in " + to_human(until - now.wall)};
    }
    case account::Hold::full:
      return {rule, fmt::format("at_once = {}", find_account(fleet, name)->limits.at_once),
              set + " --at-once", "it is started when one of them ends"};
    case account::Hold::stagger:
    case account::Hold::line: {
      const Account& account = *find_account(fleet, name);
      return {rule, fmt::format("stagger_seconds = {}", in_seconds(account.limits.stagger)),
              set + " --stagger-seconds",
              "the next start is due in " +
                  to_human(std::max(account.next_start - now.mono, Duration(0)))};
    }
  }
  return {};
}

std::optional<Obstacle> mission_obstacle(const Fleet& fleet, const Cell& cell) {
  const std::string id = cell.definition.id.value.substr(0, 8);
  if (fleet.stopping) return Obstacle{"the daemon is going down", "", "", "lazaret up"};
  if (fleet.frozen) {
    return Obstacle{"the fleet is frozen; nothing is started", "", "", "lazaret resume --all"};
  }
  if (cell.status != MissionStatus::active) {
    const std::string reason = cell.status_reason.empty() ? "" : " (" + cell.status_reason + ")";
    return Obstacle{fmt::format("its mission is {}{}", to_word(cell.status), reason),
                    fmt::format("status = {}", to_word(cell.status)), "cell.json",
                    "lazaret mission resume " + id};
  }
  if (!cell.started) {
    return Obstacle{"its mission was never started", "", "", "lazaret mission start " + id};
  }
  return std::nullopt;
}

std::optional<Obstacle> obstacle(const Fleet& fleet, const AgentRef& ref, Stamp now) {
  const Cell& cell = *find_cell(fleet, ref.cell);
  const Agent& agent = *find_agent(fleet, ref);
  const std::string name = agent_called(fleet, ref);
  if (agent.removed) return Obstacle{"is being removed: its file is gone", "", "", ""};
  if (!agent.definition.gateway.empty()) {
    return Obstacle{"belongs to another node", "gateway = " + agent.definition.gateway,
                    agent_place(agent) + " gateway", ""};
  }
  const auto own = agent.task ? cell.tasks.find(*agent.task) : cell.tasks.end();
  const Task* task = own == cell.tasks.end() ? nullptr : &own->second;
  if (const auto budget = budget_reason(fleet, cell, &agent, task, now)) {
    return Obstacle{"is held: " + budget->rule, budget->setting, budget->place, budget->next};
  }
  if (auto down = not_running(fleet, cell, agent, name, now)) return down;
  if (agent.paused) return Obstacle{"is paused", "", "", "lazaret agent resume " + name};
  if (agent.frozen) return Obstacle{"is frozen", "", "", "lazaret agent thaw " + name};
  if (agent.stopped_by_others) {
    return Obstacle{"was stopped by somebody else (state T)", "", "",
                    fmt::format("kill -CONT {}", agent.pid)};
  }
  if (agent.rate_limited_until && *agent.rate_limited_until > now.wall) {
    return Obstacle{"is rate-limited until " + to_rfc3339(*agent.rate_limited_until), "", "", ""};
  }
  if (account::limit_on(fleet, cell, agent, now.wall)) return in_line(fleet, cell, agent, now);
  if (agent.task) return Obstacle{"works on " + agent.task->value, "", "", ""};
  if (agent.running_wake) {
    return Obstacle{"is busy with wake " + agent.running_wake->id.value, "", "", ""};
  }
  return std::nullopt;
}

}  // namespace lazaret::core::why
