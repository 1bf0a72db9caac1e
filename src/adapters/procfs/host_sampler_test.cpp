#include "adapters/procfs/host_sampler.h"

#include <gtest/gtest.h>
#include <sys/sysinfo.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

namespace lazaret::procfs {
namespace {

namespace fs = std::filesystem;

// A /proc of our own making, so that the figures are known in advance.
class FakeProc : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "lazaret-procfs-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    put("stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 100 0 100 800 0 0 0 0 0 0\nintr 5\n");
    put("meminfo",
        "MemTotal:        1000 kB\nMemFree:           50 kB\nMemAvailable:     250 kB\n"
        "SwapCached:         7 kB\nSwapTotal:        400 kB\nSwapFree:         300 kB\n");
    put("loadavg", "0.50 1.25 2.75 1/234 5678\n");
    put("uptime", "4711.25 9000.00\n");
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Written in place: the sampler's descriptor must see the new content.
  void put(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::trunc) << text;
  }
  Result<HostSampler> open() { return HostSampler::open({.proc = folder_.string(), .disk = "/"}); }

  fs::path folder_;
};

TEST_F(FakeProc, SaysWhatTheFilesSay) {
  auto sampler = open();
  ASSERT_TRUE(sampler) << sampler.error().message;
  const auto sample = sampler->sample();
  ASSERT_TRUE(sample) << sample.error().message;
  EXPECT_EQ(sample->cpu_percent, std::nullopt) << "one reading is no difference";
  EXPECT_EQ(sample->memory_percent, 75.0);
  EXPECT_EQ(sample->memory_total_bytes, 1000u * 1024);
  EXPECT_EQ(sample->memory_available_bytes, 250u * 1024);
  EXPECT_EQ(sample->swap_percent, 25.0);
  EXPECT_EQ(sample->load, (std::array{0.5, 1.25, 2.75}));
  EXPECT_EQ(sample->uptime_seconds, 4711.25);
}

TEST_F(FakeProc, PressureIsToldWhereTheKernelTellsIt) {
  auto without = open();
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->sample()->pressure);
  fs::create_directory(folder_ / "pressure");
  put("pressure/cpu", "some avg10=1.50 avg60=9.00 avg300=9.00 total=9\n");
  put("pressure/memory",
      "some avg10=2.00 avg60=9.00 avg300=9.00 total=9\n"
      "full avg10=0.25 avg60=9.00 avg300=9.00 total=9\n");
  put("pressure/io",
      "some avg10=99.99 avg60=9.00 avg300=9.00 total=9\n"
      "full avg10=3.00 avg60=9.00 avg300=9.00 total=9\n");
  auto sampler = open();
  ASSERT_TRUE(sampler);
  const auto pressure = sampler->sample()->pressure;
  ASSERT_TRUE(pressure);
  EXPECT_EQ(pressure->cpu_some, 1.5);
  EXPECT_EQ(pressure->memory_some, 2.0);
  EXPECT_EQ(pressure->memory_full, 0.25);
  EXPECT_EQ(pressure->io_some, 99.99);
  EXPECT_EQ(pressure->io_full, 3.0);
  put("pressure/io", "nonsense");
  EXPECT_FALSE(sampler->sample()->pressure);
}

TEST_F(FakeProc, CpuIsTheDifferenceToTheKeptReading) {
  auto sampler = open();
  ASSERT_TRUE(sampler);
  put("stat", "cpu  150 10 120 900 20 0 0 0 0 0\n");  // 200 ticks on, 80 of them busy
  EXPECT_EQ(sampler->sample()->cpu_percent, 40.0);
  put("stat", "cpu  151 10 121 901 20 0 0 0 0 0\n");  // 3 ticks on: too little to tell
  EXPECT_EQ(sampler->sample()->cpu_percent, 40.0) << "the figure stays until there is a better one";
  put("stat", "cpu  150 10 120 1000 20 0 0 0 0 0\n");  // 100 ticks after the kept one, all idle
  EXPECT_EQ(sampler->sample()->cpu_percent, 0.0);
}

