#include "adapters/cells/cell_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "adapters/cells/cell_directory.h"
#include "adapters/cells/lint.h"
#include "base/rfc3339.h"
#include "wire/template_cell.h"

namespace lazaret::cells {
namespace {

namespace fs = std::filesystem;
using core::MissionStatus;

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
}

void replace_in(const fs::path& path, const std::string& from, const std::string& to) {
  std::string text = read_text(path);
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " in\n" << text;
  write_text(path, text.replace(at, from.size(), to));
}

class CellStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    umask(022);
    std::string pattern = (fs::temp_directory_path() / "lazaret-cells-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
    missions_ = base_ / "missions";
  }
  void TearDown() override {
    store_.reset();
    fs::remove_all(base_);
  }

  void start() {
    StoreOptions options;
    options.missions_path = missions_.string();
    options.sink = [this](core::EventBody event) { events_.push_back(std::move(event)); };
    options.known = [this](const CellId& id) { return known_.contains(id); };
    options.log = [this](const std::string& line) { log_.push_back(line); };
    options.debounce = 5ms;
    options.mirror_delay = 5ms;
    store_.emplace(loop_, options);
    const auto started = store_->start();
    ASSERT_TRUE(started) << started.error().message;
  }

  // Runs the loop until the condition holds; false after ten seconds.
  template <class Condition>
  bool until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  wire::CellFiles files(const char* name = "pipeline", CellId id = new_cell_id()) {
    const std::string body = std::string("{\"template\": \"") + name +
                             "\", \"mission_name\": \"Test\", \"command\": [\"/bin/agent\"]}";
    return wire::read_new_cell(body, {id, missions_.string(), "test", WallTime(1769850000s)})
        .value();
  }

  CellId create(const char* name = "pipeline") {
    std::optional<Result<CellId>> made;
    store_->create(files(name), [&](Result<CellId> result) { made = std::move(result); });
    EXPECT_TRUE(until([&] { return made.has_value(); }));
    EXPECT_TRUE(made->has_value()) << made->error().message;
    return **made;
  }

  // As a person would: without us.
  fs::path lay_out(const wire::CellFiles& cell) {
    const fs::path path = missions_ / fs::path(cell.directory).filename();
    for (const auto& [file, text] : cell.files) {
      fs::create_directories((path / file).parent_path());
      write_text(path / file, text);
    }
    return path;
  }

  const core::CellDefinition* last_observed() const {
    for (auto at = events_.rbegin(); at != events_.rend(); ++at) {
      if (const auto* seen = std::get_if<core::event::CellObserved>(&*at)) return &seen->cell;
    }
    return nullptr;
  }

  // A cell as the core would hold it.
  core::Cell living(const core::CellDefinition& definition) const {
    core::Cell cell;
    cell.definition = definition;
    cell.status = definition.status;
    for (const auto& [id, agent] : definition.agents) cell.agents[id].definition = agent;
    for (const auto& [id, task] : definition.tasks) cell.tasks[id].definition = task;
    return cell;
  }

