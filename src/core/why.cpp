#include "core/why.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "core/checkpoint_state.h"
#include "core/hang.h"
#include "core/lifecycle.h"
#include "core/meter.h"
#include "core/revival.h"
#include "core/why_parts.h"

namespace lazaret::core {
namespace {

using why::agent_place;
using why::policies_place;
using why::Reason;

// Its program came to an end that is not tried again.
std::string how_it_finished(const Agent& agent) {
  const bool never = agent.definition.run->restart == Restart::never;
  if (!never || !agent.last_exit) {
    return "it ended with an exit status that counts as clean, so its work is over";
  }
  return fmt::format("it ended ({}), and it is never restarted", describe(*agent.last_exit));
}

Reason why_finished(const Agent& agent) {
  return {how_it_finished(agent),
          fmt::format("restart = {}", to_word(agent.definition.run->restart)),
          agent_place(agent) + " lazaret.run.restart", ""};
}

Reason why_stopped(const Fleet& fleet, const Cell& cell, const Agent& agent) {
  if (fleet.stopping)
    return {"the daemon is going down", "", "", "the next daemon starts it again"};
  if (fleet.frozen)
    return {"the fleet is frozen; nothing is started", "", "lazaret resume --all", ""};
  if (!cell.started) return {"its mission was never started", "", "lazaret mission start", ""};
  if (agent.finished && cell.status == MissionStatus::completed) return why_finished(agent);
  if (cell.status != MissionStatus::active) {
    return {fmt::format("its mission is {}; agents of a mission that is not active are not started",
                        to_word(cell.status)),
            fmt::format("status = {}", to_word(cell.status)), "cell.json", ""};
  }
  if (!agent.wanted) return {"somebody stopped it", "", "lazaret agent start", ""};
  if (agent.finished) return why_finished(agent);
  if (lifecycle::is_standby(cell, agent)) {
    return {"it is a substitute and nobody needs it yet", "substitute_agents", policies_place, ""};
  }
  if (agent.definition.run->adapter == AdapterKind::turn) {
    return {"a turn agent runs only while it has a wake", "adapter = turn",
            agent_place(agent) + " lazaret.run.adapter", "the next wake or task starts it"};
  }
  return {"it is about to be started", "", "", ""};
}

Reason why_quarantined(const Cell& cell, const Agent& agent) {
  const Policies& policies = cell.definition.policies;
  const AutoRevive policy = revival::policy_of(cell, agent);
  const std::string next =
      agent.replaced_by ? "substitute " + agent.replaced_by->value + " does its work"
                        : "a person decides: lazaret agent start " + agent.definition.id.value;
  if (policy != AutoRevive::yes) {
    return {fmt::format("it died and auto_revive is {}", to_word(policy)),
            fmt::format("auto_revive = {}", to_word(policy)), policies_place, next};
  }
  if (agent.tries <= policies.max_retries && agent.last_exit &&
      agent.last_exit->kind == ExitKind::never_started) {
    return {"a start that cannot succeed is not tried again", agent.last_exit->detail,
            agent_place(agent) + " lazaret.run", next};
  }
  return {fmt::format("more than max_retries failures since its last stable run ({} of {})",
                      agent.tries, policies.max_retries),
          fmt::format("max_retries = {}", policies.max_retries), policies_place, next};
}

std::string what_a_death_brings(AutoRevive policy) {
  switch (policy) {
    case AutoRevive::yes:
      return "it is revived if it dies";
    case AutoRevive::ask:
      return "a person is asked if it dies";
    case AutoRevive::substitute:
      return "a substitute takes over if it dies";
    case AutoRevive::no:
      return "it stays down if it dies";
  }
  return {};
}

std::string where_budget_is(const Cell& cell, const Agent& agent) {
  if (agent.meter.hold) return agent_place(agent) + " lazaret.budget";
  if (cell.meter.hold) return "cell.json lazaret.budget";
  return "tasks/" + agent.task->value + ".json lazaret.budget";
}

// A budget that is used up explains everything else.
std::optional<Reason> why_held(const Cell& cell, const Agent& agent) {
  const BudgetHold* hold = hold_on(cell, agent);
  if (!hold) return std::nullopt;
  return Reason{fmt::format("a budget is used up ({}), and nothing goes on until {} is answered",
                            to_word(hold->kind), hold->approval.value),
                fmt::format("budget {}; yes raises it by {}", to_word(hold->kind),
                            describe(hold->kind, hold->raise)),
                where_budget_is(cell, agent), "lazaret inbox approve " + hold->approval.value};
}

Reason why_running(const Cell& cell, const Agent& agent) {
  if (agent.hang == HangStage::declared) {
    return {"it hangs, and its hang policy leaves it alone",
            fmt::format("hang = {}", to_word(agent.definition.hang)),
            agent_place(agent) + " lazaret.hang", "it stays as it is until somebody acts"};
  }
  if (agent.hang != HangStage::none) {
    return {"it is silent; two samples of what it does are being compared",
            fmt::format("hang_window_seconds = {}", in_seconds(agent.definition.hang_window)),
            agent_place(agent) + " lazaret.hang_window_seconds",
            "killed and revived if nothing moved, left alone if anything did"};
  }
  if (agent.frozen) return {"somebody froze it", "", "lazaret agent thaw", ""};
  if (agent.paused)
    return {"somebody paused it: it gets no new work", "", "lazaret agent resume", ""};
  if (agent.stopped_by_others) {
    return {"somebody else stopped it (state T), and its hang policy only observes",
            fmt::format("hang = {}", to_word(hang::policy_of(agent))),
            agent_place(agent) + " lazaret.hang",
            fmt::format("it does nothing until kill -CONT {}, or lazaret agent kill {}", agent.pid,
                        agent.definition.id.value)};
  }
  const AutoRevive policy = revival::policy_of(cell, agent);
  return {"its mission is active and it is wanted",
          fmt::format("auto_revive = {}", to_word(policy)), policies_place,
          what_a_death_brings(policy)};
}

Reason reason_of(const Fleet& fleet, const Cell& cell, const Agent& agent, Stamp now) {
  if (auto held = why_held(cell, agent)) return *held;
  switch (agent.process) {
    case ProcessState::stopped:
      return why_stopped(fleet, cell, agent);
    case ProcessState::starting:
      return {
          "it was started and has not said that it is ready",
          fmt::format("revive_timeout = {}", in_seconds(cell.definition.policies.revive_timeout)),
          policies_place, "killed and counted as a failure when the time is over"};
    case ProcessState::running:
      return why_running(cell, agent);
    case ProcessState::stopping:
      return {"it was told to end and has a grace period",
              fmt::format("stop_grace_seconds = {}", in_seconds(agent.definition.run->stop_grace)),
              agent_place(agent) + " lazaret.run.stop_grace_seconds",
              "everything in its group is killed when the grace period is over"};
    case ProcessState::backoff:
      return {fmt::format("failure {} since its last stable run; the delay doubles with each",
                          agent.tries),
              fmt::format("backoff_first_seconds = {}",
                          in_seconds(cell.definition.policies.backoff_first)),
              std::string(policies_place) + " lazaret",
              "next try in " + to_human(agent.backoff_until - now.mono)};
    case ProcessState::quarantined:
      return why_quarantined(cell, agent);
    case ProcessState::awaiting_approval:
      return {"it died and auto_revive is ask", "auto_revive = ask", policies_place,
              agent.approval ? "lazaret inbox approve " + agent.approval->value : ""};
    case ProcessState::external:
      return {"it runs elsewhere; only its heartbeats are seen", "lazaret.run", agent_place(agent),
              ""};
  }
  return {};
}

// A process that is held is running for the kernel, and does nothing all the same.
std::string what_holds_it(const Agent& agent) {
  if (!is_live(agent.process)) return {};
  if (agent.frozen) return "; frozen by " + agent.frozen_by;
  return agent.paused ? "; paused, it gets no new work" : "";
}

// Saves are too many to be kept as history: the newest stands for them, in its place in time.
void add_checkpoint(Explanation& why, const Agent& agent, Stamp now) {
  const Checkpoint* newest = checkpoint::newest_good(agent);
  if (!newest) return;
  const std::string proven =
      newest->proven ? "proven restorable at " + to_rfc3339(*newest->proven) : "not yet rehearsed";
  const double age = in_seconds(now.mono - newest->at.mono);
  const auto later = std::find_if(why.evidence.begin(), why.evidence.end(),
                                  [&](const auto& line) { return line.age_seconds < age; });
  why.evidence.insert(later,
                      {newest->at.wall, age, "checkpoint",
                       fmt::format("its newest checkpoint is {}, {}", newest->info.id, proven)});
}

}  // namespace

Explanation explain(const Fleet& fleet, const AgentRef& ref, Stamp now) {
  const Cell& cell = *find_cell(fleet, ref.cell);
  const Agent& agent = *find_agent(fleet, ref);
  const Reason reason = reason_of(fleet, cell, agent, now);
  Explanation it = why::begin(ref.agent.value, std::string(to_word(agent.process)), agent.since,
                              agent.state_reason);
  it.sentence =
      fmt::format("{} is {} since {}: {}{}", ref.agent.value, it.state,
                  to_human(now.mono - agent.since.mono), agent.state_reason, what_holds_it(agent));
  why::give(it, reason);
  add_past(it, {agent.history.begin(), agent.history.end()}, now);
  add_checkpoint(it, agent, now);
  return it;
}

void add_past(Explanation& why, const std::vector<HistoryLine>& past, Stamp now) {
  for (const HistoryLine& line : past) why::tell(why, line.at, line.kind, line.text, now);
  auto& lines = why.evidence;
  if (lines.size() <= evidence_most) return;
  lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(evidence_most));
}

}  // namespace lazaret::core