TEST_F(FakeProc, ACounterThatWentBackIsAFirstReading) {
  auto sampler = open();
  ASSERT_TRUE(sampler);
  put("stat", "cpu  1 0 1 8 0 0 0 0 0 0\n");
  EXPECT_EQ(sampler->sample()->cpu_percent, std::nullopt);
  put("stat", "cpu  51 0 1 58 0 0 0 0 0 0\n");
  EXPECT_EQ(sampler->sample()->cpu_percent, 50.0);
}

TEST_F(FakeProc, AMissingOrStrangeFileIsNamed) {
  fs::remove(folder_ / "loadavg");
  const auto sampler = open();
  ASSERT_FALSE(sampler);
  EXPECT_NE(sampler.error().message.find("loadavg"), std::string::npos);
  put("loadavg", "many\n");
  const auto strange = open();
  ASSERT_FALSE(strange);
  EXPECT_EQ(strange.error().code, ErrorCode::unsupported);
  EXPECT_NE(strange.error().message.find("loadavg"), std::string::npos);
}

TEST(ProcText, PercentIsRoundedToOneDecimalAndStaysInBounds) {
  EXPECT_EQ(percent(1, 3), 33.3);
  EXPECT_EQ(percent(2, 3), 66.7);
  EXPECT_EQ(percent(5, 4), 100.0);
  EXPECT_EQ(percent(-1, 4), 0.0);
  EXPECT_EQ(percent(0, 0), 0.0);
}

TEST(ProcText, RefusesWhatTheKernelDoesNotWrite) {
  EXPECT_FALSE(parse_cpu_ticks("cpu0 1 2 3 4\n"));
  EXPECT_FALSE(parse_cpu_ticks("cpu  1 2 x\n"));
  EXPECT_FALSE(parse_memory("MemTotal: 10 kB\n"));
  EXPECT_FALSE(parse_memory("XMemTotal: 10 kB\nXMemAvailable: 5 kB\n"));
  EXPECT_FALSE(parse_load("0.1 0.2\n"));
  EXPECT_FALSE(parse_uptime(""));
}

// Against sysinfo(2) and statvfs through the standard library: other ways to the same figures.
TEST(ThisHost, AgreesWithTheKernelsOtherAnswers) {
  auto sampler = HostSampler::open({});
  ASSERT_TRUE(sampler) << sampler.error().message;
  const auto sample = sampler->sample();
  ASSERT_TRUE(sample) << sample.error().message;

  struct sysinfo info{};
  ASSERT_EQ(::sysinfo(&info), 0);
  EXPECT_NEAR(sample->uptime_seconds, static_cast<double>(info.uptime), 5);
  // The load moves by at most one sixtieth of the runnable processes in the seconds in between.
  EXPECT_NEAR(sample->load[0], static_cast<double>(info.loads[0]) / 65536.0, 5);
  const double swap_used = static_cast<double>(info.totalswap - info.freeswap);
  EXPECT_NEAR(sample->swap_percent, percent(swap_used, static_cast<double>(info.totalswap)), 10);
  // Available memory is at least the free memory.
  const double most_used = static_cast<double>(info.totalram - info.freeram);
  EXPECT_GT(sample->memory_percent, 0);
  EXPECT_LE(sample->memory_percent, percent(most_used, static_cast<double>(info.totalram)) + 10);

  EXPECT_EQ(sample->memory_total_bytes, info.totalram * info.mem_unit);

  const auto space = fs::space("/");
  EXPECT_EQ(sample->disk_total_bytes, space.capacity);
  const auto used = static_cast<double>(space.capacity - space.free);
  EXPECT_NEAR(sample->disk_percent, percent(used, used + static_cast<double>(space.available)), 2);
}

TEST(ThisHost, BusyTimeShowsUp) {
  auto sampler = HostSampler::open({});
  ASSERT_TRUE(sampler);
  std::optional<double> cpu;
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!cpu && std::chrono::steady_clock::now() < give_up) cpu = sampler->sample()->cpu_percent;
  ASSERT_TRUE(cpu) << "no figure although this loop burns CPU time";
  EXPECT_GT(*cpu, 0);
  EXPECT_LE(*cpu, 100);
}

}  // namespace
}  // namespace lazaret::procfs
