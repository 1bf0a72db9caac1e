// Servers that are monitored: their keys, and what they told.
#include <algorithm>
#include <map>

#include "server/context.h"
#include "server/keys.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

constexpr std::string_view scope_prefix = "server:";
constexpr std::size_t history_usual = 100;

std::string identifier_of(const ports::KeyRecord& key) {
  return key.scope.starts_with(scope_prefix) ? key.scope.substr(scope_prefix.size()) : "";
}

bool is_registered(const Context& context, const std::string& identifier) {
  return std::ranges::any_of(context.keys.all(),
                             [&](const auto& key) { return identifier_of(key) == identifier; });
}

json::object report_json(const ports::ServerReport& report) {
  return {{"last_seen_at", wire::api_time(report.last_seen_at)},
          {"report", wire::json_or_null(report.body)}};
}

void list(Context& context, Call& call) {
  std::map<std::string, json::object> servers;
  for (const auto& key : context.keys.all()) {
    const std::string identifier = identifier_of(key);
    if (identifier.empty()) continue;
    auto& one = servers[identifier];
    one["identifier"] = identifier;
    one["registered_at"] = wire::api_time(key.created_at);
    one["last_seen_at"] = nullptr;
  }
  if (context.services.monitor) {
    const auto newest = context.services.monitor->newest();
    if (!newest) return call.reply.fail(newest.error());
    for (const auto& report : *newest) {
      if (const auto found = servers.find(report.identifier); found != servers.end()) {
        found->second["last_seen_at"] = wire::api_time(report.last_seen_at);
      }
    }
  }
  json::array out;
  for (auto& [identifier, one] : servers) out.push_back(std::move(one));
  call.reply.ok(json::object{{"servers", std::move(out)}});
}

void add(Context& context, Call& call) {
  const std::string identifier = call.inputs.text("identifier");
  if (is_registered(context, identifier)) {
    return call.reply.fail({ErrorCode::conflict, "\"" + identifier + "\" is registered already",
                            "body /identifier",
                            "lazaret token ls; lazaret token rm its key first"});
  }
  const auto made = context.keys.make(identifier, std::string(scope_prefix) + identifier,
                                      context.loop.now().wall);
  if (!made) return call.reply.fail(made.error());
  call.reply.ok(json::object{{"id", made->record.id},
                             {"name", made->record.name},
                             {"scope", made->record.scope},
                             {"created_at", wire::api_time(made->record.created_at)},
                             {"expires_at", nullptr},
                             {"key", made->key}},
                call.operation.success);
}

void show(Context& context, Call& call) {
  const std::string identifier = call.inputs.text("server");
  if (!is_registered(context, identifier)) {
    return call.reply.fail({ErrorCode::not_found, "no server \"" + identifier + "\" is registered",
                            "path server", "lazaret server ls"});
  }
  json::array history;
  if (context.services.monitor) {
    const auto reports = context.services.monitor->history(
        identifier, call.inputs.whole("limit").value_or(history_usual));
    if (!reports) return call.reply.fail(reports.error());
    for (const auto& report : *reports) history.push_back(report_json(report));
  }
  json::object out{{"identifier", identifier}, {"last_seen_at", nullptr}, {"report", nullptr}};
  if (!history.empty()) {
    out["last_seen_at"] = history.front().at("last_seen_at");
    out["report"] = history.front().at("report");
  }
  out["history"] = std::move(history);
  call.reply.ok(out);
}

}  // namespace

void add_server_handlers(Handlers& handlers) {
  handlers["server.list"] = list;
  handlers["server.register"] = add;
  handlers["server.show"] = show;
}

}  // namespace lazaret::server
