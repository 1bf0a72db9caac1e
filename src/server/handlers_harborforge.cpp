// The backend's side of the HarborForge contracts (wire/harborforge.h). Bodies are read there; here
// it is said whose they are and what the core makes of them.
//
// A heartbeat is cheap: it is a beat in the table, and an answer made from the fleet. Only what
// changes a status goes through the journal.
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "base/rng.h"
#include "core/slot_view.h"
#include "server/calendar_views.h"
#include "server/context.h"
#include "server/keys.h"
#include "server/names.h"
#include "server/sync_changes.h"
#include "wire/harborforge.h"
#include "wire/json_document.h"

namespace lazaret::server {
namespace {

using core::CalendarAgent;
using core::SlotStatus;

constexpr std::string_view server_scope = "server:";

Error unknown_agent() { return {ErrorCode::not_found, "Agent not found", {}, {}}; }

// Which server this key belongs to; empty = none.
std::string server_of(const Context& context, const Identity& who) {
  for (const auto& key : context.keys.all()) {
    // By the key itself: names may be given twice.
    if ("key:" + key.sha256 == who.account && key.scope.starts_with(server_scope)) {
      return key.scope.substr(server_scope.size());
    }
  }
  return {};
}

// A server's key speaks for the agents of that server only; operators and who is on this machine
// for all.
bool is_of_server(const Context& context, const Identity& who, const std::string& claw) {
  const std::string server = server_of(context, who);
  if (!server.empty()) return server == claw;
  return who.local || who.right == Right::operator_ || who.right == Right::admin;
}

AgentRef beat_key(const std::string& agent) { return {core::calendar_cell, AgentId(agent)}; }

WallTime heard_at(Context& context, const std::string& agent) {
  const auto* entry = context.loop.beats().find(beat_key(agent));
  return entry ? entry->last_beat_wall : WallTime{};
}

// Notes the sign of life. An agent that called itself offline comes back by it, too.
void beat(Context& context, const CalendarAgent& agent) {
  runtime::BeatEntry* entry = context.loop.beats().find(beat_key(agent.id));
  if (!entry) return;
  context.loop.beats().beat(*entry, {}, context.loop.now());
  if (context.services.monitor) {
    context.services.monitor->keep_heard(agent.id, entry->last_beat_wall);
  }
  if (agent.status == core::CalendarStatus::offline) {
    context.loop.post(core::event::BeatRecovered{beat_key(agent.id), {}});
  }
}

calendar::ZonePtr zone_of(const Context& context, const std::string& agent) {
  const auto& agents = context.fleet().calendar.agents;
  const auto found = agents.find(agent);
  return core::zone_named(context.fleet().calendar,
                          found == agents.end() ? "UTC" : found->second.zone);
}

wire::CalendarAnswer answer_for(const Context& context, const std::string& agent) {
  wire::CalendarAnswer out;
  const auto zone = zone_of(context, agent);
  out.timezone = zone->name();
  const auto& calendar = context.fleet().calendar;
  for (const auto& slot : core::slots_for(calendar, agent, context.loop.now().wall, *zone)) {
    out.slots.push_back(view_of(slot));
    if (out.slots.size() == wire::calendar_slots_most) break;
  }
  if (const auto found = calendar.agents.find(agent); found != calendar.agents.end()) {
    out.agent_status = found->second.status;
    if (out.agent_status == core::CalendarStatus::exhausted) {
      out.message = "exhausted until " + to_rfc3339(found->second.recovery_at);
    }
  }
  return out;
}

// Whom a call is about: an agent of the calendar, or by its token one of the fleet's.
Result<std::string> caller_agent(const Context& context, const Identity& who,
                                 const std::string& agent, const std::string& claw) {
  if (who.right == Right::agent && who.agent) return calendar_name(*who.agent);
  const auto found = context.fleet().calendar.agents.find(agent);
  if (found == context.fleet().calendar.agents.end()) {
    if (agent_named(context.fleet(), agent, who)) {
      return fail(ErrorCode::unauthenticated, "this agent needs its token", {},
                  "Authorization: Bearer $LAZARET_TOKEN");
    }
    return std::unexpected(unknown_agent());
  }
  if (found->second.claw != claw && !claw.empty()) return std::unexpected(unknown_agent());
  if (!is_of_server(context, who, found->second.claw)) {
    return fail(ErrorCode::refused, "this key belongs to another server");
  }
  return agent;
}

void heartbeat(Context& context, Call& call) {
  const auto body = wire::read_calendar_heartbeat(call.body, call.claw_header, call.agent_header);
  if (!body) return call.reply.fail(body.error());
  const auto agent = caller_agent(context, call.identity, body->agent_id, body->claw_identifier);
  if (!agent) return call.reply.fail(agent.error());
  const auto& agents = context.fleet().calendar.agents;
  if (const auto known = agents.find(*agent); known != agents.end()) beat(context, known->second);
  call.reply.ok(wire::to_json(answer_for(context, *agent)));
}

Granted slot_answer() {
  return [](Context& ctx, const core::Granted& granted) {
    const core::Slot* slot = core::find_slot(ctx.fleet().calendar, granted.id);
    if (!slot) return json_answer(200, json::object());
    return json_answer(200, wire::to_json(view_of(*slot)));
  };
}

// A time of day, on the day that makes it nearest to now.
WallTime nearest(Duration of_day, WallTime now) {
  const WallTime today = std::chrono::floor<std::chrono::days>(now) + of_day;
  constexpr auto half = std::chrono::hours(12);
  if (today > now + half) return today - std::chrono::hours(24);
  if (today < now - half) return today + std::chrono::hours(24);
  return today;
}

void change(Context& context, Call& call, const std::string& agent,
            const wire::SlotUpdate& update) {
  const auto* entry = context.loop.beats().find(beat_key(agent));
  core::op::ChangeSlot change{.ident = call.inputs.text("slot"),
                              .by_agent = agent,
                              .status = update.status,
                              .started_at = {},
                              .heard = entry ? entry->last_beat_wall : WallTime{},
                              .reason = update.reason.empty() ? update.summary : update.reason};
  if (update.started_at) change.started_at = nearest(*update.started_at, context.loop.now().wall);
  change.actual_minutes = update.actual_duration.value_or(0);
  submit(context, call, std::move(change), slot_answer());
}

void update(Context& context, Call& call) {
  const bool is_virtual = call.operation.name == "harborforge.update.virtual";
  const bool looks_virtual = call.inputs.text("slot").starts_with("plan-");
  if (is_virtual != looks_virtual) {
    return call.reply.fail({ErrorCode::not_found, "Slot not found", {}, {}});
  }
  const auto body = wire::read_slot_update(call.body);
  if (!body) return call.reply.fail(body.error());
  const auto agent = caller_agent(context, call.identity, call.agent_header, call.claw_header);
  if (!agent) return call.reply.fail(agent.error());
  change(context, call, *agent, *body);
}

void status(Context& context, Call& call) {
  const auto body = wire::read_agent_status(call.body, call.claw_header, call.agent_header,
                                            context.loop.now().wall);
  if (!body) return call.reply.fail(body.error());
  const auto agent = caller_agent(context, call.identity, body->agent_id, body->claw_identifier);
  if (!agent) return call.reply.fail(agent.error());
  submit(context, call,
         core::op::SetCalendarStatus{*agent, body->status, body->recovery_at, body->reason},
         [agent = *agent](Context& ctx, const core::Granted&) {
           const auto found = ctx.fleet().calendar.agents.find(agent);
           if (found == ctx.fleet().calendar.agents.end()) return json_answer(200, json::object());
           json::object out = calendar_agent_json(found->second, heard_at(ctx, agent));
           out["agent_id"] = agent;
           return json_answer(200, out);
         });
}

void sync(Context& context, Call& call) {
  std::string claw = call.inputs.text("claw_identifier");
  if (claw.empty()) claw = call.claw_header;
  if (claw.empty()) {
    return call.reply.fail({ErrorCode::invalid_input, "which server is missing", "claw_identifier",
                            "name it in the query, or as X-Claw-Identifier"});
  }
  if (!is_of_server(context, call.identity, claw)) {
    return call.reply.fail({ErrorCode::refused, "this key belongs to another server", {}, {}});
  }
  const auto epoch = context.fleet().epoch;
  const auto seen = context.changes.read(call.inputs.text("since"), epoch);
  wire::SyncAnswer out;
  out.full = !seen;
  for (const auto& [id, agent] : context.fleet().calendar.agents) {
    if (agent.claw != claw) continue;
    wire::CalendarAnswer answer = answer_for(context, id);
    const auto state = hash_text(wire::json_document(wire::to_json(answer)));
    const auto changed = context.changes.note(id, state);
    if (!seen || changed > *seen) out.schedules[id] = std::move(answer.slots);
  }
  out.sync_token = context.changes.token(epoch);
  call.reply.ok(wire::to_json(out));
}

// ---- the older contract: one heartbeat for a whole server ---------------------------------------

// Due, and nobody has begun it.
void add_due(const Context& context, const std::string& agent, wire::ServerAnswer& out) {
  const WallTime now = context.loop.now().wall;
  for (const auto& slot :
       core::slots_for(context.fleet().calendar, agent, now, *zone_of(context, agent))) {
    if (slot.at > now || !is_open(slot.status)) continue;
    const bool is_virtual = slot.id == 0;
    out.slots_to_fire.push_back({.id = is_virtual ? slot.virtual_id : core::ident_of(slot),
                                 .agent_id = agent,
                                 .title = slot.work.title,
                                 .prompt = slot.work.prompt,
                                 .override_message = {}});
    if (out.slots_to_fire.size() == wire::calendar_slots_most) return;
  }
}

void server_heartbeat(Context& context, Call& call) {
  const auto body = wire::read_server_heartbeat(call.body);
  if (!body) return call.reply.fail(body.error());
  Identity who = call.identity;
  if (!body->api_key.empty()) {
    const auto proven = context.keys.check(body->api_key, context.loop.now().wall);
    if (!proven) {
      return call.reply.fail({ErrorCode::unauthenticated, "Invalid API key", {}, {}}, 401);
    }
    who = *proven;
  }
  if (!is_of_server(context, who, body->identifier)) {
    return call.reply.fail({ErrorCode::refused, "this key belongs to another server", {}, {}});
  }
  wire::ServerAnswer out;
  for (const auto& [id, agent] : context.fleet().calendar.agents) {
    if (agent.claw != body->identifier) continue;
    beat(context, agent);
    add_due(context, id, out);
  }
  call.reply.ok(wire::to_json(out));
}

void server_update(Context& context, Call& call) {
  const auto body = wire::read_slot_update(call.body);
  if (!body) return call.reply.fail(body.error());
  const std::string ident = call.inputs.text("slot");
  const auto& calendar = context.fleet().calendar;
  const core::Slot* known = core::find_slot(calendar, ident);
  const auto slot = known ? Result<core::Slot>(*known) : core::find_virtual_slot(calendar, ident);
  if (!slot) return call.reply.fail(slot.error());
  const auto agent = calendar.agents.find(slot->work.agent);
  if (slot->work.own || agent == calendar.agents.end()) return call.reply.fail(unknown_agent());
  if (!is_of_server(context, call.identity, agent->second.claw)) {
    return call.reply.fail({ErrorCode::refused, "this key belongs to another server", {}, {}});
  }
  change(context, call, agent->first, *body);
}

// ---- monitor
// -------------------------------------------------------------------------------------

void monitor(Context& context, Call& call) {
  const std::string server = server_of(context, call.identity);
  if (server.empty()) {
    return call.reply.fail({ErrorCode::unauthenticated, "Invalid API key", {}, {}}, 401);
  }
  const auto body = wire::read_monitor_heartbeat(call.body);
  if (!body) return call.reply.fail(body.error());
  if (!context.services.monitor) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon keeps no telemetry", {}, {}});
  }
  const WallTime now = context.loop.now().wall;
  context.services.monitor->keep({{server, now, call.body}});
  call.reply.ok(
      json::object{{"status", "ok"}, {"identifier", server}, {"last_seen_at", to_rfc3339(now)}});
}

}  // namespace

void add_harborforge_handlers(Handlers& handlers) {
  handlers["harborforge.heartbeat"] = heartbeat;
  handlers["harborforge.heartbeat.get"] = heartbeat;
  handlers["harborforge.update"] = update;
  handlers["harborforge.update.virtual"] = update;
  handlers["harborforge.status"] = status;
  handlers["harborforge.sync"] = sync;
  handlers["harborforge.server"] = server_heartbeat;
  handlers["harborforge.server.update"] = server_update;
  handlers["harborforge.monitor"] = monitor;
}

}  // namespace lazaret::server
