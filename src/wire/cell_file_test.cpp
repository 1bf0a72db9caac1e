#include "wire/cell_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "wire/cell_quantity.h"
#include "wire/template_cell.h"

namespace lazaret::wire {
namespace {

constexpr const char* id = "3f2b8c1e-5d4a-4b6f-9c7d-1a2b3c4d5e6f";

CellFiles small_cell() {
  CellFiles cell;
  cell.directory = std::string("/missions/") + id;
  cell.files["cell.json"] = std::string("{\n  \"cell_id\": \"") + id +
                            "\",\n  \"mission_name\": \"Survey\",\n  \"created_at\": "
                            "\"2026-01-31T09:00:00Z\",\n  \"created_by\": \"alice\"\n}\n";
  cell.files["agents/w.json"] = "{\"agent_id\": \"w\"}";
  return cell;
}

std::string task(const std::string& name, const std::string& more) {
  return "{\"task_id\": \"" + name + "\"" + (more.empty() ? "" : ", " + more) + "}";
}

std::vector<std::string> texts(const CellReading& reading) {
  std::vector<std::string> out;
  for (const Problem& problem : reading.problems) out.push_back(to_text(problem));
  return out;
}

std::string only_problem(const CellFiles& cell) {
  const auto all = texts(read_cell(cell));
  if (all.size() != 1) {
    std::string joined;
    for (const auto& one : all) joined += "\n" + one;
    return std::to_string(all.size()) + " problems" + joined;
  }
  return all.front();
}

TEST(CellFile, ACellLaidOutByHandHasDefaults) {
  const CellReading reading = read_cell(small_cell());
  ASSERT_TRUE(reading.cell) << to_text(reading.problems.at(0));
  const core::CellDefinition& cell = *reading.cell;
  EXPECT_EQ(cell.id.value, id);
  EXPECT_EQ(cell.status, core::MissionStatus::active);
  EXPECT_EQ(cell.isolation.level, core::Isolation::none);
  EXPECT_EQ(cell.max_agents, 10);
  EXPECT_EQ(cell.timeout, 3600s);
  EXPECT_EQ(cell.policies, core::Policies{});
  const core::AgentDefinition& agent = cell.agents.at(AgentId("w"));
  EXPECT_EQ(agent.name, "w");
  EXPECT_FALSE(agent.run) << "without run it is external";
}

core::Policies full_policies() {
  core::Policies policies;
  policies.auto_revive = core::AutoRevive::substitute;
  policies.revive_timeout = 90s;
  policies.substitute_agents = {AgentId("write-2")};
  policies.handoff_allowed = false;
  policies.handoff_approval = core::HandoffApproval::manual;
  policies.checkpoint_required = true;
  policies.checkpoint_interval = 60s;
  policies.max_retries = 7;
  policies.backoff_first = 250ms;
  policies.backoff_most = 20s;
  policies.stable_after = 5s;
  policies.approval_deadline = 60s;
  policies.checkpoint_deadline = 9s;
  policies.checkpoints_kept = 2;
  policies.checkpoint_bytes = 1 << 20;
  policies.rehearsal_interval = 0s;
  return policies;
}

core::CellDefinition full_cell() {
  auto cell = from_template("pipeline", "Full", {"/bin/agent", "--x", "é\n"},
                            {CellId(id), "/missions", "bob",
                             from_rfc3339("2026-02-03T04:05:06.789Z").value()})
                  .value();
  cell.status = core::MissionStatus::paused;
  cell.timeout = 0s;
  cell.max_agents = 4;
  cell.complete_when_tasks_done = false;
  cell.isolation = {
      core::Isolation::level_2, true, true, {1500, 4LL << 30, 10LL << 30, 64}, "agent", "agents",
      {"NET_BIND_SERVICE"}};
  cell.policies = full_policies();
  cell.permissions[AgentId("write-1")] = {{"*"}, {"part-1"}, {"part-1"}, {"write-2"}, {"lead-1"}};
  auto& agent = cell.agents.at(AgentId("write-1"));
  agent.capabilities = {"cpp", "docs, too"};
  agent.run = core::RunSpec{core::AdapterKind::turn,
                            {"/a", "{message}"},
                            "work/w",
                            "/etc/agent.env",
                            {{"A", "1"}},
                            true,
                            core::AgentInput::none,
                            "SIGINT",
                            "SIGUSR1",
                            3s,
                            core::ReadyWhen::settled,
                            1500ms,
                            20s,
                            core::Restart::always,
                            {0, 3},
                            {4},
                            {5, 6}};
  agent.auto_revive = core::AutoRevive::ask;
  agent.beat_interval = 5s;
  agent.beat_timeout = 50s;
  agent.hang = core::HangPolicy::observe;
  agent.hang_window = 4s;
  agent.limits = core::Limits{500, 512LL << 20, 0, 10};
  auto& work = cell.tasks.at(TaskId("part-1"));
  work.description = "Line one\nline \"two\"";
  work.timeout = 12500ms;
  work.artifacts = {"artifacts/code/a.cpp"};
  work.priority = core::Priority::high;
  work.verify = core::VerifySpec{{"/bin/true"}, 5s};
  work.on_failure = core::OnTaskFailure::fail;
  work.max_tries = 9;
  work.input = "{\"n\": 1.0, \"list\": [1, 2]}";
  auto& open = cell.tasks.at(TaskId("part-2"));
  open.assigned_to.reset();
  open.needs_role = core::Role::write;
  open.needs_capabilities = {"cpp"};
  for (const auto& [agent_id, one] : cell.agents) cell.file_runtime[agent_id] = {"idle", 0};
  cell.file_runtime[AgentId("write-1")] = {"paused", 12};
  for (const auto& [task_id, one] : cell.tasks) cell.task_status[task_id] = "pending";
  cell.task_status[TaskId("plan")] = "completed";
  return cell;
}

TEST(CellFile, WhatIsWrittenReadsBackTheSame) {
  core::CellDefinition cell = full_cell();
  cell.digest = digest_of(cell);
  const CellReading reading = read_cell(write_cell(cell));
  for (const std::string& text : texts(reading)) ADD_FAILURE() << text;
  ASSERT_TRUE(reading.cell);
  for_each_field(*reading.cell, [&](std::string_view name, const auto&) { SCOPED_TRACE(name); });
  EXPECT_EQ(reading.cell->agents, cell.agents);
  EXPECT_EQ(reading.cell->tasks, cell.tasks);
  EXPECT_EQ(reading.cell->policies, cell.policies);
  EXPECT_EQ(reading.cell->isolation, cell.isolation);
  EXPECT_EQ(*reading.cell, cell);
}

TEST(CellFile, DigestFollowsMeaningNotBytes) {
  CellFiles cell = small_cell();
  const std::string before = read_cell(cell).cell->digest;
  cell.files["cell.json"] += "\n\n";
  EXPECT_EQ(read_cell(cell).cell->digest, before);
  cell.files["agents/w.json"] = "{\"agent_id\": \"w\", \"status\": \"paused\"}";
  EXPECT_NE(read_cell(cell).cell->digest, before);
}

struct Case {
  const char* file;
  std::string text;
  const char* problem;
};

const std::vector<Case> single_file_cases = {
    {"agents/w.json", "{\"agent_id\": \"w\",\n \"status\": \"busy\"}",
     "agents/w.json:2:12 /status: found \"busy\", expected one of idle, active, paused, failed"},
    {"agents/w.json", "{\"agent_id\": \"w\", \"role\": \"boss\"}",
     "agents/w.json:1:27 /role: found \"boss\", expected one of lead, write, read, audit"},
    {"agents/w.json", "{\"agent_id\": \"w\", \"capabilities\": [\"a\", 7]}",
     "agents/w.json:1:41 /capabilities/1: found 7, expected a string"},
    {"agents/w.json", "{\"agent_id\": \"w\", \"lazaret\": {\"run\": {\"command\": []}}}",
     "agents/w.json:1:50 /lazaret/run/command: found an empty array, expected a program and its "
     "arguments"},
    {"agents/w.json",
     "{\"agent_id\": \"w\", \"lazaret\": {\"run\": {\"comand\": [\"x\"], "
     "\"command\": [\"x\"]}}}",
     "agents/w.json:1:39 /lazaret/run/comand: warning: found the unknown field \"comand\", "
     "expected "
     "one of adapter, command, working_directory, env_file, env, inherit_env, input, stop_signal, "
     "checkpoint_signal, stop_grace_seconds, ready, settle_seconds, watchdog_seconds, restart, "
     "clean_exits, no_restart_exits, restart_now_exits"},
    {"agents/w.json", "{\"agent_id\": \"w\", \"lazaret\": {\"auto_revve\": \"no\"}}",
     "agents/w.json:1:31 /lazaret/auto_revve: warning: found the unknown field \"auto_revve\", "
     "expected perhaps \"auto_revive\""},
    {"agents/w.json", "{\"agent_id\": \"w\", \"x_other_tool\": {}}", nullptr},
    {"agents/w.json", "[]", "agents/w.json:1:1: found an empty array, expected an object"},
    {"agents/w.json",
     "{\"agent_id\": \"w\", \"lazaret\": {\"run\": {\"command\": [\"x\"], "
     "\"working_directory\": \"../up\"}}}",
     "agents/w.json:1:78 /lazaret/run/working_directory: found \"../up\", expected an absolute "
     "path, "
     "or a path below the cell: relative, without \"..\""},
    {"agents/w.json",
     "{\"agent_id\": \"w\", \"lazaret\": {\"run\": {\"command\": [\"x\"], "
     "\"env\": {\"MY_TOKEN\": \"s\"}}}}",
     "agents/w.json:1:65 /lazaret/run/env/MY_TOKEN: warning: found what looks like a secret, "
     "expected "
     "secrets in the env_file, not in the cell"},
    {"config/isolation.json", "{\"resource_limits\": {\"cpu\": \"many\"}}",
     "config/isolation.json:1:29 /resource_limits/cpu: found \"many\", expected an amount of CPU "
     "such "
     "as \"2 cores\" or \"500m\""},
    {"config/policies.json", "{\"max_retries\": -1}",
     "config/policies.json:1:17 /max_retries: found -1, expected a whole number from 0 to "
     "1000000"},
    {"config/policies.json", "{\"substitute_agents\": [\"w\", \"nobody\"]}",
     "config/policies.json:1:29 /substitute_agents/1: found \"nobody\", which is no agent of "
     "this "
     "cell, expected the id of an agent of this cell"},
    {"config/permissions.json", "{\"w\": {\"execute\": [\"t-9\"]}}",
     "config/permissions.json:1:20 /w/execute/0: found \"t-9\", which is no task of this cell, "
     "expected the id of a task of this cell"},
    {"tasks/t.json", "{\"task_id\": \"t\", \"assigned_to\": \"x\"}",
     "tasks/t.json:1:33 /assigned_to: found \"x\", which is no agent of this cell, expected the "
     "id of "
     "an agent of this cell"},
    {"tasks/t.json", "{\"task_id\": \"t\", \"artifacts\": [\"../../etc/passwd\"]}",
     "tasks/t.json:1:32 /artifacts/0: found \"../../etc/passwd\", expected a path below the "
     "cell: "
     "relative, without \"..\""},
    {"tasks/t.json", "{\"task_id\": \"t\", \"created_at\": \"2026-02-30T00:00:00Z\"}",
     "tasks/t.json:1:32 /created_at: found \"2026-02-30T00:00:00Z\", expected an RFC 3339 time "
     "such "
     "as 2026-01-31T09:00:00Z"},
    {"tasks/t.json", "{\"task_id\": \"../t\"}",
     "tasks/t.json:1:13 /task_id: found \"../t\", expected an id of 1 to 100 letters, digits and "
     ". _ "
     "- @ + : that begins with a letter, a digit or _"},
    {"tasks/t.json", "{\"task_id\": \"u\"}",
     "tasks/t.json:1:13 /task_id: found \"u\" in the file \"t.json\", expected the file's name"},
    {"tasks/t.json", "{\"task_id\": \"t\", \"dependancies\": []}",
     "tasks/t.json:1:18 /dependancies: warning: found the unknown field \"dependancies\", "
     "expected "
     "perhaps \"dependencies\""},
};

TEST(CellFile, SaysFileLineColumnPointerFoundAndExpected) {
  for (const Case& one : single_file_cases) {
    CellFiles cell = small_cell();
    cell.files[one.file] = one.text;
    if (one.problem == nullptr) {
      EXPECT_TRUE(read_cell(cell).problems.empty()) << one.text;
    } else {
      EXPECT_EQ(only_problem(cell), one.problem);
    }
  }
}

TEST(CellFile, AllProblemsAreListedNotOnlyTheFirst) {
  CellFiles cell = small_cell();
  cell.files["agents/w.json"] = "{\"agent_id\": \"w\", \"role\": 1, \"status\": 2, \"name\": 3}";
  cell.files["tasks/t.json"] = "{";
  EXPECT_EQ(read_cell(cell).problems.size(), 4U);
  EXPECT_FALSE(read_cell(cell).cell);
}

// First sketches: the recipe called the UUID generator twice, so directory and cell_id differed.
TEST(KnownFaults, DirectoryAndCellIdThatDifferAreAnErrorThatNamesBoth) {
  CellFiles cell = small_cell();
  cell.directory = "/missions/11111111-2222-4333-8444-555555555555";
  EXPECT_EQ(
      only_problem(cell),
      "cell.json:2:14 /cell_id: found \"3f2b8c1e-5d4a-4b6f-9c7d-1a2b3c4d5e6f\" in the directory "
      "\"11111111-2222-4333-8444-555555555555\", expected the directory's name");
}

// First sketches: the reviver read a key that the config did not have.
TEST(KnownFaults, AutoReviveHasADefaultWhereNoFileNamesIt) {
  CellFiles cell = small_cell();
  EXPECT_EQ(read_cell(cell).cell->policies.auto_revive, core::AutoRevive::yes);
  cell.files["cell.json"].insert(
      1, "\"policies\": {\"auto_revive\": \"ask\", \"checkpoint_interval\": 9},");
  EXPECT_EQ(read_cell(cell).cell->policies.auto_revive, core::AutoRevive::ask);
  cell.files["config/policies.json"] = "{\"auto_revive\": \"no\"}";
  EXPECT_EQ(read_cell(cell).cell->policies.auto_revive, core::AutoRevive::no)
      << "policies.json wins";
  EXPECT_EQ(read_cell(cell).cell->policies.checkpoint_interval, 9s)
      << "what it does not name stays";
}

TEST(CellCheck, PrintsTheCycle) {
  CellFiles cell = small_cell();
  cell.files["tasks/a.json"] = task("a", "\"dependencies\": [\"c\"]");
  cell.files["tasks/b.json"] = task("b", "\"dependencies\": [\"a\"]");
  cell.files["tasks/c.json"] = task("c", "\"dependencies\": [\"b\"]");
  EXPECT_EQ(only_problem(cell),
            "tasks/a.json:1:35 /dependencies/0: found the cycle a → c → b → a, "
            "expected dependencies without a cycle");
  cell.files.erase("tasks/b.json");
  cell.files.erase("tasks/c.json");
  cell.files["tasks/a.json"] = task("a", "\"dependencies\": [\"a\"]");
  EXPECT_EQ(only_problem(cell),
            "tasks/a.json:1:35 /dependencies/0: found the cycle a → a, "
            "expected dependencies without a cycle");
}

TEST(CellCheck, ALongChainIsNoProblem) {
  CellFiles cell = small_cell();
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "t" + std::to_string(i);
    const std::string before = "\"dependencies\": [\"t" + std::to_string(i - 1) + "\"]";
    cell.files["tasks/" + name + ".json"] = task(name, i == 0 ? "" : before);
  }
  EXPECT_TRUE(read_cell(cell).cell);
  cell.files["tasks/one-more.json"] = task("one-more", "");
  EXPECT_EQ(only_problem(cell), "tasks: found 10001 files, expected at most 10000");
}

TEST(CellCheck, MoreAgentsThanMaxAgents) {
  CellFiles cell = small_cell();
  cell.files["cell.json"].insert(1, "\"max_agents\": 1,");
  cell.files["agents/v.json"] = "{\"agent_id\": \"v\"}";
  EXPECT_EQ(only_problem(cell),
            "cell.json:1:16 /max_agents: found 2 agents that may run at once where "
            "max_agents is 1, expected max_agents of at least 2, or fewer agents");
  cell.files["config/policies.json"] = "{\"substitute_agents\": [\"v\"]}";
  EXPECT_TRUE(read_cell(cell).cell) << "a substitute starts in another's place, not beside it";
}

TEST(CellCheck, AnAssigneeWithoutPermission) {
  CellFiles cell = small_cell();
  cell.files["tasks/t.json"] = task("t", "\"assigned_to\": \"w\"");
  cell.files["tasks/u.json"] = task("u", "");
  cell.files["config/permissions.json"] = "{\"w\": {\"execute\": [\"u\"]}}";
  EXPECT_EQ(
      only_problem(cell),
      "tasks/t.json:1:33 /assigned_to: found \"w\", which config/permissions.json does not let "
      "execute t, expected an agent with permission, or \"t\" in /w/execute");
  cell.files["config/permissions.json"] = "{\"w\": {\"execute\": [\"*\"]}}";
  EXPECT_TRUE(read_cell(cell).cell);
}

TEST(CellCheck, TwoFilesWithOneId) {
  CellFiles cell = small_cell();
  cell.files["agents/x.json"] = "{\"agent_id\": \"w\"}";
  const auto all = texts(read_cell(cell));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1],
            "agents/x.json:1:14 /agent_id: found \"w\", which another file in agents/ has too, "
            "expected an id of its own");
}

