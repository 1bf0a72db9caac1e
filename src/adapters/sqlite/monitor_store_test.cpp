#include "adapters/sqlite/monitor_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

namespace lazaret::sqlite {
namespace {

class MonitorFile : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/lazaret-monitor-XXXXXX";
    directory_ = ::mkdtemp(pattern);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::unique_ptr<Journal> open() const {
    auto store = JournalStore::open(directory_ + "/journal.db", "test");
    EXPECT_TRUE(store.has_value());
    return std::make_unique<Journal>(std::move(*store), [](const auto& work) { work(); });
  }
  static ports::ServerReport report(const std::string& server, int second) {
    return {server, WallTime(std::chrono::seconds(second)), std::to_string(second)};
  }

 private:
  std::string directory_;
};

TEST_F(MonitorFile, TheNewestOfEachServerAndABoundedPastAreKept) {
  auto journal = open();
  MonitorStore monitor(*journal);
  const auto most = static_cast<int>(ports::reports_kept);
  std::vector<ports::ServerReport> many;
  for (int second = 1; second <= most + 5; ++second) many.push_back(report("a", second));
  monitor.keep(std::move(many));
  monitor.keep({report("b", 7)});
  const auto newest = monitor.newest();
  ASSERT_TRUE(newest.has_value());
  ASSERT_EQ(newest->size(), 2U);
  EXPECT_EQ(newest->at(0).body, std::to_string(most + 5));
  EXPECT_EQ(newest->at(1).identifier, "b");
  const auto all = monitor.history("a", 10'000);
  ASSERT_TRUE(all.has_value());
  ASSERT_EQ(all->size(), ports::reports_kept);
  EXPECT_EQ(all->front().body, std::to_string(most + 5));
  EXPECT_EQ(all->back().body, "6");
  EXPECT_EQ(monitor.history("b", 1)->size(), 1U);
}

TEST_F(MonitorFile, WhenAgentsWereHeardIsKeptAndThoseThatAreGoneAreForgotten) {
  {
    auto journal = open();
    MonitorStore monitor(*journal);
    for (int second = 1; second <= 50; ++second) {
      monitor.keep_heard("a", WallTime(std::chrono::seconds(second)));
    }
    monitor.keep_heard("gone", WallTime(std::chrono::seconds(3)));
    monitor.keep({report("server", 1)});
  }
  auto journal = open();
  MonitorStore monitor(*journal);
  EXPECT_EQ(monitor.newest()->size(), 1U);
  using Heard = std::map<std::string, WallTime>;
  const Heard wanted{{"a", WallTime(std::chrono::seconds(50))}};
  EXPECT_EQ(*monitor.heard({"a", "b"}), wanted);
  EXPECT_EQ(*monitor.heard({"a", "gone"}), wanted);
}

TEST_F(MonitorFile, WhatWaitsIsWrittenThoughTheStoreIsGone) {
  {
    auto journal = open();
    {
      MonitorStore monitor(*journal);
      monitor.keep({report("a", 1)});
    }
  }
  auto journal = open();
  const auto newest = MonitorStore(*journal).newest();
  ASSERT_TRUE(newest.has_value());
  EXPECT_EQ(newest->size(), 1U);
}

}  // namespace
}  // namespace lazaret::sqlite
