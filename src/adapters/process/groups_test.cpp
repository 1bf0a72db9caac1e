#include "adapters/process/mounts.h"
#include "adapters/process/test_bed.h"

namespace lazaret::process {
namespace {

using core::ExitKind;

constexpr const char* hybrid =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw\n";

TEST(Mounts, finds_hierarchies_and_our_place_in_them) {
  EXPECT_EQ(v2_mount(hybrid), fs::path("/sys/fs/cgroup/unified"));
  EXPECT_EQ(v1_mount(hybrid, "cpu"), fs::path("/sys/fs/cgroup/cpu"));
  EXPECT_EQ(v1_mount(hybrid, "cpuset"), std::nullopt);
  EXPECT_EQ(v2_mount("nonsense\n - \n"), std::nullopt);
  const char* own = "4:memory:/a/b\n2:cpu,cpuacct:/\n0::/system.slice/lazaret.service\n";
  EXPECT_EQ(v2_path(own), "/system.slice/lazaret.service");
  EXPECT_EQ(v1_path(own, "memory"), "/a/b");
  EXPECT_EQ(v1_path(own, "pids"), "");
}

class GroupLimits : public TestBed {
 protected:
  bool has(LimitKind kind) const {
    const LimitBy by = adapter_->groups().place(kind).by;
    return by == LimitBy::cgroup_v1 || by == LimitBy::cgroup_v2;
  }
};

TEST_F(GroupLimits, says_what_this_machine_gives) {
  const Capabilities found = probe(adapter_->groups());
  for (const std::string& sentence :
       {found.tracking, found.memory, found.cpu, found.pids, found.oom_protection}) {
    EXPECT_GT(sentence.size(), 20U) << sentence;
  }
  EXPECT_EQ(found.isolation.size(), 2U);
}

TEST_F(GroupLimits, memory_beyond_the_limit_is_out_of_memory) {
  if (!has(LimitKind::memory)) GTEST_SKIP() << adapter_->groups().place(LimitKind::memory).why;
  auto command = order({"/usr/bin/python3", "-c",
                        "print('up',flush=True)\nb=[]\nwhile True: b.append(b'x'*1000000)"});
  command.isolation.limits.memory_bytes = 48 << 20;
  const auto report = exit_of(command);
  EXPECT_EQ(report.kind, ExitKind::out_of_memory);
  EXPECT_EQ(report.last_lines, std::vector<std::string>{"up"});
  auto killed = shell("kill -KILL $$", 2);
  killed.isolation = command.isolation;
  EXPECT_EQ(exit_of(killed).kind, ExitKind::signalled) << "not every SIGKILL is the kernel's";
}

TEST_F(GroupLimits, pids_are_limited) {
  if (!has(LimitKind::pids)) GTEST_SKIP() << adapter_->groups().place(LimitKind::pids).why;
  auto command = order({"/usr/bin/python3", "-c",
                        "import subprocess\nn=0\n"
                        "try:\n  while n<50: subprocess.Popen(['sleep','100']); n+=1\n"
                        "except OSError: pass\nprint(n)"});
  command.isolation.limits.pids = 8;
  const auto report = exit_of(command);
  ASSERT_FALSE(report.last_lines.empty());
  const auto started = to_number(report.last_lines.back()).value_or(50);
  EXPECT_LT(started, 8);
  EXPECT_GE(started, 4);
}

TEST_F(GroupLimits, cpu_is_limited) {
  if (!has(LimitKind::cpu)) GTEST_SKIP() << adapter_->groups().place(LimitKind::cpu).why;
  auto command = order({"/usr/bin/python3", "-c",
                        "import time\nw=time.monotonic(); c=time.process_time()\n"
                        "while time.monotonic()-w<0.6: pass\n"
                        "print(int(100*(time.process_time()-c)/(time.monotonic()-w)))"});
  command.isolation.limits.milli_cpus = 200;
  const auto report = exit_of(command);
  ASSERT_FALSE(report.last_lines.empty());
  EXPECT_LT(to_number(report.last_lines.back()).value_or(100), 45);
}

TEST_F(GroupLimits, usage_counts_the_children_too) {
  adapter_->start(shell("sh -c 'while :; do :; done' & echo up; wait"));
  ASSERT_TRUE(saw("up"));
  EXPECT_TRUE(run_until([&] {
    const Usage usage = adapter_->usage(agent());
    return usage.pids == 2 && usage.cpu_ns > 20'000'000 && usage.memory_bytes > 100'000;
  }));
}

TEST_F(GroupLimits, knows_whose_process_it_is) {
  adapter_->start(shell("setsid sh -c 'echo $$ > deep; echo up; sleep 1000' & sleep 1000"));
  ASSERT_TRUE(saw("up"));
  const auto deep = to_number(*read_text(cell_ / "work/ant/deep")).value();
  EXPECT_EQ(adapter_->agent_of_pid(deep), agent());
  EXPECT_EQ(adapter_->agent_of_pid(::getpid()), std::nullopt);
}

}  // namespace
}  // namespace lazaret::process
