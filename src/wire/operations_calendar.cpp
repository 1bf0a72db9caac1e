// Plans, slots and the agents and servers of the calendar; and the contracts of HarborForge, whose
// bodies have readers of their own (harborforge.h).
#include "wire/operations_parts.h"

namespace lazaret::wire {
namespace {

constexpr double minutes_most = 7 * 24 * 60;

Input plan_in_path() {
  return {.name = "plan",
          .where = Where::path,
          .type = ValueType::integer,
          .required = true,
          .doc = "number of the plan",
          .least = 1};
}
Input slot_in_path() {
  return {.name = "slot",
          .where = Where::path,
          .required = true,
          .doc = "number of the slot, or the virtual id of an occurrence that nobody has touched",
          .least = 1,
          .most = 120};
}

std::vector<Input> work_inputs(bool needed) {
  return {{.name = "agent",
           .required = needed,
           .doc = "one of this fleet's agents, or one that is registered in the calendar",
           .least = 1},
          {.name = "title", .doc = "what people call it", .most = 200},
          {.name = "prompt", .type = ValueType::text, .doc = "the message; else made of the rest"},
          {.name = "slot_type",
           .doc = "what kind of time it is (work)",
           .words = "work|on_call|entertainment|system"},
          {.name = "estimated_duration",
           .type = ValueType::integer,
           .doc = "minutes (30)",
           .least = 1,
           .most = minutes_most},
          {.name = "priority",
           .type = ValueType::integer,
           .doc = "higher first (0)",
           .least = -1000,
           .most = 1000},
          {.name = "event_type",
           .doc = "what event_data is about",
           .words = "none|job|entertainment|system_event"},
          {.name = "event_data", .type = ValueType::object, .doc = "handed on to the agent"}};
}

std::vector<Input> rule_inputs() {
  return {
      {.name = "rrule", .doc = "a recurrence rule (RFC 5545)", .most = 4096},
      {.name = "cron", .doc = "a cron expression, 5 or 6 fields", .most = 1024},
      {.name = "oncalendar", .doc = "a systemd OnCalendar expression", .most = 1024},
      {.name = "start",
       .doc = "where an rrule begins (now): 20260101T090000 in the zone",
       .most = 40},
      {.name = "dates", .type = ValueType::array, .doc = "further dates of an rrule", .most = 4096},
      {.name = "exceptions", .type = ValueType::array, .doc = "dates left out", .most = 4096},
      {.name = "timezone", .doc = "such as Europe/Berlin (UTC)", .least = 1},
      {.name = "gap",
       .doc = "a local time that clocks skip (offset_before)",
       .words = "offset_before|offset_after|skip"},
      {.name = "fold", .doc = "one that they show twice (first)", .words = "first|second|both"}};
}

std::vector<Input> plan_inputs(bool needed) {
  auto inputs = work_inputs(needed);
  const auto rule = rule_inputs();
  inputs.insert(inputs.end(), rule.begin(), rule.end());
  const std::vector<Input> policy = {
      {.name = "missed", .doc = "what was missed runs: (once)", .words = "skip|once|all"},
      {.name = "within_seconds",
       .type = ValueType::integer,
       .doc = "if it is at most so much late; 0 = however late (3600)",
       .most = 366.0 * 86'400},
      {.name = "overlap",
       .doc = "when the one before still runs (queue_newest)",
       .words = "queue_newest|skip|queue|cancel_other"},
      {.name = "jitter_seconds",
       .type = ValueType::integer,
       .doc = "at most so much later, spread evenly (0)",
       .most = 86'400},
      {.name = "pause_after_failures",
       .type = ValueType::integer,
       .doc = "in a row; 0 = never (0)",
       .most = 1000}};
  inputs.insert(inputs.end(), policy.begin(), policy.end());
  return inputs;
}

std::vector<Input> with(Input first, std::vector<Input> rest) {
  rest.insert(rest.begin(), std::move(first));
  return rest;
}

void add_plans(std::vector<Operation>& table) {
  table.push_back({.name = "plan.list",
                   .method = Method::GET,
                   .path = "/api/v1/plans",
                   .summary = "Plans: what recurs, for whom, and when next.",
                   .inputs = {{.name = "agent", .where = Where::query, .doc = "only this agent's"},
                              cursor_in_query(),
                              limit_in_query(1000)},
                   .output = "PlanPage",
                   .cli = "plan ls",
                   .example = "lazaret plan ls"});
  table.push_back({.name = "plan.add",
                   .method = Method::POST,
                   .path = "/api/v1/plans",
                   .scope = Scope::operator_,
                   .summary = "Make a plan: work that recurs.",
                   .inputs = plan_inputs(true),
                   .output = "Plan",
                   .success = 201,
                   .cli = "plan add AGENT",
                   .example = "lazaret plan add scout --cron '0 9 * * MON-FRI' --timezone "
                              "Europe/Berlin --title stand-up"});
  table.push_back({.name = "plan.preview",
                   .method = Method::POST,
                   .path = "/api/v1/plans/preview",
                   .summary = "The next times of a rule, before there is a plan of it.",
                   .inputs = with({.name = "count",
                                   .type = ValueType::integer,
                                   .doc = "how many (10)",
                                   .least = 1,
                                   .most = 50},
                                  rule_inputs()),
                   .output = "PlanPreview",
                   .cli = "slot next",
                   .example = "lazaret slot next '0 9 * * MON-FRI' --tz Europe/Berlin --count 10"});
  table.push_back({.name = "plan.show",
                   .method = Method::GET,
                   .path = "/api/v1/plans/{plan}",
                   .summary = "One plan, its next times and what became of the last ones.",
                   .inputs = {plan_in_path()},
                   .output = "Plan",
                   .cli = "plan show PLAN",
                   .example = "lazaret plan show 1"});
  table.push_back({.name = "plan.edit",
                   .method = Method::PATCH,
                   .path = "/api/v1/plans/{plan}",
                   .scope = Scope::operator_,
                   .summary = "Change a plan; what is not said stays.",
                   .inputs = with(plan_in_path(), plan_inputs(false)),
                   .output = "Plan",
                   .cli = "plan edit PLAN",
                   .example = "lazaret plan edit 1 --cron '0 10 * * MON-FRI'"});
}

void add_plan_switches(std::vector<Operation>& table) {
  for (const bool pause : {true, false}) {
    table.push_back({.name = pause ? "plan.pause" : "plan.resume",
                     .method = Method::POST,
                     .path = pause ? "/api/v1/plans/{plan}/pause" : "/api/v1/plans/{plan}/resume",
                     .scope = Scope::operator_,
                     .summary = pause ? "Let a plan stand still: its times are skipped."
                                      : "Let a paused plan go on, from now.",
                     .inputs = {plan_in_path(), reason_in_body()},
                     .output = "Done",
                     .cli = pause ? "plan pause PLAN" : "plan resume PLAN",
                     .example = pause ? "lazaret plan pause 1" : "lazaret plan resume 1"});
  }
  table.push_back({.name = "plan.remove",
                   .method = Method::DELETE,
                   .path = "/api/v1/plans/{plan}",
                   .scope = Scope::operator_,
                   .summary = "Remove a plan; its open slots are skipped.",
                   .inputs = {plan_in_path()},
                   .output = "Done",
                   .cli = "plan rm PLAN",
                   .example = "lazaret plan rm 1"});
}

void add_slots(std::vector<Operation>& table) {
  table.push_back({.name = "slot.list",
                   .method = Method::GET,
                   .path = "/api/v1/slots",
                   .summary = "Slots in the order of their times, the virtual ones of plans too.",
                   .inputs = {{.name = "agent", .where = Where::query, .doc = "only this agent's"},
                              {.name = "from",
                               .where = Where::query,
                               .type = ValueType::time,
                               .doc = "not before (a day ago)"},
                              {.name = "until",
                               .where = Where::query,
                               .type = ValueType::time,
                               .doc = "before (a week from now)"},
                              cursor_in_query(),
                              limit_in_query(5000)},
                   .output = "SlotPage",
                   .cli = "slot ls",
                   .example = "lazaret slot ls --agent scout"});
  table.push_back(
      {.name = "slot.add",
       .method = Method::POST,
       .path = "/api/v1/slots",
       .scope = Scope::operator_,
       .summary = "Make a single slot.",
       .inputs =
           with({.name = "at", .type = ValueType::time, .required = true, .doc = "when it is due"},
                work_inputs(true)),
       .output = "Slot",
       .success = 201,
       .cli = "slot add AGENT AT",
       .example = "lazaret slot add scout 2026-12-01T09:00:00Z --title review"});
  table.push_back({.name = "slot.show",
                   .method = Method::GET,
                   .path = "/api/v1/slots/{slot}",
                   .summary = "One slot.",
                   .inputs = {slot_in_path()},
                   .output = "Slot",
                   .cli = "slot show SLOT",
                   .example = "lazaret slot show 12"});
  table.push_back(
      {.name = "slot.edit",
       .method = Method::PATCH,
       .path = "/api/v1/slots/{slot}",
       .scope = Scope::operator_,
       .summary = "Change a slot that nobody has begun; what is not said stays.",
       .inputs = with(slot_in_path(),
                      with({.name = "at", .type = ValueType::time, .doc = "when it is due"},
                           work_inputs(false))),
       .output = "Slot",
       .cli = "slot edit SLOT",
       .example = "lazaret slot edit 12 --at 2026-12-01T10:00:00Z"});
  table.push_back({.name = "slot.status",
                   .method = Method::POST,
                   .path = "/api/v1/slots/{slot}/status",
                   .scope = Scope::operator_,
                   .agents = true,
                   .summary = "Say how a slot stands: agents of their own, operators of all.",
                   .inputs = {slot_in_path(),
                              {.name = "status",
                               .required = true,
                               .doc = "what it is now",
                               .words = "deferred|ongoing|paused|finished|aborted|skipped"},
                              reason_in_body()},
                   .output = "Slot",
                   .cli = "slot set SLOT STATUS",
                   .example = "lazaret slot set 12 skipped --reason 'not this week'"});
}

void add_known(std::vector<Operation>& table) {
  table.push_back({.name = "calendar.agents",
                   .method = Method::GET,
                   .path = "/api/v1/calendar/agents",
                   .summary = "Agents that ask the calendar for their slots.",
                   .inputs = {cursor_in_query(), limit_in_query(1000)},
                   .output = "CalendarAgentPage",
                   .cli = "calendar ls",
                   .example = "lazaret calendar ls"});
  table.push_back(
      {.name = "calendar.register",
       .method = Method::POST,
       .path = "/api/v1/calendar/agents",
       .scope = Scope::operator_,
       .summary = "Register an agent that asks for its slots, or change it.",
       .inputs = {{.name = "agent", .required = true, .doc = "its id", .least = 1, .most = 64},
                  {.name = "claw_identifier",
                   .required = true,
                   .doc = "the server that it runs on",
                   .least = 1,
                   .most = 64},
                  {.name = "timezone", .doc = "whose days it counts (UTC)", .least = 1}},
       .output = "CalendarAgent",
       .success = 201,
       .cli = "calendar register AGENT CLAW",
       .example = "lazaret calendar register writer node-1"});
  table.push_back(
      {.name = "calendar.unregister",
       .method = Method::DELETE,
       .path = "/api/v1/calendar/agents/{agent}",
       .scope = Scope::operator_,
       .summary = "Forget such an agent.",
       .inputs = {{.name = "agent", .where = Where::path, .required = true, .doc = "its id"}},
       .output = "Done",
       .cli = "calendar rm AGENT",
       .example = "lazaret calendar rm writer"});
}

void add_files(std::vector<Operation>& table) {
  table.push_back(
      {.name = "calendar.ics",
       .method = Method::GET,
       .path = "/calendar.ics",
       .scope = Scope::open,
       .summary = "Plans and slots for calendar programs: subscribe to this address.",
       .inputs = {{.name = "agent", .where = Where::query, .doc = "only this agent's"},
                  {.name = "access_key",
                   .where = Where::query,
                   .doc = "a key of scope viewer: programs that subscribe send no other"}},
       .output = "Text",
       .cli = "calendar ics",
       .example = "lazaret calendar ics > fleet.ics",
       .media = "text/calendar"});
  table.push_back(
      {.name = "calendar.import",
       .method = Method::POST,
       .path = "/api/v1/calendar/import",
       .scope = Scope::operator_,
       .summary = "Make plans and slots of an iCalendar file, or change those it made before.",
       .inputs = {{.name = "text",
                   .type = ValueType::text,
                   .required = true,
                   .doc = "the file",
                   .least = 1,
                   .most = 4.0 * 1024 * 1024},
                  {.name = "agent",
                   .doc = "whose they become (as X-LAZARET in the file says, where we wrote it)",
                   .least = 1},
                  {.name = "timezone",
                   .doc = "of times that name none (as X-WR-TIMEZONE says, else UTC)",
                   .least = 1},
                  {.name = "dry_run",
                   .type = ValueType::boolean,
                   .doc = "only say what would become of it"}},
       .output = "CalendarImport",
       .cli = "slot import FILE",
       .example = "lazaret slot import team.ics --agent scout --dry-run",
       .big_body = true});
}

void add_servers(std::vector<Operation>& table) {
  table.push_back({.name = "server.list",
                   .method = Method::GET,
                   .path = "/api/v1/servers",
                   .summary = "Registered servers and their last heartbeat.",
                   .output = "ServerList",
                   .cli = "server ls",
                   .example = "lazaret server ls"});
  table.push_back({.name = "server.register",
                   .method = Method::POST,
                   .path = "/api/v1/servers",
                   .scope = Scope::admin,
                   .summary = "Register a server that is monitored; its API key is shown once.",
                   .inputs = {{.name = "identifier",
                               .required = true,
                               .doc = "what it calls itself",
                               .least = 1,
                               .most = 64}},
                   .output = "KeyMade",
                   .success = 201,
                   .cli = "server register IDENTIFIER",
                   .example = "lazaret server register node-1",
                   .secret = true});
  table.push_back(
      {.name = "server.show",
       .method = Method::GET,
       .path = "/api/v1/servers/{server}",
       .summary = "One server: its last heartbeat and those before it, newest first.",
       .inputs =
           {{.name = "server", .where = Where::path, .required = true, .doc = "its identifier"},
            limit_in_query(3000)},
       .output = "ServerState",
       .cli = "server show SERVER",
       .example = "lazaret server show node-1"});
}

struct Contract {
  std::string_view name;
  Method method;
  std::string_view path;
  std::string_view summary;
  std::string_view takes;
  std::string_view output;
  std::vector<Input> inputs = {};
};

void add_contract(std::vector<Operation>& table, Contract contract) {
  table.push_back({.name = contract.name,
                   .method = contract.method,
                   .path = contract.path,
                   .scope = Scope::open,
                   .agents = true,
                   .summary = contract.summary,
                   .inputs = std::move(contract.inputs),
                   .more_fields = true,
                   .output = contract.output,
                   .big_body = true,
                   .foreign = true,
                   .takes = contract.takes});
}

void add_contracts(std::vector<Operation>& table) {
  add_contract(table, {"harborforge.heartbeat", Method::POST, "/calendar/agent/heartbeat",
                       "HarborForge: an agent's heartbeat, answered with its slots.",
                       "HfAgentHeartbeat", "HfAgentSlots"});
  add_contract(table, {"harborforge.heartbeat.get", Method::GET, "/calendar/agent/heartbeat",
                       "HarborForge: the same, as older plugins send it.", "HfAgentHeartbeat",
                       "HfAgentSlots"});
  add_contract(table, {"harborforge.update",
                       Method::PATCH,
                       "/calendar/slots/{slot}/agent-update",
                       "HarborForge: an agent says how its slot stands.",
                       "HfSlotUpdate",
                       "HfSlot",
                       {slot_in_path()}});
  add_contract(table, {"harborforge.update.virtual",
                       Method::PATCH,
                       "/calendar/slots/virtual/{slot}/agent-update",
                       "HarborForge: the same of a virtual slot, which becomes a real one.",
                       "HfSlotUpdate",
                       "HfSlot",
                       {slot_in_path()}});
  add_contract(table, {"harborforge.status", Method::POST, "/calendar/agent/status",
                       "HarborForge: an agent says how it is itself.", "HfAgentStatus", "HfAgent"});
  add_contract(
      table, {"harborforge.sync",
              Method::GET,
              "/calendar/sync",
              "HarborForge: the slots of all agents of a server, or what changed of them.",
              "",
              "HfSync",
              {{.name = "claw_identifier", .where = Where::query, .doc = "the server", .most = 64},
               {.name = "since", .where = Where::query, .doc = "syncToken of the answer before"}}});
  add_contract(
      table, {"harborforge.server", Method::POST, "/calendar/server/heartbeat",
              "HarborForge, the older contract: a server's heartbeat, answered with what to fire.",
              "HfServerHeartbeat", "HfSlotsToFire"});
  add_contract(table, {"harborforge.server.update",
                       Method::PATCH,
                       "/calendar/slots/{slot}/server-update",
                       "HarborForge, the older contract: how a slot stands.",
                       "HfSlotUpdate",
                       "HfSlot",
                       {slot_in_path()}});
  add_contract(table, {"harborforge.monitor", Method::POST, "/monitor/server/heartbeat",
                       "HarborForge: a server's telemetry; X-API-Key says which.",
                       "HfMonitorHeartbeat", "HfMonitorSeen"});
}

}  // namespace

void add_calendar_operations(std::vector<Operation>& table) {
  add_plans(table);
  add_plan_switches(table);
  add_slots(table);
  add_known(table);
  add_files(table);
  add_servers(table);
  add_contracts(table);
}

}  // namespace lazaret::wire
