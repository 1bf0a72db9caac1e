// The nine tools, once: tools/list, manifest.json and the list in docs/plugin.md come from here.
// Hosts refuse tools that the manifest does not declare, so the three must not differ.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/fields.h"
#include "mcp/server.h"

namespace lazaret::plugin {

namespace json = boost::json;

inline constexpr std::string_view plugin_id = "harbor-forge";

LAZARET_ENUM(ToolKind, status, telemetry, monitor_telemetry, calendar_status, calendar_complete,
             calendar_abort, calendar_pause, calendar_resume, restart_status)

struct ToolRow {
  ToolKind kind{};
  std::string_view title;
  std::string_view description;  // for the model that is to choose it
  std::string_view input;        // members of the arguments, as JSON Schema's "properties"
  std::string_view output;       // members of the answer, in the same way; all are required
  bool writes = false;
  bool destructive = false;
  bool idempotent = true;
};

std::span<const ToolRow> tool_rows();
std::string tool_name(ToolKind kind);     // "harborforge_calendar_complete"
mcp::Tool make_tool(const ToolRow& row);  // without its call

// manifest.json, indented, ends with a line break.
std::string manifest_text(const std::string& version);
// The tools as a Markdown table.
std::string tools_page();

}  // namespace lazaret::plugin
