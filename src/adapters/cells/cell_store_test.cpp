#include "adapters/cells/cell_store.h"

#include <algorithm>

#include "adapters/cells/cell_store_fixture.h"

namespace lazaret::cells {
namespace {

TEST_F(CellStoreTest, MakesACellAndSeesIt) {
  start();
  const CellId id = create();
  const core::CellDefinition* cell = last_observed();
  ASSERT_NE(cell, nullptr);
  EXPECT_EQ(cell->id, id);
  EXPECT_EQ(cell->path, (missions_ / id.value).string());
  EXPECT_EQ(cell->status, MissionStatus::active) << "we made it: it does not come from elsewhere";
  EXPECT_EQ(cell->agents.size(), 4U);
  EXPECT_EQ(store_->find(id)->state, CellState::healthy);
  for (const char* folder : cell_folders)
    EXPECT_TRUE(fs::is_directory(missions_ / id.value / folder));
  EXPECT_TRUE(lint((missions_ / id.value).string()).empty());
  std::optional<Result<CellId>> again;
  store_->create(files("blank", id), [&](Result<CellId> result) { again = std::move(result); });
  ASSERT_TRUE(until([&] { return again.has_value(); }));
  EXPECT_EQ(again->error().code, ErrorCode::conflict);
}

// First sketches: the recipe called the UUID generator twice (directory and cell_id differed).
TEST_F(CellStoreTest, KnownFaultOneUuidForDirectoryAndCellId) {
  start();
  for (int i = 0; i < 6; ++i) {
    const CellId id = create("blank");
    const std::string text = read_text(missions_ / id.value / "cell.json");
    EXPECT_NE(text.find("\"cell_id\": \"" + id.value + "\""), std::string::npos);
  }
  std::set<CellId> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(new_cell_id());
  EXPECT_EQ(ids.size(), 1000U);
}

// First sketches: health checks that rolled dice.
TEST_F(CellStoreTest, KnownFaultTheStateOfACellIsLookedUpNotRolled) {
  start();
  const CellId id = create();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(store_->find(id)->state, CellState::healthy);
  write_text(missions_ / id.value / "cell.json", "{");
  ASSERT_TRUE(until([&] { return store_->find(id)->state != CellState::healthy; }));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(store_->find(id)->state, CellState::stale);
}

TEST_F(CellStoreTest, ACellFromElsewhereIsToldSo) {
  const fs::path path = lay_out(files());
  start();
  ASSERT_NE(last_observed(), nullptr);
  EXPECT_TRUE(std::get<core::event::CellObserved>(events_.back()).elsewhere);
  core::Cell cell = living(*last_observed());
  cell.status = MissionStatus::paused;  // what the core makes of it
  store_->mirror(cell);
  ASSERT_TRUE(store_->close(5s));
  EXPECT_NE(read_text(path / "cell.json").find("\"status\": \"paused\""), std::string::npos);
  EXPECT_TRUE(fs::is_directory(path / "checkpoints")) << "missing folders are made";
}

TEST_F(CellStoreTest, AKnownCellKeepsTheStatusOfItsFile) {
  const auto cell = files();
  lay_out(cell);
  known_.insert(CellId(fs::path(cell.directory).filename().string()));
  start();
  EXPECT_EQ(last_observed()->status, MissionStatus::active);
}

TEST_F(CellStoreTest, ACopyThatAppearsWhileWeRunComesFromElsewhere) {
  start();
  const fs::path path = lay_out(files());
  ASSERT_TRUE(until([&] { return last_observed() && last_observed()->agents.size() == 4; }));
  EXPECT_TRUE(std::get<core::event::CellObserved>(events_.front()).elsewhere);
  EXPECT_EQ(last_observed()->path, path.string());
}

TEST_F(CellStoreTest, AHandEditIsPickedUp) {
  start();
  const CellId id = create();
  const std::size_t before = events_.size();
  replace_in(missions_ / id.value / "tasks/plan.json", "Divide the work", "Think first");
  ASSERT_TRUE(until([&] { return events_.size() > before; }));
  EXPECT_EQ(last_observed()->tasks.at(TaskId("plan")).title, "Think first");
  // The way editors save: a new file, moved over the old one.
  write_text(missions_ / "x", read_text(missions_ / id.value / "agents/write-1.json"));
  replace_in(missions_ / "x", "\"write-1\",\n  \"name\": \"write-1\"",
             "\"write-1\",\n  \"name\": \"W\"");
  fs::rename(missions_ / "x", missions_ / id.value / "agents/write-1.json");
  ASSERT_TRUE(until([&] { return last_observed()->agents.at(AgentId("write-1")).name == "W"; }));
}

TEST_F(CellStoreTest, ABurstOfEditsIsReadOnce) {
  start();
  const CellId id = create();
  const std::size_t before = events_.size();
  for (int i = 0; i < 50; ++i) {
    write_text(missions_ / id.value / ("tasks/t" + std::to_string(i) + ".json"),
               "{\"task_id\": \"t" + std::to_string(i) + "\"}");
  }
  ASSERT_TRUE(until([&] { return last_observed()->tasks.size() == 54; }));
  EXPECT_LE(events_.size() - before, 2U);
}

TEST_F(CellStoreTest, AnInvalidFileChangesNothingAndIsNamed) {
  start();
  const CellId id = create();
  const CellId other = create("single");
  const std::size_t before = events_.size();
  replace_in(missions_ / id.value / "agents/lead-1.json", "\"lead\"", "\"boss\"");
  ASSERT_TRUE(until([&] { return store_->find(id)->state == CellState::stale; }));
  EXPECT_EQ(events_.size(), before);
  ASSERT_EQ(store_->find(id)->problems.size(), 1U);
  EXPECT_EQ(
      wire::to_text(store_->find(id)->problems[0]),
      "agents/lead-1.json:4:11 /role: found \"boss\", expected one of lead, write, read, audit");
  EXPECT_EQ(store_->find(other)->state, CellState::healthy);
  EXPECT_FALSE(log_.empty());
  // Another cell goes on, and the broken one recovers.
  replace_in(missions_ / other.value / "agents/agent-1.json", "\"lead\"", "\"write\"");
  ASSERT_TRUE(until([&] { return events_.size() == before + 1; }));
  replace_in(missions_ / id.value / "agents/lead-1.json", "\"boss\"", "\"audit\"");
  ASSERT_TRUE(until([&] { return store_->find(id)->state == CellState::healthy; }));
  EXPECT_EQ(last_observed()->agents.at(AgentId("lead-1")).role, core::Role::audit);
}

TEST_F(CellStoreTest, MirrorsRuntimeFieldsAndKeepsEveryOtherByte) {
  start();
  const CellId id = create();
  const fs::path agent_path = missions_ / id.value / "agents/write-1.json";
  const std::string odd =
      "{ \"status\" : \"idle\",\r\n\t\"agent_id\":\"write-1\", \"max\": 1.50e+2,\r\n"
      "\t\"x_other\": {\"b\":1, \"a\":[ ]} , \"lazaret\":{\"hang\":\"ask\"} }\r\n";
  write_text(agent_path, odd);
  ASSERT_TRUE(until([&] {
    return last_observed()->agents.at(AgentId("write-1")).hang == core::HangPolicy::ask;
  }));
  core::Cell cell = living(*last_observed());
  cell.status = MissionStatus::active;
  core::Agent& agent = cell.agents.at(AgentId("write-1"));
  agent.task = TaskId("part-1");
  agent.incarnation.value = 7;
  core::Task& task = cell.tasks.at(TaskId("part-1"));
  task.state = core::TaskState::completed;
  task.completed_at = from_rfc3339("2026-03-01T00:00:00Z").value();
  const std::size_t before = events_.size();
  store_->mirror(cell);
  ASSERT_TRUE(store_->close(5s));
  std::string expected = odd;
  expected.replace(expected.find("\"idle\""), 6, "\"active\"");
  expected.replace(expected.find("\"ask\"}"), 6, "\"ask\",\"incarnation\":7}");
  expected.replace(expected.find("\"incarnation\":7} }"), 18,
                   "\"incarnation\":7}, \"current_task\":\"part-1\" }");
  EXPECT_EQ(read_text(agent_path), expected);
  const std::string task_text = read_text(missions_ / id.value / "tasks/part-1.json");
  EXPECT_NE(task_text.find("\"completed_at\": \"2026-03-01T00:00:00.000Z\""), std::string::npos);
  EXPECT_NE(task_text.find("\"status\": \"completed\""), std::string::npos);
  // The echo of our own writes is not taken for an edit: a later edit by hand is the next event.
  write_text(missions_ / id.value / "tasks/extra.json", "{\"task_id\": \"extra\"}");
  ASSERT_TRUE(until([&] { return events_.size() > before; }));
  EXPECT_EQ(events_.size(), before + 1);
  EXPECT_TRUE(last_observed()->tasks.contains(TaskId("extra")));
  EXPECT_EQ(last_observed()->task_status.at(TaskId("part-1")), "completed");
}

TEST_F(CellStoreTest, AStatusWrittenByHandIsARequestAndALaggingOneIsNot) {
  start();
  const CellId id = create();
  core::Cell cell = living(*last_observed());
  cell.status = MissionStatus::paused;
  store_->mirror(cell);
  // The mirror has not run yet; the edit of another field must not look like a wish to be active.
  replace_in(missions_ / id.value / "tasks/plan.json", "Divide the work", "Plan");
  const std::size_t before = events_.size();
  ASSERT_TRUE(until([&] { return events_.size() > before; }));
  EXPECT_EQ(last_observed()->status, MissionStatus::active) << "what the file says, unchanged";
  ASSERT_TRUE(until([&] {
    return read_text(missions_ / id.value / "cell.json").find("\"paused\"") != std::string::npos;
  }));
  cell.status = MissionStatus::completed;
  store_->mirror(cell);
  ASSERT_TRUE(until([&] {
    return read_text(missions_ / id.value / "cell.json").find("\"completed\"") != std::string::npos;
  }));
  ASSERT_TRUE(store_->close(5s));
  ASSERT_TRUE(until([&] {
    const auto* told = std::get_if<core::event::CellMirrored>(&events_.back());
    return told && told->status == MissionStatus::completed;
  }));
  const std::size_t then = events_.size();
  replace_in(missions_ / id.value / "cell.json", "\"completed\"", "\"active\"");
  ASSERT_TRUE(until([&] { return events_.size() > then; }));
  EXPECT_EQ(std::get<core::event::CellObserved>(events_[then]).cell.status, MissionStatus::active);
  // Refused: the mirror puts the file right again.
  store_->mirror(cell);
  ASSERT_TRUE(until([&] {
    return read_text(missions_ / id.value / "cell.json").find("\"completed\"") != std::string::npos;
  }));
}

TEST_F(CellStoreTest, AStatusThatChangedAndChangedBackIsToldAsWritten) {
  start();
  const CellId id = create();
  core::Cell cell = living(*last_observed());
  cell.status_changes = 2;
  cell.unmirrored = {{MissionStatus::paused, 1}, {MissionStatus::active, 2}};
  store_->mirror(cell);
  store_->mirror(cell);
  const auto is_told = [](const core::EventBody& event) {
    const auto* told = std::get_if<core::event::CellMirrored>(&event);
    return told && told->change == 2;
  };
  EXPECT_EQ(std::ranges::count_if(events_, is_told), 1) << "once, though nothing was written";
}

TEST_F(CellStoreTest, OnlyTheFirstLookOfADaemonIsCalledSo) {
  start();
  const CellId id = create();
  EXPECT_TRUE(std::get<core::event::CellObserved>(events_.back()).first);
  const std::size_t before = events_.size();
  replace_in(missions_ / id.value / "tasks/plan.json", "Divide the work", "Think first");
  ASSERT_TRUE(until([&] { return events_.size() > before; }));
  EXPECT_FALSE(std::get<core::event::CellObserved>(events_.back()).first);
}

TEST_F(CellStoreTest, WhatTheApiAddsGetsAFileAndAFileTakenAwayStaysAway) {
  start();
  const CellId id = create();
  core::Cell cell = living(*last_observed());
  core::TaskDefinition added;
  added.id = TaskId("new");
  added.title = "New";
  added.dependencies = {TaskId("plan")};
  added.verify = core::VerifySpec{{"/bin/true"}, 9s};
  cell.tasks[added.id].definition = added;
  store_->mirror(cell);
  ASSERT_TRUE(store_->close(5s));
  const fs::path path = missions_ / id.value / "tasks/new.json";
  const auto read = wire::read_task(read_text(path), "new.json");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, added);
  ASSERT_TRUE(until([&] { return store_->find(id) != nullptr; }));
  fs::remove(path);
  const std::size_t before = events_.size();
  write_text(missions_ / id.value / "tasks/else.json", "{\"task_id\": \"else\"}");
  ASSERT_TRUE(until([&] { return events_.size() > before; }));
  cell.tasks.at(added.id).state = core::TaskState::failed;
  store_->mirror(cell);
  ASSERT_TRUE(store_->close(5s));
  EXPECT_FALSE(fs::exists(path)) << "a person took it away";
}

TEST_F(CellStoreTest, FaultsGoWhenTheOldBytesComeBack) {
  start();
  const CellId id = create();
  core::Cell cell = living(*last_observed());
  cell.status = MissionStatus::paused;
  store_->mirror(cell);
  const fs::path path = missions_ / id.value / "cell.json";
  ASSERT_TRUE(until([&] { return read_text(path).find("\"paused\"") != std::string::npos; }));
  ASSERT_TRUE(store_->close(5s));
  const std::string whole = read_text(path);
  write_text(path, "{");
  ASSERT_TRUE(until([&] { return store_->find(id)->state == CellState::stale; }));
  write_text(path, whole);
  ASSERT_TRUE(until([&] { return store_->find(id)->state == CellState::healthy; }));
  EXPECT_TRUE(store_->find(id)->problems.empty());
}

TEST_F(CellStoreTest, NewTasksAreWrittenAfterThoseTheyWaitFor) {
  start();
  const CellId id = create();
  core::Cell cell = living(*last_observed());
  const auto add = [&](const char* name, std::vector<TaskId> after) {
    core::Task& task = cell.tasks[TaskId(name)];
    task.definition.id = TaskId(name);
    task.definition.title = name;
    task.definition.dependencies = std::move(after);
  };
  add("a-last", {TaskId("m-middle"), TaskId("z-first")});
  add("m-middle", {TaskId("z-first")});
  add("z-first", {});
  store_->mirror(cell);
  ASSERT_TRUE(store_->close(5s));
  const auto written = [&](const char* name) {
    return fs::last_write_time(missions_ / id.value / "tasks" / (std::string(name) + ".json"));
  };
  EXPECT_LE(written("z-first"), written("m-middle"));
  EXPECT_LE(written("m-middle"), written("a-last"));
}

TEST_F(CellStoreTest, AChangedDefinitionKeepsWhatOthersPutIntoTheFile) {
  start();
  const CellId id = create();
  const fs::path path = missions_ / id.value / "agents/write-2.json";
  replace_in(path, "\"checkpoint\": null", "\"checkpoint\": null,\n  \"x_mine\": 1.0");
  replace_in(path, "\"command\": [\"/bin/agent\"]", "\"command\": [\"/bin/agent\"], \"x\": 1");
  core::AgentDefinition agent = last_observed()->agents.at(AgentId("write-2"));
  agent.name = "Second";
  agent.run.reset();
  std::optional<Result<void>> done;
  store_->write_agent(id, agent, [&](Result<void> result) { done = std::move(result); });
  ASSERT_TRUE(until([&] { return done.has_value(); }));
  ASSERT_TRUE(*done) << done->error().message;
  const std::string text = read_text(path);
  EXPECT_NE(text.find("\"x_mine\": 1.0"), std::string::npos);
  EXPECT_EQ(text.find("\"run\""), std::string::npos);
  EXPECT_EQ(*wire::read_agent(text, "x"), agent);
  // The mirror alone does it too, as after an agent was defined anew through the API.
  core::Cell cell = living(*last_observed());
  agent.role = core::Role::read;
  cell.agents.at(agent.id).definition = agent;
  store_->mirror(cell);
  ASSERT_TRUE(store_->close(5s));
  EXPECT_EQ(*wire::read_agent(read_text(path), "x"), agent);
}

TEST_F(CellStoreTest, DestroysTheDirectoryAndNothingElse) {
  start();
  const CellId id = create();
  const fs::path outside = base_ / "outside";
  fs::create_directories(outside);
  write_text(outside / "precious", "x");
  const fs::path cell = missions_ / id.value;
  fs::create_directory_symlink(outside, cell / "artifacts/link");
  fs::create_symlink(outside / "precious", cell / "artifacts/file-link");
  fs::path deep = cell / "work";
  for (int i = 0; i < 120; ++i) deep /= "d";
  fs::create_directories(deep);
  write_text(deep / "bottom", "x");
  std::optional<Result<void>> done;
  store_->destroy(id, [&](Result<void> result) { done = std::move(result); });
  ASSERT_TRUE(until([&] { return done.has_value(); }));
  EXPECT_TRUE(*done) << done->error().message;
  EXPECT_FALSE(fs::exists(cell));
  EXPECT_EQ(read_text(outside / "precious"), "x");
  EXPECT_TRUE(fs::is_empty(missions_));
  EXPECT_EQ(std::get<core::event::CellGone>(events_.back()).cell, id);
  EXPECT_EQ(store_->find(id), nullptr);
}

TEST_F(CellStoreTest, ADirectoryThatGoesAwayIsGone) {
  start();
  const CellId id = create();
  fs::rename(missions_ / id.value, base_ / "archived");
  ASSERT_TRUE(until([&] { return std::holds_alternative<core::event::CellGone>(events_.back()); }));
  EXPECT_TRUE(fs::exists(base_ / "archived/cell.json"));
}

}  // namespace
}  // namespace lazaret::cells
