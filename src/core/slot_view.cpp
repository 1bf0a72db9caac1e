#include "core/slot_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "calendar/virtual_id.h"
#include "core/kept_time.h"

namespace lazaret::core {
namespace {

using std::chrono::seconds;
constexpr seconds taken_up_most = std::chrono::hours(24);  // where the plan names no bound
constexpr std::size_t virtual_most = 500;                  // of one plan in one answer

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

void sort_slots(std::vector<Slot>& slots) { std::ranges::sort(slots, {}, place_of); }

// Before when all of the plan's occurrences are there: `to`, unless there are too many for one go.
WallTime add_virtual(const Calendar& calendar, const Plan& plan, WallTime from, WallTime to,
                     std::vector<Slot>& out) {
  const WallTime begin = std::max(from, plan.judged + seconds(1));
  if (begin >= to || plan.paused) return to;
  const auto found =
      calendar::between(*schedule_of(calendar, plan), std::chrono::ceil<seconds>(begin),
                        std::chrono::ceil<seconds>(to), virtual_most);
  for (const calendar::Occurrence& one : found.times) {
    Slot slot = virtual_slot(plan, one);
    if (!calendar.touched.contains(slot.virtual_id)) out.push_back(std::move(slot));
  }
  return found.stop == calendar::Stop::enough ? WallTime(found.times.back().at) : to;
}

// Adds to `out`; says before when all is there.
template <class Fits>
WallTime collect(const Calendar& calendar, const std::string& agent, WallTime from, WallTime to,
                 Fits fits, std::vector<Slot>& out) {
  WallTime whole = to;
  if (const auto own = calendar.of_agent.find(agent); own != calendar.of_agent.end()) {
    for (const std::int64_t id : own->second) {
      const Slot& slot = calendar.slots.at(id);
      if (fits(slot)) out.push_back(slot);
    }
  }
  if (const auto own = calendar.plans_of_agent.find(agent); own != calendar.plans_of_agent.end()) {
    for (const std::int64_t id : own->second) {
      whole = std::min(whole, add_virtual(calendar, calendar.plans.at(id), from, to, out));
    }
  }
  return whole;
}

}  // namespace

std::string local_text(calendar::LocalTime time) {
  const calendar::Date d = calendar::date_of(calendar::day_of(time));
  const auto s = calendar::second_of_day(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", d.year, d.month, d.day, s / 3600,
                     s / 60 % 60, s % 60);
}

WallTime judged_at(const Plan& plan, const calendar::Occurrence& occurrence) {
  const auto policy = policy_of(plan.definition);
  if (plan.definition.work.own) {
    return wall_of(calendar::due_at(policy, std::to_string(plan.id), occurrence));
  }
  return wall_of(occurrence.at + policy.within.value_or(taken_up_most));
}

Slot virtual_slot(const Plan& plan, const calendar::Occurrence& occurrence) {
  Slot slot;
  slot.plan = plan.id;
  slot.virtual_id = calendar::virtual_id(std::to_string(plan.id), occurrence);
  slot.work = plan.definition.work;
  slot.at = slot.fire_at = wall_of(occurrence.at);
  slot.local = local_text(occurrence.nominal);
  return slot;
}

const Slot* find_slot(const Calendar& calendar, std::string_view ident) {
  std::optional<std::int64_t> id = number_of(ident);
  if (!id) {
    const auto touched = calendar.touched.find(std::string(ident));
    if (touched != calendar.touched.end()) id = touched->second;
  }
  if (!id) return nullptr;
  const auto found = calendar.slots.find(*id);
  return found == calendar.slots.end() ? nullptr : &found->second;
}

Result<Slot> find_virtual_slot(const Calendar& calendar, const std::string& ident) {
  if (number_of(ident)) {
    return fail(ErrorCode::not_found, fmt::format("no slot {}", ident), {}, "lazaret slot ls");
  }
  const auto parsed = calendar::parse_virtual_id(ident);
  if (!parsed) return std::unexpected(parsed.error());
  const auto plan_id = number_of(parsed->plan);
  const auto plan = calendar.plans.find(plan_id.value_or(0));
  if (plan == calendar.plans.end()) {
    return fail(ErrorCode::not_found, fmt::format("no plan {}", parsed->plan), {},
                "lazaret plan ls");
  }
  const auto found = calendar::find_occurrence(*schedule_of(calendar, plan->second), *parsed);
  if (!found) return std::unexpected(found.error());
  return virtual_slot(plan->second, *found);
}

std::vector<Slot> slots_for(const Calendar& calendar, const std::string& agent, WallTime now,
                            const calendar::Zone& zone) {
  const auto today = calendar::day_of(zone.local(std::chrono::floor<seconds>(now)));
  const WallTime begin = zone.resolve(calendar::local_at(today)).first;
  const WallTime end = zone.resolve(calendar::local_at(today + 1)).first;
  std::vector<Slot> out;
  const auto fits = [&](const Slot& slot) {
    return slot.at < end && (slot.at >= begin || !is_over(slot.status));
  };
  collect(calendar, agent, WallTime{}, end, fits, out);
  sort_slots(out);
  return out;
}

SlotPlace place_of(const Slot& slot) { return {slot.at, slot.id, slot.virtual_id}; }

std::string to_text(const SlotPlace& place) {
  return fmt::format("{}_{}_{}", place.at.time_since_epoch().count(), place.id, place.virtual_id);
}

std::optional<SlotPlace> read_place(std::string_view text) {
  const auto first = text.find('_');
  const auto second = text.find('_', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const auto at = number_of(text.substr(0, first));
  const auto id = number_of(text.substr(first + 1, second - first - 1));
  if (!at || !id) return std::nullopt;
  return SlotPlace{WallTime(WallTime::duration(*at)), *id, std::string(text.substr(second + 1))};
}

SlotsPage slots_between(const Calendar& calendar, const std::string& agent, WallTime from,
                        WallTime to, std::size_t most, const std::optional<SlotPlace>& after) {
  if (after) from = std::max(from, after->at);
  const auto fits = [&](const Slot& slot) { return slot.at >= from && slot.at < to; };
  std::set<std::string> agents;
  if (!agent.empty()) {
    agents.insert(agent);
  } else {
    for (const auto& [id, own] : calendar.of_agent) agents.insert(id);
    for (const auto& [id, own] : calendar.plans_of_agent) agents.insert(id);
  }
  SlotsPage out;
  WallTime whole = to;
  for (const std::string& one : agents) {
    whole = std::min(whole, collect(calendar, one, from, to, fits, out.slots));
  }
  std::erase_if(out.slots, [&](const Slot& slot) {
    return (after && place_of(slot) <= *after) || slot.at >= whole;
  });
  sort_slots(out.slots);
  if (out.slots.size() > most) {
    out.slots.resize(most);
    out.next = place_of(out.slots.back());
  } else if (whole < to) {
    out.next = SlotPlace{whole, -1, {}};  // before all that is due at that moment
  }
  return out;
}

}  // namespace lazaret::core
