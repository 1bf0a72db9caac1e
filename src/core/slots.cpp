#include "core/slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/rfc3339.h"
#include "calendar/virtual_id.h"
#include "core/slot_view.h"
#include "core/wake_queue.h"

namespace lazaret::core::slots {
namespace {

using calendar::Fate;
using calendar::Turn;
using std::chrono::seconds;

constexpr std::size_t plans_at_once = 64;   // judged in one decision
constexpr std::size_t times_at_once = 500;  // of one plan
constexpr std::size_t slots_at_once = 256;

calendar::SysTime whole(WallTime t) { return std::chrono::floor<seconds>(t); }

const Plan* plan_of(const Decision& d, std::int64_t id) {
  const auto found = d.fleet().calendar.plans.find(id);
  return found == d.fleet().calendar.plans.end() ? nullptr : &found->second;
}

const Slot& slot_of(const Decision& d, std::int64_t id) { return d.fleet().calendar.slots.at(id); }

// The nominal times whose fate is to be decided now, oldest first.
std::vector<calendar::Occurrence> due_times(const Decision& d, const Plan& plan) {
  auto found =
      calendar::between(*schedule_of(d.fleet().calendar, plan), whole(plan.judged) + seconds(1),
                        whole(d.now.wall) + seconds(1), times_at_once);
  const auto later = std::ranges::find_if(
      found.times, [&](const auto& one) { return judged_at(plan, one) > d.now.wall; });
  found.times.erase(later, found.times.end());
  return found.times;
}

void record_fates(Decision& d, const Plan& plan, std::vector<TimeFate> outcomes, WallTime judged) {
  fact::TimesJudged fact{plan.id, {}, 0, judged};
  const std::size_t kept = std::min(outcomes.size(), fates_kept);
  fact.more = static_cast<std::int64_t>(outcomes.size() - kept);
  fact.outcomes.assign(outcomes.end() - static_cast<std::ptrdiff_t>(kept), outcomes.end());
  d.record(std::move(fact));
}

std::string virtual_id_of(const Plan& plan, const calendar::Occurrence& one) {
  return calendar::virtual_id(std::to_string(plan.id), one);
}

// Of an agent that asks for its slots itself: it did not take them up.
void judge_untaken(Decision& d, const Plan& plan) {
  std::vector<TimeFate> outcomes;
  WallTime judged = plan.judged;
  for (const auto& one : due_times(d, plan)) {
    const std::string id = virtual_id_of(plan, one);
    const auto touched = d.fleet().calendar.touched.find(id);
    judged = one.at;
    if (touched != d.fleet().calendar.touched.end()) continue;
    const auto waited = calendar::duration_text(std::chrono::floor<seconds>(d.now.wall - one.at));
    outcomes.push_back(
        {id, one.at, Fate::missed,
         fmt::format("\"{}\" did not take it up within {}", plan.definition.work.agent, waited),
         0});
  }
  record_fates(d, plan, std::move(outcomes), judged);
}

struct DuePlan {
  std::int64_t plan = 0;
  std::vector<calendar::Occurrence> times;
};

// Of one of the fleet's own: what runs becomes a slot that waits for its wake.
void settle_own(Decision& d, const DuePlan& due, const calendar::PlanVerdicts& judged,
                const std::vector<calendar::Wake>& wakes) {
  const Plan plan = *plan_of(d, due.plan);
  std::vector<TimeFate> outcomes;
  for (const calendar::Verdict& verdict : judged.verdicts) {
    const std::string id = virtual_id_of(plan, verdict.occurrence);
    if (d.fleet().calendar.touched.contains(id)) continue;
    TimeFate outcome{id, verdict.occurrence.at, verdict.fate, verdict.reason, 0};
    if (verdict.runs()) {
      Slot slot = virtual_slot(plan, verdict.occurrence);
      slot.fate = verdict.fate;
      const auto wake = std::ranges::find_if(wakes, [&](const calendar::Wake& one) {
        return one.plan == judged.plan && one.occurrence == verdict.occurrence;
      });
      if (wake != wakes.end()) slot.fire_at = wake->at;
      outcome.slot = touch(d, std::move(slot), "calendar");
    }
    outcomes.push_back(std::move(outcome));
  }
  record_fates(d, plan, std::move(outcomes), due.times.back().at);
}

void judge_plans(Decision& d) {
  std::vector<DuePlan> own;
  std::vector<calendar::PlanVerdicts> verdicts;
  std::vector<std::int64_t> due;
  for (const auto& [at, id] : d.fleet().calendar.plan_due) {
    if (at > d.now.wall || due.size() == plans_at_once) break;
    due.push_back(id);
  }
  for (const std::int64_t id : due) {
    const Plan& plan = *plan_of(d, id);
    if (!plan.definition.work.own) {
      judge_untaken(d, plan);
      continue;
    }
    DuePlan one{id, due_times(d, plan)};
    if (one.times.empty()) continue;
    const std::string name = std::to_string(id);
    verdicts.push_back(
        {name, calendar::judge(policy_of(plan.definition), name, one.times, whole(d.now.wall))});
    own.push_back(std::move(one));
  }
  const auto wakes = calendar::catch_up(verdicts, whole(d.now.wall));
  for (std::size_t i = 0; i < own.size(); ++i) settle_own(d, own[i], verdicts[i], wakes);
}

struct UnderWay {
  std::vector<std::int64_t> running;
  std::vector<std::int64_t> waiting;  // oldest first
};

UnderWay under_way(const Decision& d, const Slot& slot) {
  UnderWay out;
  const auto all = d.fleet().calendar.of_agent.find(slot.work.agent);
  if (slot.plan == 0 || all == d.fleet().calendar.of_agent.end()) return out;
  for (const std::int64_t id : all->second) {
    const Slot& other = slot_of(d, id);
    if (other.plan != slot.plan || id == slot.id) continue;
    if (is_active(other.status) || other.wake) out.running.push_back(id);
    if (other.status == SlotStatus::deferred && !other.wake) out.waiting.push_back(id);
  }
  return out;
}

void wake_for(Decision& d, std::int64_t id) {
  const Slot slot = slot_of(d, id);
  const Agent* agent = d.agent(*slot.work.own);
  const std::string no = agent && agent->definition.run
                             ? wake_queue::refusal(*slot.work.own, *agent)
                             : fmt::format("there is no agent \"{}\" to wake", slot.work.agent);
  if (!no.empty()) {
    const Plan* plan = plan_of(d, slot.plan);
    if (!agent && plan && !plan->paused) d.record(fact::PlanPaused{plan->id, true, "calendar", no});
    return change(d, id,
                  {.status = SlotStatus::aborted, .by = "calendar", .reason = no, .failed = true});
  }
  const WakeId wake = wake_queue::accept(d, *slot.work.own, message_of(slot),
                                         std::string(wake_source) + ident_of(slot));
  change(d, id, {.status = slot_of(d, id).status, .by = "calendar", .reason = "", .wake = wake});
}

void skip(Decision& d, std::int64_t id, const std::string& reason) {
  change(d, id, {.status = SlotStatus::skipped, .by = "calendar", .reason = reason});
}

// Its time has come.
void fire(Decision& d, std::int64_t id) {
  const Slot slot = slot_of(d, id);
  const Plan* plan = plan_of(d, slot.plan);
  const UnderWay others = under_way(d, slot);
  const auto verdict = plan ? calendar::overlap(policy_of(plan->definition),
                                                !others.running.empty(), others.waiting.size())
                            : calendar::OverlapVerdict{};
  const Change waits{.status = SlotStatus::deferred,
                     .by = "calendar",
                     .reason = "the one before it is still under way"};
  switch (verdict.turn) {
    case Turn::run:
      return wake_for(d, id);
    case Turn::wait:
      return change(d, id, waits);
    case Turn::replace_waiting:
      for (const std::int64_t other : others.waiting) skip(d, other, verdict.reason);
      return change(d, id, waits);
    case Turn::cancel_running:
      // Those that wait go first, so that none of them follows what is cancelled.
      for (const std::int64_t other : others.waiting) skip(d, other, verdict.reason);
      for (const std::int64_t other : others.running) {
        change(d, other,
               {.status = SlotStatus::aborted, .by = "calendar", .reason = verdict.reason});
      }
      return wake_for(d, id);
    case Turn::skip:
      return skip(d, id, verdict.reason);
  }
}

void fire_due(Decision& d) {
  std::vector<std::int64_t> due;
  for (const auto& [at, id] : d.fleet().calendar.slot_due) {
    if (at > d.now.wall || due.size() == slots_at_once) break;
    due.push_back(id);
  }
  for (const std::int64_t id : due) {
    if (waits_for_its_time(slot_of(d, id))) fire(d, id);
  }
}

void recover_due(Decision& d) {
  while (!d.fleet().calendar.recoveries.empty()) {
    const auto [at, id] = *d.fleet().calendar.recoveries.begin();
    if (at > d.now.wall) return;
    set_status(d, id, CalendarStatus::idle, {}, "its time of recovery has come", "calendar");
  }
}

// The slot that a wake is about.
std::optional<std::int64_t> slot_of_wake(const Decision& d, const WakeId& wake) {
  const auto found = d.fleet().wakes.find(wake);
  if (found == d.fleet().wakes.end()) return std::nullopt;
  std::string_view source = found->second.wake.source;
  constexpr std::string_view before = "calendar:";  // releases before this one
  if (!source.starts_with(before)) return std::nullopt;
  source.remove_prefix(source.starts_with(wake_source) ? wake_source.size() : before.size());
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(source.data(), source.data() + source.size(), id);
  if (error != std::errc() || end != source.data() + source.size()) return std::nullopt;
  // Anybody may name such a source; the slot knows its wake.
  const auto slot = d.fleet().calendar.slots.find(id);
  if (slot == d.fleet().calendar.slots.end() || slot->second.wake != wake) return std::nullopt;
  return id;
}

void on_wake_started(Decision& d, const fact::WakeStarted& f) {
  const auto id = slot_of_wake(d, f.wake);
  if (!id || is_active(slot_of(d, *id).status)) return;
  change(d, *id, {.status = SlotStatus::ongoing, .by = "calendar", .reason = "", .wake = f.wake});
}

void on_wake_ended(Decision& d, const fact::WakeEnded& f) {
  const auto id = slot_of_wake(d, f.wake);
  if (!id || is_over(slot_of(d, *id).status)) return;
  const Agent* agent = d.agent(f.agent);
  const bool turn =
      agent && agent->definition.run && agent->definition.run->adapter == AdapterKind::turn;
  switch (f.fate) {
    case WakeFate::waiting:
    case WakeFate::started:
      return;
    case WakeFate::finished:
      // The message has reached a process: it says itself when it is done.
      if (!turn) return;
      return change(d, *id,
                    {.status = SlotStatus::finished, .by = f.agent.agent.value, .reason = ""});
    case WakeFate::failed:
      return change(d, *id,
                    {.status = SlotStatus::aborted,
                     .by = f.agent.agent.value,
                     .reason = f.detail,
                     .failed = true});
    case WakeFate::replaced:
      return change(d, *id,
                    {.status = SlotStatus::aborted, .by = "calendar", .reason = "superseded"});
    case WakeFate::dropped:
      return change(d, *id, {.status = SlotStatus::aborted, .by = "calendar", .reason = f.detail});
  }
}

// The calendar agent's own status follows its slots.
void follow_slot(Decision& d, const Slot& slot) {
  const auto found = d.fleet().calendar.agents.find(slot.work.agent);
  if (slot.work.own || found == d.fleet().calendar.agents.end()) return;
  const CalendarStatus status = found->second.status;
  if (slot.status == SlotStatus::ongoing) {
    const auto wanted = slot.work.type == SlotType::work      ? CalendarStatus::busy
                        : slot.work.type == SlotType::on_call ? CalendarStatus::on_call
                                                              : status;
    if (wanted != status && refusal(found->second, wanted, d.now.wall).empty()) {
      set_status(d, slot.work.agent, wanted, {}, "slot " + ident_of(slot) + " began", "calendar");
    }
    return;
  }
  if (!is_over(slot.status)) return;
  if (status != CalendarStatus::busy && status != CalendarStatus::on_call) return;
  for (const std::int64_t id : d.fleet().calendar.of_agent.at(slot.work.agent)) {
    if (is_active(slot_of(d, id).status)) return;
  }
  set_status(d, slot.work.agent, CalendarStatus::idle, {}, "slot " + ident_of(slot) + " ended",
             "calendar");
}

void follow_plan(Decision& d, const Slot& slot) {
  if (!is_over(slot.status)) return;
  const Plan* plan = plan_of(d, slot.plan);
  if (!plan) return;
  const auto most = plan->definition.pause_after_failures;
  if (most > 0 && plan->failures >= most && !plan->paused) {
    d.record(fact::PlanPaused{plan->id, true, "calendar",
                              fmt::format("{} of its slots in a row failed", plan->failures)});
  }
  if (!slot.work.own) return;
  const UnderWay others = under_way(d, slot);
  if (others.running.empty() && !others.waiting.empty()) wake_for(d, others.waiting.front());
}

std::int64_t minutes_since(WallTime start, WallTime end) {
  if (start == WallTime{}) return 0;
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::minutes>(end - start).count());
}

}  // namespace

