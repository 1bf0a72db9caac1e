// Cells that are broken, hostile or unlucky.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "adapters/cells/cell_store_fixture.h"

namespace lazaret::cells {
namespace {

using CellTroubleTest = CellStoreTest;

TEST_F(CellTroubleTest, StatesOfCells) {
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

TEST_F(CellTroubleTest, HostileDirectories) {
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

TEST_F(CellTroubleTest, AFileThatIsRefusedIsNotMissingToo) {
  const auto huge = lay_out(files());
  fs::resize_file(huge / "cell.json", 100 << 20);
  const auto fifo = lay_out(files());
  fs::remove(fifo / "cell.json");
  ASSERT_EQ(mkfifo((fifo / "cell.json").c_str(), 0600), 0);
  for (const auto& cell : {huge, fifo}) {
    const auto problems = lint(cell.string());
    std::string all;
    for (const auto& problem : problems) all += wire::to_text(problem) + "\n";
    EXPECT_EQ(problems.size(), 1U) << all;
    EXPECT_TRUE(all.starts_with("cell.json: found ")) << all;
    EXPECT_EQ(all.find("no such file"), std::string::npos) << all;
  }
}

TEST_F(CellTroubleTest, AnOverflowOfTheWatchMeansARescan) {
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
  // A look that was due since the cell was made may see the edit before the watch is read at all,
  // so the edit alone would prove nothing.
  const std::string expected = "too many changes at once: reading all cells again";
  EXPECT_TRUE(until([&] { return std::find(log_.begin(), log_.end(), expected) != log_.end(); }));
  EXPECT_TRUE(until([&] {
    return events_.size() > before &&
           last_observed()->tasks.at(TaskId("plan")).title == "After the flood";
  }));
}

TEST_F(CellTroubleTest, AFullDiskLosesNothing) {
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

TEST_F(CellTroubleTest, LintNeedsNoDaemon) {
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

// LAZARET_SCAN_CELLS=10000 measures; the figure is printed.
TEST_F(CellTroubleTest, ManyCellsAreFoundInOneScan) {
  const char* asked = std::getenv("LAZARET_SCAN_CELLS");
  const int count = asked != nullptr ? std::atoi(asked) : 60;
  for (int i = 0; i < count; ++i) lay_out(files("single"));
  for (const auto& entry : fs::directory_iterator(missions_)) {
    known_.insert(CellId(entry.path().filename().string()));
    for (const char* folder : cell_folders) fs::create_directories(entry.path() / folder);
    if (known_.size() == 1) write_text(entry.path() / "agents/agent-1.json", "{");
  }
  const auto began = std::chrono::steady_clock::now();
  start();
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_EQ(events_.size(), static_cast<std::size_t>(count - 1)) << "one is broken";
  EXPECT_EQ(store_->list().size(), static_cast<std::size_t>(count));
  std::printf("%d cells in %.3f s\n", count, std::chrono::duration<double>(took).count());
}

}  // namespace
}  // namespace lazaret::cells
