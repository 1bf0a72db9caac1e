#include "wire/operations.h"

namespace lazaret::wire {
namespace {

// Answers may gain fields; those that are required here are promised.
constexpr std::string_view schemas = R"json({
"Any": {},
"Text": {"type": "string"},
"Time": {"type": ["string", "null"], "format": "date-time"},
"Problem": {"type": "object", "required": ["type", "title", "status", "detail"], "properties": {
  "type": {"type": "string", "description": "urn:lazaret:<code>"}, "title": {"type": "string"},
  "status": {"type": "integer"}, "detail": {"type": "string", "description": "one plain sentence"},
  "place": {"type": "string"}, "remedy": {"type": "string"}}},
"Stopping": {"type": "object", "required": ["stopping", "keep_agents"],
  "properties": {"stopping": {"type": "boolean"}, "keep_agents": {"type": "boolean"}}},
"Done": {"type": "object", "required": ["status"], "properties": {
  "status": {"const": "done"}, "id": {"type": "string"}}},
"Need": {"type": "object", "required": ["id", "text", "command", "default", "deadline"],
  "properties": {"id": {"type": "string"}, "text": {"type": "string"},
  "command": {"type": "string"}, "default": {"enum": ["yes", "no", null]},
  "deadline": {"$ref": "#/components/schemas/Time"}}},
"Status": {"type": "object", "required": ["sentence", "at", "counts", "needs_you", "frozen",
  "daemon"],
  "properties": {"sentence": {"type": "string"}, "at": {"$ref": "#/components/schemas/Time"},
  "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
  "needs_you": {"type": "array", "items": {"$ref": "#/components/schemas/Need"}},
  "frozen": {"type": "boolean"}, "stopping": {"type": "boolean"}, "adopting": {"type": "boolean"},
  "trouble": {"type": ["string", "null"], "description": "why nothing can be recorded"},
  "trouble_place": {"type": "string"}, "trouble_remedy": {"type": "string"},
  "machine": {"type": "array", "items": {"type": "string"}},
  "daemon": {"type": "object", "required": ["version"], "properties": {
    "version": {"type": "string"}, "pid": {"type": "integer"}, "epoch": {"type": "integer"},
    "uptime_seconds": {"type": "number"}, "cpu_percent": {"type": "number"},
    "memory_bytes": {"type": "integer"}, "recorded_facts": {"type": "integer"},
    "connections": {"type": "integer"}}}}},
"Telemetry": {"type": "object", "required": ["host", "agents"], "properties": {
  "host": {"type": ["object", "null"], "properties": {
    "cpu_percent": {"type": ["number", "null"]}, "memory_percent": {"type": "number"},
    "swap_percent": {"type": "number"}, "disk_percent": {"type": "number"},
    "load": {"type": "array", "items": {"type": "number"}}, "uptime_seconds": {"type": "number"}}},
  "agents": {"type": "array", "items": {"type": "object", "required": ["agent", "cell"],
    "properties": {"agent": {"type": "string"}, "cell": {"type": "string"},
    "cpu_seconds": {"type": "number"}, "cpu_percent": {"type": ["number", "null"]},
    "memory_bytes": {"type": "integer"}, "processes": {"type": "integer"}}}}}},
"Event": {"type": "object", "required": ["number", "at", "kind", "cell", "agent", "task", "text",
  "body"],
  "properties": {"number": {"type": "integer"}, "at": {"$ref": "#/components/schemas/Time"},
  "kind": {"type": "string"}, "cell": {"type": ["string", "null"]},
  "agent": {"type": ["string", "null"]}, "task": {"type": ["string", "null"]},
  "text": {"type": "string"}, "body": {"description": "the fact's own fields"}}},
"EventPage": {"type": "object", "required": ["events", "next"], "properties": {
  "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
  "next": {"type": "integer", "description": "since= of the next page"},
  "oldest_kept": {"type": "integer"}}},
"Key": {"type": "object", "required": ["id", "name", "scope", "created_at"], "properties": {
  "id": {"type": "string"}, "name": {"type": "string"}, "scope": {"type": "string"},
  "created_at": {"$ref": "#/components/schemas/Time"},
  "expires_at": {"$ref": "#/components/schemas/Time"}}},
"SignInLink": {"type": "object", "required": ["url", "expires_at"], "properties": {
  "url": {"type": "string"}, "expires_at": {"$ref": "#/components/schemas/Time"}}},
"KeyList": {"type": "object", "required": ["keys"], "properties": {
  "keys": {"type": "array", "items": {"$ref": "#/components/schemas/Key"}}}},
"KeyMade": {"allOf": [{"$ref": "#/components/schemas/Key"}, {"type": "object", "required": ["key"],
  "properties": {"key": {"type": "string", "description": "shown this once"}}}]},
"Heartbeat": {"type": "object", "required": ["status", "agent_id", "timestamp", "next_heartbeat"],
  "properties": {"status": {"const": "ok"}, "agent_id": {"type": "string"},
  "timestamp": {"$ref": "#/components/schemas/Time"},
  "next_heartbeat": {"type": "number", "description": "seconds"}}},
"AgentHealth": {"type": "object", "required": ["agent_id", "status", "last_heartbeat",
  "last_response",
  "consecutive_failures", "response_time", "error_message", "metadata"], "properties": {
  "agent_id": {"type": "string"}, "status": {"enum": ["unknown", "healthy", "degraded",
  "unhealthy"]},
  "last_heartbeat": {"$ref": "#/components/schemas/Time"},
  "last_response": {"$ref": "#/components/schemas/Time"},
  "consecutive_failures": {"type": "integer"}, "response_time": {"type": "number"},
  "error_message": {"type": ["string", "null"]}, "metadata": {"type": "object"}}},
"FleetHealth": {"type": "object",
  "required": ["timestamp", "total_agents", "healthy", "degraded", "unhealthy", "agents"],
  "properties": {"timestamp": {"$ref": "#/components/schemas/Time"},
  "total_agents": {"type": "integer"}, "healthy": {"type": "integer"},
  "degraded": {"type": "integer"}, "unhealthy": {"type": "integer"},
  "agents": {"type": "object", "additionalProperties": {"$ref":
  "#/components/schemas/AgentHealth"}}}},
"Exit": {"type": ["object", "null"], "required": ["kind", "code", "signal", "detail", "last_lines"],
  "properties": {"kind": {"enum": ["exited", "signalled", "out_of_memory", "never_started",
  "lost"]},
  "code": {"type": "integer"}, "signal": {"type": "integer"}, "detail": {"type": "string"},
  "last_lines": {"type": "array", "items": {"type": "string"}}}},
"Agent": {"type": "object", "required": ["agent_id", "cell_id", "ref", "name", "role", "process",
  "since", "reason", "incarnation", "pid", "wanted", "paused", "frozen", "health", "activity",
  "task"],
  "properties": {"agent_id": {"type": "string"}, "cell_id": {"type": "string"},
  "ref": {"type": "string", "description": "what {agent} in a path takes"},
  "name": {"type": "string"}, "role": {"enum": ["lead", "write", "read", "audit"]},
  "capabilities": {"type": "array", "items": {"type": "string"}}, "gateway": {"type": "string"},
  "process": {"enum": ["stopped", "starting", "running", "stopping", "backoff", "quarantined",
    "awaiting_approval", "external"]},
  "since": {"$ref": "#/components/schemas/Time"}, "reason": {"type": "string"},
  "incarnation": {"type": "integer"}, "pid": {"type": ["integer", "null"]},
  "spawned_at": {"$ref": "#/components/schemas/Time"}, "wanted": {"type": "boolean"},
  "finished": {"type": "boolean"}, "paused": {"type": "boolean"}, "frozen": {"type": "boolean"},
  "tries": {"type": "integer"}, "deaths": {"type": "integer"},
  "backoff_until": {"$ref": "#/components/schemas/Time"},
  "last_exit": {"$ref": "#/components/schemas/Exit"}, "approval": {"type": ["string", "null"]},
  "stands_in_for": {"type": ["string", "null"]}, "replaced_by": {"type": ["string", "null"]},
  "health": {"enum": ["unknown", "healthy", "degraded", "unhealthy"]},
  "health_reason": {"type": "string"}, "failures": {"type": "integer"},
  "activity": {"enum": ["offline", "idle", "working", "busy", "rate_limited"]},
  "rate_limited_until": {"$ref": "#/components/schemas/Time"}, "hang": {"type": "string"},
  "task": {"type": ["object", "null"], "required": ["task_id", "title"], "properties": {
    "task_id": {"type": "string"}, "title": {"type": "string"}}},
  "wake": {"type": ["object", "null"]}, "waiting_wake": {"type": ["object", "null"]},
  "run": {"type": ["object", "null"], "description": "names of env only, never its values"},
  "last_beat": {"$ref": "#/components/schemas/Time"}, "beats": {"type": "integer"},
  "progress": {"type": "integer"}, "beat_interval_seconds": {"type": "number"},
  "recent": {"type": "array", "items": {"type": "integer"},
    "description": "beats in each of the last 60 intervals, oldest first"},
  "cpu_percent": {"type": "number"}, "memory_bytes": {"type": "integer"},
  "processes": {"type": "integer"}}},
"AgentPage": {"type": "object", "required": ["agents", "next"], "properties": {
  "agents": {"type": "array", "items": {"$ref": "#/components/schemas/Agent"}},
  "next": {"type": ["string", "null"], "description": "cursor= of the next page"}}},
"Why": {"type": "object", "required": ["agent", "cell", "state", "since", "reason", "rule",
  "setting",
  "evidence"], "properties": {"agent": {"type": "string"}, "cell": {"type": "string"},
  "state": {"type": "string"}, "since": {"$ref": "#/components/schemas/Time"},
  "reason": {"type": "string"}, "sentence": {"type": "string"}, "rule": {"type": "string"},
  "setting": {"type": "string"}, "setting_place": {"type": "string"}, "next": {"type": "string"},
  "evidence": {"type": "array", "items": {"type": "object", "required": ["at", "kind", "text"],
    "properties": {"at": {"$ref": "#/components/schemas/Time"}, "age_seconds": {"type": "number"},
    "kind": {"type": "string"}, "text": {"type": "string"}}}}}},
"LogLines": {"type": "object", "required": ["lines", "next"], "properties": {
  "lines": {"type": "array", "items": {"type": "string"}}, "next": {"type": "integer"},
  "gap": {"type": "boolean"}, "continues": {"type": "boolean"}}},
"WakeMade": {"type": "object", "required": ["wake", "fate"], "properties": {
  "wake": {"type": "string"},
  "fate": {"enum": ["waiting", "started", "finished", "failed", "replaced", "dropped"]}}},
"Wake": {"type": "object", "required": ["id", "agent", "cell", "message", "source", "fate"],
  "properties": {"id": {"type": "string"}, "agent": {"type": "string"}, "cell": {"type": "string"},
  "message": {"type": "string"}, "source": {"type": "string"},
  "accepted": {"$ref": "#/components/schemas/Time"}, "changed": {"$ref":
  "#/components/schemas/Time"},
  "fate": {"enum": ["waiting", "started", "finished", "failed", "replaced", "dropped"]},
  "detail": {"type": "string"}}},
"WakePage": {"type": "object", "required": ["wakes", "next"], "properties": {
  "wakes": {"type": "array", "items": {"$ref": "#/components/schemas/Wake"}},
  "next": {"type": ["string", "null"]}}},
"Approval": {"type": "object", "required": ["id", "kind", "question", "deadline", "default", "open",
  "answer"], "properties": {"id": {"type": "string"},
  "kind": {"enum": ["revival", "hang", "question"]}, "question": {"type": "string"},
  "opened": {"$ref": "#/components/schemas/Time"}, "deadline": {"$ref":
  "#/components/schemas/Time"},
  "default": {"enum": ["yes", "no"]}, "cell": {"type": ["string", "null"]},
  "agent": {"type": ["string", "null"]}, "task": {"type": ["string", "null"]},
  "open": {"type": "boolean"}, "answer": {"enum": ["yes", "no", null]},
  "by": {"type": ["string", "null"]}, "reason": {"type": "string"}}},
"ApprovalPage": {"type": "object", "required": ["approvals", "next"], "properties": {
  "approvals": {"type": "array", "items": {"$ref": "#/components/schemas/Approval"}},
  "next": {"type": ["string", "null"]}}},
"ApprovalMade": {"type": "object", "required": ["approval"], "properties": {
  "approval": {"type": "string"}}},
"Cell": {"type": "object", "required": ["cell_id", "mission_name", "status", "agents", "tasks"],
  "properties": {"cell_id": {"type": "string"}, "mission_name": {"type": "string"},
  "path": {"type": "string"}, "status": {"enum": ["active", "paused", "completed", "failed"]},
  "reason": {"type": "string"}, "started": {"type": "boolean"},
  "created_at": {"$ref": "#/components/schemas/Time"}, "created_by": {"type": "string"},
  "agents": {"type": "integer"}, "agent_ids": {"type": "array", "items": {"type": "string"}},
  "max_agents": {"type": "integer"}, "tasks": {"type": "integer"}, "open_tasks": {"type":
  "integer"},
  "task_counts": {"type": "object", "additionalProperties": {"type": "integer"}},
  "timeout": {"type": "number"}, "isolation": {"type": "string"}, "policies": {"type": "object"}}},
"CellPage": {"type": "object", "required": ["cells", "next"], "properties": {
  "cells": {"type": "array", "items": {"$ref": "#/components/schemas/Cell"}},
  "next": {"type": ["string", "null"]}}},
"Graph": {"type": "object", "required": ["cell_id", "tasks", "edges"], "properties": {
  "cell_id": {"type": "string"},
  "tasks": {"type": "array", "items": {"type": "object", "required": ["task_id", "title", "status"],
    "properties": {"task_id": {"type": "string"}, "title": {"type": "string"},
    "status": {"type": "string"}, "owner": {"type": ["string", "null"]},
    "assigned_to": {"type": ["string", "null"]}}}},
  "edges": {"type": "array", "items": {"type": "object", "required": ["from", "to"], "properties": {
    "from": {"type": "string", "description": "comes first"}, "to": {"type": "string"}}}}}},
"Settings": {"type": "object", "required": ["settings"], "properties": {
  "settings": {"type": "array", "items": {"type": "object", "required": ["setting", "value",
    "source", "place"], "properties": {"setting": {"type": "string"},
    "value": {"type": ["string", "integer"]},
    "source": {"enum": ["default", "file", "environment", "flag"]},
    "place": {"type": "string", "description": "file:line:column, the variable or the flag"},
    "flag": {"type": "string"}, "environment": {"type": "string"}, "default": {"type": "string"},
    "why": {"type": "string"}}}}}},
"LintPage": {"type": "object", "required": ["faults"], "properties": {
  "faults": {"type": "array", "items": {"type": "object", "required": ["place", "message"],
    "properties": {"place": {"type": "string"}, "file": {"type": "string"},
    "line": {"type": "integer"}, "column": {"type": "integer"}, "pointer": {"type": "string"},
    "severity": {"enum": ["error", "warning"]}, "found": {"type": "string"},
    "expected": {"type": "string"}, "message": {"type": "string"},
    "remedy": {"type": "string"}}}}}},
"Task": {"type": "object", "required": ["task_id", "cell_id", "title", "status", "assigned_to",
  "owner", "owner_incarnation", "claim", "tries", "priority", "dependencies", "timeout", "input",
  "cursor", "result", "reason", "since", "verify"], "properties": {
  "task_id": {"type": "string"}, "cell_id": {"type": "string"}, "title": {"type": "string"},
  "description": {"type": "string"},
  "status": {"enum": ["pending", "in_progress", "reported", "completed", "failed"]},
  "since": {"$ref": "#/components/schemas/Time"}, "reason": {"type": "string"},
  "assigned_to": {"type": ["string", "null"]}, "owner": {"type": ["string", "null"]},
  "owner_incarnation": {"type": "integer"}, "claim": {"type": "integer"},
  "tries": {"type": "integer"}, "max_tries": {"type": "integer"},
  "priority": {"enum": ["high", "medium", "low"]},
  "dependencies": {"type": "array", "items": {"type": "string"}},
  "open_dependencies": {"type": "integer"},
  "needs": {"type": "object", "properties": {"role": {"type": ["string", "null"]},
    "capabilities": {"type": "array", "items": {"type": "string"}}}},
  "timeout": {"type": "number", "description": "seconds"},
  "artifacts": {"type": "array", "items": {"type": "string"}},
  "on_failure": {"enum": ["retry", "fail"]}, "input": {}, "cursor": {}, "result": {"type":
  "string"},
  "verify": {"type": ["object", "null"], "properties": {
    "command": {"type": "array", "items": {"type": "string"}},
    "timeout_seconds": {"type": "number"}}},
  "created_at": {"$ref": "#/components/schemas/Time"},
  "completed_at": {"$ref": "#/components/schemas/Time"}}},
"TaskPage": {"type": "object", "required": ["tasks", "next"], "properties": {
  "tasks": {"type": "array", "items": {"$ref": "#/components/schemas/Task"}},
  "next": {"type": ["string", "null"]}}},
"TasksMade": {"type": "object", "required": ["status", "task_ids"], "properties": {
  "status": {"const": "done"}, "task_ids": {"type": "array", "items": {"type": "string"}}}},
"NextWork": {"type": "object", "required": ["task"], "properties": {
  "task": {"oneOf": [{"$ref": "#/components/schemas/Task"}, {"type": "null"}]}}}
})json";

}  // namespace

std::string_view schemas_text() { return schemas; }

}  // namespace lazaret::wire
