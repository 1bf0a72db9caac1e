#include "adapters/checkpoints/generations.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace lazaret::checkpoints {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Generations : public testing::Test {
 protected:
  Generations() {
    std::string pattern = (fs::temp_directory_path() / "lz-ckpt-XXXXXX").string();
    cell_ = mkdtemp(pattern.data());
    fs::create_directories(staging());
  }
  ~Generations() override { fs::remove_all(cell_); }

  Place place() const { return {cell_, AgentId("a")}; }
  fs::path home() const { return cell_ / "checkpoints" / "a"; }
  fs::path staging() const { return home() / "staging"; }
  fs::path folder(const core::CheckpointRef& one) const { return home() / "generations" / one.id; }

  void stage(const std::string& path, const std::string& text) const {
    fs::create_directories((staging() / path).parent_path());
    std::ofstream(staging() / path, std::ios::binary) << text;
  }
  Result<core::CheckpointInfo> try_save(std::int64_t bytes_most = 1 << 20) {
    return save({place(), ++number_, Incarnation{3}, TaskId("t"), {}, bytes_most});
  }
  core::CheckpointRef saved() {
    const auto info = try_save();
    EXPECT_TRUE(info) << info.error().message;
    return {AgentId("a"), info->id, info->manifest_hash};
  }
  // What restoring yields: the index of the candidate, or -1.
  int restored(const std::vector<core::CheckpointRef>& candidates) {
    last_ = *restore(place(), candidates);
    if (!last_.restored) return -1;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (candidates[i] == *last_.restored) return static_cast<int>(i);
    }
    return -2;
  }

  fs::path cell_;
  std::int64_t number_ = 0;
  Restored last_;
};

