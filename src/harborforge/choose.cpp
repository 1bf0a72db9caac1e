#include "harborforge/choose.h"

#include <algorithm>
#include <set>

namespace lazaret::harborforge {
namespace {

bool wins(const wire::SlotView& a, const wire::SlotView& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  if (a.due() != b.due()) return a.due() < b.due();
  return ident_before(a, b);
}

}  // namespace

bool ident_before(const wire::SlotView& a, const wire::SlotView& b) {
  if (a.id && b.id) return *a.id < *b.id;
  if (a.id || b.id) return a.id.has_value();
  return a.virtual_id < b.virtual_id;
}

Choice choose(const std::vector<wire::SlotView>& slots, const State& state, WallTime now) {
  Choice choice;
  std::set<std::string> seen;
  std::vector<const wire::SlotView*> due;
  for (const wire::SlotView& slot : slots) {
    if (!core::is_open(slot.status) || slot.due() > now) continue;
    if (!seen.insert(slot.ident()).second) continue;
    if (was_fired(state, slot.ident(), occurrence_of(slot))) continue;
    due.push_back(&slot);
    if (!choice.winner || wins(slot, *choice.winner)) choice.winner = &slot;
  }
  for (const wire::SlotView* slot : due) {
    if (slot != choice.winner) choice.deferred.push_back(slot->ident());
  }
  return choice;
}

}  // namespace lazaret::harborforge
