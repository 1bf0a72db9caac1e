// Why nothing ran at 08:00: what became of a plan's times, and of one of them.
#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "calendar/schedule.h"
#include "core/fact_words.h"
#include "core/slot_view.h"
#include "core/why_parts.h"

namespace lazaret::core {
namespace {

using namespace why;
using calendar::Fate;

Stamp stamp_of(WallTime at, Stamp now) { return {now.mono - (now.wall - at), at}; }

std::string edit_of(const Plan& plan) { return fmt::format("lazaret plan edit {}", plan.id); }

std::string rule_of(Fate fate) {
  switch (fate) {
    case Fate::fired:
      return "it ran when it was due";
    case Fate::late:
      return "it ran late, as the plan still runs what is so much late";
    case Fate::superseded:
      return "a newer time of the same plan ran, or waits, in its place";
    case Fate::missed:
      return "nothing ran, as it was noticed or taken up too late";
    case Fate::skipped:
      return "nothing ran, as a policy of the plan says so";
  }
  return {};
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Reason overlap_reason(const Plan& plan, std::string rule) {
  return {std::move(rule), fmt::format("overlap = {}", to_word(plan.definition.overlap)),
          edit_of(plan) + " --overlap", ""};
}

// `reason` as it was recorded with the fate.
Reason fate_reason(const Plan& plan, Fate fate, const std::string& reason) {
  const PlanDefinition& of = plan.definition;
  const bool by_policy =
      fate == Fate::superseded || fate == Fate::skipped || holds(reason, "skips what is missed");
  if (by_policy) {
    return {rule_of(fate), fmt::format("missed = {}", to_word(of.missed)),
            edit_of(plan) + " --missed", ""};
  }
  if (fate == Fate::fired) return {rule_of(fate), "", "", ""};
  return {rule_of(fate), fmt::format("within_seconds = {}", of.within_seconds),
          edit_of(plan) + " --within-seconds", ""};
}

std::string next_time(const Fleet& fleet, const Plan& plan, Stamp now) {
  if (plan.paused) return fmt::format("lazaret plan resume {}", plan.id);
  const auto from = std::chrono::ceil<std::chrono::seconds>(now.wall);
  const auto found = calendar::occurrences(*schedule_of(fleet.calendar, plan), from, 1).times;
  if (found.empty()) return "it has no more times";
  return fmt::format("its next time is {}, in {}", calendar::to_text(found.front()),
                     to_human(found.front().at - now.wall));
}

std::string policies_of(const PlanDefinition& of) {
  return fmt::format(
      "its policies: missed = {}, within_seconds = {}, overlap = {}, jitter_seconds = {}, "
      "pause_after_failures = {}",
      to_word(of.missed), of.within_seconds, to_word(of.overlap), of.jitter_seconds,
      of.pause_after_failures);
}

std::string state_of(const Slot& slot) {
  return fmt::format("slot {} is {}{}", slot.id, to_word(slot.status), because(slot.reason));
}

std::string line_of(const Fleet& fleet, const TimeFate& one) {
  const Slot* slot = one.slot == 0 ? nullptr : find_slot(fleet.calendar, std::to_string(one.slot));
  return fmt::format("{} {}{}{}", one.virtual_id, to_word(one.fate), because(one.reason),
                     slot ? "; " + state_of(*slot) : "");
}

// Why a slot stands where it stands; next is told, too.
Reason slot_reason(const Slot& slot, const Plan* plan, Stamp now) {
  const std::string show = fmt::format("lazaret slot show {}", slot.id);
  switch (slot.status) {
    case SlotStatus::not_started: {
      if (slot.wake)
        return {"its agent was woken for it", "", "", "lazaret why " + slot.wake->value};
      const Duration left = std::max(slot.at, slot.fire_at) - now.wall;
      if (left > Duration(0)) {
        return {"its time has not come", "", "", "it is due in " + to_human(left)};
      }
      if (slot.work.own) return {"it is due", "", "", "its agent is woken now"};
      return {
          fmt::format("\"{}\" asks for its slots itself, and has not begun it", slot.work.agent),
          "", "", "it asks for its next slot"};
    }
    case SlotStatus::deferred: {
      const std::string ends = "the one before it ends";
      if (!plan) return {"its agent put it off", "", "", "its agent begins it"};
      Reason reason = overlap_reason(*plan, "the one before it is still under way");
      reason.next = ends;
      return reason;
    }
    case SlotStatus::ongoing:
    case SlotStatus::paused:
      return {"it is under way", "", "", slot.wake ? "lazaret why " + slot.wake->value : show};
    case SlotStatus::skipped:
      if (plan) return overlap_reason(*plan, "nothing ran, as a policy of the plan says so");
      return {"it was skipped", "", "", show};
    case SlotStatus::aborted:
      return {"it ended without success", "", "",
              slot.wake ? "lazaret why " + slot.wake->value : show};
    case SlotStatus::finished:
      return {"it was done", "", "", slot.wake ? "lazaret why " + slot.wake->value : show};
  }
  return {};
}

const TimeFate* fate_of(const Plan* plan, const std::string& virtual_id) {
  if (!plan) return nullptr;
  const auto found = std::ranges::find(plan->fates, virtual_id, &TimeFate::virtual_id);
  return found == plan->fates.end() ? nullptr : &*found;
}

}  // namespace

Explanation explain_plan(const Fleet& fleet, std::int64_t id, Stamp now) {
  const Plan& plan = fleet.calendar.plans.at(id);
  Explanation it =
      begin(fmt::format("plan:{}", id), plan.paused ? "paused" : "active", {}, plan.paused_reason);
  tell(it, stamp_of(plan.defined, now), "policies", policies_of(plan.definition), now);
  for (const TimeFate& one : plan.fates) {
    tell(it, stamp_of(one.at, now), "time", line_of(fleet, one), now);
  }
  const std::string of = fmt::format("plan {} for {}", id, plan.definition.work.agent);
  Reason reason{"none of its times has come yet", "", "", ""};
  it.sentence = of + ": " + reason.rule;
  if (!plan.fates.empty()) {
    const TimeFate& last = plan.fates.back();
    const Slot* slot =
        last.slot == 0 ? nullptr : find_slot(fleet.calendar, std::to_string(last.slot));
    it.sentence = of + ": " + line_of(fleet, last);
    reason = slot && slot->status != SlotStatus::finished
                 ? slot_reason(*slot, &plan, now)
                 : fate_reason(plan, last.fate, last.reason);
  }
  if (plan.paused) {
    it.sentence = fmt::format("{} is paused{}", of, because(plan.paused_reason));
    reason = {"a paused plan runs nothing",
              fmt::format("pause_after_failures = {}", plan.definition.pause_after_failures),
              edit_of(plan) + " --pause-after-failures", ""};
  }
  reason.next = next_time(fleet, plan, now);
  give(it, reason);
  return it;
}

Explanation explain_slot(const Fleet& fleet, const std::string& ident, Stamp now) {
  const Slot* real = find_slot(fleet.calendar, ident);
  const Slot slot = real ? *real : find_virtual_slot(fleet.calendar, ident).value_or(Slot{});
  const auto found = fleet.calendar.plans.find(slot.plan);
  const Plan* plan = found == fleet.calendar.plans.end() ? nullptr : &found->second;
  const TimeFate* fate = fate_of(plan, slot.virtual_id);
  Explanation it = begin("slot:" + ident, std::string(to_word(slot.status)), {}, slot.reason);
  const std::string of =
      fmt::format("slot {} for {}, due {},", ident, slot.work.agent, to_rfc3339(slot.at));
  it.sentence = fmt::format("{} is {}{}", of, it.state, because(slot.reason));
  if (plan) tell(it, stamp_of(plan->defined, now), "policies", policies_of(plan->definition), now);
  if (fate) tell(it, stamp_of(fate->at, now), "time", line_of(fleet, *fate), now);
  if (!real && fate) {
    it.state = to_word(fate->fate);
    it.reason = fate->reason;
    it.sentence = fmt::format("{} was {}{}", of, it.state, because(fate->reason));
    Reason reason = fate_reason(*plan, fate->fate, fate->reason);
    reason.next = next_time(fleet, *plan, now);
    give(it, reason);
    return it;
  }
  if (!real && plan && plan->paused) {
    it.sentence =
        fmt::format("{} waits: plan {} is paused{}", of, plan->id, because(plan->paused_reason));
    give(it, {"a paused plan runs nothing", "", "", next_time(fleet, *plan, now)});
    return it;
  }
  give(it, slot_reason(slot, plan, now));
  return it;
}

}  // namespace lazaret::core