TEST(CellApi, BodiesTakeTheFieldsOfTheFiles) {
  const auto agent =
      read_agent("{\"agent_id\": \"a\", \"lazaret\": {\"run\": {\"command\": [\"x\"]}}}", "body");
  ASSERT_TRUE(agent);
  EXPECT_EQ(agent->run->command, std::vector<std::string>{"x"});
  const auto wrong = read_agent("{\"agent_id\": \"a\", \"role\": 3, \"name\": 4}", "body");
  EXPECT_EQ(wrong.error().place, "body:1:38 /name");
  EXPECT_EQ(wrong.error().message, "found 4, expected a string (and 1 more problems)");
  EXPECT_EQ(read_tasks("{\"tasks\": [{\"task_id\": \"a\"}, {\"task_id\": \"b\"}]}", "body")->size(),
            2U);
  EXPECT_EQ(
      read_tasks("{\"tasks\": [{\"task_id\": \"a\"}, {\"title\": \"b\"}]}", "body").error().place,
      "body:1:30 /tasks/1");
  EXPECT_EQ(
      read_task("{\"task_id\": \"a\", \"lazaret\": {\"input\": {\"x\": 1e3}}}", "body")->input,
      "{\"x\": 1e3}");
  EXPECT_EQ(read_task(std::string(2 << 20, ' '), "body").error().code, ErrorCode::too_large);
  const auto unknown = read_task(R"({"task_id": "a", "input": {"x": 1}})", "body");
  ASSERT_FALSE(unknown) << "nothing that was asked for is dropped in silence";
  EXPECT_NE(unknown.error().message.find("input"), std::string::npos) << unknown.error().message;
}

