#include "core/hang.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "core/account.h"
#include "core/approvals.h"
#include "core/called.h"
#include "core/lifecycle.h"

namespace lazaret::core::hang {
namespace {

std::optional<std::string> excuse(const Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (agent.frozen || d.fleet().frozen) return "it is frozen by us";
  if (agent.paused) return "it is paused by us";
  if (agent.rate_limited_until && *agent.rate_limited_until > d.now.wall) {
    return "it is rate-limited until " + to_rfc3339(*agent.rate_limited_until);
  }
  if (const auto* limit = account::limit_on(d.fleet(), *d.cell(ref.cell), agent, d.now.wall)) {
    return "its account is rate limited until " + to_rfc3339(limit->until);
  }
  for (const auto& [deadline, id] : d.fleet().approval_deadlines) {  // the open ones
    const Approval& open = d.fleet().approvals.at(id);
    if (open.kind == ApprovalKind::handoff) continue;  // it works on meanwhile
    if (open.agent == ref) return "it waits for a person (" + id.value + ")";
  }
  return std::nullopt;
}

void act_on(Decision& d, const AgentRef& ref, const std::string& rule) {
  const Agent& agent = *d.agent(ref);
  switch (policy_of(agent)) {
    case HangPolicy::by_beats:
    case HangPolicy::observe:
      return;
    case HangPolicy::revive:
      return lifecycle::kill(d, ref, "it hangs: " + rule, true);
    case HangPolicy::ask:
      approvals::open(
          d, {ApprovalKind::hang, ref, std::nullopt,
              fmt::format("kill and revive {}? it hangs: {}", agent_called(d.fleet(), ref), rule),
              d.cell(ref.cell)->definition.policies.approval_deadline, AnswerWord::no});
      return;
  }
}

void declare(Decision& d, const AgentRef& ref, const std::string& rule, const Evidence& evidence) {
  const Incarnation incarnation = d.agent(ref)->incarnation;
  d.record(fact::HangDeclared{ref, incarnation, rule, evidence});
  act_on(d, ref, rule);
}

const Agent* running(const Decision& d, const AgentRef& ref, Incarnation incarnation) {
  const Agent* agent = lifecycle::live(d, ref, incarnation);
  return agent && agent->process != ProcessState::stopping ? agent : nullptr;
}

}  // namespace

HangPolicy policy_of(const Agent& agent) {
  if (agent.definition.hang != HangPolicy::by_beats) return agent.definition.hang;
  return agent.has_beaten ? HangPolicy::revive : HangPolicy::observe;
}

Judgement judge(const Evidence& before, const Evidence& now) {
  if (now.cpu_ns > before.cpu_ns) {
    return {Verdict::moving, "it used CPU time: " + to_human(Duration(now.cpu_ns - before.cpu_ns))};
  }
  if (now.io_bytes != before.io_bytes) return {Verdict::moving, "it read or wrote bytes"};
  if (now.log_bytes != before.log_bytes) return {Verdict::moving, "it wrote to its log"};
  if (now.files_changed_at_ns != before.files_changed_at_ns) {
    return {Verdict::moving, "files in its work directory changed"};
  }
  if (now.children != before.children) return {Verdict::moving, "its child processes changed"};
  if (now.progress != before.progress) return {Verdict::moving, "its progress counter moved"};
  return {Verdict::hung, "no CPU time, bytes, log lines, files, children or progress"};
}

void suspect(Decision& d, const AgentRef& ref, const std::string& reason) {
  const Agent& agent = *d.agent(ref);
  if (!is_live(agent.process) || agent.process == ProcessState::stopping) return;
  if (excuse(d, ref)) return;
  const Incarnation incarnation = agent.incarnation;
  if (agent.hang == HangStage::none) d.record(fact::HangSuspected{ref, incarnation, reason});
  // Asked again while no sample has come: the first one may have been lost, or there was no process
  // yet.
  if (agent.hang == HangStage::suspected) d.act(command::TakeEvidence{ref, incarnation});
}

void clear(Decision& d, const AgentRef& ref, const std::string& reason) {
  const Agent& agent = *d.agent(ref);
  if (agent.hang == HangStage::none || agent.process == ProcessState::stopping) return;
  d.record(fact::HangCleared{ref, agent.incarnation, reason});
}

void on_evidence(Decision& d, const event::EvidenceTaken& e) {
  const Agent* agent = running(d, e.agent, e.incarnation);
  if (!agent || agent->hang == HangStage::none || agent->hang == HangStage::declared) return;
  if (e.evidence.state == RunState::gone) return;  // its exit is on the way
  if (const auto why = excuse(d, e.agent)) return clear(d, e.agent, *why);
  if (e.evidence.state == RunState::stopped) {
    return declare(d, e.agent, "stopped by somebody else (state T)", e.evidence);
  }
  if (agent->hang == HangStage::suspected) {
    const Duration window = agent->definition.hang_window;
    return d.record(fact::HangEvidence{e.agent, e.incarnation, e.evidence, d.now.mono + window});
  }
  // The first sample may be told twice, the second time late: only one that was asked for when the
  // window was over tells about it.
  const Instant window_over = agent->sampled_at + agent->definition.hang_window;
  const TimerKey judging{TimerKind::hang_judge, e.agent.cell, e.agent.agent.value};
  if (d.fleet().timers.is_due(judging, window_over)) return;
  const Judgement judgement = judge(*agent->first_evidence, e.evidence);
  if (judgement.verdict == Verdict::moving) return clear(d, e.agent, judgement.reason);
  declare(d, e.agent,
          fmt::format("{} for {}", judgement.reason, to_human(agent->definition.hang_window)),
          e.evidence);
}

void on_judge_due(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  const Incarnation incarnation = agent.incarnation;
  // Armed again, in case the sample never comes.
  d.record(fact::HangEvidence{ref, incarnation, *agent.first_evidence,
                              d.now.mono + agent.definition.hang_window});
  d.act(command::TakeEvidence{ref, incarnation});
}

void on_stop_seen(Decision& d, const event::AgentStopSeen& e) {
  const Agent* agent = running(d, e.agent, e.incarnation);
  if (!agent || agent->frozen || agent->stopped_by_others == e.stopped) return;
  d.record(fact::AgentStopSeen{e.agent, e.incarnation, e.stopped});
  if (!e.stopped) clear(d, e.agent, "it was continued");
  if (!e.stopped || policy_of(*agent) == HangPolicy::observe) return;
  Evidence evidence = agent->last_evidence.value_or(Evidence{});
  evidence.state = RunState::stopped;
  declare(d, e.agent, "stopped by somebody else (state T)", evidence);
}

void on_answer(Decision& d, const AgentRef& ref, AnswerWord answer, const std::string& by) {
  const Agent* agent = d.agent(ref);
  if (!agent || agent->hang != HangStage::declared) return;
  if (answer == AnswerWord::yes)
    return lifecycle::kill(d, ref, "it hangs; killing approved by " + by, true);
  clear(d, ref, "left alone by " + by);
}

}  // namespace lazaret::core::hang
