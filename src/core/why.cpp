#include "core/why.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "core/account.h"
#include "core/called.h"
#include "core/checkpoint_state.h"
#include "core/hang.h"
#include "core/lifecycle.h"
#include "core/presence.h"
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

Reason why_stopped(const Fleet& fleet, const Cell& cell, const Agent& agent,
                   const std::string& name, Stamp now) {
  if (fleet.stopping)
    return {"the daemon is going down", "", "", "the next daemon starts it again"};
  if (fleet.frozen)
    return {"the fleet is frozen; nothing is started", "", "", "lazaret resume --all"};
  const std::string id = short_id(cell.definition.id);
  if (!cell.started) {
    return {"its mission was never started", "", "", "lazaret mission start " + id};
  }
  if (agent.finished && cell.status == MissionStatus::completed) return why_finished(agent);
  if (cell.status != MissionStatus::active) {
    return {fmt::format("its mission is {}; agents of a mission that is not active are not started",
                        to_word(cell.status)),
            fmt::format("status = {}", to_word(cell.status)), "cell.json",
            "lazaret mission resume " + id};
  }
  if (!agent.wanted) return {"somebody stopped it", "", "", "lazaret agent start " + name};
  if (agent.finished) return why_finished(agent);
  if (lifecycle::is_standby(cell, agent)) {
    return {"it is a substitute and nobody needs it yet", "substitute_agents", policies_place, ""};
  }
  if (agent.turn_in_line != 0) {
    return why::account_hold(fleet, {cell.definition.id, agent.definition.id}, now);
  }
  if (agent.definition.run->adapter == AdapterKind::turn) {
    return {"a turn agent runs only while it has a wake", "adapter = turn",
            agent_place(agent) + " lazaret.run.adapter", "the next wake or task starts it"};
  }
  return {"it is about to be started", "", "", ""};
}

Reason why_quarantined(const Fleet& fleet, const Cell& cell, const Agent& agent, Stamp now) {
  const Policies& policies = cell.definition.policies;
  const AutoRevive policy = revival::policy_of(cell, agent);
  const std::string answer = why::how_to_answer(fleet, agent.approval, now);
  const AgentRef ref{cell.definition.id, agent.definition.id};
  const std::string next =
      agent.replaced_by ? "substitute " + agent.replaced_by->value + " does its work"
      : answer.empty()  ? "a person decides: lazaret agent start " + agent_called(fleet, ref)
                        : answer;
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

Reason why_running(const Fleet& fleet, const Cell& cell, const Agent& agent,
                   const std::string& name, Stamp now) {
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
  if (agent.frozen) {
    const bool all = fleet.frozen;
    return {fmt::format("{} was frozen by {}", all ? "the fleet" : "it", agent.frozen_by), "", "",
            all ? "lazaret resume --all" : "lazaret agent thaw " + name};
  }
  if (agent.paused) {
    return {"somebody paused it: it gets no new work", "", "", "lazaret agent resume " + name};
  }
  if (agent.stopped_by_others) {
    return {"somebody else stopped it (state T), and its hang policy only observes",
            fmt::format("hang = {}", to_word(hang::policy_of(agent))),
            agent_place(agent) + " lazaret.hang",
            fmt::format("it does nothing until kill -CONT {}, or lazaret agent kill {}", agent.pid,
                        name)};
  }
  const auto task = agent.task ? cell.tasks.find(*agent.task) : cell.tasks.end();
  if (task != cell.tasks.end()) {
    if (auto handoff = why::handoff_reason(fleet, cell, task->second, now)) {
      handoff->rule = fmt::format("it works on {}; {}", task->first.value, handoff->rule);
      return *handoff;
    }
  }
  const AutoRevive policy = revival::policy_of(cell, agent);
  return {"its mission is active and it is wanted",
          fmt::format("auto_revive = {}", to_word(policy)), policies_place,
          what_a_death_brings(policy)};
}

Reason reason_of(const Fleet& fleet, const Cell& cell, const Agent& agent, Stamp now) {
  const std::string name = agent_called(fleet, {cell.definition.id, agent.definition.id});
  const auto task = agent.task ? cell.tasks.find(*agent.task) : cell.tasks.end();
  const Task* own = task == cell.tasks.end() ? nullptr : &task->second;
  if (auto held = why::budget_reason(fleet, cell, &agent, own, now)) return *held;
  switch (agent.process) {
    case ProcessState::stopped:
      return why_stopped(fleet, cell, agent, name, now);
    case ProcessState::starting:
      return {
          "it was started and has not said that it is ready",
          fmt::format("revive_timeout = {}", in_seconds(cell.definition.policies.revive_timeout)),
          policies_place, "killed and counted as a failure when the time is over"};
    case ProcessState::running:
      return why_running(fleet, cell, agent, name, now);
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
      return why_quarantined(fleet, cell, agent, now);
    case ProcessState::awaiting_approval:
      return {"it died and auto_revive is ask", "auto_revive = ask", policies_place,
              why::how_to_answer(fleet, agent.approval, now)};
    case ProcessState::external:
      return {"it runs elsewhere; only its heartbeats are seen", "lazaret.run", agent_place(agent),
              ""};
  }
  return {};
}

std::string how_long(const Stamp& at, Stamp now) {
  return at == Stamp{} ? std::string() : " for " + to_human(now.mono - at.mono);
}

// A process that is held is running for the kernel, and does nothing all the same. And one that
// runs may be idle for a shorter time than it runs: each view has its own time.
std::string how_it_stands(const Agent& agent, Stamp now) {
  if (!is_live(agent.process)) return {};
  std::string text;
  if (agent.frozen) text += "; frozen by " + agent.frozen_by + how_long(agent.frozen_since, now);
  if (agent.paused)
    text += "; paused" + how_long(agent.paused_since, now) + ", it gets no new work";
  const bool steady = agent.activity == activity_of(agent, now.wall);
  if (agent.process == ProcessState::running && steady && !agent.frozen && !agent.paused) {
    text += fmt::format("; {}{}", to_word(agent.activity), how_long(agent.activity_since, now));
  }
  return text;
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
  it.sentence = fmt::format("{} is {} for {}: {}{}", agent_called(fleet, ref), it.state,
                            to_human(now.mono - agent.since.mono), agent.state_reason,
                            how_it_stands(agent, now));
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
