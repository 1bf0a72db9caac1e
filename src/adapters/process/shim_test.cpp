// What a shim costs, and how fast the loop around it is.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>

#include "adapters/process/test_bed.h"
#include "shim/protocol.h"

namespace lazaret::process {
namespace {

using core::event::AgentExited;
using core::event::AgentSpawned;
using Clock = std::chrono::steady_clock;

class Shim : public TestBed {
 protected:
  std::int64_t private_kb(std::int64_t pid) const {
    const std::string text = read_text(fmt::format("/proc/{}/smaps_rollup", pid)).value_or("");
    return number_of(text, "Private_Clean").value_or(1 << 20) +
           number_of(text, "Private_Dirty").value_or(1 << 20);
  }
};

TEST_F(Shim, has_less_than_120_kb_of_its_own) {
  // Its twin does the same work: as in a fleet, only what each shim writes to is its own.
  const std::string work = "seq 20000; echo; exec cat";
  adapter_->start(order({"/bin/sh", "-c", work}, 1, "twin"));
  adapter_->start(order({"/bin/sh", "-c", work}, 1, "ant"));
  for (const char* name : {"twin", "ant"}) {
    for (int i = 0; i < 20; ++i) {
      adapter_->start(
          core::command::SendLine{agent(name), Incarnation{1}, std::string(9000, 'x'), {}});
    }
  }
  for (const std::string name : {"twin", "ant"}) ASSERT_TRUE(saw("xxxxx", name));
  const auto last = wait_for<AgentSpawned>(2);
  ASSERT_TRUE(last);
  const auto shim = read_stat(last->pid)->parent;
  const std::int64_t kb = private_kb(shim);
  std::printf("[ MEASURED ] private memory of a shim: %lld kB\n", static_cast<long long>(kb));
  EXPECT_LT(kb, 120);
}

TEST_F(Shim, refuses_a_slot_that_another_one_holds) {
  adapter_->start(shell("echo up; sleep 1000"));
  ASSERT_TRUE(saw("up"));
  const fs::path slot = root_ / "state/slots" / slot_name(agent());
  const auto second = start_shim({LAZARET_SHIM_PATH, slot, root_ / "x.s", root_ / "x.n"});
  ASSERT_TRUE(second);
  int status = 0;
  ASSERT_EQ(::waitpid(*second, &status, 0), *second);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), shim::exit_held);
}

// Kill to running again: the shim notices, clears, records and tells; we order; it clones and
// execs.
TEST_F(Shim, restarts_quickly) {
  adapter_.reset();
  std::uint64_t incarnation = 1;
  std::size_t spawned = 0;
  pid_t pid = 0;
  adapter_ = std::make_unique<ProcessAdapter>(io_, settings(2), [&](const core::EventBody& event) {
    if (std::get_if<AgentExited>(&event)) {
      adapter_->start(order({"/bin/sleep", "1000"}, ++incarnation));
    }
    if (const auto* one = std::get_if<AgentSpawned>(&event)) {
      ++spawned;
      pid = static_cast<pid_t>(one->pid);
    }
  });
  adapter_->start(order({"/bin/sleep", "1000"}, incarnation));
  ASSERT_TRUE(run_until([&] { return spawned == 1; }));
  std::vector<std::chrono::microseconds> times;
  for (std::size_t i = 2; i <= 100; ++i) {
    const auto before = Clock::now();
    ::kill(pid, SIGKILL);
    ASSERT_TRUE(run_until([&] { return spawned == i; }));
    times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - before));
  }
  std::sort(times.begin(), times.end());
  std::printf("[ MEASURED ] kill to running again: median %lld us, p90 %lld us, best %lld us\n",
              static_cast<long long>(times[times.size() / 2].count()),
              static_cast<long long>(times[times.size() * 9 / 10].count()),
              static_cast<long long>(times.front().count()));
  EXPECT_LT(times[times.size() / 10], 20ms) << "even a busy machine has a quick tenth";
}

// LAZARET_BENCH_AGENTS=1000 for the long version.
TEST_F(Shim, restarts_many_at_once) {
  const char* asked = std::getenv("LAZARET_BENCH_AGENTS");
  const std::size_t count = asked ? static_cast<std::size_t>(std::atoi(asked)) : 40;
  adapter_.reset();
  std::size_t spawned = 0;
  std::map<AgentRef, pid_t> pids;
  adapter_ = std::make_unique<ProcessAdapter>(io_, settings(2), [&](const core::EventBody& event) {
    if (const auto* end = std::get_if<AgentExited>(&event)) {
      adapter_->start(
          order({"/bin/sleep", "1000"}, end->incarnation.value + 1, end->agent.agent.value));
    }
    if (const auto* one = std::get_if<AgentSpawned>(&event)) {
      ++spawned;
      pids[one->agent] = static_cast<pid_t>(one->pid);
    }
  });
  for (std::size_t i = 0; i < count; ++i) {
    adapter_->start(order({"/bin/sleep", "1000"}, 1, fmt::format("a{}", i)));
  }
  ASSERT_TRUE(run_until([&] { return spawned == count; }));
  const std::map<AgentRef, pid_t> first = pids;
  const auto before = Clock::now();
  for (const auto& [ref, pid] : first) ::kill(pid, SIGKILL);
  ASSERT_TRUE(run_until([&] { return spawned == 2 * count; }));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - before);
  std::printf("[ MEASURED ] %zu agents killed at once run again after %lld ms\n", count,
              static_cast<long long>(took.count()));
  EXPECT_EQ(pids.size(), count);
}

}  // namespace
}  // namespace lazaret::process
