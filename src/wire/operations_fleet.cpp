#include "wire/operations_parts.h"

namespace lazaret::wire {
namespace {

void add_views(std::vector<Operation>& table) {
  table.push_back(
      {.name = "status",
       .method = Method::GET,
       .path = "/api/v1/status",
       .summary = "One sentence, counts, what needs a person, the daemon's own figures.",
       .output = "Status",
       .cli = "status",
       .example = "lazaret status"});
  table.push_back({.name = "telemetry",
                   .method = Method::GET,
                   .path = "/telemetry",
                   .summary = "CPU, memory, load and disk of the host, and of each agent.",
                   .output = "Telemetry",
                   .cli = "telemetry",
                   .example = "lazaret telemetry --json"});
  table.push_back({.name = "telemetry.history",
                   .method = Method::GET,
                   .path = "/api/v1/telemetry/history",
                   .summary = "How busy the host was, each ten seconds of the last hour.",
                   .inputs = {{.name = "seconds",
                               .where = Where::query,
                               .type = ValueType::integer,
                               .doc = "how far back (3600)",
                               .least = 10,
                               .most = 3600}},
                   .output = "TelemetryHistory",
                   .cli = "telemetry --history",
                   .example = "lazaret telemetry --history --seconds 600"});
  table.push_back({.name = "settings",
                   .method = Method::GET,
                   .path = "/api/v1/settings",
                   .summary = "Every setting of this daemon, and where its value came from.",
                   .output = "Settings",
                   .cli = "config",
                   .example = "lazaret config"});
  table.push_back({.name = "metrics",
                   .method = Method::GET,
                   .path = "/metrics",
                   .summary = "Everything countable, in Prometheus' text format.",
                   .output = "Text",
                   .cli = "metrics",
                   .example = "lazaret metrics | grep lazaret_agents",
                   .media = "text/plain"});
  table.push_back({.name = "openapi",
                   .method = Method::GET,
                   .path = "/openapi.json",
                   .scope = Scope::open,
                   .agents = true,
                   .summary = "This API, described for tools: OpenAPI 3.1.",
                   .output = "Any",
                   .cli = "openapi",
                   .example = "lazaret openapi > openapi.json"});
}

std::vector<Input> event_filters() {
  return {
      {.name = "since",
       .where = Where::query,
       .type = ValueType::integer,
       .doc = "only events after this number",
       .most = number_most},
      {.name = "kind",
       .where = Where::query,
       .doc = "only this kind, such as agent_exited; several: separated by commas",
       .most = 2000},
      {.name = "agent", .where = Where::query, .doc = "only this agent's"},
      {.name = "cell", .where = Where::query, .doc = "only this cell's"},
      {.name = "task",
       .where = Where::query,
       .doc = "only this task's (needs cell where ambiguous)"},
      {.name = "text",
       .where = Where::query,
       .doc = "only events whose kind, agent, task or sentence says this, in any case",
       .least = 1},
      {.name = "from", .where = Where::query, .type = ValueType::time, .doc = "not before"},
      {.name = "until", .where = Where::query, .type = ValueType::time, .doc = "not after"},
  };
}

void add_events(std::vector<Operation>& table) {
  auto history = event_filters();
  history.push_back(limit_in_query(10'000));
  history.push_back({.name = "newest",
                     .where = Where::query,
                     .type = ValueType::boolean,
                     .doc = "the newest `limit` ones that fit, not the first; still oldest first"});
  table.push_back({.name = "events.list",
                   .method = Method::GET,
                   .path = "/api/v1/events",
                   .agents = true,
                   .summary = "The journal's facts, oldest first.",
                   .inputs = std::move(history),
                   .output = "EventPage",
                   .cli = "events",
                   .example = "lazaret events --kind agent_exited"});
  table.push_back({.name = "events.stream",
                   .method = Method::GET,
                   .path = "/api/v1/events/stream",
                   .agents = true,
                   .summary = "The same, live, as server-sent events; Last-Event-ID resumes.",
                   .inputs = event_filters(),
                   .output = "Text",
                   .cli = "events -f",
                   .example = "lazaret events -f",
                   .media = "text/event-stream"});
  table.push_back({.name = "note.add",
                   .method = Method::POST,
                   .path = "/api/v1/notes",
                   .scope = Scope::operator_,
                   .agents = true,
                   .summary = "Put a remark into the journal.",
                   .inputs = {{.name = "text",
                               .type = ValueType::text,
                               .required = true,
                               .doc = "the remark",
                               .least = 1,
                               .most = 4000},
                              {.name = "cell", .doc = "the mission it is about"}},
                   .output = "Done",
                   .success = 201,
                   .cli = "note TEXT",
                   .example = "lazaret note 'disk replaced'"});
}

void add_keys(std::vector<Operation>& table) {
  table.push_back({.name = "key.list",
                   .method = Method::GET,
                   .path = "/api/v1/keys",
                   .scope = Scope::admin,
                   .summary = "Keys by name and scope, never the keys.",
                   .output = "KeyList",
                   .cli = "token ls",
                   .example = "lazaret token ls"});
  table.push_back(
      {.name = "key.add",
       .method = Method::POST,
       .path = "/api/v1/keys",
       .scope = Scope::admin,
       .summary = "Make a key; it is shown once.",
       .inputs = {{.name = "name", .required = true, .doc = "whose it is", .least = 1, .most = 80},
                  {.name = "scope",
                   .required = true,
                   .doc = "admin, operator, viewer, node, agent:<cell>/<agent> or "
                          "server:<identifier>",
                   .least = 1}},
       .output = "KeyMade",
       .success = 201,
       .cli = "token add NAME",
       .example = "lazaret token add ci --scope viewer",
       .secret = true});
  table.push_back({.name = "key.remove",
                   .method = Method::DELETE,
                   .path = "/api/v1/keys/{id}",
                   .scope = Scope::admin,
                   .summary = "Take a key back.",
                   .inputs = {{.name = "id",
                               .where = Where::path,
                               .required = true,
                               .doc = "id of the key, from the list",
                               .least = 1}},
                   .output = "Done",
                   .cli = "token rm ID",
                   .example = "lazaret token rm k-3"});
}

void add_sign_in(std::vector<Operation>& table) {
  table.push_back({.name = "sign_in.link",
                   .method = Method::POST,
                   .path = "/api/v1/sign-in",
                   .scope = Scope::admin,
                   .summary = "Make a link that signs a browser in, once and soon.",
                   .output = "SignInLink",
                   .success = 201,
                   .cli = "sign-in",
                   .example = "lazaret sign-in",
                   .secret = true});
  table.push_back({.name = "sign_in",
                   .method = Method::GET,
                   .path = "/sign-in",
                   .scope = Scope::open,
                   .summary = "What that link leads to: gives the browser its cookie.",
                   .inputs = {{.name = "token",
                               .where = Where::query,
                               .required = true,
                               .doc = "of the link; good for one use",
                               .least = 1}},
                   .output = "Text",
                   .example = "lazaret sign-in",
                   .media = "text/html"});
}

void add_session(std::vector<Operation>& table) {
  table.push_back({.name = "session.show",
                   .method = Method::GET,
                   .path = "/api/v1/session",
                   .scope = Scope::open,
                   .agents = true,
                   .summary = "Who the caller is, and until when; nulls for nobody.",
                   .output = "Session",
                   .example = "lazaret sign-in"});
  table.push_back({.name = "session.begin",
                   .method = Method::POST,
                   .path = "/api/v1/session",
                   .scope = Scope::open,
                   .summary = "Signs a browser in with a key: a cookie of the key's scope.",
                   .inputs = {{.name = "key",
                               .required = true,
                               .doc = "of scope admin, operator or viewer",
                               .least = 1}},
                   .output = "Session",
                   .example = "lazaret sign-in",
                   .secret = true});
  table.push_back({.name = "session.end",
                   .method = Method::DELETE,
                   .path = "/api/v1/session",
                   .scope = Scope::open,
                   .summary = "Ends the browser's cookie and its key.",
                   .output = "Done",
                   .example = "lazaret sign-in"});
}

void add_switches(std::vector<Operation>& table) {
  table.push_back({.name = "fleet.freeze",
                   .method = Method::POST,
                   .path = "/api/v1/freeze",
                   .scope = Scope::operator_,
                   .summary = "Freeze every agent of the fleet at once.",
                   .inputs = {reason_in_body()},
                   .output = "Done",
                   .cli = "freeze",
                   .example = "lazaret freeze --reason 'looking into it'"});
  table.push_back({.name = "fleet.resume",
                   .method = Method::POST,
                   .path = "/api/v1/resume",
                   .scope = Scope::operator_,
                   .summary = "Undo the freeze of the whole fleet.",
                   .inputs = {reason_in_body()},
                   .output = "Done",
                   .cli = "resume",
                   .example = "lazaret resume --all"});
  table.push_back({.name = "fleet.stop",
                   .method = Method::POST,
                   .path = "/api/v1/stop",
                   .scope = Scope::admin,
                   .summary = "End the daemon: the agents in good order too, or they run on.",
                   .inputs = {{.name = "keep_agents",
                               .type = ValueType::boolean,
                               .doc = "true: the agents run on, the next daemon takes them up"},
                              reason_in_body()},
                   .output = "Stopping",
                   .example = "lazaret down"});
}

}  // namespace

void add_fleet_operations(std::vector<Operation>& table) {
  add_views(table);
  add_events(table);
  add_keys(table);
  add_sign_in(table);
  add_session(table);
  add_switches(table);
}

}  // namespace lazaret::wire
