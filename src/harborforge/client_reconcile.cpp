// What a backend lists against what the client knows: both end with the same status.
#include <algorithm>

#include "harborforge/client_impl.h"

namespace lazaret::harborforge {

using core::SlotStatus;

void Client::Impl::reconcile(const std::string& agent, Lane& lane, const wire::SlotView& slot,
                             const Stamp& now) {
  const auto own = state_.active.find(agent);
  const std::string occurrence = occurrence_of(slot);
  const bool ours =
      own != state_.active.end() && (own->second.ident == slot.ident() ||
                                     (!occurrence.empty() && own->second.occurrence == occurrence));
  if (ours) return reconcile_own(agent, own->second, slot, now);
  if (core::is_active(slot.status)) judge_stranger(agent, lane, slot, now);
}

void Client::Impl::reconcile_own(const std::string& agent, Active& active,
                                 const wire::SlotView& slot, const Stamp& now) {
  // A virtual slot has become a real one, and the answer that said so was lost.
  if (slot.id && active.ident != slot.ident()) rename(agent, active.ident, slot.ident());
  if (active.phase == Phase::waking || is_reported(state_, agent, active.ident)) return;
  active.disputed = false;
  if (core::is_over(slot.status)) return drop(agent, slot.status, "ended at the backend", now);
  if (core::is_open(slot.status)) {
    // It was told, and has forgotten: a backend that was restored from a backup.
    const Duration day =
        active.started_at - std::chrono::floor<std::chrono::days>(active.started_at);
    report(agent, active.ident, {SlotStatus::ongoing, day, {}, "", ""}, true);
    if (active.status == SlotStatus::paused)
      report(agent, active.ident, {SlotStatus::paused, {}, {}, "", ""}, false);
    return;
  }
  if (slot.status == active.status) return;
  // Somebody paused or resumed it at the backend.
  if (active.paused_at) active.paused_for += now.wall - *active.paused_at;
  active.paused_at.reset();
  if (slot.status == SlotStatus::paused) active.paused_at = now.wall;
  active.status = slot.status;
  dirty_ = true;
}

// An active slot that is not the agent's active one here.
void Client::Impl::judge_stranger(const std::string& agent, Lane& lane, const wire::SlotView& slot,
                                  const Stamp& now) {
  const std::string occurrence = occurrence_of(slot);
  const auto past = std::ranges::find_if(state_.history, [&](const Resolved& one) {
    return one.agent == agent &&
           (one.ident == slot.ident() || (!occurrence.empty() && one.occurrence == occurrence));
  });
  if (past != state_.history.end()) {
    const bool waiting = is_reported(state_, agent, past->ident);
    if (slot.id && past->ident != slot.ident()) rename(agent, past->ident, slot.ident());
    if (waiting || past->delivery == Delivery::refused) return;
    past->delivery = Delivery::waiting;
    return report(agent, slot.ident(), past->update, false);
  }
  if (is_reported(state_, agent, slot.ident()) || state_.active.contains(agent)) return;
  if (state_.outbox.contains(agent) && state_.outbox[agent].size() >= reports_most) return;
  const bool idle = lane.agent.status != "working" && lane.agent.status != "busy" &&
                    lane.agent.status != "on_call";
  note_fired(state_, {slot.ident(), occurrence});
  dirty_ = true;
  if (idle && slot.status == SlotStatus::ongoing) {
    const std::string why = "it was left ongoing, and its agent does not work on it";
    note_resolved(state_, {slot.ident(),
                           occurrence,
                           agent,
                           {SlotStatus::aborted, {}, {}, why, ""},
                           {},
                           now.wall,
                           {},
                           {}});
    return report(agent, slot.ident(), {SlotStatus::aborted, {}, {}, why, ""}, false);
  }
  // Taken up again, without a second wake.
  Active active;
  active.ident = slot.ident();
  active.occurrence = occurrence;
  active.scheduled_at = slot.scheduled_at;
  active.source = wire::wake_source(slot);
  active.phase = Phase::active;
  active.status = slot.status;
  active.started_at = now.wall;
  if (slot.started_at) {
    // A time of day: the last one that has passed.
    const auto midnight = std::chrono::floor<std::chrono::days>(now.wall);
    active.started_at = midnight + *slot.started_at;
    if (active.started_at > now.wall) active.started_at -= std::chrono::days(1);
  }
  if (slot.status == SlotStatus::paused) active.paused_at = now.wall;
  state_.active[agent] = std::move(active);
}

void Client::Impl::rename(const std::string& agent, const std::string& from,
                          const std::string& to) {
  const std::string old = from;  // may be a part of what changes
  if (const auto own = state_.active.find(agent);
      own != state_.active.end() && own->second.ident == old)
    own->second.ident = to;
  if (const auto reports = state_.outbox.find(agent); reports != state_.outbox.end()) {
    for (Report& one : reports->second) {
      if (one.ident == old) one.ident = to;
    }
  }
  for (Resolved& one : state_.history) {
    if (one.ident == old) one.ident = to;
  }
  // Both names are kept: a late answer may still list the old one.
  if (!was_fired(state_, to, "")) note_fired(state_, {to, ""});
  dirty_ = true;
}

}  // namespace lazaret::harborforge
