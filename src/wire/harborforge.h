// HarborForge's contracts: calendar (per agent, server-wide, sync) and monitor, for both sides.
//
// Liberal in what is read: words in snake_case, camelCase, PascalCase, with blanks or dashes; ids
// as numbers or as text; unknown members are passed over. Strict in what is written: snake_case,
// every member of a slot, null where it has none. All input is hostile and bounded; an Error of
// reading is invalid_input (or too_large) and names the place and what was expected.
//
// What the public material leaves open is chosen here and marked "ours".
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "core/slot.h"

namespace lazaret::wire {

inline constexpr std::size_t calendar_body_most = std::size_t{4} << 20;  // bytes
inline constexpr std::size_t calendar_request_most = std::size_t{64} << 10;
inline constexpr std::size_t calendar_slots_most = 2'000;    // of one agent in one answer
inline constexpr std::size_t calendar_agents_most = 10'000;  // in one answer or heartbeat
inline constexpr std::size_t event_data_most = std::size_t{64} << 10;
inline constexpr std::size_t monitor_sites_most = 1'000;
inline constexpr std::int64_t slot_minutes_most = 366 * 24 * 60;

namespace route {
inline constexpr std::string_view agent_heartbeat = "/calendar/agent/heartbeat";
inline constexpr std::string_view agent_status = "/calendar/agent/status";
inline constexpr std::string_view sync = "/calendar/sync";
inline constexpr std::string_view monitor_heartbeat = "/monitor/server/heartbeat";
// Ours: where the older contract lives.
inline constexpr std::string_view server_heartbeat = "/calendar/server/heartbeat";
// PATCH; `ident` is a slot's ident(). /calendar/slots/7/agent-update,
// /calendar/slots/virtual/plan-3-2026-11-21T090000/agent-update
std::string agent_update(std::string_view ident);
// Ours: /calendar/slots/7/server-update, for the older contract.
std::string server_update(std::string_view ident);
}  // namespace route

// Any spelling of a word of one of our enums; SlotStatus knows the older contract's too.
std::optional<core::SlotStatus> read_slot_status(std::string_view word);
std::optional<core::CalendarStatus> read_calendar_status(std::string_view word);

// "09:00:00" of a time of day; read accepts HH:MM, HH:MM:SS and fractions, which it drops.
std::string clock_text(Duration since_midnight);
std::optional<Duration> read_clock_text(std::string_view text);

struct SlotView {
  std::optional<std::int64_t> id;
  std::string virtual_id;    // exactly one of the two; empty = none
  std::string date;          // "2026-11-21"
  std::string scheduled_at;  // "09:00:00", in the zone of the agent: UTC unless the answer says
  // Ours: the same as an instant, RFC 3339. Written by our backend, optional for others; an RFC
  // 3339 date-time in scheduled_at is taken for it when read.
  std::optional<WallTime> due_at;
  core::SlotType slot_type = core::SlotType::work;
  std::int64_t estimated_duration = 0;  // minutes; 0 = not known
  core::SlotStatus status = core::SlotStatus::not_started;
  std::int64_t priority = 0;
  core::SlotEvent event_type = core::SlotEvent::none;
  std::string event_data;              // JSON text of an object; empty = null
  std::optional<Duration> started_at;  // time of day, UTC
  std::optional<bool> attended;
  std::optional<std::int64_t> actual_duration;  // minutes
  std::string plan_id;                          // empty = none; written as a number where it is one
  std::string user_id;                          // the same
  LAZARET_FIELDS(SlotView, id, virtual_id, date, scheduled_at, due_at, slot_type,
                 estimated_duration, status, priority, event_type, event_data, started_at, attended,
                 actual_duration, plan_id, user_id)

