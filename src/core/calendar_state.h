// The calendar: plans that recur, slots that somebody has touched, and the agents that it knows
// beside the fleet's own. An occurrence of a plan is virtual until somebody touches it: then it is
// a slot with a number. See slots.h for what happens, calendar/policy.h for the fates.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "calendar/policy.h"
#include "core/slot.h"

namespace lazaret::core {

// Calendar agents have an address in the table of beats too.
inline const CellId calendar_cell{"calendar"};

inline constexpr std::size_t most_plans = 20'000;
inline constexpr std::size_t most_open_slots = 100'000;
inline constexpr std::size_t most_calendar_agents = 20'000;
inline constexpr std::size_t ended_slots_kept = 5'000;
inline constexpr std::size_t fates_kept = 32;                      // of one plan
inline constexpr Duration heard_most = std::chrono::seconds(120);  // without a heartbeat: offline
inline constexpr Duration exhausted_usually = std::chrono::hours(5);

// What is to be done, and by whom; a plan hands it on to its slots.
struct SlotWork {
  std::string agent;            // as it was named: of the calendar, or an agent's address
  std::optional<AgentRef> own;  // one of the fleet's: it is woken; others ask for their slots
  std::string title;
  std::string prompt;  // the message; empty = made of what follows
  SlotType type = SlotType::work;
  std::int64_t minutes = 30;  // estimated
  std::int64_t priority = 0;
  SlotEvent event = SlotEvent::none;
  std::string event_data;  // JSON text of an object; empty = none
  std::int64_t user = 0;   // 0 = none
  std::string uid;         // of the iCalendar event that it was made of; empty = none
  LAZARET_FIELDS(SlotWork, agent, own, title, prompt, type, minutes, priority, event, event_data,
                 user, uid)
};

LAZARET_ENUM(RuleKind, rrule, cron, on_calendar)

struct PlanDefinition {
  SlotWork work;
  RuleKind kind = RuleKind::rrule;
  std::string rule;
  std::string start;  // rrule: DTSTART as written
  std::vector<std::string> dates;
  std::vector<std::string> exceptions;
  std::string zone = "UTC";
  calendar::GapRule gap = calendar::GapRule::offset_before;
  calendar::FoldRule fold = calendar::FoldRule::first;
  calendar::Missed missed = calendar::Missed::once;
  std::int64_t within_seconds = 3600;  // 0 = however late
  calendar::Overlap overlap = calendar::Overlap::queue_newest;
  std::int64_t jitter_seconds = 0;
  std::int64_t pause_after_failures = 0;
  LAZARET_FIELDS(PlanDefinition, work, kind, rule, start, dates, exceptions, zone, gap, fold,
                 missed, within_seconds, overlap, jitter_seconds, pause_after_failures)
};
calendar::Policy policy_of(const PlanDefinition& plan);

// What became of a nominal time.
struct TimeFate {
  std::string virtual_id;
  WallTime at{};
  calendar::Fate fate = calendar::Fate::fired;
  std::string reason;
  std::int64_t slot = 0;  // 0 = none was made
  LAZARET_FIELDS(TimeFate, virtual_id, at, fate, reason, slot)
};

struct Plan {
  std::int64_t id = 0;
  PlanDefinition definition;
  bool paused = false;
  std::string paused_reason;
  int failures = 0;   // in a row
  WallTime judged{};  // each nominal time up to here has its fate or its slot
  WallTime defined{};
  std::vector<TimeFate> fates;  // the last ones, oldest first
  LAZARET_FIELDS(Plan, id, definition, paused, paused_reason, failures, judged, defined, fates)
};

struct Slot {
  std::int64_t id = 0;
  std::int64_t plan = 0;   // 0 = it stands alone
  std::string virtual_id;  // the occurrence that it was
  SlotWork work;
  WallTime at{};      // when it is due
  std::string local;  // the same as the agent's clock shows it: 2026-11-21T09:00:00
  SlotStatus status = SlotStatus::not_started;
  WallTime fire_at{};  // own agents: not before; later than `at` after downtime
  std::optional<calendar::Fate> fate;
  bool attended = false;
  WallTime deferred_at{};  // when its priority was raised last
  WallTime started_at{};
  WallTime ended_at{};
  std::int64_t actual_minutes = 0;  // 0 = not known
  std::string reason;               // or what was done
  std::optional<WakeId> wake;
  LAZARET_FIELDS(Slot, id, plan, virtual_id, work, at, local, status, fire_at, fate, attended,
                 deferred_at, started_at, ended_at, actual_minutes, reason, wake)
};
inline std::string ident_of(const Slot& slot) { return std::to_string(slot.id); }

struct CalendarAgent {
  std::string id;
  std::string claw;          // the server that it runs on
  std::string zone = "UTC";  // whose days it counts
  CalendarStatus status = CalendarStatus::offline;
  WallTime since{};
  std::string reason;
  WallTime exhausted_at{};
  WallTime recovery_at{};
  LAZARET_FIELDS(CalendarAgent, id, claw, zone, status, since, reason, exhausted_at, recovery_at)
};

// Plans and zones as the engine reads them; made when they are first needed.
class ScheduleCache {
 public:
  using Entry = std::shared_ptr<const calendar::Schedule>;
  Entry find(std::int64_t plan) const {
    const auto found = entries_.find(plan);
    return found == entries_.end() ? nullptr : found->second;
  }
  void keep(std::int64_t plan, Entry entry) const { entries_[plan] = std::move(entry); }
  void forget(std::int64_t plan) { entries_.erase(plan); }
  void clear() {
    entries_.clear();
    zones_.clear();
  }
  calendar::ZonePtr find_zone(const std::string& name) const {
    const auto found = zones_.find(name);
    return found == zones_.end() ? nullptr : found->second;
  }
  void keep_zone(const std::string& name, calendar::ZonePtr zone) const {
    zones_[name] = std::move(zone);
  }
  void forget_zone(const std::string& name) { zones_.erase(name); }
  friend bool operator==(const ScheduleCache&, const ScheduleCache&) { return true; }