void on_time(Decision& d) {
  recover_due(d);
  judge_plans(d);
  fire_due(d);
}

void follow_wakes(Decision& d) {
  for (std::size_t i = 0; i < d.facts().size(); ++i) {
    // Copies: more facts are recorded meanwhile.
    if (const auto* started = std::get_if<fact::WakeStarted>(&d.facts()[i])) {
      on_wake_started(d, fact::WakeStarted(*started));
    } else if (const auto* ended = std::get_if<fact::WakeEnded>(&d.facts()[i])) {
      on_wake_ended(d, fact::WakeEnded(*ended));
    }
  }
}

void on_heard(Decision& d, const std::string& agent) {
  const auto found = d.fleet().calendar.agents.find(agent);
  if (found == d.fleet().calendar.agents.end()) return;
  if (found->second.status != CalendarStatus::offline) return;
  set_status(d, agent, CalendarStatus::idle, {}, "its heartbeat is back", "calendar");
}

void on_silent(Decision& d, const std::string& agent) {
  const auto found = d.fleet().calendar.agents.find(agent);
  if (found == d.fleet().calendar.agents.end()) return;
  if (found->second.status == CalendarStatus::offline) return;
  // Its limit is not over because it is silent: the status stays until then.
  if (found->second.status == CalendarStatus::exhausted) return;
  set_status(d, agent, CalendarStatus::offline, {},
             fmt::format("no heartbeat for {} s", std::chrono::floor<seconds>(heard_most).count()),
             "calendar");
}

