#include "wire/operations_parts.h"

namespace lazaret::wire {
namespace {

void add_cells(std::vector<Operation>& table) {
  table.push_back({.name = "cell.list",
                   .method = Method::GET,
                   .path = "/api/v1/cells",
                   .agents = true,
                   .summary = "Missions and how they stand.",
                   .inputs = {cursor_in_query(), limit_in_query(1000)},
                   .output = "CellPage",
                   .cli = "mission ls",
                   .example = "lazaret mission ls"});
  table.push_back(
      {.name = "cell.add",
       .method = Method::POST,
       .path = "/api/v1/cells",
       .scope = Scope::operator_,
       .summary = "Make a mission cell from a template or a definition.",
       .inputs = {{.name = "mission_name",
                   .required = true,
                   .doc = "what people call it",
                   .least = 1,
                   .most = 200},
                  {.name = "unique_agent",
                   .where = Where::query,
                   .doc = "refused (409) while an agent of this name is known or being made",
                   .least = 1,
                   .most = 255},
                  {.name = "template",
                   .doc = "blank, single or pipeline; absent = blank, a mission without agents"}},
       .more_fields = true,
       .output = "Cell",
       .success = 201,
       .cli = "mission new NAME",
       .example = "lazaret mission new survey --template pipeline",
       .big_body = true});
  table.push_back({.name = "cell.show",
                   .method = Method::GET,
                   .path = "/api/v1/cells/{cell}",
                   .agents = true,
                   .summary = "One mission, in full.",
                   .inputs = {cell_in_path()},
                   .output = "Cell",
                   .cli = "mission show CELL",
                   .example = "lazaret mission show survey"});
  table.push_back(
      {.name = "cell.remove",
       .method = Method::DELETE,
       .path = "/api/v1/cells/{cell}",
       .scope = Scope::operator_,
       .summary = "End its agents and take the mission out of the fleet.",
       .inputs =
           {cell_in_path(),
            {.name = "reason", .where = Where::query, .doc = "why, for the journal", .most = 2000}},
       .output = "Done",
       .cli = "mission destroy CELL",
       .example = "lazaret mission destroy survey"});
}

void add_cell_views(std::vector<Operation>& table) {
  table.push_back({.name = "cell.status",
                   .method = Method::POST,
                   .path = "/api/v1/cells/{cell}/status",
                   .scope = Scope::operator_,
                   .summary = "Start, pause, complete or fail a mission.",
                   .inputs = {cell_in_path(),
                              {.name = "status",
                               .required = true,
                               .doc = "what it shall be",
                               .words = "active|paused|completed|failed"},
                              reason_in_body()},
                   .output = "Done",
                   .cli = "mission pause CELL",
                   .example = "lazaret mission pause survey"});
}

void add_cell_parts(std::vector<Operation>& table) {
  table.push_back({.name = "cell.graph",
                   .method = Method::GET,
                   .path = "/api/v1/cells/{cell}/graph",
                   .agents = true,
                   .summary = "Tasks and which waits for which.",
                   .inputs = {cell_in_path()},
                   .output = "Graph",
                   .cli = "mission graph CELL",
                   .example = "lazaret mission graph survey"});
  table.push_back({.name = "cell.lint",
                   .method = Method::GET,
                   .path = "/api/v1/cells/{cell}/lint",
                   .summary = "What is wrong in the cell's files, with file, line and column.",
                   .inputs = {cell_in_path()},
                   .output = "LintPage",
                   .cli = "cell lint CELL",
                   .example = "lazaret cell lint survey"});
  table.push_back({.name = "artifact.list",
                   .method = Method::GET,
                   .path = "/api/v1/cells/{cell}/artifacts",
                   .agents = true,
                   .summary = "The files below a mission's artifacts/, the newest first.",
                   .inputs = {cell_in_path()},
                   .output = "ArtifactList",
                   .cli = "artifact ls CELL",
                   .example = "lazaret artifact ls survey"});
  table.push_back({.name = "artifact.get",
                   .method = Method::GET,
                   .path = "/api/v1/cells/{cell}/artifacts/{path}",
                   .agents = true,
                   .summary = "One of these files, at most 16 MiB.",
                   .inputs = {cell_in_path(),
                              {.name = "path",
                               .where = Where::path,
                               .required = true,
                               .doc = "below artifacts/; in an address each / is %2F",
                               .least = 1,
                               .most = 1000}},
                   .output = "Text",
                   .cli = "artifact get CELL PATH",
                   .example = "lazaret artifact get survey reports/report.html -o report.html",
                   .media = "application/octet-stream"});
  table.push_back({.name = "agent.add",
                   .method = Method::POST,
                   .path = "/api/v1/cells/{cell}/agents",
                   .scope = Scope::operator_,
                   .summary = "Add an agent to a mission.",
                   .inputs = {cell_in_path(),
                              {.name = "agent_id",
                               .required = true,
                               .doc = "unique within the mission",
                               .least = 1,
                               .most = 64}},
                   .more_fields = true,
                   .output = "Agent",
                   .success = 201,
                   .cli = "agent add CELL AGENT",
                   .example = "lazaret agent add survey scout -- ./scout.py"});
}

void add_task_reads(std::vector<Operation>& table) {
  table.push_back({.name = "task.list",
                   .method = Method::GET,
                   .path = "/api/v1/cells/{cell}/tasks",
                   .agents = true,
                   .summary = "Tasks of a mission.",
                   .inputs = {cell_in_path(),
                              {.name = "status",
                               .where = Where::query,
                               .doc = "only these",
                               .words = "pending|in_progress|reported|completed|failed"},
                              cursor_in_query(),
                              limit_in_query(1000)},
                   .output = "TaskPage",
                   .cli = "task ls",
                   .example = "lazaret task ls survey"});
  table.push_back({.name = "task.show",
                   .method = Method::GET,
                   .path = "/api/v1/cells/{cell}/tasks/{task}",
                   .agents = true,
                   .summary = "One task, with cursor, owner and claim.",
                   .inputs = {cell_in_path(), task_in_path()},
                   .output = "Task",
                   .cli = "task show CELL TASK",
                   .example = "lazaret task show survey t-1"});
}

void add_task_writes(std::vector<Operation>& table) {
  table.push_back({.name = "task.add",
                   .method = Method::POST,
                   .path = "/api/v1/cells/{cell}/tasks",
                   .scope = Scope::operator_,
                   .agents = true,
                   .summary = "Add one task, or many at once: all or none.",
                   .inputs = {cell_in_path(),
                              {.name = "tasks",
                               .type = ValueType::array,
                               .doc = "tasks; absent = the body is one task",
                               .least = 1,
                               .most = 10'000}},
                   .more_fields = true,
                   .output = "TasksMade",
                   .success = 201,
                   .cli = "task add CELL TITLE",
                   .example = "lazaret task add survey 'read the archive'",
                   .big_body = true});
  table.push_back({.name = "next_work",
                   .method = Method::POST,
                   .path = "/api/v1/next-work",
                   .scope = Scope::operator_,
                   .agents = true,
                   .summary = "The calling agent's next task, claimed; waits for one if asked to.",
                   .inputs = {{.name = "wait_seconds",
                               .where = Where::query,
                               .type = ValueType::number,
                               .doc = "how long to wait for work",
                               .most = 60},
                              {.name = "agent",
                               .where = Where::query,
                               .doc = "on behalf of whom; needed unless an agent calls"}},
                   .output = "NextWork",
                   .cli = "task next",
                   .example = "lazaret task next"});
  table.push_back({.name = "task.checkpoint",
                   .method = Method::POST,
                   .path = "/api/v1/cells/{cell}/tasks/{task}/checkpoint",
                   .scope = Scope::operator_,
                   .agents = true,
                   .summary = "Keep where the work stands, for whoever goes on with it.",
                   .inputs = {cell_in_path(),
                              task_in_path(),
                              {.name = "cursor",
                               .type = ValueType::any,
                               .required = true,
                               .doc = "any JSON, at most 64 KiB",
                               .nullable = true}},
                   .output = "Done",
                   .cli = "task checkpoint CELL TASK CURSOR",
                   .example = "lazaret task checkpoint survey t-1 '{\"page\": 7}'"});
}

// The verbs that take a task and one text.
void add_verb(std::vector<Operation>& table, std::string_view name, std::string_view path,
              bool agents, std::string_view summary, const Input& input, std::string_view cli,
              std::string_view example) {
  table.push_back({.name = name,
                   .method = Method::POST,
                   .path = path,
                   .scope = Scope::operator_,
                   .agents = agents,
                   .summary = summary,
                   .inputs = {cell_in_path(), task_in_path(), input},
                   .output = "Done",
                   .cli = cli,
                   .example = example});
}

void add_task_verbs(std::vector<Operation>& table) {
  const Input result{.name = "result", .type = ValueType::text, .doc = "what came of it"};
  add_verb(table, "task.done", "/api/v1/cells/{cell}/tasks/{task}/done", true,
           "Report it done; where it names a verify command, that decides.", result,
           "task done CELL TASK", "lazaret task done survey t-1 --result 'all read'");
  add_verb(table, "task.fail", "/api/v1/cells/{cell}/tasks/{task}/fail", true,
           "Report that it cannot be done.", reason_in_body(), "task fail CELL TASK",
           "lazaret task fail survey t-1 --reason 'no access'");
  add_verb(table, "task.release", "/api/v1/cells/{cell}/tasks/{task}/release", true,
           "Give it back undone.", reason_in_body(), "task release CELL TASK",
           "lazaret task release survey t-1");
  add_verb(table, "task.retry", "/api/v1/cells/{cell}/tasks/{task}/retry", false,
           "Make a failed task pending again.", reason_in_body(), "task retry CELL TASK",
           "lazaret task retry survey t-1");
  add_verb(table, "task.assign", "/api/v1/cells/{cell}/tasks/{task}/assign", false,
           "Say who shall do it; null = any agent that fits.",
           {.name = "agent",
            .required = true,
            .doc = "agent id, or null for any",
            .least = 1,
            .nullable = true},
           "task assign CELL TASK AGENT", "lazaret task assign survey t-1 scout");
  add_verb(table, "task.depend", "/api/v1/cells/{cell}/tasks/{task}/depend", false,
           "Make it wait for another task.",
           {.name = "on", .required = true, .doc = "id of the task to wait for", .least = 1},
           "task dep CELL TASK ON", "lazaret task dep survey t-2 t-1");
  table.push_back({.name = "task.handoff",
                   .method = Method::POST,
                   .path = "/api/v1/cells/{cell}/tasks/{task}/handoff",
                   .scope = Scope::operator_,
                   .agents = true,
                   .summary = "Hand it from the agent that has it to another one.",
                   .inputs = {cell_in_path(),
                              task_in_path(),
                              {.name = "to",
                               .required = true,
                               .doc = "id of the agent that shall go on with it",
                               .least = 1},
                              reason_in_body()},
                   .output = "HandoffMade",
                   .cli = "task handoff CELL TASK",
                   .example = "lazaret task handoff survey t-1 --to write-2"});
  table.push_back({.name = "task.verify",
                   .method = Method::POST,
                   .path = "/api/v1/cells/{cell}/tasks/{task}/verify",
                   .scope = Scope::operator_,
                   .summary = "Run its verify command once more.",
                   .inputs = {cell_in_path(), task_in_path()},
                   .output = "Done",
                   .cli = "task verify CELL TASK",
                   .example = "lazaret task verify survey t-1"});
}

}  // namespace

void add_mission_operations(std::vector<Operation>& table) {
  add_cells(table);
  add_cell_parts(table);
  add_cell_views(table);
  add_task_reads(table);
  add_task_writes(table);
  add_task_verbs(table);
}

}  // namespace lazaret::wire
