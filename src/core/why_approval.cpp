// Why a person is asked, who answered, and where that led.
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "core/revival.h"
#include "core/why_parts.h"

namespace lazaret::core {
namespace {

using namespace why;

std::string budget_place(const Approval& approval) {
  if (approval.agent) return "agents/" + approval.agent->agent.value + ".json";
  return approval.task ? "tasks/" + approval.task->task.value + ".json" : "cell.json";
}

// Why it is asked at all.
Reason asked_because(const Fleet& fleet, const Approval& approval) {
  const Cell* cell = approval.agent ? find_cell(fleet, approval.agent->cell) : nullptr;
  const Agent* agent = approval.agent ? find_agent(fleet, *approval.agent) : nullptr;
  switch (approval.kind) {
    case ApprovalKind::revival: {
      if (!cell || !agent) return {"its agent died", "", "", ""};
      if (revival::policy_of(*cell, *agent) == AutoRevive::ask) {
        const bool own = agent->definition.auto_revive.has_value();
        return {"it died and auto_revive is ask", "auto_revive = ask",
                own ? agent_place(*agent) + " lazaret.auto_revive" : policies_place, ""};
      }
      return {"it was given up after its retries, so a person decides",
              fmt::format("max_retries = {}", cell->definition.policies.max_retries),
              policies_place, ""};
    }
    case ApprovalKind::hang:
      return {"it hangs and hang is ask", "hang = ask",
              agent ? agent_place(*agent) + " lazaret.hang" : "", ""};
    case ApprovalKind::question:
      return {"it was asked for by an agent or a person", "", "", ""};
    case ApprovalKind::handoff:
      return {"a hand-off was asked for and handoff_approval is manual",
              "handoff_approval = manual", policies_place, ""};
    case ApprovalKind::budget:
      return {"a budget is used up, and what it concerns waits for the answer", "budget",
              budget_place(approval) + " lazaret.budget", ""};
    case ApprovalKind::account:
      return {"an account is rate limited, and all of its agents wait", "the limit",
              "lazaret account show " + approval.account, ""};
  }
  return {};
}

std::string answered_by(const Approval& approval) {
  const std::string_view word = to_word(*approval.answer);
  if (approval.by == "deadline") {
    return fmt::format("nobody answered before {}, so its default did: {}",
                       to_rfc3339(approval.deadline), word);
  }
  if (approval.by == "core") return "closed, as nobody could act on the answer any more";
  return fmt::format("answered {} by {}", word, approval.by);
}

// Where the answer led: how things stand with whom it was about.
std::string what_followed(const Fleet& fleet, const Approval& approval, Stamp now) {
  if (!approval.agent) return {};
  const Agent* agent = find_agent(fleet, *approval.agent);
  if (!agent) return approval.agent->agent.value + " is gone";
  return fmt::format("{} is {} for {}: {}", approval.agent->agent.value, to_word(agent->process),
                     to_human(now.mono - agent->since.mono), agent->state_reason);
}

}  // namespace

Explanation explain(const Fleet& fleet, const ApprovalId& id, Stamp now) {
  const Approval& approval = fleet.approvals.at(id);
  const bool open = !approval.answer;
  Explanation it = begin(id.value, open ? "open" : std::string(to_word(*approval.answer)),
                         approval.opened, approval.reason);
  Reason reason = asked_because(fleet, approval);
  tell(it, approval.opened, "question",
       fmt::format("{} (default {} at {})", approval.question, to_word(approval.fallback),
                   to_rfc3339(approval.deadline)),
       now);
  if (open) {
    it.sentence = fmt::format("{} waits for a person for {}: {}", id.value,
                              to_human(now.mono - approval.opened.mono), approval.question);
    reason.next = how_to_answer(fleet, id, now);
    if (approval.kind != ApprovalKind::question && reason.setting.empty()) {
      reason.setting = "approval_deadline_seconds";
      reason.place = std::string(policies_place) + " lazaret";
    }
  } else {
    const std::string why = approval.reason.empty() ? "" : ": " + approval.reason;
    it.sentence = fmt::format("{} was {}{}", id.value, answered_by(approval), why);
    reason.next = what_followed(fleet, approval, now);
  }
  give(it, reason);
  return it;
}

}  // namespace lazaret::core
