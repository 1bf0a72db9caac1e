#include "wire/api_schemas_harborforge.h"

namespace lazaret::wire {
namespace {

// Words of requests are read in any spelling, so their schemas name them and leave them open;
// further members are passed over.
constexpr std::string_view schemas = R"json(
"HfAgentHeartbeat": {"type": "object", "properties": {
  "claw_identifier": {"type": "string", "maxLength": 200,
    "description": "the server; may come as header X-Claw-Identifier instead"},
  "agent_id": {"type": "string", "maxLength": 200,
    "description": "may come as header X-Agent-ID instead"}}},
"HfSlot": {"type": "object", "required": ["date", "scheduled_at", "due_at", "slot_type",
  "estimated_duration", "status", "priority", "event_type", "event_data", "started_at", "attended",
  "actual_duration", "plan_id", "user_id"],
  "additionalProperties": false, "description": "with an id or a virtual_id, never both",
  "properties": {"id": {"type": "integer"},
  "virtual_id": {"type": "string", "description": "of an occurrence that nobody has touched"},
  "date": {"type": "string", "format": "date"},
  "scheduled_at": {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}:[0-9]{2}$",
    "description": "in the zone of the agent"},
  "due_at": {"type": "string", "format": "date-time", "description": "the same, as an instant"},
  "slot_type": {"enum": ["work", "on_call", "entertainment", "system"]},
  "estimated_duration": {"type": "integer", "description": "minutes"},
  "status": {"enum": ["not_started", "deferred", "ongoing", "paused", "finished", "aborted",
    "skipped"]},
  "priority": {"type": "integer", "description": "higher first"},
  "event_type": {"enum": ["job", "entertainment", "system_event", null]},
  "event_data": {"type": ["object", "null"]},
  "started_at": {"type": ["string", "null"], "pattern": "^[0-9]{2}:[0-9]{2}:[0-9]{2}$",
    "description": "UTC"},
  "attended": {"type": ["boolean", "null"]},
  "actual_duration": {"type": ["integer", "null"], "minimum": 1, "description": "minutes"},
  "plan_id": {"type": ["integer", "string", "null"]},
  "user_id": {"type": ["integer", "string", "null"]}}},
"HfAgentSlots": {"type": "object", "required": ["slots", "agent_status", "timezone"],
  "additionalProperties": false, "properties": {
  "slots": {"type": "array", "items": {"$ref": "#/components/schemas/HfSlot"}},
  "agent_status": {"enum": ["idle", "on_call", "busy", "exhausted", "offline"]},
  "message": {"type": "string"},
  "timezone": {"type": "string", "description": "of date and scheduled_at"}}},
"HfSlotUpdate": {"type": "object", "required": ["status"], "properties": {
  "status": {"type": "string", "description":
    "deferred, ongoing, paused, finished, aborted, skipped; in_progress, completed"},
  "started_at": {"type": ["string", "null"], "description": "HH:MM:SS, UTC"},
  "actual_duration": {"type": ["integer", "null"], "minimum": 1, "description": "minutes"},
  "reason": {"type": ["string", "null"], "maxLength": 4000},
  "summary": {"type": ["string", "null"], "maxLength": 4000}}},
"HfAgentStatus": {"type": "object", "required": ["status"], "properties": {
  "claw_identifier": {"type": "string", "maxLength": 200},
  "agent_id": {"type": "string", "maxLength": 200},
  "status": {"type": "string", "description": "idle, on_call, busy, exhausted, offline"},
  "reason": {"type": ["string", "null"], "maxLength": 4000,
    "description": "rate_limit, billing; may say when it is over"},
  "recovery_at": {"type": ["string", "integer", "null"],
    "description": "a time, an HTTP date, or seconds from now"}}},
"HfAgent": {"allOf": [{"$ref": "#/components/schemas/CalendarAgent"},
  {"type": "object", "required": ["agent_id"], "properties": {"agent_id": {"type": "string"}}}]},
"HfSync": {"type": "object", "required": ["full", "schedules", "syncToken"],
  "additionalProperties": false, "properties": {
  "full": {"type": "boolean", "description": "false: only what changed since the token"},
  "schedules": {"type": "object", "description": "by agent", "additionalProperties":
    {"type": "array", "items": {"$ref": "#/components/schemas/HfSlot"}}},
  "syncToken": {"type": "string"}}},
"HfAgentLine": {"type": "object", "required": ["id"], "properties": {
  "id": {"type": ["string", "integer"]}, "model": {"type": ["string", "null"]},
  "status": {"type": ["string", "null"]}}},
"HfServerHeartbeat": {"type": "object", "required": ["identifier"], "properties": {
  "identifier": {"type": "string", "minLength": 1, "maxLength": 200},
  "api_key": {"type": ["string", "null"], "maxLength": 200},
  "plugin_info": {"type": ["object", "null"], "properties": {
    "name": {"type": ["string", "null"]}, "version": {"type": ["string", "null"]},
    "backend": {"type": ["string", "null"]}}},
  "captured_at": {"type": ["string", "null"], "format": "date-time"},
  "agent_list": {"type": ["array", "null"],
    "items": {"$ref": "#/components/schemas/HfAgentLine"}}}},
"HfSlotsToFire": {"type": "object", "required": ["slots_to_fire", "restart_pending"],
  "additionalProperties": false, "properties": {
  "restart_pending": {"type": "boolean"},
  "slots_to_fire": {"type": "array", "items": {"type": "object",
    "required": ["id", "agent_id", "title", "prompt"], "additionalProperties": false,
    "properties": {"id": {"type": ["integer", "string"]}, "agent_id": {"type": "string"},
    "title": {"type": ["string", "null"]}, "prompt": {"type": ["string", "null"]},
    "wake_options": {"type": "object", "properties": {
      "override_message": {"type": "string"}}}}}}}},
"HfMonitorHeartbeat": {"type": "object", "required": ["identifier"], "properties": {
  "identifier": {"type": "string", "minLength": 1, "maxLength": 200},
  "cpu_pct": {"type": ["number", "null"], "minimum": 0, "maximum": 101},
  "mem_pct": {"type": ["number", "null"], "minimum": 0, "maximum": 101},
  "disk_pct": {"type": ["number", "null"], "minimum": 0, "maximum": 101},
  "swap_pct": {"type": ["number", "null"], "minimum": 0, "maximum": 101},
  "load_avg": {"type": ["array", "null"], "maxItems": 16,
    "items": {"type": "number", "minimum": 0}, "description": "1, 5, 15 minutes"},
  "uptime_seconds": {"type": ["number", "null"], "minimum": 0},
  "plugin_version": {"type": ["string", "null"]}, "openclaw_version": {"type": ["string", "null"]},
  "nginx_installed": {"type": ["boolean", "null"]},
  "nginx_sites": {"type": ["array", "null"], "items": {"type": "string"}},
  "agents": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/HfAgentLine"}}}},
"HfMonitorSeen": {"type": "object", "required": ["status", "identifier", "last_seen_at"],
  "additionalProperties": false, "properties": {"status": {"const": "ok"},
  "identifier": {"type": "string"},
  "last_seen_at": {"type": "string", "format": "date-time"}}},
"HfError": {"type": "object", "required": ["detail"], "properties": {
  "detail": {"type": ["string", "array"]}}}
})json";

}  // namespace

std::string_view harborforge_schemas() { return schemas; }

}  // namespace lazaret::wire
