#include "server/calendar_views.h"

#include "base/rfc3339.h"
#include "calendar/schedule.h"
#include "core/slot_view.h"
#include "core/slots.h"
#include "server/names.h"
#include "wire/api_encode.h"
#include "wire/api_render.h"

namespace lazaret::server {
namespace {

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

std::string shown_agent(const core::Fleet& fleet, const core::SlotWork& work) {
  return work.own ? Addresses(fleet).of(*work.own) : work.agent;
}

void add_work(json::object& out, const core::Fleet& fleet, const core::SlotWork& work) {
  out["agent"] = shown_agent(fleet, work);
  out["title"] = work.title;
  out["prompt"] = text_or_null(work.prompt);
  out["uid"] = text_or_null(work.uid);
  out["slot_type"] = to_word(work.type);
  out["estimated_duration"] = work.minutes;
  out["priority"] = work.priority;
  out["event_type"] =
      work.event == core::SlotEvent::none ? json::value(nullptr) : json::value(to_word(work.event));
  out["event_data"] =
      work.event_data.empty() ? json::value(nullptr) : wire::json_or_null(work.event_data);
}

json::array fates_json(const core::Plan& plan) {
  json::array out;
  for (auto fate = plan.fates.rbegin(); fate != plan.fates.rend(); ++fate) {
    out.push_back(
        json::object{{"time", to_rfc3339(fate->at)},
                     {"virtual_id", fate->virtual_id},
                     {"fate", to_word(fate->fate)},
                     {"reason", text_or_null(fate->reason)},
                     {"slot", fate->slot == 0 ? json::value(nullptr) : json::value(fate->slot)}});
  }
  return out;
}

std::string_view rule_name(core::RuleKind kind) {
  return kind == core::RuleKind::on_calendar ? "oncalendar" : to_word(kind);
}

}  // namespace

std::string calendar_name(const AgentRef& ref) { return qualified(ref); }

json::object slot_json(const core::Fleet& fleet, const core::Slot& slot) {
  json::object out{
      {"id", slot.id == 0 ? json::value(nullptr) : json::value(slot.id)},
      {"virtual_id", text_or_null(slot.virtual_id)},
      {"ident", slot.id == 0 ? slot.virtual_id : std::to_string(slot.id)},
      {"plan", slot.plan == 0 ? json::value(nullptr) : json::value(slot.plan)},
      {"at", to_rfc3339(slot.at)},
      {"local_time", slot.local},
      {"status", to_word(slot.status)},
      {"fate", slot.fate ? json::value(to_word(*slot.fate)) : json::value(nullptr)},
      {"started_at", wire::api_time(slot.started_at)},
      {"ended_at", wire::api_time(slot.ended_at)},
      {"actual_duration",
       slot.actual_minutes == 0 ? json::value(nullptr) : json::value(slot.actual_minutes)},
      {"wake", slot.wake ? json::value(json::string(slot.wake->value)) : json::value(nullptr)},
      {"reason", text_or_null(slot.reason)}};
  add_work(out, fleet, slot.work);
  return out;
}

json::object plan_json(const core::Fleet& fleet, const core::Plan& plan, WallTime now,
                       std::size_t times) {
  const core::PlanDefinition& of = plan.definition;
  json::object out{{"id", plan.id},
                   {"paused", plan.paused},
                   {"paused_reason", text_or_null(plan.paused_reason)},
                   {"failures", plan.failures},
                   {"rule", json::object{{std::string(rule_name(of.kind)), of.rule}}},
                   {"rule_text", std::string(rule_name(of.kind)) + " " + of.rule},
                   {"start", text_or_null(of.start)},
                   {"dates", json::value_from(of.dates)},
                   {"exceptions", json::value_from(of.exceptions)},
                   {"timezone", of.zone},
                   {"gap", to_word(of.gap)},
                   {"fold", to_word(of.fold)},
                   {"missed", to_word(of.missed)},
                   {"within_seconds", of.within_seconds},
                   {"overlap", to_word(of.overlap)},
                   {"jitter_seconds", of.jitter_seconds},
                   {"pause_after_failures", of.pause_after_failures}};
  add_work(out, fleet, of.work);
  json::array next;
  if (!plan.paused) {
    const auto from = std::chrono::ceil<std::chrono::seconds>(now);
    for (const auto& one :
         calendar::occurrences(*core::schedule_of(fleet.calendar, plan), from, times).times) {
      next.push_back(json::string(calendar::to_text(one)));
    }
  }
  out["next"] = std::move(next);
  out["past"] = fates_json(plan);
  return out;
}

json::object calendar_agent_json(const core::CalendarAgent& agent, WallTime heard) {
  return {{"agent", agent.id},
          {"claw_identifier", agent.claw},
          {"timezone", agent.zone},
          {"status", to_word(agent.status)},
          {"since", wire::api_time(agent.since)},
          {"reason", text_or_null(agent.reason)},
          {"last_heartbeat", wire::api_time(heard)},
          {"exhausted_at", wire::api_time(agent.exhausted_at)},
          {"recovery_at", wire::api_time(agent.recovery_at)}};
}

wire::SlotView view_of(const core::Slot& slot) {
  wire::SlotView out;
  if (slot.id != 0) out.id = slot.id;
  if (slot.id == 0) out.virtual_id = slot.virtual_id;
  out.date = slot.local.substr(0, 10);
  out.scheduled_at = slot.local.substr(std::min<std::size_t>(11, slot.local.size()));
  out.due_at = slot.at;
  out.slot_type = slot.work.type;
  out.estimated_duration = slot.work.minutes;
  out.status = slot.status;
  out.priority = slot.work.priority;
  out.event_type = slot.work.event;
  out.event_data = slot.work.event_data;
  if (slot.started_at != WallTime{}) {
    out.started_at = slot.started_at - std::chrono::floor<std::chrono::days>(slot.started_at);
  }
  out.attended = slot.attended;
  if (slot.actual_minutes > 0) out.actual_duration = slot.actual_minutes;
  if (slot.plan != 0) out.plan_id = std::to_string(slot.plan);
  if (slot.work.user != 0) out.user_id = std::to_string(slot.work.user);
  return out;
}

Result<Whose> calendar_agent_named(const core::Fleet& fleet, const std::string& name,
                                   const Identity& who) {
  if (fleet.calendar.agents.contains(name)) return Whose{name, std::nullopt};
  const auto ref = agent_named(fleet, name, who);
  if (ref) return Whose{calendar_name(*ref), *ref};
  if (ref.error().code != ErrorCode::not_found) return std::unexpected(ref.error());
  return fail(ErrorCode::not_found,
              "neither the fleet nor the calendar knows an agent \"" + name.substr(0, 80) + "\"",
              "agent", "lazaret agent ls; lazaret calendar register AGENT CLAW");
}

}  // namespace lazaret::server
