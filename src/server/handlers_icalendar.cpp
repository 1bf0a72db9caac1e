// The calendar for calendar programs.
#include "calendar/icalendar.h"
#include "calendar/virtual_id.h"
#include "core/calendar_import.h"
#include "core/plan_changes.h"
#include "core/slot_view.h"
#include "server/calendar_views.h"
#include "server/context.h"
#include "server/keys.h"
#include "server/names.h"
#include "wire/json_document.h"

namespace lazaret::server {
namespace {

bool may_look(Context& context, const Call& call) {
  if (call.identity.right != Right::nobody && call.identity.right != Right::agent) return true;
  const auto who = context.keys.check(call.inputs.text("access_key"), context.loop.now().wall);
  return who && who->right != Right::nobody && who->right != Right::agent;
}

calendar::CalendarEvent event_of(const Addresses& names, const core::SlotWork& work,
                                 const std::string& name, json::object& extra) {
  calendar::CalendarEvent out;
  const std::string agent = work.own ? names.of(*work.own) : work.agent;
  out.summary = (work.title.empty() ? name : work.title) + " (" + agent + ")";
  out.description = work.prompt;
  out.duration = std::chrono::minutes(work.minutes);
  extra["agent"] = agent;
  if (work.title.empty()) extra["title"] = "";
  extra["slot_type"] = to_word(work.type);
  extra["priority"] = work.priority;
  extra["event_type"] = to_word(work.event);
  return out;
}

// The event's data stay as they were written.
std::string text_of(const json::object& extra, const core::SlotWork& work) {
  std::string out = wire::json_document(extra);
  if (work.event_data.empty()) return out;
  out.resize(out.rfind('}'));
  return out + ",\"event_data\":" + work.event_data + "}";
}

// What iCalendar has no words for, in those of plan.add.
calendar::CalendarEvent event_of(const core::Fleet& fleet, const Addresses& names,
                                 const core::Plan& plan,
                                 const std::vector<core::PlanChange>& changes) {
  const core::PlanDefinition& of = plan.definition;
  json::object extra;
  auto out = event_of(names, of.work, "plan " + std::to_string(plan.id), extra);
  out.uid = core::export_uid(fleet, "plan", plan.id);
  out.schedule = *core::schedule_of(fleet.calendar, plan);
  if (of.kind != core::RuleKind::rrule) {
    extra[of.kind == core::RuleKind::cron ? "cron" : "oncalendar"] = of.rule;
    extra["timezone"] = of.zone;
  }
  extra["gap"] = to_word(of.gap);
  extra["fold"] = to_word(of.fold);
  extra["missed"] = to_word(of.missed);
  extra["within_seconds"] = of.within_seconds;
  extra["overlap"] = to_word(of.overlap);
  extra["jitter_seconds"] = of.jitter_seconds;
  extra["pause_after_failures"] = of.pause_after_failures;
  // Every program understands an exception; ours knows by this that the plan has none.
  json::array called_off;
  for (const core::PlanChange& change : changes) {
    if (!change.called_off) continue;
    out.called_off.push_back(change.nominal);
    called_off.push_back(json::string(calendar::occurrence_name(change.nominal, change.second)));
  }
  if (!called_off.empty()) extra["called_off"] = std::move(called_off);
  out.extra = text_of(extra, of.work);
  return out;
}

// An occurrence that is not as its plan says, in the place of that one.
calendar::CalendarEvent event_of(const core::Fleet& fleet, const Addresses& names,
                                 const core::Plan& plan, const core::PlanChange& change) {
  json::object extra;
  const core::Slot& slot = *change.slot;
  auto out = event_of(names, slot.work, "slot " + core::ident_of(slot), extra);
  out.whole = core::export_uid(fleet, "plan", plan.id);
  out.extra = text_of(extra, slot.work);
  const auto schedule = core::schedule_of(fleet.calendar, plan);
  const auto at = std::chrono::floor<std::chrono::seconds>(slot.at);
  const calendar::LocalTime local = schedule->zone->local(at);
  const auto* when = std::get_if<calendar::Recurrence>(&schedule->when);
  calendar::TimeText which{change.nominal, when && when->start.date_only, std::nullopt};
  calendar::Recurrence once;
  // In the plan's zone, as its own times are; what that cannot say is an instant.
  const bool sayable = !change.second && schedule->zone->resolve(local).first == at;
  if (sayable) {
    out.schedule.zone = schedule->zone;
    once.start.local = local;
  } else {
    out.schedule.zone = std::make_shared<const calendar::Zone>(calendar::Zone::utc());
    once.start.local = calendar::LocalTime(at.time_since_epoch());
    if (!which.date_only) which.instant = change.usual;
  }
  out.replaces = which;
  out.schedule.when = std::move(once);
  return out;
}

calendar::CalendarEvent event_of(const core::Fleet& fleet, const Addresses& names,
                                 const core::Slot& slot) {
  json::object extra;
  auto out = event_of(names, slot.work, "slot " + core::ident_of(slot), extra);
  out.uid = core::export_uid(fleet, "slot", slot.id);
  out.extra = text_of(extra, slot.work);
  calendar::Recurrence once;
  const auto at = std::chrono::floor<std::chrono::seconds>(slot.at);
  once.start.local = calendar::LocalTime(at.time_since_epoch());
  out.schedule.zone = std::make_shared<const calendar::Zone>(calendar::Zone::utc());
  out.schedule.when = std::move(once);
  out.cancelled =
      slot.status == core::SlotStatus::aborted || slot.status == core::SlotStatus::skipped;
  return out;
}

void icalendar(Context& context, Call& call) {
  if (!may_look(context, call)) {
    return call.reply.fail({ErrorCode::unauthenticated, "this needs a key with the scope viewer",
                            "query access_key", "lazaret token add NAME --scope viewer"},
                           401);
  }
  const core::Fleet& fleet = context.fleet();
  std::string only;
  if (call.inputs.has("agent")) {
    const auto whose = calendar_agent_named(fleet, call.inputs.text("agent"), call.identity);
    if (!whose) return call.reply.fail(whose.error());
    only = whose->agent;
  }
  const Addresses names(fleet);
  std::vector<calendar::CalendarEvent> events;
  const auto changed = core::plan_changes(fleet.calendar);
  const std::vector<core::PlanChange> none;
  for (const auto& [id, plan] : fleet.calendar.plans) {
    if (plan.paused || (!only.empty() && plan.definition.work.agent != only)) continue;
    const auto own = changed.find(id);
    const auto& changes = own == changed.end() ? none : own->second;
    // A plan and its changes belong together.
    if (events.size() + 1 + changes.size() > calendar::most_events) break;
    events.push_back(event_of(fleet, names, plan, changes));
    for (const core::PlanChange& change : changes) {
      if (!change.called_off) events.push_back(event_of(fleet, names, plan, change));
    }
  }
  // The newest first: where there are too many, the oldest are left out.
  for (auto slot = fleet.calendar.slots.rbegin(); slot != fleet.calendar.slots.rend(); ++slot) {
    if (events.size() == calendar::most_events) break;
    const bool wanted = only.empty() || slot->second.work.agent == only;
    if (wanted && slot->second.plan == 0) events.push_back(event_of(fleet, names, slot->second));
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(context.loop.now().wall);
  call.reply.send({.status = 200,
                   .body = calendar::to_icalendar(events, {"Lazaret", now}),
                   .content_type = "text/calendar; charset=utf-8",
                   .headers = {}});
}

}  // namespace

void add_icalendar_handlers(Handlers& handlers) { handlers["calendar.ics"] = icalendar; }

}  // namespace lazaret::server
