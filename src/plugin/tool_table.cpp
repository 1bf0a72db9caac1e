#include "plugin/tool_table.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "plugin/config.h"
#include "wire/json_document.h"

namespace lazaret::plugin {
namespace {

constexpr std::string_view no_input = "{}";
// An id that the model writes proves nothing about who it is: it can only be found to be wrong.
constexpr std::string_view complete_input = R"({
  "summary": {"type": "string", "maxLength": 8000, "description": "What was done."},
  "agent_id": {"type": "string", "maxLength": 200,
               "description": "Refused unless it is the caller's own id; grants nothing."}})";
constexpr std::string_view reason_input = R"({
  "reason": {"type": "string", "maxLength": 8000, "description": "Why."},
  "agent_id": {"type": "string", "maxLength": 200,
               "description": "Refused unless it is the caller's own id; grants nothing."}})";
constexpr std::string_view acted_output = R"({
  "slot_id": {"type": "string", "description": "The slot's ident."},
  "agent_id": {"type": "string"},
  "status": {"type": "string", "description": "The slot's status now."}})";

constexpr ToolRow rows[] = {
    {ToolKind::status, "HarborForge status",
     "How this plugin is configured and does: settings with secrets masked, bridge, calendar, "
     "host, telemetry.",
     no_input, R"({"plugin": {"type": "object"}, "config": {"type": "object"},
                   "bridge": {"type": "object"}, "monitor": {"type": "object"},
                   "calendar": {"type": "object"}, "host": {"type": "object"},
                   "telemetry": {"anyOf": [{"type": "object"}, {"type": "null"}]}})"},
    {ToolKind::telemetry, "Host telemetry",
     "Fresh metrics of this machine and its agents: CPU, memory, disk, swap, load, uptime.",
     no_input, R"({"identifier": {"type": "string"}, "mem_pct": {"type": "number"},
                   "disk_pct": {"type": "number"}, "swap_pct": {"type": "number"},
                   "load_avg": {"type": "array", "items": {"type": "number"}},
                   "uptime_seconds": {"type": "number"}, "agents": {"type": "array"}})"},
    {ToolKind::monitor_telemetry, "Monitor bridge",
     "When a program on this machine last asked the monitor bridge, and what it was served.",
     no_input, R"({"port": {"type": "integer"}, "listening": {"type": "boolean"},
                   "requests": {"type": "integer"}, "push": {"type": "object"}})"},
    {ToolKind::calendar_status, "Calendar status",
     "Active slots, history, when each agent's calendar was last asked, last errors.", no_input,
     R"({"enabled": {"type": "boolean"}, "agents": {"type": "array"},
         "active": {"type": "array"}, "history": {"type": "array"}})"},
    {ToolKind::calendar_complete, "Complete the active slot",
     "Say that the work of your active calendar slot is done.", complete_input, acted_output, true,
     false, false},
    {ToolKind::calendar_abort, "Abort the active slot",
     "End your active calendar slot without its work being done, and say why.", reason_input,
     acted_output, true, true, false},
    {ToolKind::calendar_pause, "Pause the active slot",
     "Suspend your active calendar slot; harborforge_calendar_resume takes it up again.",
     reason_input, acted_output, true, false, false},
    {ToolKind::calendar_resume, "Resume the paused slot",
     "Take up your paused calendar slot again.", reason_input, acted_output, true, false, false},
    {ToolKind::restart_status, "Restart status",
     "Whether the backend asks for a restart, and how fresh the agents' last heartbeats are.",
     no_input, R"({"restart_pending": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
                   "heartbeats": {"type": "array"}})"},
};

json::object schema_of(std::string_view members, bool all_required) {
  const json::object properties = json::parse({members.data(), members.size()}).as_object();
  json::object out = {{"type", "object"}, {"properties", properties}};
  if (!all_required) {
    out["additionalProperties"] = false;
    return out;
  }
  json::array names;
  for (const auto& one : properties) names.emplace_back(one.key());
  out["required"] = std::move(names);
  return out;
}

// Indented for people, who read what they install.
void indent(const json::value& value, std::string& out, int depth) {
  const auto line = [&](int deep) {
    out += '\n';
    out.append(static_cast<std::size_t>(deep) * 2, ' ');
  };
  if (value.is_object() && !value.get_object().empty()) {
    char before = '{';
    for (const auto& member : value.get_object()) {
      out += before;
      before = ',';
      line(depth + 1);
      out += wire::json_document(json::value(member.key())) + ": ";
      indent(member.value(), out, depth + 1);
    }
    line(depth);
    out += '}';
  } else if (value.is_array() && !value.get_array().empty() && value.at(0).is_object()) {
    char before = '[';
    for (const json::value& one : value.get_array()) {
      out += before;
      before = ',';
      line(depth + 1);
      out += wire::json_document(one);
    }
    line(depth);
    out += ']';
  } else {
    out += wire::json_document(value);
  }
}

}  // namespace

std::span<const ToolRow> tool_rows() { return rows; }

std::string tool_name(ToolKind kind) { return "harborforge_" + std::string(to_word(kind)); }

mcp::Tool make_tool(const ToolRow& row) {
  mcp::Tool tool;
  tool.name = tool_name(row.kind);
  tool.title = row.title;
  tool.description = row.description;
  tool.input = schema_of(row.input, false);
  tool.output = schema_of(row.output, true);
  tool.read_only = !row.writes;
  tool.destructive = row.destructive;
  tool.idempotent = row.idempotent;
  tool.open_world = row.writes;
  return tool;
}

std::string manifest_text(const std::string& version) {
  json::array tools;
  json::array names;
  for (const ToolRow& row : rows) {
    tools.push_back(mcp::to_json(make_tool(row)));
    names.emplace_back(tool_name(row.kind));
  }
  const json::object manifest = {
      {"id", plugin_id},
      {"name", "HarborForge"},
      {"version", version},
      {"description", "Monitor and calendar of a HarborForge backend for the agents of this host."},
      {"activation", "eager"},
      {"server", json::object{{"protocol", "mcp"},
                              {"transport", "stdio"},
                              {"command", "./lazaret"},
                              {"args", json::array{"plugin"}}}},
      {"host", json::array{"WakeAgent", "ReadAgentState", "ListAgents", "Log"}},
      {"config", "config.json"},
      {"configSchema", config_schema()},
      {"contracts", json::object{{"tools", names}}},
      {"tools", tools}};
  std::string out;
  indent(manifest, out, 0);
  return out + '\n';
}

std::string tools_page() {
  std::string out = "| tool | does | arguments |\n|---|---|---|\n";
  for (const ToolRow& row : rows) {
    std::string arguments;
    for (const auto& one : json::parse({row.input.data(), row.input.size()}).as_object()) {
      arguments += fmt::format("{}`{}`", arguments.empty() ? "" : ", ", std::string(one.key()));
    }
    out += fmt::format("| `{}` | {} | {} |\n", tool_name(row.kind), row.description, arguments);
  }
  return out;
}

}  // namespace lazaret::plugin