std::string refusal(const CalendarAgent& from, CalendarStatus to, WallTime now) {
  if (to == CalendarStatus::exhausted || to == CalendarStatus::offline || to == from.status) {
    return {};
  }
  switch (from.status) {
    case CalendarStatus::idle:
    case CalendarStatus::busy:
    case CalendarStatus::on_call:
      return {};
    case CalendarStatus::exhausted:
      if (to == CalendarStatus::idle && now >= from.recovery_at) return {};
      return "an exhausted agent becomes idle, at its recovery_at";
    case CalendarStatus::offline:
      if (to == CalendarStatus::idle) return {};
      return "an offline agent becomes idle first, by a heartbeat";
  }
  return {};
}

void set_status(Decision& d, const std::string& agent, CalendarStatus status, WallTime recovery_at,
                const std::string& reason, const std::string& by) {
  d.record(fact::CalendarAgentChanged{agent, status, recovery_at, reason, by});
}

void change(Decision& d, std::int64_t id, const Change& wanted) {
  const Slot& slot = slot_of(d, id);
  fact::SlotChanged fact{.slot = id,
                         .own = slot.work.own,
                         .status = wanted.status,
                         .priority = slot.work.priority + (wanted.raises ? 1 : 0),
                         .started_at = wanted.started_at.value_or(WallTime{}),
                         .actual_minutes = wanted.actual_minutes,
                         .wake = wanted.wake,
                         .failed = wanted.failed,
                         .by = wanted.by,
                         .reason = wanted.reason};
  const bool begins = is_active(wanted.status) && slot.started_at == WallTime{};
  if (begins && !wanted.started_at) fact.started_at = d.now.wall;
  if (is_active(slot.status) && is_over(wanted.status) && fact.actual_minutes == 0) {
    fact.actual_minutes = minutes_since(slot.started_at, d.now.wall);
  }
  d.record(fact);
  const Slot changed = slot_of(d, id);
  follow_slot(d, changed);
  follow_plan(d, changed);
}

std::int64_t touch(Decision& d, Slot slot, const std::string& by) {
  slot.id = d.fleet().calendar.next_slot;
  const std::int64_t id = slot.id;
  d.record(fact::SlotDefined{std::move(slot), by});
  return id;
}

std::string message_of(const Slot& slot) {
  const SlotWork& work = slot.work;
  const std::string text =
      !work.prompt.empty() ? work.prompt
      : !work.title.empty()
          ? work.title
          : fmt::format("[calendar slot {}] scheduled work — please proceed", ident_of(slot));
  return fmt::format(
      "{}\n\n{{\"slot_id\": {}, \"scheduled_at\": \"{}\", \"priority\": {}, "
      "\"slot_type\": \"{}\", \"event_data\": {}}}",
      text, slot.id, to_rfc3339(slot.at), work.priority, to_word(work.type),
      work.event_data.empty() ? "null" : work.event_data);
}

}  // namespace lazaret::core::slots
