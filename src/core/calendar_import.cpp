#include "core/calendar_import.h"

#include <fmt/format.h>

#include <set>

#include "base/rng.h"
#include "calendar/policy.h"

namespace lazaret::core {
namespace {

using calendar::SysTime;

constexpr std::size_t compared = 400;  // times
constexpr std::int64_t compared_steps = 20'000;
constexpr calendar::seconds compared_time = std::chrono::hours(24 * 366 * 10);
constexpr std::int64_t within_most = 366 * 86'400;
constexpr SysTime beginning{
    std::chrono::seconds(calendar::day_of(1, 1, 3) * calendar::day_seconds)};

std::string bounds_complaint(const PlanDefinition& plan) {
  if (plan.within_seconds < 0 || plan.within_seconds > within_most) return "within_seconds";
  if (plan.jitter_seconds < 0 || plan.jitter_seconds > calendar::most_jitter.count()) {
    return "jitter_seconds";
  }
  if (plan.pause_after_failures < 0 || plan.pause_after_failures > 1000) {
    return "pause_after_failures";
  }
  return {};
}

std::unexpected<Error> at_line(const ImportedEvent& event, Error error) {
  error.place = error.place.empty() ? fmt::format("line {}", event.line)
                                    : fmt::format("line {}, {}", event.line, error.place);
  return std::unexpected(std::move(error));
}

// As a calendar program has it: in whole seconds.
WallTime at_of(const Slot& slot) { return std::chrono::floor<std::chrono::seconds>(slot.at); }

class Import {
 public:
  Import(const Fleet& fleet, const op::ImportCalendar& wish, WallTime now)
      : fleet_(fleet), calendar_(fleet.calendar), wish_(wish), now_(now) {
    for (const ImportedEvent& event : wish.events) learn(event.plan.work.agent);
    next_plan_ = calendar_.next_plan;
    next_slot_ = calendar_.next_slot;
  }

  Result<std::vector<ImportStep>> steps() {
    if (wish_.events.size() > most_imported) {
      return fail(ErrorCode::too_large,
                  fmt::format("{} events; at most {}", wish_.events.size(), most_imported), "text",
                  "import it in parts");
    }
    for (const ImportedEvent& event : wish_.events) {
      if (!said_.emplace(event.plan.work.agent, event.uid).second) {
        return at_line(event, {ErrorCode::invalid_input,
                               fmt::format("two events have the UID \"{}\"", event.uid),
                               {},
                               "an event stands once in a file"});
      }
      if (!claim(event)) {
        return at_line(event, {ErrorCode::invalid_input,
                               "two events are about the same plan or slot of ours",
                               {},
                               "leave one of them out"});
      }
      if (auto done = event.recurs ? add_plan(event) : add_slot(event); !done) {
        return std::unexpected(done.error());
      }
    }
    for (const ImportedEvent& event : wish_.events) drop_parts(event);
    const auto plans = static_cast<std::size_t>(next_plan_ - calendar_.next_plan);
    const auto slots = static_cast<std::size_t>(next_slot_ - calendar_.next_slot);
    if (calendar_.plans.size() + plans > most_plans ||
        calendar_.slots.size() - calendar_.ended.size() + slots > most_open_slots) {
      return fail(ErrorCode::too_many, fmt::format("at most {} plans and {} open slots are kept",
                                                   most_plans, most_open_slots));
    }
    return std::move(steps_);
  }

 private:
  using Key = std::pair<std::string, std::string>;  // agent, UID

  void learn(const std::string& agent) {
    if (!learned_.insert(agent).second) return;
    if (const auto own = calendar_.plans_of_agent.find(agent);
        own != calendar_.plans_of_agent.end()) {
      for (const std::int64_t id : own->second) {
        plans_[{agent, export_uid(fleet_, "plan", id)}] = id;
        const std::string& uid = calendar_.plans.at(id).definition.work.uid;
        if (!uid.empty()) plans_[{agent, uid}] = id;
      }
    }
    if (const auto own = calendar_.of_agent.find(agent); own != calendar_.of_agent.end()) {
      for (const std::int64_t id : own->second) {
        const Slot& slot = calendar_.slots.at(id);
        if (slot.plan != 0) continue;
        slots_[{agent, export_uid(fleet_, "slot", id)}] = id;
        if (!slot.work.uid.empty()) slots_[{agent, slot.work.uid}] = id;  // the newest
      }
    }
  }

  // One event is about each: the same thing may be known by two UIDs.
  bool claim(const ImportedEvent& event) {
    const Key key{event.plan.work.agent, event.uid};
    const Plan* plan = plan_of(key);
    const Slot* slot = slot_of(key);
    return (!plan || claimed_.emplace(true, plan->id).second) &&
           (!slot || claimed_.emplace(false, slot->id).second);
  }