 private:
  mutable std::map<std::int64_t, Entry> entries_;
  mutable std::map<std::string, calendar::ZonePtr> zones_;
};

struct Calendar {
  std::int64_t next_plan = 1;
  std::int64_t next_slot = 1;
  std::map<std::string, std::string> zones;  // by name: the bytes of its TZif file in hex
  std::map<std::string, CalendarAgent> agents;
  std::map<std::int64_t, Plan> plans;
  std::map<std::int64_t, Slot> slots;  // all that are not over, and the last ended_slots_kept ones
  std::deque<std::int64_t> ended;
  // Derived: rebuilt with the rest.
  std::set<std::pair<WallTime, std::int64_t>> plan_due;  // when its next nominal time is judged
  std::set<std::pair<WallTime, std::int64_t>>
      slot_due;  // own agents' slots that wait for their time
  std::set<std::pair<WallTime, std::string>> recoveries;   // of exhausted agents
  std::map<std::string, std::set<std::int64_t>> of_agent;  // slots
  std::map<std::string, std::set<std::int64_t>> plans_of_agent;
  std::map<std::string, std::int64_t> touched;  // virtual ids that have become slots
  ScheduleCache schedules;
  LAZARET_FIELDS(Calendar, next_plan, next_slot, zones, agents, plans, slots, ended)
};

// Makes what is derived anew.
void index_calendar(Calendar& calendar);
// When something of the calendar is due next; WallTime::max() = never.
WallTime next_due(const Calendar& calendar);

// The schedule of a plan; what it is made of was checked when it was defined.
std::shared_ptr<const calendar::Schedule> schedule_of(const Calendar& calendar, const Plan& plan);
// Checks a definition. Error: invalid_input, with the place ("rule, BYMONTH").
Result<calendar::Schedule> schedule_of(const PlanDefinition& plan, const calendar::ZonePtr& zone);
// UTC needs no bytes. Error: invalid_input.
Result<calendar::ZonePtr> zone_of(const std::string& name, const std::string& hex_bytes);
calendar::ZonePtr zone_named(const Calendar& calendar, const std::string& name);

std::string hex_of(std::string_view bytes);

}  // namespace lazaret::core