  std::string ident() const { return id ? std::to_string(*id) : virtual_id; }
  // due_at, else date and scheduled_at as UTC.
  WallTime due() const;
};

boost::json::object to_json(const SlotView& slot);
// One slot as a whole document, as an update is answered with.
Result<SlotView> read_slot(std::string text);

// What an agent is told when its slot begins: event_data's wake_options.override_message, else its
// prompt, else what event_type says; at the end a JSON block {slot_id, scheduled_at, priority,
// slot_type, event_data}.
std::string wake_message(const SlotView& slot);
// "calendar:<ident>"
std::string wake_source(const SlotView& slot);

// ---- per agent (the current contract) ---------------------------------------------------------

// POST or GET; both also as headers X-Claw-Identifier and X-Agent-ID, which must not differ.
struct CalendarHeartbeat {
  std::string claw_identifier;
  std::string agent_id;
  LAZARET_FIELDS(CalendarHeartbeat, claw_identifier, agent_id)
};
boost::json::object to_json(const CalendarHeartbeat& heartbeat);
// An empty body is one without members: a GET may come without. Headers are empty where absent.
Result<CalendarHeartbeat> read_calendar_heartbeat(std::string body, std::string_view claw_header,
                                                  std::string_view agent_header);

struct CalendarAnswer {
  std::vector<SlotView> slots;
  core::CalendarStatus agent_status = core::CalendarStatus::idle;
  std::string message;         // empty = none
  std::string timezone;        // ours: the zone of date and scheduled_at; empty = UTC
  std::vector<Error> refused;  // slots that could not be read, left out of `slots`
};
boost::json::object to_json(const CalendarAnswer& answer);
Result<CalendarAnswer> read_calendar_answer(std::string body);

// PATCH of a slot. `reason` and `summary` are ours where the contract is per agent.
struct SlotUpdate {
  core::SlotStatus status = core::SlotStatus::ongoing;
  std::optional<Duration> started_at;           // time of day, UTC
  std::optional<std::int64_t> actual_duration;  // minutes, at least 1
  std::string reason;
  std::string summary;
  LAZARET_FIELDS(SlotUpdate, status, started_at, actual_duration, reason, summary)
};
boost::json::object to_json(const SlotUpdate& update);
Result<SlotUpdate> read_slot_update(std::string body);

struct AgentStatusReport {
  std::string claw_identifier;
  std::string agent_id;
  core::CalendarStatus status = core::CalendarStatus::idle;
  std::string reason;                   // rate_limit, billing; empty = none
  std::optional<WallTime> recovery_at;  // ours: RFC 3339
  LAZARET_FIELDS(AgentStatusReport, claw_identifier, agent_id, status, reason, recovery_at)
};
boost::json::object to_json(const AgentStatusReport& report);
// recovery_at may also be seconds or an HTTP date (see recovery_time()); where an exhausted agent
// names none, its reason may.
Result<AgentStatusReport> read_agent_status(std::string body, std::string_view claw_header,
                                            std::string_view agent_header, WallTime now);

// ---- sync (the third contract) ----------------------------------------------------------------

struct SyncAnswer {
  bool full = true;  // false: only what changed since the token of the request
  std::map<std::string, std::vector<SlotView>> schedules;  // by agent
  std::string sync_token;
  std::vector<Error> refused;
};
boost::json::object to_json(const SyncAnswer& answer);
Result<SyncAnswer> read_sync_answer(std::string body);

// ---- server-wide (the older contract) ---------------------------------------------------------

// As heartbeats list agents.
struct AgentLine {
  std::string id;
  std::string model;
  std::string status;  // the sender's own word
  LAZARET_FIELDS(AgentLine, id, model, status)
};

struct ServerHeartbeat {
  std::string identifier;
  std::string api_key;
  std::string plugin_name;
  std::string plugin_version;
  std::string plugin_backend;
  WallTime captured_at{};
  std::vector<AgentLine> agents;
  LAZARET_FIELDS(ServerHeartbeat, identifier, api_key, plugin_name, plugin_version, plugin_backend,
                 captured_at, agents)
};
boost::json::object to_json(const ServerHeartbeat& heartbeat);
Result<ServerHeartbeat> read_server_heartbeat(std::string body);

struct SlotToFire {
  std::string id;  // ident
  std::string agent_id;
  std::string title;
  std::string prompt;
  std::string override_message;
  LAZARET_FIELDS(SlotToFire, id, agent_id, title, prompt, override_message)
};
// override_message, else prompt, else "[calendar] slot <id>: <title>".
std::string wake_message(const SlotToFire& slot);

struct ServerAnswer {
  std::vector<SlotToFire> slots_to_fire;
  bool restart_pending = false;
  std::vector<Error> refused;
};
boost::json::object to_json(const ServerAnswer& answer);
Result<ServerAnswer> read_server_answer(std::string body);

// The older contract's words: in_progress, paused, completed, aborted. An Error for a status that
// it has no word for; {status, summary, reason}, read by read_slot_update.
Result<boost::json::object> to_server_json(const SlotUpdate& update);

// ---- monitor ----------------------------------------------------------------------------------

struct MonitorHeartbeat {
  std::string identifier;
  // 0-100, one decimal; none where it was not sent, or the sender does not know yet.
  std::optional<double> cpu_pct;
  std::optional<double> mem_pct;
  std::optional<double> disk_pct;
  std::optional<double> swap_pct;
  std::array<double, 3> load_avg{};  // 1, 5, 15 minutes
  double uptime_seconds = 0;
  std::string plugin_version;
  std::string openclaw_version;  // empty = not sent
  std::optional<bool> nginx_installed;
  std::vector<std::string> nginx_sites;
  std::vector<AgentLine> agents;
};
boost::json::object to_json(const MonitorHeartbeat& heartbeat);
Result<MonitorHeartbeat> read_monitor_heartbeat(std::string body);

}  // namespace lazaret::wire
