#include "core/plan_changes.h"

#include <algorithm>
#include <tuple>

#include "calendar/virtual_id.h"

namespace lazaret::core {
namespace {

using calendar::LocalKind;
using calendar::LocalTime;
using calendar::SysTime;

SysTime usual_time(const PlanDefinition& plan, const calendar::Zone& zone,
                   const calendar::VirtualId& which) {
  const calendar::Resolved r = zone.resolve(which.nominal);
  switch (r.kind) {
    case LocalKind::unique:
      return r.first;
    case LocalKind::gap:
      return plan.gap == calendar::GapRule::offset_after ? r.second : r.first;
    case LocalKind::fold:
      return which.second ? r.second : r.first;
  }
  return r.first;
}

// Waiting raises a priority by itself.
bool has_other_work(const Slot& slot, const SlotWork& usual) {
  const auto told = [](const SlotWork& work) {
    return std::tie(work.agent, work.own, work.title, work.prompt, work.type, work.minutes,
                    work.event, work.event_data);
  };
  const bool raised = slot.deferred_at != WallTime{};
  return told(slot.work) != told(usual) || (!raised && slot.work.priority != usual.priority);
}

// The plan itself says that there is none: not a change of this one occurrence.
bool is_exception(const calendar::Schedule& schedule, LocalTime nominal) {
  const auto* when = std::get_if<calendar::Recurrence>(&schedule.when);
  return when && std::ranges::any_of(when->exceptions, [&](const calendar::TimeText& one) {
           return one.date_only ? calendar::day_of(one.local) == calendar::day_of(nominal)
                                : calendar::local_of(one, *schedule.zone) == nominal;
         });
}

bool was_called_off(const Slot& slot) {
  const bool begun = slot.attended || slot.started_at != WallTime{};
  return is_over(slot.status) && slot.status != SlotStatus::finished && !begun &&
         slot.ended_at < slot.at;
}

}  // namespace

std::map<std::int64_t, std::vector<PlanChange>> plan_changes(const Calendar& calendar) {
  std::map<std::int64_t, std::vector<PlanChange>> out;
  for (const auto& [id, slot] : calendar.slots) {
    const auto plan = calendar.plans.find(slot.plan);
    if (plan == calendar.plans.end()) continue;
    const auto which = calendar::parse_virtual_id(slot.virtual_id);
    if (!which) continue;
    const PlanDefinition& of = plan->second.definition;
    const auto schedule = schedule_of(calendar, plan->second);
    PlanChange change{&slot, which->nominal, which->second, usual_time(of, *schedule->zone, *which),
                      was_called_off(slot)};
    const bool moved = std::chrono::floor<std::chrono::seconds>(slot.at) != change.usual;
    // What is over keeps the words that it had: those of the plan may be newer.
    const bool worded = !is_over(slot.status) && has_other_work(slot, of.work);
    if (!change.called_off && !moved && !worded) continue;
    if (change.called_off && is_exception(*schedule, which->nominal)) continue;
    out[slot.plan].push_back(change);
  }
  for (auto& [id, changes] : out) {
    std::ranges::sort(changes, [](const PlanChange& a, const PlanChange& b) {
      return std::tie(a.nominal, a.second) < std::tie(b.nominal, b.second);
    });
    const std::size_t more = changes.size() - std::min(changes.size(), changes_most);
    changes.erase(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(more));
  }
  return out;
}

}  // namespace lazaret::core