TEST(CellTemplates, EveryTemplateIsAValidCell) {
  for (const TemplateInfo& info : templates()) {
    const std::string body =
        "{\"template\": \"" + std::string(info.name) + "\", \"mission_name\": \"M\"}";
    const auto files = read_new_cell(body, {CellId(id), "/missions", "me", WallTime{}});
    ASSERT_TRUE(files) << files.error().message;
    EXPECT_EQ(files->directory, std::string("/missions/") + id);
    EXPECT_TRUE(read_cell(*files).problems.empty()) << info.name;
  }
  const NewCell made{CellId(id), "/missions", "me", WallTime{}};
  EXPECT_EQ(read_new_cell("{\"template\": \"x\", \"mission_name\": \"M\"}", made).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(read_new_cell("{}", made).error().message,
            "found no \"mission_name\", expected the field \"mission_name\"");
  const auto own = read_new_cell(
      "{\"mission_name\": \"M\", \"timeout\": 5, \"agents\": [{\"agent_id\": \"a\"}], \"tasks\": "
      "[{\"task_id\": \"t\", \"assigned_to\": \"b\"}]}",
      made);
  EXPECT_EQ(own.error().place, "tasks/t.json:5:18 /assigned_to");
}

TEST(NewCells, RefuseFieldsThatWouldBeLost) {
  const NewCell made{CellId("7c9e6679-7425-40de-944b-e07fc1f90ae7"), "/missions", "me", WallTime{}};
  for (const std::string field :
       {R"("path": "/elsewhere")", R"("max_agnets": 2)", R"("lazaret": {"foo": 1})",
        R"("tasks": [{"task_id": "t", "title": "T", "prioritty": "high"}])"}) {
    const auto refused = read_new_cell("{\"mission_name\": \"M\", " + field + "}", made);
    ASSERT_FALSE(refused) << field;
    EXPECT_NE(refused.error().message.find("unknown field"), std::string::npos) << field;
  }
  EXPECT_TRUE(
      read_new_cell(R"({"mission_name": "M", "created_at": "2026-01-01T00:00:00Z"})", made));
}

TEST(CellQuantity, ReadsWhatPeopleWrite) {
  EXPECT_EQ(read_cpus("2 cores"), 2000);
  EXPECT_EQ(read_cpus("1 core"), 1000);
  EXPECT_EQ(read_cpus("500m"), 500);
  EXPECT_EQ(read_cpus("0.5"), 500);
  EXPECT_EQ(read_bytes("4GB"), 4LL << 30);
  EXPECT_EQ(read_bytes("512M"), 512LL << 20);
  EXPECT_EQ(read_bytes("1.5GiB"), 3LL << 29);
  EXPECT_EQ(read_bytes("10 kb"), 10240);
  EXPECT_EQ(read_bytes("100"), 100);
  for (const char* bad : {"", "cores", "2 apples", "-1", "0", "1e3", ".5", "1.",
                          "99999999999999999999TB", "4GBs", "2 GB x", "inf", "nan"}) {
    EXPECT_FALSE(read_cpus(bad)) << bad;
    EXPECT_FALSE(read_bytes(bad)) << bad;
  }
  EXPECT_EQ(read_bytes(bytes_text(1536LL << 20)), 1536LL << 20);
  EXPECT_EQ(bytes_text(4LL << 30), "4GB");
  EXPECT_EQ(cpus_text(2000), "2 cores");
}

}  // namespace
}  // namespace lazaret::wire
