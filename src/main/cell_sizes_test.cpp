#include "main/cell_sizes.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "main/host_history.h"

namespace lazaret::main {
namespace {

class CountedFiles final : public ports::CellFiles {
 public:
  void list_artifacts(const std::string&, Listed) override {}
  void read_artifact(const std::string&, const std::string&, Read) override {}
  void measure(const std::string& cell, Measured done) override {
    ++asked[cell];
    if (busy) return done(fail(ErrorCode::too_many, "too many files are being looked at"));
    done(ports::CellUse{10, 1, true});
  }
  std::map<std::string, int> asked;
  bool busy = false;
};

class Sizes : public testing::Test {
 protected:
  void have(const char* id, const char* path) { fleet.cells[CellId(id)].definition.path = path; }
  bool until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!condition() && std::chrono::steady_clock::now() < end) io.run_one_for(1s);
    return condition();
  }
  boost::asio::io_context io;
  core::Fleet fleet;
  CountedFiles files;
  CellSizes sizes{io, [this]() -> const core::Fleet& { return fleet; }, files,
                  std::chrono::milliseconds(1)};
};

TEST_F(Sizes, EachCellIsMeasuredOnceAMinuteAndForgottenWithTheCell) {
  have("a", "/a");
  have("b", "/b");
  have("elsewhere", "");
  ASSERT_TRUE(until([&] { return sizes.all().size() == 2; }));
  EXPECT_EQ(sizes.all().at(CellId("a")).bytes, 10U);
  fleet.cells.erase(CellId("a"));
  have("c", "/c");
  ASSERT_TRUE(until([&] { return sizes.all().contains(CellId("c")); }));
  EXPECT_FALSE(sizes.all().contains(CellId("a")));
  EXPECT_EQ(files.asked, (std::map<std::string, int>{{"/a", 1}, {"/b", 1}, {"/c", 1}}));
}

TEST_F(Sizes, WhenFilesAreBusyItComesAgain) {
  files.busy = true;
  have("a", "/a");
  ASSERT_TRUE(until([&] { return files.asked["/a"] > 0; }));
  EXPECT_TRUE(sizes.all().empty());
  files.busy = false;
  EXPECT_TRUE(until([&] { return sizes.all().size() == 1; }));
}

TEST(HostMoments, AreKeptForAnHour) {
  boost::asio::io_context io;
  WallTime now(1s);
  HostHistory history(io, [&] { return now += 10s; }, "/", std::chrono::milliseconds(0));
  ASSERT_EQ(history.since(WallTime{}).size(), 1U);
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (now < WallTime(10s * 400) && std::chrono::steady_clock::now() < end) io.run_one_for(1s);
  const auto all = history.since(WallTime{});
  ASSERT_EQ(all.size(), host_moments_most);
  EXPECT_EQ(all.back().at, now);
  EXPECT_EQ(all.front().at, now - 10s * (host_moments_most - 1));
  EXPECT_GT(all.back().host.memory_percent, 0);
  EXPECT_EQ(history.since(now - 25s).size(), 3U);
}

}  // namespace
}  // namespace lazaret::main
