// What agents and daemon say to each other: stdin, sd_notify, logs.
#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

#include "adapters/process/notify_text.h"
#include "adapters/process/test_bed.h"
#include "shim/records.h"

namespace lazaret::process {
namespace {

using core::event::AgentAskedTime;
using core::event::AgentExited;
using core::event::AgentSaidReady;
using core::event::AgentSaidStopping;
using core::event::LineSent;

class Talk : public TestBed {
 protected:
  core::command::SendLine line(std::string text, const std::string& wake = "") const {
    core::command::SendLine command{agent(), Incarnation{1}, std::move(text), std::nullopt};
    if (!wake.empty()) command.wake = WakeId(wake);
    return command;
  }
};

TEST_F(Talk, lines_arrive_in_order) {
  adapter_->start(shell("read -r a; read -r b; echo \"$b$a\""));
  adapter_->start(line("{\"n\":1}", "w-1"));
  adapter_->start(line("{\"n\":2}"));
  ASSERT_TRUE(wait_for<AgentExited>());
  EXPECT_EQ(log(), "{\"n\":2}{\"n\":1}\n");
  const auto sent = all<LineSent>();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].delivered);
  EXPECT_EQ(sent[0].wake.value, "w-1");
}

TEST_F(Talk, more_than_a_pipe_holds_is_kept_up_to_a_bound) {
  const std::string big(40'000, 'x');
  adapter_->start(
      shell("until [ -e go ]; do sleep 0.01; done; while read -r l; do [ \"$l\" = end ] "
            "&& exit; echo ${#l}; done"));
  for (int i = 0; i < 6; ++i) adapter_->start(line(big, fmt::format("w-{}", i)));
  run_until([&] { return all<LineSent>().size() == 6; });
  const auto sent = all<LineSent>();
  ASSERT_EQ(sent.size(), 6U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(sent[i].delivered) << i;
  EXPECT_FALSE(sent[5].delivered) << "64 KiB of pipe and 128 KiB of buffer are less than 240000";
  std::ofstream(cell_ / "work/ant/go") << "";
  std::string expected;
  for (const LineSent& one : sent) expected += one.delivered ? "40000\n" : "";
  ASSERT_TRUE(run_until([&] { return log() == expected; })) << log();
  adapter_->start(line("end"));
  ASSERT_TRUE(wait_for<AgentExited>());
}

TEST_F(Talk, a_line_for_nobody_is_not_delivered) {
  adapter_->start(line("x", "w-9"));
  const auto sent = wait_for<LineSent>();
  ASSERT_TRUE(sent);
  EXPECT_FALSE(sent->delivered);
}

TEST_F(Talk, notifications_become_events) {
  adapter_->start(order({"/usr/bin/python3", "-c",
                         "import os,socket\n"
                         "s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
                         "for m in ['READY=1\\nSTATUS=on it','WATCHDOG=1','READY=1',"
                         "'EXTEND_TIMEOUT_USEC=2500000','STOPPING=1']:\n"
                         "  s.sendto(m.encode(),os.environ['NOTIFY_SOCKET'])\n"}));
  ASSERT_TRUE(wait_for<AgentExited>());
  EXPECT_EQ(all<AgentSaidReady>().size(), 1U);
  EXPECT_EQ(all<AgentSaidReady>()[0].how, "READY=1");
  EXPECT_EQ(all<AgentSaidStopping>().size(), 1U);
  ASSERT_EQ(all<AgentAskedTime>().size(), 1U);
  EXPECT_EQ(all<AgentAskedTime>()[0].extension, 2500ms);
  EXPECT_EQ(beats_, 5);
  EXPECT_EQ(status_, "on it");
}

TEST_F(Talk, nonsense_in_a_notification_is_skipped) {
  const Notification said =
      parse_notification("=\n\nREADY\nREADY=2\nEXTEND_TIMEOUT_USEC=-1\nX=Y\nSTATUS=\xff\n");
  EXPECT_FALSE(said.ready);
  EXPECT_FALSE(said.extension);
  EXPECT_EQ(said.status, "\xEF\xBF\xBD");
  const std::string wide = "x" + std::string(200, '.') + "éééééééééééééééééééééééééééééééééééé";
  EXPECT_EQ(parse_notification("STATUS=" + wide).status, wide.substr(0, 255)) << "between two";
}

class Rotation : public TestBed {
 protected:
  void SetUp() override {
    log_bytes_most_ = 40'000;
    TestBed::SetUp();
  }
};

TEST_F(Rotation, keeps_whole_lines_and_a_bounded_number_of_files) {
  exit_of(shell("seq -f 'line %06.0f of the log' 20000"));
  const fs::path logs = cell_ / "logs";
  std::string text;
  for (const char* name : {"ant.log.2", "ant.log.1", "ant.log"}) {
    const std::string part = read_text(logs / name, 1 << 20).value_or("");
    EXPECT_LE(part.size(), 40'000U) << name;
    EXPECT_TRUE(part.starts_with("line ")) << name;
    EXPECT_TRUE(part.ends_with("of the log\n")) << name;
    text += part;
  }
  EXPECT_FALSE(fs::exists(logs / "ant.log.3"));
  std::string expected;
  const std::size_t lines = text.size() / 23;
  for (std::size_t i = 20'001 - lines; i <= 20'000; ++i) {
    expected += fmt::format("line {:06} of the log\n", i);
  }
  EXPECT_EQ(text, expected) << "the end of the output, without a hole";
}

TEST_F(Rotation, a_reader_that_holds_the_oldest_log_loses_nothing) {
  const auto hold = [](const fs::path& log, std::int64_t seconds) {
    const timespec times[2] = {{time(nullptr) + seconds, 0}, {0, UTIME_OMIT}};
    return utimensat(AT_FDCWD, log.c_str(), times, 0) == 0;
  };
  const fs::path logs = cell_ / "logs";
  const fs::path go = root_ / "go";
  adapter_->start(shell("echo first; while [ ! -e " + go.string() +
                        " ]; do sleep 0.01; done; seq 100000; exit 4"));
  ASSERT_TRUE(saw("first"));
  ASSERT_TRUE(hold(logs / "ant.log", 50));
  std::ofstream(go).put('\n');
  ASSERT_TRUE(run_until([&] { return fs::exists(logs / "ant.log.2") && log().size() > 20'000; }));
  // Longer than a new log is kept anyway.
  const auto enough =
      std::chrono::steady_clock::now() + std::chrono::nanoseconds(shim::hold_fresh_ns) + 100ms;
  run_until([&] { return std::chrono::steady_clock::now() > enough; });
  EXPECT_TRUE(read_text(logs / "ant.log.2", 100).value_or("").starts_with("first\n"));
  EXPECT_TRUE(all<core::event::AgentExited>().empty()) << "it waits";
  ASSERT_TRUE(hold(logs / "ant.log.2", 0)) << "it lets go, and the rest comes";
  const auto exited = wait_for<core::event::AgentExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->exit.code, 4);
  EXPECT_TRUE(log().ends_with("\n100000\n"));
}

TEST_F(Rotation, a_log_that_cannot_be_written_holds_nobody_up) {
  fs::create_directories(cell_ / "logs/ant.log");
  EXPECT_EQ(exit_of(shell("seq 100000; exit 3")).code, 3);
  fs::remove(cell_ / "logs/ant.log");
  exit_of(shell("echo again", 2));
  EXPECT_EQ(log(), "lazaret: 100000 lines were lost, the log was not writable\nagain\n");
}

}  // namespace
}  // namespace lazaret::process
