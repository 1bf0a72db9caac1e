#include "plugin/tools.h"

#include <algorithm>

#include "plugin/tool_table.h"

namespace lazaret::plugin {
namespace {

using harborforge::Verb;

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

std::vector<std::string> active_agents(const json::object& calendar) {
  std::vector<std::string> out;
  const json::value* active = calendar.if_contains("active");
  if (active == nullptr || !active->is_array()) return out;
  for (const json::value& slot : active->get_array()) {
    if (!slot.is_object()) continue;
    std::string agent = text_of(slot.get_object(), "agent_id");
    if (!agent.empty() && std::ranges::find(out, agent) == out.end()) {
      out.push_back(std::move(agent));
    }
  }
  return out;
}

json::object status(Desk& desk) {
  json::object out = {{"plugin", desk.about()},      {"config", desk.config()},
                      {"bridge", desk.bridge()},     {"monitor", desk.push()},
                      {"calendar", desk.calendar()}, {"host", desk.host()}};
  auto telemetry = desk.telemetry();
  out["telemetry"] = telemetry ? json::value(*telemetry) : json::value();
  if (!telemetry) out["telemetry_error"] = telemetry.error().message;
  return out;
}

json::object monitor_telemetry(Desk& desk) {
  json::object out = desk.bridge();
  out["push"] = desk.push();
  return out;
}

Result<json::object> act(Desk& desk, const CallerSources& sources, Verb verb,
                         const mcp::Request& request) {
  const auto caller = find_caller(request.meta, sources, active_agents(desk.calendar()),
                                  text_of(request.params, "agent_id"));
  if (!caller) return std::unexpected(caller.error());
  return desk.act(verb, *caller,
                  text_of(request.params, verb == Verb::complete ? "summary" : "reason"));
}

Result<json::object> answer(ToolKind kind, Desk& desk, const CallerSources& sources,
                            const mcp::Request& request) {
  switch (kind) {
    case ToolKind::status:
      return status(desk);
    case ToolKind::telemetry:
      return desk.telemetry();
    case ToolKind::monitor_telemetry:
      return monitor_telemetry(desk);
    case ToolKind::calendar_status:
      return desk.calendar();
    case ToolKind::calendar_complete:
      return act(desk, sources, Verb::complete, request);
    case ToolKind::calendar_abort:
      return act(desk, sources, Verb::abort, request);
    case ToolKind::calendar_pause:
      return act(desk, sources, Verb::pause, request);
    case ToolKind::calendar_resume:
      return act(desk, sources, Verb::resume, request);
    case ToolKind::restart_status:
      return desk.restart();
  }
  return fail(ErrorCode::internal, "no such tool");
}

}  // namespace

void add_tools(mcp::Server& server, Desk& desk, const CallerSources& sources) {
  for (const ToolRow& row : tool_rows()) {
    mcp::Tool tool = make_tool(row);
    tool.call = [kind = row.kind, &desk, &sources](const mcp::Request& request, mcp::Done done) {
      done(answer(kind, desk, sources, request));
    };
    server.add(std::move(tool));
  }
}

}  // namespace lazaret::plugin
