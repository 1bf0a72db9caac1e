#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/rfc3339.h"
#include "wire/harborforge_parts.h"
#include "wire/recovery_time.h"

namespace lazaret::wire {
namespace {

constexpr std::string_view agent_statuses = "one of idle, on_call, busy, exhausted, offline";

// A member of the body, which the header of the same meaning may stand for.
void read_named(LooseFields& fields, std::string_view name, std::string_view header,
                std::string_view header_name, std::string& out) {
  fields.line(name, out, hf_name_most);
  if (fields.failed()) return;
  if (out.empty()) {
    if (header.empty() || !is_plain_line(header, hf_name_most)) {
      return fields.missing(name, fmt::format("a name of at most {} bytes, here or in header {}",
                                              hf_name_most, header_name));
    }
    out = header;
  } else if (!header.empty() && header != out) {
    fields.wrong(*fields.find(name), pointer_step(name),
                 fmt::format("the name that header {} has", header_name));
  }
}

void read_agent_word(LooseFields& fields, std::string_view name, core::CalendarStatus& out,
                     bool needed) {
  const JsonValue* status = fields.find(name);
  if (!status) {
    if (needed) fields.missing(name, std::string(agent_statuses));
    return;
  }
  const auto word = status->kind == JsonKind::string ? read_calendar_status(status->text)
                                                     : std::optional<core::CalendarStatus>();
  if (!word) return fields.wrong(*status, pointer_step(name), std::string(agent_statuses));
  out = *word;
}

boost::json::array slots_json(const std::vector<SlotView>& slots) {
  boost::json::array list;
  list.reserve(slots.size());
  for (const SlotView& slot : slots) list.push_back(to_json(slot));
  return list;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._-~").find(c) != std::string_view::npos;
}

std::string slot_route(std::string_view ident, std::string_view verb) {
  std::string step;
  for (const char c : ident) {
    if (is_unreserved(c))
      step += c;
    else
      step += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  const bool real = ident.find_first_not_of("0123456789") == std::string_view::npos;
  return fmt::format("/calendar/slots/{}{}/{}", real ? "" : "virtual/", step, verb);
}

}  // namespace

std::string route::agent_update(std::string_view ident) {
  return slot_route(ident, "agent-update");
}
std::string route::server_update(std::string_view ident) {
  return slot_route(ident, "server-update");
}

boost::json::object to_json(const CalendarHeartbeat& heartbeat) {
  return {{"claw_identifier", heartbeat.claw_identifier}, {"agent_id", heartbeat.agent_id}};
}

Result<CalendarHeartbeat> read_calendar_heartbeat(std::string body, std::string_view claw_header,
                                                  std::string_view agent_header) {
  const auto document = read_object(std::move(body), "heartbeat", calendar_request_most, true);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("heartbeat", document->source, document->root, "");
  CalendarHeartbeat heartbeat;
  read_named(fields, "claw_identifier", claw_header, "X-Claw-Identifier",
             heartbeat.claw_identifier);
  read_named(fields, "agent_id", agent_header, "X-Agent-ID", heartbeat.agent_id);
  if (fields.failed()) return std::unexpected(fields.fault());
  return heartbeat;
}

boost::json::object to_json(const CalendarAnswer& answer) {
  boost::json::object out{{"slots", slots_json(answer.slots)},
                          {"agent_status", to_word(answer.agent_status)}};
  if (!answer.message.empty()) out["message"] = answer.message;
  if (!answer.timezone.empty()) out["timezone"] = answer.timezone;
  return out;
}

Result<CalendarAnswer> read_calendar_answer(std::string body) {
  const auto document = read_object(std::move(body), "answer", calendar_body_most);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("answer", document->source, document->root, "");
  CalendarAnswer answer;
  if (!fields.find("slots")) fields.missing("slots", "a list of slots");
  const JsonValue* slots = fields.array("slots", calendar_slots_most);
  read_agent_word(fields, "agent_status", answer.agent_status, false);
  fields.text("message", answer.message, hf_reason_most);
  fields.line("timezone", answer.timezone, hf_name_most);
  if (fields.failed()) return std::unexpected(fields.fault());
  answer.slots = slots_of(fields, *slots, "/slots", answer.refused);
  return answer;
}

boost::json::object to_json(const AgentStatusReport& report) {
  boost::json::object out{{"claw_identifier", report.claw_identifier},
                          {"agent_id", report.agent_id},
                          {"status", to_word(report.status)}};
  if (!report.reason.empty()) out["reason"] = report.reason;
  if (report.recovery_at) out["recovery_at"] = to_rfc3339(*report.recovery_at);
  return out;
}

Result<AgentStatusReport> read_agent_status(std::string body, std::string_view claw_header,
                                            std::string_view agent_header, WallTime now) {
  const auto document = read_object(std::move(body), "status", calendar_request_most);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("status", document->source, document->root, "");
  AgentStatusReport report;
  read_named(fields, "claw_identifier", claw_header, "X-Claw-Identifier", report.claw_identifier);
  read_named(fields, "agent_id", agent_header, "X-Agent-ID", report.agent_id);
  read_agent_word(fields, "status", report.status, true);
  fields.text("reason", report.reason, hf_reason_most);
  std::string recovery;
  fields.id("recovery_at", recovery);
  const bool told = !recovery.empty() || report.status == core::CalendarStatus::exhausted;
  if (told) report.recovery_at = recovery_time(recovery.empty() ? report.reason : recovery, now);
  if (!recovery.empty() && !report.recovery_at) {
    fields.wrong(*fields.find("recovery_at"), "/recovery_at",
                 "a time such as 2026-01-31T09:00:00Z, or seconds from now, within 31 days");
  }
  if (fields.failed()) return std::unexpected(fields.fault());
  return report;
}

boost::json::object to_json(const SyncAnswer& answer) {
  boost::json::object schedules;
  for (const auto& [agent, slots] : answer.schedules) schedules[agent] = slots_json(slots);
  return {
      {"full", answer.full}, {"schedules", std::move(schedules)}, {"syncToken", answer.sync_token}};
}

Result<SyncAnswer> read_sync_answer(std::string body) {
  const auto document = read_object(std::move(body), "sync answer", calendar_body_most * 4);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("sync answer", document->source, document->root, "");
  SyncAnswer answer;
  std::optional<bool> full;
  fields.truth("full", full);
  answer.full = full.value_or(true);
  fields.id("syncToken", answer.sync_token);
  if (!fields.find("schedules")) fields.missing("schedules", "an object of slots by agent");
  const JsonValue* schedules = fields.object("schedules", calendar_agents_most);
  if (fields.failed()) return std::unexpected(fields.fault());
  for (const JsonMember& one : schedules->members) {
    const std::string step = "/schedules" + pointer_step(one.name);
    const bool list = one.value.kind == JsonKind::array &&
                      one.value.items.size() <= calendar_slots_most && !one.name.empty() &&
                      is_plain_line(one.name, hf_name_most);
    if (!list) {
      fields.wrong(one.value, step, "a list of slots under the id of an agent");
      return std::unexpected(fields.fault());
    }
    answer.schedules[one.name] = slots_of(fields, one.value, step, answer.refused);
  }
  return answer;
}

}  // namespace lazaret::wire
