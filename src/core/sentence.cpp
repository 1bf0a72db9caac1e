// One sentence a fact, without its subject: what people read in events, history and why.
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "core/fact_words.h"
#include "core/meter.h"

namespace lazaret::core {
namespace {

std::string by_whom(const std::string& by) { return by.empty() ? "" : " by " + by; }

std::string listed(const Amounts& amounts) {
  std::string text;
  for (const auto kind : {BudgetKind::wall, BudgetKind::cpu, BudgetKind::spawns, BudgetKind::tokens,
                          BudgetKind::usd}) {
    if (part(amounts, kind) == 0) continue;
    text += (text.empty() ? "" : ", ") + describe(kind, part(amounts, kind));
  }
  return text.empty() ? "nothing" : text;
}

struct Sentence {
  std::string operator()(const fact::DaemonStarted& f) {
    return fmt::format("daemon {} started{}", f.epoch, f.crashed ? " after a crash" : "");
  }
  std::string operator()(const fact::AdoptionFinished&) { return "adoption finished"; }
  std::string operator()(const fact::DaemonStopped&) { return "daemon stopped in good order"; }
  std::string operator()(const fact::FleetStopping& f) {
    return "fleet is being stopped" + by_whom(f.by) + because(f.reason);
  }
  std::string operator()(const fact::FleetFrozen& f) {
    return std::string(f.frozen ? "fleet frozen" : "fleet resumed") + by_whom(f.by) +
           because(f.reason);
  }
  std::string operator()(const fact::NoteRecorded& f) {
    return "note" + by_whom(f.by) + ": " + f.text;
  }
  std::string operator()(const fact::CellDefined& f) {
    return fmt::format("mission \"{}\" defined", f.cell.mission_name);
  }
  std::string operator()(const fact::CellRemoved& f) {
    return "mission removed" + because(f.reason);
  }
  std::string operator()(const fact::AgentDefined& f) { return "agent defined" + by_whom(f.by); }
  std::string operator()(const fact::TaskDefined& f) { return "task defined" + by_whom(f.by); }
  std::string operator()(const fact::MissionStarted&) { return "mission started"; }
  std::string operator()(const fact::MissionStatusChanged& f) {
    return fmt::format("mission is {}{}{}", to_word(f.status), by_whom(f.by), because(f.reason));
  }
  std::string operator()(const fact::AgentWanted& f) {
    return std::string(f.wanted ? "wanted" : "no longer wanted") + by_whom(f.by) +
           because(f.reason);
  }
  std::string operator()(const fact::AgentStarting& f) {
    return fmt::format("starting incarnation {} ({})", f.incarnation.value, to_word(f.reason));
  }
  std::string operator()(const fact::AgentSpawned& f) {
    return fmt::format("spawned as pid {}", f.pid);
  }
  std::string operator()(const fact::AgentReady& f) { return "ready: " + f.how; }
  std::string operator()(const fact::AgentAdopted& f) {
    return fmt::format("found alive as pid {} after the daemon's restart", f.pid);
  }
  std::string operator()(const fact::AgentStable&) {
    return "its run counts as stable; tries are zero";
  }
  std::string operator()(const fact::AgentStopping& f) {
    return "being stopped" + because(f.reason);
  }
  std::string operator()(const fact::AgentKilled& f) { return "being killed" + because(f.reason); }
  std::string operator()(const fact::AgentExited& f) {
    return fmt::format("ended: {}{}", describe(f.exit),
                       f.finished   ? " (finished)"
                       : f.expected ? " (expected)"
                                    : "");
  }
  std::string operator()(const fact::AgentBackedOff& f) {
    return fmt::format("try {} waits {} from its last start", f.tries + 1, to_human(f.delay));
  }
  std::string operator()(const fact::AgentQuarantined& f) {
    return "quarantined" + because(f.reason);
  }
  std::string operator()(const fact::AgentAwaitsApproval& f) {
    return "waits for a person: " + f.approval.value;
  }
  std::string operator()(const fact::AgentReleased& f) { return "released" + because(f.reason); }
  std::string operator()(const fact::AgentRemoved& f) {
    return "agent removed" + because(f.reason);
  }
  std::string operator()(const fact::AgentSubstituted& f) {
    return "its work goes to substitute " + f.substitute.value + because(f.reason);
  }
  std::string operator()(const fact::AgentPaused& f) {
    return std::string(f.paused ? "paused" : "resumed") + by_whom(f.by) + because(f.reason);
  }
  std::string operator()(const fact::AgentFrozen& f) {
    return std::string(f.frozen ? "frozen" : "thawed") + by_whom(f.by) + because(f.reason);
  }
  std::string operator()(const fact::AgentHealthChanged& f) {
    return fmt::format("health is {} ({} failures in a row){}", to_word(f.health), f.failures,
                       because(f.reason));
  }
  std::string operator()(const fact::AgentBeatsBegan&) { return "first heartbeat ever"; }
  std::string operator()(const fact::AgentRateLimited& f) {
    return (f.until ? "rate-limited until " + to_rfc3339(*f.until) : std::string("no rate limit")) +
           because(f.reason);
  }
  std::string operator()(const fact::AgentAwaitsAccount& f) { return "waits" + because(f.reason); }
  std::string operator()(const fact::AgentWaitEnded& f) {
    return "waits no longer for account " + f.account + because(f.reason);
  }
  std::string operator()(const fact::AccountSet& f) {
    const std::string most =
        f.limits.at_once == 0 ? "any number" : std::to_string(f.limits.at_once);
    return fmt::format("account {}: {} at once, starts {} apart{}", f.account, most,
                       to_human(f.limits.stagger), by_whom(f.by));
  }
  std::string operator()(const fact::AccountLimited& f) {
    const std::string how =
        f.until ? "rate limited until " + to_rfc3339(*f.until) : "limited no longer";
    return fmt::format("account {} is {}{}{}", f.account, how, by_whom(f.by), because(f.reason));
  }
  std::string operator()(const fact::AgentStopSeen& f) {
    return f.stopped ? "stopped by somebody else (state T)" : "continued by somebody else";
  }
  std::string operator()(const fact::AgentTimeExtended&) { return "was given more time"; }
  std::string operator()(const fact::HangSuspected& f) { return "may hang" + because(f.reason); }
  std::string operator()(const fact::HangEvidence& f) {
    return fmt::format(
        "evidence: cpu {}, {} bytes of I/O, {} bytes of log, {} children, progress {}",
        to_human(Duration(f.evidence.cpu_ns)), f.evidence.io_bytes, f.evidence.log_bytes,
        f.evidence.children, f.evidence.progress);
  }
  std::string operator()(const fact::HangCleared& f) { return "does not hang" + because(f.reason); }
  std::string operator()(const fact::HangDeclared& f) { return "hangs" + because(f.rule); }
  std::string operator()(const fact::WakeAccepted& f) {
    return fmt::format("wake {} from {}", f.wake.id.value, f.wake.source);
  }
  std::string operator()(const fact::WakeStarted& f) { return "wake " + f.wake.value + " started"; }
  std::string operator()(const fact::WakeEnded& f) {
    return fmt::format("wake {} {}{}", f.wake.value, to_word(f.fate), because(f.detail));
  }
  std::string operator()(const fact::TaskClaimed& f) {
    return fmt::format("claimed task {} (claim {})", f.task.task.value, f.claim);
  }
  std::string operator()(const fact::TaskResumed& f) {
    return fmt::format("took up task {} again", f.task.task.value);
  }
  std::string operator()(const fact::TaskCheckpointed& f) {
    return "checkpoint of task " + f.task.task.value;
  }
  std::string operator()(const fact::TaskReported& f) {
    return "task " + f.task.task.value + " reported done";
  }
  std::string operator()(const fact::TaskCompleted& f) {
    return "task " + f.task.task.value + " completed" + because(f.detail);
  }
  std::string operator()(const fact::TaskFailed& f) {
    return "task " + f.task.task.value + " failed" + because(f.reason);
  }
  std::string operator()(const fact::TaskTimedOut& f) {
    return "task " + f.task.task.value + " timed out";
  }
  std::string operator()(const fact::TaskReleased& f) {
    return "task " + f.task.task.value + " is free again" + because(f.reason);
  }
  std::string operator()(const fact::TaskTransferred& f) {
    return fmt::format("task {} handed to {}{}", f.task.task.value, f.to.value, because(f.reason));
  }
  std::string operator()(const fact::HandoffPending& f) {
    if (f.stage == HandoffStage::checkpoint) {
      return fmt::format("a checkpoint of task {} is asked for, to hand it to {}",
                         f.task.task.value, f.to.value);
    }
    return fmt::format("task {} shall go to {}{}{}", f.task.task.value, f.to.value, by_whom(f.by),
                       because(f.reason));
  }
  std::string operator()(const fact::HandoffEnded& f) {
    return fmt::format("task {} is not handed to {}{}", f.task.task.value, f.to.value,
                       because(f.reason));
  }
  std::string operator()(const fact::SpendReserved& f) {
    return "set aside as " + f.reservation + because(listed(f.amounts));
  }
  std::string operator()(const fact::SpendRecorded& f) {
    return "spent" + because(listed(f.amounts));
  }
  std::string operator()(const fact::BudgetReached& f) {
    const std::string about = f.about.empty() ? fmt::format("the {}", to_word(f.scope)) : f.about;
    return fmt::format("budget of {} is used up: {} of {}; {} asks", about,
                       describe_used(f.kind, f.spent, f.reserved), describe(f.kind, f.cap),
                       f.approval.value);
  }
  std::string operator()(const fact::BudgetSettled& f) {
    if (f.raise == 0) {
      return fmt::format("budget of the {} is not raised{}", to_word(f.scope), by_whom(f.by));
    }
    return fmt::format("budget of the {} raised by {}{}", to_word(f.scope),
                       describe(f.kind, f.raise), by_whom(f.by));
  }
  std::string operator()(const fact::ZoneKnown& f) {
    return fmt::format("time zone {} read", f.name);
  }
  std::string operator()(const fact::CalendarAgentRegistered& f) {
    return fmt::format("calendar agent \"{}\" registered on {}{}", f.registered.id,
                       f.registered.claw, by_whom(f.by));
  }
  std::string operator()(const fact::CalendarAgentRemoved& f) {
    return fmt::format("calendar agent \"{}\" removed{}", f.id, by_whom(f.by));
  }
  std::string operator()(const fact::CalendarAgentChanged& f) {
    const std::string until =
        f.status == CalendarStatus::exhausted ? " until " + to_rfc3339(f.recovery_at) : "";
    return fmt::format("calendar agent \"{}\" is {}{}{}{}", f.id, to_word(f.status), until,
                       by_whom(f.by), because(f.reason));
  }
  std::string operator()(const fact::PlanDefined& f) {
    return fmt::format("plan {} for \"{}\" defined{}: {}", f.plan.id, f.plan.definition.work.agent,
                       by_whom(f.by), f.plan.definition.rule);
  }
  std::string operator()(const fact::PlanRemoved& f) {
    return fmt::format("plan {} removed{}{}", f.plan, by_whom(f.by), because(f.reason));
  }
  std::string operator()(const fact::PlanPaused& f) {
    return fmt::format("plan {} {}{}{}", f.plan, f.paused ? "paused" : "resumed", by_whom(f.by),
                       because(f.reason));
  }
  std::string operator()(const fact::TimesJudged& f) {
    if (f.outcomes.empty()) return fmt::format("plan {}: nothing was due", f.plan);
    const TimeFate& last = f.outcomes.back();
    const auto others = static_cast<std::int64_t>(f.outcomes.size()) - 1 + f.more;
    return fmt::format("{} {}{}{}", last.virtual_id, to_word(last.fate), because(last.reason),
                       others == 0 ? "" : fmt::format(" ({} earlier times too)", others));
  }
  std::string operator()(const fact::SlotDefined& f) {
    return fmt::format("slot {} for \"{}\" at {}{}", f.slot.id, f.slot.work.agent,
                       to_rfc3339(f.slot.at), by_whom(f.by));
  }
  std::string operator()(const fact::SlotChanged& f) {
    return fmt::format("slot {} is {}{}{}", f.slot, to_word(f.status), by_whom(f.by),
                       because(f.reason));
  }
  std::string operator()(const fact::ApprovalOpened& f) {
    return fmt::format("{} asks: {} (default {})", f.approval.value, f.question,
                       to_word(f.fallback));
  }
  std::string operator()(const fact::ApprovalAnswered& f) {
    if (f.by == "core") return f.approval.value + " closed" + because(f.reason);
    return fmt::format("{} answered {} by {}{}", f.approval.value, to_word(f.answer), f.by,
                       because(f.reason));
  }
  std::string operator()(const fact::CellMirrored& f) {
    return fmt::format("cell.json says {}", to_word(f.status));
  }
  std::string operator()(const fact::EditRefused& f) {
    return fmt::format("refused the edit of {} to \"{}\": {}", f.field, f.value, f.reason);
  }
  std::string operator()(const fact::CheckpointSaved& f) {
    return fmt::format("saved checkpoint {} ({} bytes)", f.checkpoint.id, f.checkpoint.bytes);
  }
  std::string operator()(const fact::CheckpointWanted& f) {
    return fmt::format("asked for a checkpoint{}", because(f.reason));
  }
  std::string operator()(const fact::CheckpointMissed& f) {
    return std::string(f.before == CheckpointFor::stop ? "goes without a checkpoint"
                                                       : "no checkpoint came") +
           because(f.reason);
  }
  std::string operator()(const fact::CheckpointRestored& f) {
    std::string text = f.restored ? fmt::format("goes on from checkpoint {} of {}", f.restored->id,
                                                f.restored->agent.value)
                                  : "no checkpoint verifies: it begins without one";
    for (const BrokenCheckpoint& one : f.broken) {
      text += fmt::format("; {} of {} does not verify: {}", one.checkpoint.id,
                          one.checkpoint.agent.value, one.reason);
    }
    return text;
  }
  std::string operator()(const fact::CheckpointRehearsed& f) {
    switch (f.outcome) {
      case Rehearsal::begun:
        return "rehearsal of checkpoint " + f.checkpoint;
      case Rehearsal::passed:
        return "checkpoint " + f.checkpoint + " is proven restorable";
      case Rehearsal::failed:
        return "checkpoint " + f.checkpoint + " cannot be restored" + because(f.detail);
      case Rehearsal::impossible:
        return "checkpoint " + f.checkpoint + " could not be rehearsed" + because(f.detail);
    }
    return {};
  }
  std::string operator()(const fact::CheckpointPicked& f) {
    return "checkpoint " + f.checkpoint + " is the one to go on from" + by_whom(f.by);
  }
  std::string operator()(const fact::WriteRefused& f) {
    if (f.task) {
      return fmt::format("refused \"{}\" of task {} by incarnation {}{}", f.what, f.task->value,
                         f.incarnation.value, because(f.reason));
    }
    return fmt::format("refused \"{}\" of incarnation {} (live is {})", f.what, f.incarnation.value,
                       f.live.value);
  }
};

}  // namespace

std::string because(const std::string& reason) { return reason.empty() ? "" : ": " + reason; }

std::string sentence_of(const Fact& fact) { return std::visit(Sentence{}, fact); }

}  // namespace lazaret::core
