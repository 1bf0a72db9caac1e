#include "base/rfc3339.h"
#include "server/context.h"
#include "server/summary.h"
#include "wire/api_encode.h"
#include "wire/api_openapi.h"

namespace lazaret::server {

void add_metrics_handlers(Handlers& handlers);
void add_account_handlers(Handlers& handlers);

namespace {

json::object daemon_json(Context& context) {
  json::object out{{"version", context.services.version},
                   {"epoch", context.fleet().epoch},
                   {"recorded_facts", context.loop.recorded_facts()}};
  if (context.services.own_figures) {
    const OwnFigures own = context.services.own_figures();
    out["pid"] = own.pid;
    out["uptime_seconds"] = own.uptime_seconds;
    out["cpu_percent"] = own.cpu_percent;
    out["memory_bytes"] = own.memory_bytes;
  }
  if (context.services.url) out["url"] = context.services.url();
  out["connections"] = context.counts().connections;
  return out;
}

json::array machine_json(const Context& context) {
  json::array sentences;
  if (!context.services.machine) return sentences;
  for (const std::string& sentence : context.services.machine()) {
    sentences.push_back(json::string(sentence));
  }
  return sentences;
}

void status(Context& context, Call& call) {
  const Summary summary = summary_of(context.fleet());
  json::array needs;
  for (const Need& need : summary.needs) {
    json::object one{{"id", need.id}, {"text", need.text}, {"command", need.command}};
    one["default"] = need.fallback.empty() ? json::value(nullptr) : json::value(need.fallback);
    one["deadline"] = wire::api_time(need.deadline);
    needs.push_back(std::move(one));
  }
  json::object out{{"sentence", summary.sentence},
                   {"at", to_rfc3339(context.loop.now().wall)},
                   {"counts",
                    {{"agents", summary.agents},
                     {"alive", summary.alive},
                     {"waiting_for_you", summary.waiting},
                     {"quarantined", summary.quarantined},
                     {"lost", summary.lost},
                     {"cells", context.fleet().cells.size()}}},
                   {"needs_you", std::move(needs)},
                   {"frozen", context.fleet().frozen},
                   {"stopping", context.fleet().stopping},
                   {"adopting", context.fleet().adopting},
                   {"machine", machine_json(context)},
                   {"daemon", daemon_json(context)}};
  out["troubled_cells"] = troubled_json(context, call.identity);
  const auto& trouble = context.loop.trouble();
  out["trouble"] = trouble ? json::value(json::string(trouble->message)) : json::value(nullptr);
  if (trouble) {
    out["trouble_place"] = trouble->place;
    out["trouble_remedy"] = trouble->remedy;
  }
  call.reply.ok(out);
}

void openapi(Context& context, Call& call) {
  call.reply.send({.body = wire::openapi_text(context.services.version), .headers = {}});
}

void settings(Context& context, Call& call) {
  if (!context.services.settings) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon has no settings", {}, {}});
  }
  call.reply.ok(context.services.settings());
}

void freeze(Context& context, Call& call) {
  submit(context, call, core::op::FreezeFleet{true, call.inputs.text("reason")});
}

void resume(Context& context, Call& call) {
  submit(context, call, core::op::FreezeFleet{false, call.inputs.text("reason")});
}

void stop(Context& context, Call& call) {
  if (!context.services.stop) {
    return call.reply.fail(
        {ErrorCode::unsupported, "this daemon cannot be ended from here", {}, {}});
  }
  const bool keep_agents = call.inputs.truth("keep_agents").value_or(false);
  context.services.stop(keep_agents, call.inputs.text("reason"), call.identity.name);
  call.reply.ok(json::object{{"stopping", true}, {"keep_agents", keep_agents}});
}

}  // namespace

void add_fleet_handlers(Handlers& handlers) {
  handlers["status"] = status;
  handlers["openapi"] = openapi;
  handlers["settings"] = settings;
  handlers["fleet.freeze"] = freeze;
  handlers["fleet.resume"] = resume;
  handlers["fleet.stop"] = stop;
  add_metrics_handlers(handlers);
  add_account_handlers(handlers);
}

}  // namespace lazaret::server
