#include "core/calendar_import.h"

#include <fmt/format.h>

#include <set>

#include "base/rng.h"
#include "calendar/policy.h"
#include "calendar/virtual_id.h"

namespace lazaret::core {
namespace {

std::unexpected<Error> at_line(const ImportedEvent& event, Error error) {
  error.place = error.place.empty() ? fmt::format("line {}", event.line)
                                    : fmt::format("line {}, {}", event.line, error.place);
  return std::unexpected(std::move(error));
}

// As a calendar program has it: in whole seconds.
WallTime at_of(const Slot& slot) { return std::chrono::floor<std::chrono::seconds>(slot.at); }

class Import {
 public:
  Import(const Fleet& fleet, const op::ImportCalendar& wish, WallTime now, calendar::Budget steps)
      : fleet_(fleet), calendar_(fleet.calendar), wish_(wish), now_(now), budget_(steps) {
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
      if (!event.occurrence.empty()) continue;
      if (auto done = event.recurs ? add_plan(event) : add_slot(event); !done) {
        return std::unexpected(done.error());
      }
      if (budget_.spent()) return std::unexpected(no_steps_left(event.line));
    }
    // Their plans are known now.
    for (const ImportedEvent& event : wish_.events) {
      if (event.occurrence.empty()) continue;
      if (auto done = add_occurrence(event); !done) return std::unexpected(done.error());
      if (budget_.spent()) return std::unexpected(no_steps_left(event.line));
    }
    for (const ImportedEvent& event : wish_.events) drop_parts(event);
    for (const auto& [uid, series] : series_) restore_occurrences(series);
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
    std::string ident = is_plan || act == ImportAct::made ? "" : std::to_string(id);
    steps_.push_back(
        {&event, act, is_plan, id, std::move(ident), std::move(reason), std::move(plan), event.at});
  }

  // A plan that the file speaks of: its occurrences may be spoken of, too.
  struct Series {
    const ImportedEvent* event = nullptr;
    std::int64_t plan = 0;
    SlotWork work;
    std::shared_ptr<const calendar::Schedule> schedule;
  };

  // What was known as the other kind, or is cancelled.
  bool give_up(const ImportedEvent& event, const Plan* plan, const Slot* slot,
               const std::string& reason) {
    if (plan) add(event, ImportAct::removed, true, plan->id, reason);
    const bool open = slot && is_open(slot->status);
    if (open) add(event, ImportAct::removed, false, slot->id, reason);
    return plan || open;
  }

  Result<calendar::ZonePtr> zone_named(const std::string& name) {
    if (const auto known = zones_.find(name); known != zones_.end()) return known->second;
    const auto data = wish_.zones.find(name);
    auto zone = zone_of(name, data == wish_.zones.end() ? "" : data->second);
    if (zone) zones_[name] = *zone;
    return zone;
  }

  calendar::Budget one_look() { return calendar::Budget(calendar::most_steps, &budget_); }