  fs::path base_;
  fs::path missions_;
  boost::asio::io_context loop_;
  std::set<CellId> known_;
  std::vector<core::EventBody> events_;
  std::vector<std::string> log_;
  std::optional<CellStore> store_;
};

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
  for (int i = 0; i < 20; ++i) {
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

TEST_F(CellStoreTest, ACellFromElsewhereStartsPausedAndItsFileSaysSo) {
  const fs::path path = lay_out(files());
  start();
  ASSERT_NE(last_observed(), nullptr);
  EXPECT_EQ(last_observed()->status, MissionStatus::paused);
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

TEST_F(CellStoreTest, ACopyThatAppearsWhileWeRunIsPickedUpPaused) {
  start();
  const fs::path path = lay_out(files());
  ASSERT_TRUE(until([&] { return last_observed() && last_observed()->agents.size() == 4; }));
  EXPECT_EQ(last_observed()->status, MissionStatus::paused);
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
  EXPECT_EQ(last_observed()->status, MissionStatus::paused);
  ASSERT_TRUE(until([&] {
    return read_text(missions_ / id.value / "cell.json").find("\"paused\"") != std::string::npos;
  }));
  // Two observations: what was, and what is asked for, so that a core that compares sees the wish.
  cell.status = MissionStatus::completed;
  store_->mirror(cell);
  ASSERT_TRUE(until([&] {
    return read_text(missions_ / id.value / "cell.json").find("\"completed\"") != std::string::npos;
  }));
  ASSERT_TRUE(store_->close(5s));
  const std::size_t then = events_.size();
  replace_in(missions_ / id.value / "cell.json", "\"completed\"", "\"active\"");
  ASSERT_TRUE(until([&] { return events_.size() == then + 2; }));
  EXPECT_EQ(std::get<core::event::CellObserved>(events_[then]).cell.status,
            MissionStatus::completed);
  EXPECT_EQ(std::get<core::event::CellObserved>(events_[then + 1]).cell.status,
            MissionStatus::active);
  // Refused: the mirror puts the file right again.
  store_->mirror(cell);
  ASSERT_TRUE(until([&] {
    return read_text(missions_ / id.value / "cell.json").find("\"completed\"") != std::string::npos;
  }));
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

TEST_F(CellStoreTest, StatesOfCells) {
  const auto good = lay_out(files());
  const auto empty = missions_ / new_cell_id().value;
  fs::create_directories(empty);
  const auto broken = lay_out(files());
  write_text(broken / "tasks/plan.json", "{");
  const auto open = lay_out(files());
  chmod((open / "agents/write-1.json").c_str(), 0666);
  const auto foreign = lay_out(files());
  const bool root = geteuid() == 0;
  if (root) {
    ASSERT_EQ(chown((foreign / "cell.json").c_str(), 12345, 0), 0);
  }
  const auto blank = lay_out(files("blank"));
  start();
  const auto state = [&](const fs::path& path) {
    return store_->find(CellId(path.filename().string()))->state;
  };
  EXPECT_EQ(state(good), CellState::healthy);
  EXPECT_EQ(state(empty), CellState::uninitialised);
  EXPECT_EQ(state(broken), CellState::incomplete);
  EXPECT_EQ(state(open), CellState::unsafe);
  EXPECT_EQ(store_->find(CellId(open.filename().string()))->problems.at(0).found,
            "the mode 0666, writable by others than its owner");
  if (root) {
    EXPECT_EQ(state(foreign), CellState::unsafe);
  }
  EXPECT_EQ(state(blank), CellState::incomplete);
  EXPECT_EQ(events_.size(), root ? 2U : 3U) << "good and blank";
  chmod((open / "agents/write-1.json").c_str(), 0644);
  EXPECT_TRUE(until([&] { return state(open) == CellState::healthy; })) << "made safe again";
}

TEST_F(CellStoreTest, HostileDirectories) {
  const fs::path outside = base_ / "outside.json";
  write_text(outside, "{\"agent_id\": \"evil\"}");
  const auto linked = lay_out(files());
  fs::create_symlink(outside, linked / "agents/evil.json");
  const auto linked_folder = lay_out(files());
  fs::rename(linked_folder / "agents", base_ / "agents");
  fs::create_directory_symlink(base_ / "agents", linked_folder / "agents");
  fs::create_directory_symlink(linked, missions_ / "link-to-a-cell");
  const auto fifo = lay_out(files());
  ASSERT_EQ(mkfifo((fifo / "tasks/pipe.json").c_str(), 0644), 0);
  const auto huge = lay_out(files());
  write_text(huge / "agents/big.json", "");
  fs::resize_file(huge / "agents/big.json", 100 << 20);
  const auto binary = lay_out(files());
  write_text(binary / "tasks/plan.json", std::string("\x7f"
                                                     "ELF\0\1\2",
                                                     7));
  const auto nested = lay_out(files());
  write_text(nested / "tasks/plan.json", std::string(1 << 20, '['));
  const auto good = lay_out(files());
  const auto began = std::chrono::steady_clock::now();
  start();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
  const auto problem = [&](const fs::path& path) {
    const CellSight* sight = store_->find(CellId(path.filename().string()));
    return sight->problems.empty() ? "none" : wire::to_text(sight->problems[0]);
  };
  EXPECT_EQ(problem(linked),
            "agents/evil.json: found a symbolic link, or no regular file, expected a "
            "regular file that can be read");
  EXPECT_EQ(problem(linked_folder),
            "agents: found a symbolic link or a file, expected a directory");
  EXPECT_EQ(
      problem(missions_ / "link-to-a-cell"),
      "link-to-a-cell: found a symbolic link or a file, expected a directory that can be read");
  EXPECT_EQ(problem(fifo),
            "tasks/pipe.json: found a symbolic link, or no regular file, expected a "
            "regular file that can be read");
  EXPECT_EQ(problem(huge),
            "agents/big.json: found 104857600 bytes, expected at most 1048576 bytes");
  EXPECT_EQ(problem(binary),
            "tasks/plan.json:1:1: found the control byte 0x7f, expected a JSON value");
  EXPECT_EQ(problem(nested).substr(0, 23), "tasks/plan.json:1:33 /0") << problem(nested);
  EXPECT_EQ(problem(good), "none");
  EXPECT_EQ(events_.size(), 1U) << "only the good one";
}

TEST_F(CellStoreTest, AnOverflowOfTheWatchMeansARescan) {
  start();
  const CellId id = create();
  const std::size_t before = events_.size();
  std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
  long most = 0;
  limit >> most;
  ASSERT_GT(most, 0);
  if (most > 100'000) GTEST_SKIP() << "a queue of " << most << " events is too long to fill";
  // Names that differ, so that the kernel does not merge the events; the loop does not run
  // meanwhile.
  const fs::path folder = missions_ / id.value / "config";
  for (long i = 0; i <= most; i += 2) {
    const fs::path one = folder / ("a" + std::to_string(i % 4));
    write_text(one, "");
    fs::remove(one);
  }
  replace_in(missions_ / id.value / "tasks/plan.json", "Divide the work", "After the flood");
  ASSERT_TRUE(until([&] { return events_.size() > before; }));
  EXPECT_EQ(last_observed()->tasks.at(TaskId("plan")).title, "After the flood");
  EXPECT_NE(
      std::find(log_.begin(), log_.end(), "too many changes at once: reading all cells again"),
      log_.end());
}

TEST_F(CellStoreTest, AFullDiskLosesNothing) {
  fs::create_directories(missions_);
  if (mount("none", missions_.c_str(), "tmpfs", 0, "size=256k,mode=0755") != 0) {
    GTEST_SKIP() << "needs the right to mount a small file system";
  }
  struct Unmount {
    fs::path path;
    ~Unmount() { umount2(path.c_str(), MNT_DETACH); }
  } unmount{missions_};
  start();
  const CellId id = create();
  {
    std::ofstream fill(missions_ / "fill", std::ios::binary);
    const std::string block(4096, 'x');
    while (fill << block << std::flush) {
    }
  }
  core::Cell cell = living(*last_observed());
  cell.agents.at(AgentId("lead-1")).incarnation.value = 3;
  const std::string before = read_text(missions_ / id.value / "agents/lead-1.json");
  store_->mirror(cell);
  ASSERT_TRUE(until([&] { return store_->trouble().has_value(); }));
  EXPECT_EQ(store_->trouble()->code, ErrorCode::unavailable);
  EXPECT_NE(store_->trouble()->message.find("No space left"), std::string::npos);
  EXPECT_EQ(read_text(missions_ / id.value / "agents/lead-1.json"), before) << "the old one, whole";
  std::optional<Result<CellId>> made;
  store_->create(files(), [&](Result<CellId> result) { made = std::move(result); });
  ASSERT_TRUE(until([&] { return made.has_value(); }));
  EXPECT_EQ(made->error().code, ErrorCode::unavailable);
  for (const auto& entry : fs::directory_iterator(missions_)) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == "fill" || name == id.value) << name << " was left behind";
  }
  fs::remove(missions_ / "fill");
  ASSERT_TRUE(until([&] { return !store_->trouble().has_value(); }));
  ASSERT_TRUE(store_->close(5s));
  EXPECT_NE(read_text(missions_ / id.value / "agents/lead-1.json").find("\"incarnation\": 3"),
            std::string::npos);
}

TEST_F(CellStoreTest, LintNeedsNoDaemon) {
  const auto good = lay_out(files());
  const auto bad = lay_out(files());
  replace_in(bad / "tasks/plan.json", "\"dependencies\": []", "\"dependencies\": [\"review\"]");
  EXPECT_TRUE(lint(good.string()).empty());
  const auto problems = lint(bad.string() + "/");
  ASSERT_GE(problems.size(), 1U);
  EXPECT_EQ(problems[0].found, "the cycle part-1 → plan → review → part-1");
  const auto all = lint(missions_.string());
  ASSERT_EQ(all.size(), problems.size());
  EXPECT_TRUE(all[0].file.starts_with(bad.filename().string() + "/tasks/")) << all[0].file;
  EXPECT_EQ(lint((base_ / "nowhere").string()).size(), 1U);
  EXPECT_EQ(lint(missions_.string() + "/").size(), problems.size());
}

}  // namespace
}  // namespace lazaret::cells
