#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "base/rfc3339.h"
#include "wire/harborforge_parts.h"

namespace lazaret::wire {
namespace {

boost::json::value one_decimal(const std::optional<double>& percent) {
  if (!percent) return nullptr;
  return static_cast<double>(std::llround(*percent * 10)) / 10;
}

void read_percent(LooseFields& fields, std::string_view name, std::optional<double>& out) {
  // Some meters say 100.02; that is full, not wrong.
  fields.number(name, out, 0, 101);
  if (out && *out > 100) out = 100;
}

void read_load(LooseFields& fields, std::array<double, 3>& out) {
  const JsonValue* load = fields.array("load_avg", 16);
  if (!load) return;
  for (std::size_t i = 0; i < out.size() && i < load->items.size(); ++i) {
    const std::string step = fmt::format("/load_avg/{}", i);
    const JsonValue& item = load->items[i];
    JsonValue around;
    around.kind = JsonKind::object;
    around.members.push_back({"load", {}, item});
    std::optional<double> number;
    LooseFields one = fields.inside(around, "");
    one.number("load", number, 0, 1e9);
    if (!number) return fields.wrong(item, step, "a load of at least 0");
    out[i] = *number;
  }
}

void read_sites(LooseFields& fields, std::vector<std::string>& out) {
  const JsonValue* sites = fields.array("nginx_sites", monitor_sites_most);
  if (!sites) return;
  for (std::size_t i = 0; i < sites->items.size(); ++i) {
    const JsonValue& site = sites->items[i];
    if (site.kind != JsonKind::string || !is_plain_line(site.text, hf_reason_most))
      return fields.wrong(site, fmt::format("/nginx_sites/{}", i), "a line of text");
    out.push_back(site.text);
  }
}

SlotToFire to_fire(LooseFields& fields) {
  SlotToFire slot;
  if (fields.failed()) return slot;
  fields.id("id", slot.id);
  const bool ident =
      !slot.id.empty() &&
      (is_virtual_ident(slot.id) || slot.id.find_first_not_of("0123456789") == std::string::npos);
  if (const JsonValue* id = fields.find("id"); id && !ident)
    fields.wrong(*id, "/id", "a number or a name of letters, digits and . _ - @ + :");
  if (slot.id.empty()) fields.missing("id", "the slot's id");
  fields.line("agent_id", slot.agent_id, hf_name_most);
  if (slot.agent_id.empty()) fields.missing("agent_id", "the id of an agent");
  fields.text("title", slot.title, hf_reason_most);
  fields.text("prompt", slot.prompt, hf_prompt_most);
  if (const JsonValue* wake = fields.object("wake_options", 1'000)) {
    LooseFields options = fields.inside(*wake, "/wake_options");
    options.text("override_message", slot.override_message, hf_prompt_most);
    if (options.failed()) fields.wrong(*wake, "/wake_options/override_message", "a text");
  }
  return slot;
}

}  // namespace

boost::json::array to_json(const std::vector<AgentLine>& agents) {
  boost::json::array list;
  list.reserve(agents.size());
  for (const AgentLine& agent : agents) {
    list.push_back(boost::json::object{{"id", agent.id},
                                       {"model", text_or_null(agent.model)},
                                       {"status", text_or_null(agent.status)}});
  }
  return list;
}

std::vector<AgentLine> agents_of(LooseFields& fields, std::string_view name) {
  std::vector<AgentLine> agents;
  const JsonValue* list = fields.array(name, calendar_agents_most);
  if (!list) return agents;
  agents.reserve(list->items.size());
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    LooseFields one = fields.inside(list->items[i], fmt::format("/{}/{}", name, i));
    AgentLine agent;
    if (!one.failed()) {
      one.id("id", agent.id);
      one.line("model", agent.model, hf_name_most);
      one.line("status", agent.status, hf_name_most);
      if (agent.id.empty()) one.missing("id", "the id of an agent");
    }
    if (one.failed()) {
      fields.adopt(one.fault());
      return agents;
    }
    agents.push_back(std::move(agent));
  }
  return agents;
}

boost::json::object to_json(const ServerHeartbeat& heartbeat) {
  return {{"identifier", heartbeat.identifier},
          {"api_key", heartbeat.api_key},
          {"plugin_info", boost::json::object{{"name", heartbeat.plugin_name},
                                              {"version", heartbeat.plugin_version},
                                              {"backend", heartbeat.plugin_backend}}},
          {"captured_at", to_rfc3339(heartbeat.captured_at)},
          {"agent_list", to_json(heartbeat.agents)}};
}

Result<ServerHeartbeat> read_server_heartbeat(std::string body) {
  const auto document = read_object(std::move(body), "heartbeat", calendar_body_most);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("heartbeat", document->source, document->root, "");
  ServerHeartbeat heartbeat;
  fields.line("identifier", heartbeat.identifier, hf_name_most);
  if (heartbeat.identifier.empty()) fields.missing("identifier", "the server's identifier");
  fields.line("api_key", heartbeat.api_key, hf_name_most);
  if (const JsonValue* plugin = fields.object("plugin_info", 100)) {
    LooseFields info = fields.inside(*plugin, "/plugin_info");
    info.line("name", heartbeat.plugin_name, hf_name_most);
    info.line("version", heartbeat.plugin_version, hf_name_most);
    info.line("backend", heartbeat.plugin_backend, hf_name_most);
    if (info.failed()) fields.adopt(info.fault());
  }
  std::optional<WallTime> captured;
  fields.time("captured_at", captured);
  if (captured) heartbeat.captured_at = *captured;
  heartbeat.agents = agents_of(fields, "agent_list");
  if (fields.failed()) return std::unexpected(fields.fault());
  return heartbeat;
}

boost::json::object to_json(const ServerAnswer& answer) {
  boost::json::array slots;
  for (const SlotToFire& slot : answer.slots_to_fire) {
    boost::json::object one{{"id", id_value(slot.id)},
                            {"agent_id", slot.agent_id},
                            {"title", text_or_null(slot.title)},
                            {"prompt", text_or_null(slot.prompt)}};
    if (!slot.override_message.empty())
      one["wake_options"] = boost::json::object{{"override_message", slot.override_message}};
    slots.push_back(std::move(one));
  }
  return {{"slots_to_fire", std::move(slots)}, {"restart_pending", answer.restart_pending}};
}

Result<ServerAnswer> read_server_answer(std::string body) {
  const auto document = read_object(std::move(body), "answer", calendar_body_most);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("answer", document->source, document->root, "");
  ServerAnswer answer;
  std::optional<bool> restart;
  fields.truth("restart_pending", restart);
  answer.restart_pending = restart.value_or(false);
  if (!fields.find("slots_to_fire")) fields.missing("slots_to_fire", "a list of slots");
  const JsonValue* slots = fields.array("slots_to_fire", calendar_agents_most);
  if (fields.failed()) return std::unexpected(fields.fault());
  for (std::size_t i = 0; i < slots->items.size(); ++i) {
    LooseFields one = fields.inside(slots->items[i], fmt::format("/slots_to_fire/{}", i));
    SlotToFire slot = to_fire(one);
    if (one.failed())
      answer.refused.push_back(one.fault());
    else
      answer.slots_to_fire.push_back(std::move(slot));
  }
  return answer;
}

Result<boost::json::object> to_server_json(const SlotUpdate& update) {
  const auto word = [&]() -> std::string_view {
    switch (update.status) {
      case core::SlotStatus::ongoing:
        return "in_progress";
      case core::SlotStatus::paused:
        return "paused";
      case core::SlotStatus::finished:
        return "completed";
      case core::SlotStatus::aborted:
        return "aborted";
      case core::SlotStatus::not_started:
      case core::SlotStatus::deferred:
      case core::SlotStatus::skipped:
        return {};
    }
    return {};
  }();
  if (word.empty()) {
    return fail(ErrorCode::unsupported,
                fmt::format("the older contract has no word for {}", to_word(update.status)),
                "status", "use the per-agent contract");
  }
  boost::json::object out{{"status", word}};
  if (!update.summary.empty()) out["summary"] = update.summary;
  if (!update.reason.empty()) out["reason"] = update.reason;
  return out;
}

boost::json::object to_json(const MonitorHeartbeat& heartbeat) {
  boost::json::object out{
      {"identifier", heartbeat.identifier},
      {"cpu_pct", one_decimal(heartbeat.cpu_pct)},
      {"mem_pct", one_decimal(heartbeat.mem_pct)},
      {"disk_pct", one_decimal(heartbeat.disk_pct)},
      {"swap_pct", one_decimal(heartbeat.swap_pct)},
      {"load_avg",
       boost::json::array{heartbeat.load_avg[0], heartbeat.load_avg[1], heartbeat.load_avg[2]}},
      {"uptime_seconds", heartbeat.uptime_seconds},
      {"plugin_version", heartbeat.plugin_version}};
  if (!heartbeat.openclaw_version.empty()) out["openclaw_version"] = heartbeat.openclaw_version;
  if (heartbeat.nginx_installed) {
    out["nginx_installed"] = *heartbeat.nginx_installed;
    boost::json::array sites;
    for (const std::string& site : heartbeat.nginx_sites)
      sites.push_back(boost::json::string(site));
    out["nginx_sites"] = std::move(sites);
  }
  out["agents"] = to_json(heartbeat.agents);
  return out;
}

Result<MonitorHeartbeat> read_monitor_heartbeat(std::string body) {
  const auto document = read_object(std::move(body), "heartbeat", calendar_body_most);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("heartbeat", document->source, document->root, "");
  MonitorHeartbeat heartbeat;
  fields.line("identifier", heartbeat.identifier, hf_name_most);
  if (heartbeat.identifier.empty()) fields.missing("identifier", "the server's identifier");
  read_percent(fields, "cpu_pct", heartbeat.cpu_pct);
  read_percent(fields, "mem_pct", heartbeat.mem_pct);
  read_percent(fields, "disk_pct", heartbeat.disk_pct);
  read_percent(fields, "swap_pct", heartbeat.swap_pct);
  read_load(fields, heartbeat.load_avg);
  std::optional<double> uptime;
  fields.number("uptime_seconds", uptime, 0, 1e12);
  heartbeat.uptime_seconds = uptime.value_or(0);
  fields.line("plugin_version", heartbeat.plugin_version, hf_name_most);
  fields.line("openclaw_version", heartbeat.openclaw_version, hf_name_most);
  fields.truth("nginx_installed", heartbeat.nginx_installed);
  read_sites(fields, heartbeat.nginx_sites);
  heartbeat.agents = agents_of(fields, "agents");
  if (fields.failed()) return std::unexpected(fields.fault());
  return heartbeat;
}

}  // namespace lazaret::wire
