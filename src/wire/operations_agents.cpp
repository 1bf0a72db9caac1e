#include "wire/operations_parts.h"

namespace lazaret::wire {
namespace {

void add_heartbeats(std::vector<Operation>& table) {
  table.push_back({.name = "heartbeat",
                   .method = Method::POST,
                   .path = "/heartbeat/{agent}",
                   .scope = Scope::open,
                   .agents = true,
                   .summary = "A sign of life; an unknown agent is registered as external.",
                   .inputs = {agent_in_path(),
                              {.name = "metadata",
                               .type = ValueType::object,
                               .doc = "kept and shown as it is, at most 8 KiB"},
                              {.name = "progress",
                               .type = ValueType::integer,
                               .doc = "a counter that grows while there is progress",
                               .most = number_most},
                              {.name = "response_time",
                               .type = ValueType::number,
                               .doc = "seconds the agent took for its last answer",
                               .most = 1e6},
                              {.name = "error",
                               .type = ValueType::text,
                               .doc = "what went wrong; absent = well",
                               .most = 2000}},
                   .more_fields = true,
                   .output = "Heartbeat",
                   .cli = "agent heartbeat AGENT",
                   .example = "lazaret agent heartbeat scout"});
  table.push_back({.name = "health",
                   .method = Method::GET,
                   .path = "/health",
                   .scope = Scope::open,
                   .agents = true,
                   .summary = "Health of every agent.",
                   .output = "FleetHealth",
                   .cli = "health",
                   .example = "lazaret health"});
  table.push_back({.name = "health.agent",
                   .method = Method::GET,
                   .path = "/agent/{agent}",
                   .scope = Scope::open,
                   .agents = true,
                   .summary = "Health of one agent.",
                   .inputs = {agent_in_path()},
                   .output = "AgentHealth",
                   .cli = "agent health AGENT",
                   .example = "lazaret agent health scout"});
}

void add_explanations(std::vector<Operation>& table) {
  table.push_back({.name = "agent.why",
                   .method = Method::GET,
                   .path = "/api/v1/agents/{agent}/why",
                   .agents = true,
                   .summary = "Why the agent is in its state: evidence, rule, setting.",
                   .inputs = {agent_in_path()},
                   .output = "Why",
                   .cli = "why WHAT",
                   .example = "lazaret why scout"});
  table.push_back(
      {.name = "why",
       .method = Method::GET,
       .path = "/api/v1/why",
       .agents = true,
       .summary = "Why an agent, task, wake, approval, mission, plan or slot is where it is.",
       .inputs = {{.name = "of",
                   .where = Where::query,
                   .required = true,
                   .doc = "its name or id; <first 8 of cell id>.<id>, or agent:, task:, wake:,"
                          " approval: or mission: before it, where that is ambiguous; plan:3,"
                          " slot:12, or an occurrence's virtual id",
                   .least = 1},
                  {.name = "cell", .where = Where::query, .doc = "look in this mission only"}},
       .output = "Why",
       .cli = "why WHAT",
       .example = "lazaret why t-41"});
}

void add_reads(std::vector<Operation>& table) {
  table.push_back({.name = "agent.list",
                   .method = Method::GET,
                   .path = "/api/v1/agents",
                   .agents = true,
                   .summary = "Agents of the fleet, or of one mission.",
                   .inputs = {{.name = "cell", .where = Where::query, .doc = "only this mission's"},
                              cursor_in_query(),
                              limit_in_query(1000)},
                   .output = "AgentPage",
                   .cli = "agent ls",
                   .example = "lazaret agent ls"});
  table.push_back({.name = "agent.show",
                   .method = Method::GET,
                   .path = "/api/v1/agents/{agent}",
                   .agents = true,
                   .summary = "One agent, in full.",
                   .inputs = {agent_in_path()},
                   .output = "Agent",
                   .cli = "agent show AGENT",
                   .example = "lazaret agent show scout"});
  table.push_back({.name = "agent.logs",
                   .method = Method::GET,
                   .path = "/api/v1/agents/{agent}/logs",
                   .agents = true,
                   .summary = "The last lines of its output, or those from an offset.",
                   .inputs = {agent_in_path(),
                              {.name = "tail",
                               .where = Where::query,
                               .type = ValueType::integer,
                               .doc = "how many of the last lines",
                               .least = 1,
                               .most = 10'000},
                              {.name = "from",
                               .where = Where::query,
                               .type = ValueType::integer,
                               .doc = "`next` of an answer before",
                               .most = number_most},
                              {.name = "hold",
                               .where = Where::query,
                               .type = ValueType::integer,
                               .doc = "seconds for which nothing from there on is dropped unread: "
                                      "the agent is made to wait; not for viewers",
                               .least = 1,
                               .most = 60}},
                   .output = "LogLines",
                   .cli = "agent logs AGENT",
                   .example = "lazaret agent logs scout -f"});
}

// The verbs that take an agent and a reason.
void add_verb(std::vector<Operation>& table, std::string_view name, std::string_view path,
              std::string_view summary, std::string_view cli, std::string_view example) {
  table.push_back({.name = name,
                   .method = Method::POST,
                   .path = path,
                   .scope = Scope::operator_,
                   .summary = summary,
                   .inputs = {agent_in_path(), reason_in_body()},
                   .output = "Done",
                   .cli = cli,
                   .example = example});
}

void add_verbs(std::vector<Operation>& table) {
  add_verb(table, "agent.start", "/api/v1/agents/{agent}/start",
           "Start it, and keep it alive from now on.", "agent start AGENT",
           "lazaret agent start scout");
  add_verb(table, "agent.stop", "/api/v1/agents/{agent}/stop",
           "End it in order, and do not start it again.", "agent stop AGENT",
           "lazaret agent stop scout --reason 'done for today'");
  add_verb(table, "agent.kill", "/api/v1/agents/{agent}/kill",
           "SIGKILL for everything it started, and do not start it again.", "agent kill AGENT",
           "lazaret agent kill scout --reason 'does not listen'");
  add_verb(table, "agent.pause", "/api/v1/agents/{agent}/pause",
           "Give it no new work; what it does goes on.", "agent pause AGENT",
           "lazaret agent pause scout");
  add_verb(table, "agent.resume", "/api/v1/agents/{agent}/resume",
           "Undo pause: it gets work again.", "agent resume AGENT", "lazaret agent resume scout");
  add_verb(table, "agent.freeze", "/api/v1/agents/{agent}/freeze",
           "Stop its processes where they are.", "agent freeze AGENT",
           "lazaret agent freeze scout");
  add_verb(table, "agent.thaw", "/api/v1/agents/{agent}/thaw", "Undo freeze.", "agent thaw AGENT",
           "lazaret agent thaw scout");
}

void add_wakes(std::vector<Operation>& table) {
  table.push_back(
      {.name = "agent.wake",
       .method = Method::POST,
       .path = "/api/v1/agents/{agent}/wake",
       .scope = Scope::operator_,
       .summary = "Send it a message; it is started for it if need be.",
       .inputs = {agent_in_path(),
                  {.name = "message",
                   .type = ValueType::text,
                   .required = true,
                   .doc = "what it should hear",
                   .least = 1},
                  {.name = "source", .doc = "who or what sends it; the caller by default"}},
       .output = "WakeMade",
       .success = 202,
       .cli = "agent wake AGENT MESSAGE",
       .example = "lazaret agent wake scout 'look at the build'"});
  table.push_back({.name = "wake.list",
                   .method = Method::GET,
                   .path = "/api/v1/wakes",
                   .agents = true,
                   .summary = "What became of wakes, newest first.",
                   .inputs = {{.name = "agent", .where = Where::query, .doc = "only this agent's"},
                              cursor_in_query(),
                              limit_in_query(1000)},
                   .output = "WakePage",
                   .cli = "agent wakes",
                   .example = "lazaret agent wakes"});
  table.push_back(
      {.name = "agent.activity",
       .method = Method::POST,
       .path = "/api/v1/agents/{agent}/activity",
       .scope = Scope::operator_,
       .agents = true,
       .summary = "The agent says that it is rate-limited, or no longer.",
       .inputs = {agent_in_path(),
                  {.name = "rate_limited_until",
                   .type = ValueType::time,
                   .doc = "until when; null or absent = no longer",
                   .nullable = true},
                  reason_in_body()},
       .output = "Done",
       .cli = "agent activity AGENT",
       .example = "lazaret agent activity scout --rate-limited-until 2026-01-31T10:00:00Z"});
}

void add_steering(std::vector<Operation>& table) {
  table.push_back({.name = "agent.handoff",
                   .method = Method::POST,
                   .path = "/api/v1/agents/{agent}/handoff",
                   .scope = Scope::operator_,
                   .agents = true,
                   .summary = "Hand the task that it works on to another agent.",
                   .inputs = {agent_in_path(),
                              {.name = "to",
                               .required = true,
                               .doc = "id of the agent that shall go on with it",
                               .least = 1},
                              reason_in_body()},
                   .output = "HandoffMade",
                   .cli = "agent handoff AGENT",
                   .example = "lazaret agent handoff write-1 --to write-2"});
  table.push_back(
      {.name = "agent.spend",
       .method = Method::POST,
       .path = "/api/v1/agents/{agent}/spend",
       .scope = Scope::operator_,
       .agents = true,
       .summary = "The agent reports what it spent, or sets aside what it will spend.",
       .inputs = {agent_in_path(),
                  {.name = "tokens", .type = ValueType::integer, .doc = "how many", .most = 1e15},
                  {.name = "usd", .type = ValueType::number, .doc = "how much money", .most = 1e9},
                  {.name = "reserve",
                   .type = ValueType::boolean,
                   .doc = "true: set it aside; refused where it would pass a budget"},
                  {.name = "reservation",
                   .doc = "settles what was set aside under this name",
                   .least = 1}},
       .output = "SpendRecorded",
       .cli = "agent spend AGENT",
       .example = "lazaret agent spend scout --tokens 1500 --usd 0.02"});
}

void add_approvals(std::vector<Operation>& table) {
  table.push_back({.name = "approval.list",
                   .method = Method::GET,
                   .path = "/api/v1/approvals",
                   .agents = true,
                   .summary = "Questions for a person, open ones first.",
                   .inputs = {{.name = "open",
                               .where = Where::query,
                               .type = ValueType::boolean,
                               .doc = "true: only those without an answer"},
                              cursor_in_query(),
                              limit_in_query(1000)},
                   .output = "ApprovalPage",
                   .cli = "inbox",
                   .example = "lazaret inbox"});
  table.push_back(
      {.name = "approval.ask",
       .method = Method::POST,
       .path = "/api/v1/approvals",
       .scope = Scope::operator_,
       .agents = true,
       .summary = "Ask a person.",
       .inputs = {{.name = "question",
                   .type = ValueType::text,
                   .required = true,
                   .doc = "a question that yes or no answers",
                   .least = 1,
                   .most = 4000},
                  {.name = "deadline_seconds",
                   .type = ValueType::number,
                   .doc = "after so long the default is the answer; 3600 if absent",
                   .least = 0.05,
                   .most = 2'592'000},
                  {.name = "default",
                   .doc = "the answer when nobody gives one; no if absent",
                   .words = "yes|no"},
                  {.name = "task", .doc = "the task it is about"},
                  {.name = "cell", .doc = "the task's mission; the calling agent's own if absent"}},
       .output = "ApprovalMade",
       .success = 201,
       .cli = "inbox ask QUESTION",
       .example = "lazaret inbox ask 'Deploy now?' --default no"});
  const Input id{.name = "id",
                 .where = Where::path,
                 .required = true,
                 .doc = "id of the approval, such as r-3",
                 .least = 1};
  table.push_back({.name = "approval.show",
                   .method = Method::GET,
                   .path = "/api/v1/approvals/{id}",
                   .agents = true,
                   .summary = "One question and its answer.",
                   .inputs = {id},
                   .output = "Approval",
                   .cli = "inbox show ID",
                   .example = "lazaret inbox show r-3"});
  table.push_back(
      {.name = "approval.answer",
       .method = Method::POST,
       .path = "/api/v1/approvals/{id}/answer",
       .scope = Scope::operator_,
       .summary = "Answer a question.",
       .inputs = {id,
                  {.name = "answer", .required = true, .doc = "the answer", .words = "yes|no"},
                  reason_in_body()},
       .output = "Done",
       .cli = "inbox approve ID",
       .example = "lazaret inbox approve r-3 --reason 'seen it'"});
}

}  // namespace

void add_agent_operations(std::vector<Operation>& table) {
  add_heartbeats(table);
  add_reads(table);
  add_explanations(table);
  add_verbs(table);
  add_wakes(table);
  add_steering(table);
  add_approvals(table);
}

}  // namespace lazaret::wire
