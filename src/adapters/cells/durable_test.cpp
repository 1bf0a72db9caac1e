#include "adapters/cells/durable.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapters/cells/cell_directory.h"
#include "adapters/cells/remove_tree.h"
#include "adapters/cells/write_worker.h"
#include "base/rng.h"
#include "files/beneath.h"

namespace lazaret::cells {
namespace {

namespace fs = std::filesystem;

class DurableTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "lazaret-durable-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
    dir_ = files::open_root(base_.string());
  }
  void TearDown() override { fs::remove_all(base_); }

  std::string text_of(const std::string& name) const {
    return files::read_file(dir_.get(), name, 1 << 20).value_or("(none)");
  }

  fs::path base_;
  files::Fd dir_;
};

TEST_F(DurableTest, KillNineInTheMiddleLeavesTheOldOrTheNewFile) {
  const std::string a(60'000, 'a');
  const std::string b(90'000, 'b');
  ASSERT_TRUE(replace_file(dir_.get(), "f", a));
  Rng rng(7);
  bool saw_a = false;
  bool saw_b = false;
  for (int round = 0; round < 60; ++round) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      (void)replace_file(dir_.get(), "f", round % 2 != 0 ? a : b);
      (void)!write(ready[1], "x", 1);
      for (int i = 0;; ++i) (void)replace_file(dir_.get(), "f", i % 2 != 0 ? a : b);
    }
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    usleep(static_cast<useconds_t>(rng.below(3'000)));
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    close(ready[0]);
    close(ready[1]);
    const std::string now = text_of("f");
    ASSERT_TRUE(now == a || now == b) << "half a file of " << now.size() << " bytes";
    saw_a |= now == a;
    saw_b |= now == b;
  }
  EXPECT_TRUE(saw_a && saw_b) << "the kill never met a write";
  // What a killed write leaves is hidden, never a second file of the cell.
  for (const auto& entry : fs::directory_iterator(base_)) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == "f" || name.starts_with(temporary_prefix)) << name;
  }
}

TEST_F(DurableTest, KillNineWhileMakingACellLeavesAllOrNothing) {
  wire::CellFiles files;
  for (int i = 0; i < 20; ++i) files.files["tasks/t" + std::to_string(i) + ".json"] = "{}";
  Rng rng(11);
  for (int round = 0; round < 25; ++round) {
    const std::string name = "cell-" + std::to_string(round);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      (void)make_cell(dir_.get(), name, files);
      pause();
    }
    usleep(static_cast<useconds_t>(rng.below(20'000)));
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    if (!fs::exists(base_ / name)) continue;
    for (const auto& [file, text] : files.files) EXPECT_TRUE(fs::exists(base_ / name / file));
  }
  sweep(dir_.get());
  for (const auto& entry : fs::directory_iterator(base_)) {
    EXPECT_TRUE(entry.path().filename().string().starts_with("cell-")) << entry.path();
  }
}

TEST_F(DurableTest, KeepsTheModeAndNeverWritesThroughALink) {
  ASSERT_TRUE(replace_file(dir_.get(), "f", "1"));
  ASSERT_EQ(chmod((base_ / "f").c_str(), 0600), 0);
  ASSERT_TRUE(replace_file(dir_.get(), "f", "2"));
  EXPECT_EQ(fs::status(base_ / "f").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("f", base_ / "link");
  EXPECT_EQ(replace_file(dir_.get(), "link", "3").error().code, ErrorCode::invalid_input);
  EXPECT_EQ(text_of("f"), "2");
  EXPECT_EQ(
      files::read_file(dir_.get(), "../" + base_.filename().string() + "/f", 100).error().code,
      ErrorCode::invalid_input)
      << "never up and around";
}

TEST_F(DurableTest, AnEditThatOvertakesUsWins) {
  ASSERT_TRUE(replace_file(dir_.get(), "f", "one"));
  int calls = 0;
  const auto done = edit_file(dir_.get(), "f", [&](std::string text) -> Result<std::string> {
    if (++calls == 1) std::ofstream(base_ / "f") << "by hand";  // between our read and our rename
    return text + " + ours";
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(text_of("f"), "by hand + ours");
}

TEST_F(DurableTest, RemovesTreesOfAnyShapeAndOnlyThem) {
  fs::path deep = base_ / "tree";
  fs::create_directory(deep);
  std::ofstream(base_ / "outside") << "x";
  // Deeper than a path can be long.
  files::Fd at = files::open_directory(dir_.get(), "tree");
  for (int i = 0; i < 450; ++i) {
    ASSERT_EQ(mkdirat(at.get(), "directory", 0700), 0);
    at = files::open_directory(at.get(), "directory");
    ASSERT_TRUE(at);
  }
  for (int i = 0; i < 300; ++i) std::ofstream(base_ / "tree" / std::to_string(i));
  fs::create_symlink("../outside", base_ / "tree/link");
  fs::create_directory(base_ / "tree/locked");
  ASSERT_EQ(chmod((base_ / "tree/locked").c_str(), 0), 0);
  const auto done = remove_tree(dir_.get(), "tree");
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_FALSE(fs::exists(base_ / "tree"));
  EXPECT_TRUE(fs::exists(base_ / "outside"));
}

struct Pace {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
};

TEST(WriteWorkerTest, KeptJobsAreCoalescedRetriedAndReported) {
  Pace pace;
  std::vector<std::string> ran;
  std::vector<bool> trouble;
  int failures = 2;
  WriteWorker worker([&](std::optional<Error> error) { trouble.push_back(error.has_value()); },
                     {1ms, 4ms});
  worker.submit_kept({[&]() -> Result<void> {
                        std::unique_lock lock(pace.mutex);
                        pace.changed.wait(lock, [&] { return pace.open; });
                        return {};
                      },
                      {},
                      {}});
  const auto job = [&](const std::string& key, const std::string& name) {
    return WriteJob{[&, name]() -> Result<void> {
                      if (name == "b" && failures-- > 0) {
                        return std::unexpected(files::system_error(EIO, "cannot write"));
                      }
                      ran.push_back(name);
                      return {};
                    },
                    {},
                    key};
  };
  worker.submit_kept(job("k", "old"));
  worker.submit_kept(job("k", "a"));
  worker.submit_kept(job("l", "b"));
  worker.submit_kept(job("m", "c"));
  {
    const std::lock_guard lock(pace.mutex);
    pace.open = true;
  }
  pace.changed.notify_all();
  ASSERT_TRUE(worker.drain(10s));
  EXPECT_EQ(ran, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(trouble, (std::vector<bool>{true, true, false})) << "EIO twice, then well again";
}

TEST(WriteWorkerTest, AnAnswerIsNotHeldUpByADiskThatRefuses) {
  WriteWorker worker({}, {3600s, 3600s});
  worker.submit_kept({[]() -> Result<void> {
                        return std::unexpected(files::system_error(ENOSPC, "cannot write"));
                      },
                      {},
                      "k"});
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Result<void>> answer;
  worker.submit_now(
      {[]() -> Result<void> { return std::unexpected(files::system_error(ENOSPC, "cannot make")); },
       [&](Result<void> result) {
         const std::lock_guard lock(mutex);
         answer = std::move(result);
         changed.notify_all();
       },
       {}});
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, 10s, [&] { return answer.has_value(); }));
  EXPECT_EQ(answer->error().code, ErrorCode::unavailable);
  EXPECT_EQ(answer->error().remedy, "free some space; it is tried again by itself");
}

}  // namespace
}  // namespace lazaret::cells
