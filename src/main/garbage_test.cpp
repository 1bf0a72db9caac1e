// Only what is of no use goes, and only when nobody has touched it for a while.
#include "main/garbage.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "adapters/sqlite/journal_store.h"

namespace lazaret::main {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Garbage : public ::testing::Test {
 protected:
  void SetUp() override {
    paths_.state = ::testing::TempDir() + "lazaret-garbage-" + std::to_string(::getpid()) + "-" +
                   ::testing::UnitTest::GetInstance()->current_test_info()->name();
    paths_.missions = paths_.state + "/missions";
    fs::create_directories(cell() + "/work/a");
    fs::create_directories(cell() + "/logs");
    fs::create_directories(paths_.state + "/env");
  }
  void TearDown() override { fs::remove_all(paths_.state); }

  std::string cell() const { return paths_.missions + "/7c9e6679-7425-40de-944b-e07fc1f90ae7"; }
  std::string make(const std::string& path, bool old = true, std::size_t size = 10) {
    std::ofstream(path) << std::string(size, 'x');
    const timespec past[2] = {{1'700'000'000, 0}, {1'700'000'000, 0}};
    if (old) utimensat(AT_FDCWD, path.c_str(), past, 0);
    return path;
  }
  // An agent whose environment is env/kept.
  void make_journal() {
    auto store = sqlite::JournalStore::open(paths_.journal_file(), "test");
    ASSERT_TRUE(store);
    core::CellDefinition definition;
    definition.id = CellId("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    core::AgentDefinition agent;
    agent.id = AgentId("a");
    agent.run = core::RunSpec{};
    agent.run->env_file = "/elsewhere/env/kept";
    definition.agents.emplace(agent.id, agent);
    const core::Event event{{Instant(5s), WallTime(1'700'000'000s)}, core::event::TimePassed{}};
    const std::vector<core::Fact> facts = {core::fact::CellDefined{definition}};
    ASSERT_TRUE(store->write({{1, event, 1, facts, {}}}, ports::Durability::power_loss));
  }
  std::set<std::string> removed(bool dry) {
    const auto answer = collect_garbage(paths_, dry);
    EXPECT_TRUE(answer) << answer.error().message;
    std::set<std::string> paths;
    for (const auto& one : answer->at("removed").as_array()) {
      paths.emplace(one.at("path").as_string());
    }
    return paths;
  }
  Paths paths_;
};

TEST_F(Garbage, OnlyWhatIsOldAndOfNoUseGoes) {
  make_journal();
  const std::string cut_off = make(cell() + "/.cell.json.tmp");
  const std::string orphan = make(paths_.state + "/env/gone");
  fs::create_directories(paths_.missions + "/.restore-1.tmp-missions");
  const std::string young = make(cell() + "/.b.json.tmp", false);
  const std::string kept = make(paths_.state + "/env/kept");
  const std::string fresh = make(paths_.state + "/env/fresh", false);
  const std::string own = make(cell() + "/work/a/.mine.tmp");
  const std::string log = make(cell() + "/logs/a.log");
  EXPECT_EQ(removed(true), (std::set<std::string>{cut_off, orphan}));
  EXPECT_TRUE(fs::exists(cut_off) && fs::exists(orphan));
  EXPECT_EQ(removed(false), (std::set<std::string>{cut_off, orphan}));
  EXPECT_FALSE(fs::exists(cut_off) || fs::exists(orphan));
  for (const std::string& path : {young, kept, fresh, own, log}) EXPECT_TRUE(fs::exists(path));
  EXPECT_TRUE(removed(false).empty());
}

TEST_F(Garbage, WithoutAJournalNobodyKnowsWhoseEnvironmentsTheyAre) {
  make(paths_.state + "/env/whose");
  EXPECT_TRUE(removed(false).empty());
}

TEST_F(Garbage, WhatGoesAndWhatStaysIsCountedAndSaysWhy) {
  make_journal();
  make(cell() + "/.cell.json.tmp", true, 30);
  make(paths_.state + "/env/gone", true, 12);
  const std::string young = make(cell() + "/.b.json.tmp", false);
  const auto answer = collect_garbage(paths_, false);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->at("files").to_number<int>(), 2);
  EXPECT_EQ(answer->at("bytes").to_number<int>(), 42);
  ASSERT_EQ(answer->at("left").as_array().size(), 1U);
  EXPECT_EQ(answer->at("left").at(0).at("path").as_string(), young);
  EXPECT_EQ(answer->at("left").at(0).at("why").as_string(),
            "it was touched within the last ten minutes");
}

TEST_F(Garbage, WhatIsKeptIsToldWithItsBound) {
  make_journal();
  make(cell() + "/logs/a.log", true, 1234);
  const auto answer = collect_garbage(paths_, true);
  ASSERT_TRUE(answer);
  bool told = false;
  for (const auto& one : answer->at("kept").as_array()) {
    EXPECT_FALSE(one.at("bound").as_string().empty());
    if (one.at("what").as_string() == "logs") told = one.at("bytes").to_number<int>() == 1234;
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace lazaret::main