  const Plan* plan_of(const Key& key) const {
    const auto found = plans_.find(key);
    return found == plans_.end() ? nullptr : &calendar_.plans.at(found->second);
  }
  const Slot* slot_of(const Key& key) const {
    const auto found = slots_.find(key);
    return found == slots_.end() ? nullptr : &calendar_.slots.at(found->second);
  }

  void add(const ImportedEvent& event, ImportAct act, bool is_plan, std::int64_t id,
           std::string reason = {}, PlanDefinition plan = {}) {
    steps_.push_back({&event, act, is_plan, id, std::move(reason), std::move(plan)});
  }

  // What was known as the other kind, or is cancelled.
  bool give_up(const ImportedEvent& event, const Plan* plan, const Slot* slot,
               const std::string& reason) {
    if (plan) add(event, ImportAct::removed, true, plan->id, reason);
    const bool open = slot && is_open(slot->status);
    if (open) add(event, ImportAct::removed, false, slot->id, reason);
    return plan || open;
  }

  Result<void> add_plan(const ImportedEvent& event) {
    const Key key{event.plan.work.agent, event.uid};
    const Plan* known = plan_of(key);
    if (event.cancelled) {
      if (!give_up(event, known, slot_of(key), "it was cancelled")) {
        add(event, ImportAct::left_out, true, 0, "it was cancelled");
      }
      return {};
    }
    const auto data = wish_.zones.find(event.plan.zone);
    const auto schedule =
        checked_schedule(event.plan, data == wish_.zones.end() ? "" : data->second);
    if (!schedule) return at_line(event, schedule.error());
    if (auto fits = check(event); !fits) return fits;
    PlanDefinition plan = event.plan;
    if (known) {
      const PlanDefinition& old = known->definition;
      if (!event.is_ours) {
        plan = old;
        take_work(plan.work, event.plan.work);
        take_times(plan, event.plan);
      }
      plan.work.uid = old.work.uid;
      if (same_times(*schedule, *schedule_of(calendar_, *known), now_)) take_times(plan, old);
      const bool same = plan == old;
      add(event, same ? ImportAct::unchanged : ImportAct::changed, true, known->id, {},
          std::move(plan));
      return {};
    }
    const auto next =
        calendar::occurrences(*schedule, std::chrono::ceil<calendar::seconds>(now_), 1);
    if (next.times.empty() && next.stop == calendar::Stop::over) {
      add(event, ImportAct::left_out, true, 0, "it is over");
      return {};
    }
    give_up(event, nullptr, slot_of(key), "it recurs now");
    plan.work.uid = event.uid;
    add(event, ImportAct::made, true, next_plan_++, {}, std::move(plan));
    return {};
  }

  Result<void> add_slot(const ImportedEvent& event) {
    const Key key{event.plan.work.agent, event.uid};
    const Slot* known = slot_of(key);
    if (event.cancelled) {
      if (!give_up(event, plan_of(key), known, "it was cancelled")) {
        add(event, ImportAct::left_out, false, 0, "it was cancelled");
      }
      return {};
    }
    if (auto fits = check(event); !fits) return fits;
    if (known && is_active(known->status)) {
      add(event, ImportAct::left_out, false, known->id, "its slot is under way");
      return {};
    }
    give_up(event, plan_of(key), nullptr, "it recurs no more");
    if (known && is_over(known->status) && at_of(*known) == event.at) {
      add(event, ImportAct::left_out, false, known->id, "its slot is over");
      return {};
    }
    const bool open = known && is_open(known->status);
    if (event.at < now_ && !(open && at_of(*known) == event.at)) {
      const bool moved = give_up(event, nullptr, known, "it was moved into the past");
      if (!moved) add(event, ImportAct::left_out, false, 0, "it is over");
      return {};
    }
    PlanDefinition wanted;
    wanted.work = open && !event.is_ours ? known->work : event.plan.work;
    if (open && !event.is_ours) take_work(wanted.work, event.plan.work);
    wanted.work.uid = open ? known->work.uid : event.uid;
    if (!open) {
      add(event, ImportAct::made, false, next_slot_++, {}, std::move(wanted));
    } else {
      const bool same = at_of(*known) == event.at && known->work == wanted.work;
      add(event, same ? ImportAct::unchanged : ImportAct::changed, false, known->id, {},
          std::move(wanted));
    }
    return {};
  }

  // What a calendar program knows of the work.
  static void take_work(SlotWork& work, const SlotWork& from) {
    work.title = from.title;
    work.prompt = from.prompt;
    work.minutes = from.minutes;
  }

  Result<void> check(const ImportedEvent& event) const {
    const auto fits = check_work(fleet_, event.plan.work);
    if (!fits) return at_line(event, fits.error());
    return {};
  }

