// The calendar for calendar programs.
#include "calendar/icalendar.h"
#include "core/slot_view.h"
#include "server/calendar_views.h"
#include "server/context.h"
#include "server/keys.h"

namespace lazaret::server {
namespace {

bool may_look(Context& context, const Call& call) {
  if (call.identity.right != Right::nobody && call.identity.right != Right::agent) return true;
  const auto who = context.keys.check(call.inputs.text("access_key"), context.loop.now().wall);
  return who && who->right != Right::nobody && who->right != Right::agent;
}

calendar::CalendarEvent event_of(const core::SlotWork& work, const std::string& name) {
  calendar::CalendarEvent out;
  out.summary = work.title.empty() ? name : work.title;
  out.summary += " (" + work.agent + ")";
  out.description = work.prompt;
  out.duration = std::chrono::minutes(work.minutes);
  return out;
}

calendar::CalendarEvent event_of(const core::Calendar& calendar, const core::Plan& plan) {
  const std::string name = "plan " + std::to_string(plan.id);
  auto out = event_of(plan.definition.work, name);
  out.uid = "plan-" + std::to_string(plan.id) + "@lazaret";
  out.schedule = *core::schedule_of(calendar, plan);
  return out;
}

calendar::CalendarEvent event_of(const core::Slot& slot) {
  auto out = event_of(slot.work, "slot " + core::ident_of(slot));
  out.uid = "slot-" + core::ident_of(slot) + "@lazaret";
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
  std::vector<calendar::CalendarEvent> events;
  for (const auto& [id, plan] : fleet.calendar.plans) {
    if (events.size() == calendar::most_events) break;
    if (!plan.paused && (only.empty() || plan.definition.work.agent == only)) {
      events.push_back(event_of(fleet.calendar, plan));
    }
  }
  // The newest first: where there are too many, the oldest are left out.
  for (auto slot = fleet.calendar.slots.rbegin(); slot != fleet.calendar.slots.rend(); ++slot) {
    if (events.size() == calendar::most_events) break;
    const bool wanted = only.empty() || slot->second.work.agent == only;
    if (wanted && slot->second.plan == 0) events.push_back(event_of(slot->second));
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
