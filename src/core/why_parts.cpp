#include "core/why_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "core/lifecycle.h"

namespace lazaret::core::why {
namespace {

bool is_turn(const Agent& agent) {
  return agent.definition.run && agent.definition.run->adapter == AdapterKind::turn;
}

std::optional<Obstacle> not_running(const Cell& cell, const Agent& agent, const std::string& name,
                                    Stamp now) {
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
                      policies_place, again};
    case ProcessState::awaiting_approval:
      return Obstacle{"died and waits for a person", "auto_revive = ask", policies_place,
                      agent.approval ? "lazaret inbox approve " + agent.approval->value : again};
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

std::string address_of(const Fleet& fleet, const AgentRef& ref) {
  const auto bearers = std::ranges::count_if(
      fleet.cells, [&](const auto& entry) { return entry.second.agents.contains(ref.agent); });
  if (bearers <= 1 || ref.cell.value == "external") return ref.agent.value;
  return ref.cell.value.substr(0, 8) + "." + ref.agent.value;
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
  const std::string name = address_of(fleet, ref);
  if (agent.removed) return Obstacle{"is being removed: its file is gone", "", "", ""};
  if (!agent.definition.gateway.empty()) {
    return Obstacle{"belongs to another node", "gateway = " + agent.definition.gateway,
                    agent_place(agent) + " gateway", ""};
  }
  if (auto down = not_running(cell, agent, name, now)) return down;
  if (agent.paused) return Obstacle{"is paused", "", "", "lazaret agent resume " + name};
  if (agent.frozen) return Obstacle{"is frozen", "", "", "lazaret agent thaw " + name};
  if (agent.stopped_by_others) {
    return Obstacle{"was stopped by somebody else (state T)", "", "",
                    fmt::format("kill -CONT {}", agent.pid)};
  }
  if (agent.rate_limited_until && *agent.rate_limited_until > now.wall) {
    return Obstacle{"is rate-limited until " + to_rfc3339(*agent.rate_limited_until), "", "", ""};
  }
  if (agent.task) return Obstacle{"works on " + agent.task->value, "", "", ""};
  if (agent.running_wake) {
    return Obstacle{"is busy with wake " + agent.running_wake->id.value, "", "", ""};
  }
  return std::nullopt;
}

}  // namespace lazaret::core::why