  // Occurrences that had a time of their own, and have it no more.
  void drop_parts(const ImportedEvent& event) {
    if (!event.whole.empty()) return;
    const std::string& agent = event.plan.work.agent;
    const std::string prefix = event.uid + '/';
    for (auto at = slots_.lower_bound({agent, prefix});
         at != slots_.end() && at->first.first == agent && at->first.second.starts_with(prefix);
         ++at) {
      const Slot& slot = calendar_.slots.at(at->second);
      // As calendar/icalendar.h names them: the UID, and when it would have been.
      constexpr std::size_t time_chars = 15;
      if (at->first.second.size() != prefix.size() + time_chars) continue;
      if (!is_open(slot.status) || !claimed_.emplace(false, slot.id).second) continue;
      add(event, ImportAct::removed, false, slot.id, "its time is no longer one of its own");
    }
  }

  const Fleet& fleet_;
  const Calendar& calendar_;
  const op::ImportCalendar& wish_;
  WallTime now_;
  std::set<std::string> learned_;
  std::map<Key, std::int64_t> plans_;
  std::map<Key, std::int64_t> slots_;
  std::set<Key> said_;
  std::set<std::pair<bool, std::int64_t>> claimed_;  // plan?, number
  std::int64_t next_plan_ = 1;
  std::int64_t next_slot_ = 1;
  std::vector<ImportStep> steps_;
};

}  // namespace

std::string export_uid(const Fleet& fleet, std::string_view kind, std::int64_t id) {
  const std::uint64_t where = hash_text("calendar", fleet.seed);
  return fmt::format("{}-{}.{:016x}@lazaret", kind, id, where);
}

Result<std::vector<ImportStep>> import_steps(const Fleet& fleet, const op::ImportCalendar& wish,
                                             WallTime now) {
  return Import(fleet, wish, now).steps();
}

Result<calendar::Schedule> checked_schedule(const PlanDefinition& plan,
                                            const std::string& zone_data) {
  if (const auto where = bounds_complaint(plan); !where.empty()) {
    return fail(ErrorCode::invalid_input, "out of its bounds", where);
  }
  const auto zone = zone_of(plan.zone, zone_data);
  if (!zone) return std::unexpected(zone.error());
  auto schedule = schedule_of(plan, *zone);
  if (!schedule) return schedule;
  // A rule that never comes is a slip of the pen; who edits an old plan may leave nothing to come.
  if (calendar::occurrences(*schedule, beginning, 1).times.empty()) {
    return fail(ErrorCode::invalid_input, "this rule has no occurrence at all", "rule",
                "lazaret slot next shows the times of a rule");
  }
  return schedule;
}

Result<void> check_work(const Fleet& fleet, const SlotWork& work) {
  const Agent* own = work.own ? find_agent(fleet, *work.own) : nullptr;
  if (work.own ? !own : !fleet.calendar.agents.contains(work.agent)) {
    return fail(ErrorCode::not_found, fmt::format("the calendar knows no agent \"{}\"", work.agent),
                {}, "lazaret calendar register AGENT, or name one of `lazaret agent ls`");
  }
  if (own && !own->definition.run) {
    return fail(ErrorCode::conflict,
                fmt::format("agent \"{}\" runs elsewhere: it cannot be woken", work.agent), {},
                "register it in the calendar; it then asks for its slots");
  }
  if (work.minutes >= 1 && work.minutes <= slot_minutes_most) return {};
  return fail(ErrorCode::invalid_input,
              fmt::format("{} minutes; from 1 to {}", work.minutes, slot_minutes_most),
              "estimated_duration", "a slot is at most a week long");
}

bool same_times(const calendar::Schedule& a, const calendar::Schedule& b, WallTime now) {
  const calendar::Budget budget(compared_steps);
  const auto begin = calendar::occurrences(a, beginning, 1, budget).times;
  if (begin.empty()) return false;
  // A zone that is not known everywhere is written out for some years only.
  const auto from = std::chrono::ceil<calendar::seconds>(now);
  const SysTime to = std::max(from, begin.front().at) + compared_time;
  const auto first = calendar::between(a, beginning, to, compared, budget).times;
  // A pattern was written as the dates that came next then, so its own beginning says nothing.
  if (std::holds_alternative<calendar::Pattern>(b.when)) {
    return calendar::between(b, first.front().at, to, first.size(), budget).times == first;
  }
  return calendar::between(b, beginning, to, compared, budget).times == first &&
         calendar::between(a, from, to, compared, budget).times ==
             calendar::between(b, from, to, compared, budget).times;
}

void take_times(PlanDefinition& plan, const PlanDefinition& from) {
  plan.kind = from.kind;
  plan.rule = from.rule;
  plan.start = from.start;
  plan.dates = from.dates;
  plan.exceptions = from.exceptions;
  plan.zone = from.zone;
  plan.gap = from.gap;
  plan.fold = from.fold;
}

}  // namespace lazaret::core