TEST_F(Generations, WhatWasSavedIsWhatIsRestored) {
  stage("state.json", "{\"page\": 7}");
  stage("context.json", "[]");
  stage("artifacts/deep/er/x", std::string(100'000, 'x'));
  stage("artifacts/empty", "");
  const auto info = try_save();
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->files, 4);
  EXPECT_EQ(info->bytes, 100'013);
  EXPECT_EQ(info->artifacts, (std::vector<std::string>{"deep/er/x", "empty"}));
  stage("state.json", "half writ");
  stage("artifacts/later", "never saved");
  EXPECT_EQ(restored({{AgentId("a"), info->id, info->manifest_hash}}), 0);
  EXPECT_EQ(read(staging() / "state.json"), "{\"page\": 7}");
  EXPECT_EQ(read(staging() / "artifacts/deep/er/x").size(), 100'000U);
  EXPECT_TRUE(fs::exists(staging() / "artifacts/empty"));
  EXPECT_FALSE(fs::exists(staging() / "artifacts/later")) << "what was not saved is gone";
}

// Promise 7: the newest that verifies, and nothing that does not.
TEST_F(Generations, TornAtEveryByteFallsBackToTheOneBefore) {
  stage("state.json", "{\"page\": 1}");
  const auto before = saved();
  stage("state.json", "{\"page\": 2}");
  stage("artifacts/a", "0123456789");
  const auto newest = saved();
  ASSERT_EQ(restored({newest, before}), 0);
  for (const char* name : {"manifest.json", "state.json", "artifacts/a"}) {
    const fs::path file = folder(newest) / name;
    const std::string whole = read(file);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      fs::resize_file(file, length);
      ASSERT_EQ(restored({newest, before}), 1) << name << " cut at " << length;
      ASSERT_EQ(last_.broken.size(), 1U);
      ASSERT_EQ(read(staging() / "state.json"), "{\"page\": 1}");
      std::ofstream(file, std::ios::binary) << whole;
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0x20);
      std::ofstream(file, std::ios::binary) << changed;
      ASSERT_EQ(restored({newest, before}), 1) << name << " changed at " << at;
    }
    std::ofstream(file, std::ios::binary) << whole + "x";
    ASSERT_EQ(restored({newest, before}), 1) << name << " with a byte more";
    std::ofstream(file, std::ios::binary) << whole;
    ASSERT_EQ(restored({newest, before}), 0) << name << " is whole again";
  }
}

TEST_F(Generations, MissingAndForeignFilesDoNotVerify) {
  stage("state.json", "{}");
  const auto one = saved();
  std::ofstream(folder(one) / "context.json") << "{}";
  EXPECT_EQ(restored({one}), -1);
  EXPECT_FALSE(fs::exists(staging() / "state.json")) << "without a checkpoint it begins empty";
  fs::remove(folder(one) / "context.json");
  EXPECT_EQ(restored({one}), 0);
  fs::rename(folder(one) / "state.json", cell_ / "elsewhere");
  fs::create_symlink(cell_ / "elsewhere", folder(one) / "state.json");
  EXPECT_EQ(restored({one}), -1) << "a link is not followed";
  fs::remove_all(folder(one));
  EXPECT_EQ(restored({one}), -1);
  EXPECT_EQ(restored({{AgentId("a"), "../../../etc", std::string(64, '0')}}), -1);
}

TEST_F(Generations, WhatCannotBeSavedIsNamed) {
  EXPECT_NE(try_save().error().message.find("nothing is staged"), std::string::npos);
  stage("notes.txt", "x");
  EXPECT_EQ(try_save().error().place, "notes.txt");
  fs::remove(staging() / "notes.txt");
  fs::create_symlink("/etc/passwd", staging() / "state.json");
  EXPECT_EQ(try_save().error().code, ErrorCode::invalid_input);
  fs::remove(staging() / "state.json");
  ASSERT_EQ(mkfifo((staging() / "context.json").c_str(), 0600), 0);
  EXPECT_EQ(try_save().error().code, ErrorCode::invalid_input) << "and it does not wait for it";
  fs::remove(staging() / "context.json");
  stage("state.json", std::string(100, 'x'));
  EXPECT_EQ(try_save(99).error().code, ErrorCode::too_large);
  EXPECT_TRUE(try_save(100));
  for (int i = 0; i < 500; ++i) stage("artifacts/" + std::to_string(i), "");
  EXPECT_EQ(try_save().error().code, ErrorCode::too_large);
  EXPECT_EQ(std::distance(fs::directory_iterator(home() / "generations"), {}), 1)
      << "what was refused leaves nothing behind";
}

TEST_F(Generations, TheNewestIsShownAndOthersGo) {
  stage("state.json", "1");
  const auto first = saved();
  stage("state.json", "2");
  stage("context.json", "{}");
  const auto second = saved();
  const auto third = saved();
  ASSERT_TRUE(keep(place(), {first.id, second.id}, {third.id}));
  EXPECT_EQ(read(home() / "state.json"), "2");
  EXPECT_EQ(read(home() / "context.json"), "{}");
  EXPECT_TRUE(fs::exists(folder(third))) << "it was spared";
  ASSERT_TRUE(keep(place(), {first.id}, {}));
  EXPECT_EQ(read(home() / "state.json"), "1");
  EXPECT_FALSE(fs::exists(fs::symlink_status(home() / "context.json")));
  EXPECT_FALSE(fs::exists(folder(second)));
  EXPECT_FALSE(fs::exists(folder(third)));
}

TEST_F(Generations, ARehearsalLeavesEverythingAsItWas) {
  stage("state.json", "1");
  const auto one = saved();
  stage("state.json", "2");
  ASSERT_TRUE(rehearse(place(), one));
  EXPECT_EQ(read(staging() / "state.json"), "2");
  EXPECT_EQ(std::distance(fs::directory_iterator(home()), {}), 2);
  fs::resize_file(folder(one) / "state.json", 0);
  EXPECT_EQ(rehearse(place(), one).error().code, ErrorCode::invalid_input);
}

// A child saves without end and tells of each; it is killed later and later in its work.
TEST_F(Generations, WhatWasAcknowledgedVerifiesWheneverItsMakerIsKilled) {
  stage("state.json", std::string(50'000, 's'));
  stage("artifacts/a", std::string(50'000, 'a'));
  std::size_t acknowledged = 0;
  for (int round = 0; round < 20; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const pid_t child = fork();
    if (child == 0) {
      for (number_ = round * 10'000; true;) {
        const auto info = try_save();
        if (!info || write(ends[1], (info->id + info->manifest_hash + "\n").data(), 88) != 88)
          _exit(1);
      }
    }
    close(ends[1]);
    std::string said(88, ' ');
    ASSERT_EQ(::read(ends[0], said.data(), 88), 88) << "one is safe before the kill";
    usleep(static_cast<useconds_t>(round) * 1'700);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    do {
      ++acknowledged;
      const core::CheckpointRef one{AgentId("a"), said.substr(0, 23), said.substr(23, 64)};
      ASSERT_TRUE(verify(cell_, one)) << one.id;
    } while (::read(ends[0], said.data(), 88) == 88);
    close(ends[0]);
  }
  EXPECT_GE(acknowledged, 20U);
  const auto last = saved();
  ASSERT_TRUE(keep(place(), {last.id}, {}));
  EXPECT_EQ(std::distance(fs::directory_iterator(home() / "generations"), {}), 1)
      << "unfinished ones go with the next look";
}

TEST_F(Generations, TheSameContentAgainHealsATornOne) {
  stage("state.json", "{}");
  const auto info = try_save();
  const core::CheckpointRef one{AgentId("a"), info->id, info->manifest_hash};
  fs::resize_file(folder(one) / "state.json", 0);
  --number_;
  ASSERT_EQ(try_save()->id, info->id) << "its name is made of its content";
  EXPECT_EQ(restored({one}), 0);
}

}  // namespace
}  // namespace lazaret::checkpoints