  // What is looked for here is looked for once more when it is carried out.
  template <class Look>
  auto twice(Look look) {
    const std::int64_t before = budget_.left();
    auto found = look(one_look());
    budget_.take(before - budget_.left());
    return found;
  }
  calendar::Expansion next_of(const calendar::Schedule& schedule) {
    const auto from = std::chrono::ceil<calendar::seconds>(now_);
    return twice(
        [&](calendar::Budget budget) { return calendar::occurrences(schedule, from, 1, budget); });
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
    const auto dates = event.plan.dates.size() + event.plan.exceptions.size();
    budget_.take(static_cast<std::int64_t>(dates) * steps_of_a_date);
    const auto zone = zone_named(event.plan.zone);
    if (!zone) return at_line(event, zone.error());
    const auto schedule = checked_schedule(event.plan, *zone, one_look());
    if (budget_.spent()) return std::unexpected(no_steps_left(event.line));
    if (!schedule) return at_line(event, schedule.error());
    if (auto fits = check(event); !fits) return fits;
    const auto kept = std::make_shared<const calendar::Schedule>(*schedule);
    PlanDefinition plan = event.plan;
    if (known) {
      const PlanDefinition& old = known->definition;
      if (!event.is_ours) {
        plan = old;
        take_work(plan.work, event.plan.work);
        take_times(plan, event.plan);
      }
      plan.work.uid = old.work.uid;
      const auto before = schedule_of(calendar_, *known);
      const bool same_rule = same_times(*schedule, *before, now_, &budget_);
      if (same_rule) take_times(plan, old);
      if (!same_rule) next_of(*schedule);
      series_[event.uid] = {&event, known->id, plan.work, same_rule ? before : kept};
      const bool same = plan == old;
      add(event, same ? ImportAct::unchanged : ImportAct::changed, true, known->id, {},
          std::move(plan));
      return {};
    }
    const auto next = next_of(*schedule);
    if (next.times.empty() && next.stop == calendar::Stop::over) {
      add(event, ImportAct::left_out, true, 0, "it is over");
      return {};
    }
    give_up(event, nullptr, slot_of(key), "it recurs now");
    plan.work.uid = event.uid;
    series_[event.uid] = {&event, next_plan_, plan.work, kept};
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

  void leave_out(const ImportedEvent& event, std::int64_t slot, std::string reason) {
    add(event, ImportAct::left_out, false, slot, std::move(reason));
  }

  Result<void> add_occurrence(const ImportedEvent& event) {
    const auto found = series_.find(event.whole);
    if (found == series_.end()) return add_slot(event);
    const Series& series = found->second;
    const std::string ident = fmt::format("plan-{}-{}", series.plan, event.occurrence);
    const auto touched = calendar_.touched.find(ident);
    if (touched != calendar_.touched.end()) {
      return change_touched(event, series, calendar_.slots.at(touched->second));
    }
    const auto which = calendar::parse_virtual_id(ident);
    if (!which) return at_line(event, which.error());
    const auto usual = twice([&](calendar::Budget budget) {
      return calendar::find_occurrence(*series.schedule, *which, budget);
    });
    if (budget_.spent()) return std::unexpected(no_steps_left(event.line));
    if (!usual) return add_slot(event);  // not one of them: it stands by itself
    const bool gone = event.cancelled || event.at < now_;
    if (gone && usual->at < now_) {
      leave_out(event, 0, "it is over");
      return {};
    }
    if (auto fits = check(event); !fits) return fits;
    if (gone) {
      add(event, ImportAct::removed, false, 0,
          event.cancelled ? "it was cancelled" : "it was moved into the past");
    } else {
      PlanDefinition wanted;
      wanted.work = work_of(event, series.work);
      wanted.work.uid = event.uid;
      add(event, ImportAct::made, false, next_slot_, {}, std::move(wanted));
    }
    ++next_slot_;  // one that is called off is a slot, too
    steps_.back().ident = ident;
    return {};
  }

  Result<void> change_touched(const ImportedEvent& event, const Series& series, const Slot& slot) {
    claimed_.emplace(false, slot.id);
    if (auto fits = check(event); !fits) return fits;
    const bool not_done = is_over(slot.status) && slot.status != SlotStatus::finished;
    if (event.cancelled && not_done) {
      add(event, ImportAct::unchanged, false, slot.id);
    } else if (is_active(slot.status)) {
      leave_out(event, slot.id, "its slot is under way");
    } else if (is_over(slot.status)) {
      leave_out(event, slot.id, "its slot is over");
    } else if (event.cancelled) {
      add(event, ImportAct::removed, false, slot.id, "it was cancelled");
    } else if (event.at < now_ && at_of(slot) != event.at) {
      add(event, ImportAct::removed, false, slot.id, "it was moved into the past");
    } else {
      set_touched(event, slot, event.at, work_of(event, event.is_ours ? series.work : slot.work));
    }
    return {};
  }

  void set_touched(const ImportedEvent& event, const Slot& slot, WallTime at, SlotWork work) {
    PlanDefinition wanted;
    wanted.work = std::move(work);
    wanted.work.uid = slot.work.uid;
    const bool same = at_of(slot) == at && slot.work == wanted.work;
    add(event, same ? ImportAct::unchanged : ImportAct::changed, false, slot.id, {},
        std::move(wanted));
    steps_.back().at = at;
  }

  // All of it where it is ours; else what a calendar program knows, on top of what was.
  static SlotWork work_of(const ImportedEvent& event, SlotWork before) {
    if (event.is_ours) return event.plan.work;
    take_work(before, event.plan.work);
    return before;
  }

  // What an import had moved, and this one does not, is as its plan says again.
  void restore_occurrences(const Series& series) {
    const auto own = calendar_.of_agent.find(series.event->plan.work.agent);
    if (own == calendar_.of_agent.end()) return;
    const std::string prefix = series.event->uid + '/';
    for (const std::int64_t id : own->second) {
      const Slot& slot = calendar_.slots.at(id);
      if (slot.plan != series.plan || !is_open(slot.status)) continue;
      if (!slot.work.uid.starts_with(prefix) || claimed_.contains({false, id})) continue;
      const auto which = calendar::parse_virtual_id(slot.virtual_id);
      if (!which) continue;
      const auto usual = calendar::find_occurrence(*series.schedule, *which, one_look());
      if (!usual || usual->at < now_) {
        add(*series.event, ImportAct::removed, false, id, "its time is no longer one of its own");
      } else {
        SlotWork work = series.work;
        work.uid = slot.work.uid;
        if (at_of(slot) != usual->at || slot.work != work) {
          set_touched(*series.event, slot, usual->at, std::move(work));
        }
      }
    }
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
  calendar::Budget budget_;
  std::map<std::string, calendar::ZonePtr> zones_;
  std::map<std::string, Series> series_;  // by UID
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

Error no_steps_left(std::int64_t line) {
  return {ErrorCode::too_large,
          fmt::format("the rules up to this event take more than the {} steps that one import has",
                      most_import_steps),
          fmt::format("line {}", line),
          "import the file in parts, or without rules that hardly ever come"};
}

Result<std::vector<ImportStep>> import_steps(const Fleet& fleet, const op::ImportCalendar& wish,
                                             WallTime now, calendar::Budget steps) {
  return Import(fleet, wish, now, steps).steps();
}

}  // namespace lazaret::core
