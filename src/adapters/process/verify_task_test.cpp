#include "adapters/process/test_bed.h"

namespace lazaret::process {
namespace {

using core::event::VerifyFinished;

class VerifyTask : public TestBed {
 protected:
  VerifyFinished run(std::vector<std::string> command, Duration timeout = 30s) {
    core::command::VerifyTask verify;
    verify.task = {agent().cell, TaskId("t-1")};
    verify.claim = ++claim_;
    verify.verify = {std::move(command), timeout};
    verify.assignee = agent();
    verify.cell_path = cell_;
    adapter_->start(verify);
    adapter_->start(verify);
    const auto finished = wait_for<VerifyFinished>(claim_);
    EXPECT_TRUE(run_until([&] { return fs::is_empty(root_ / "state/slots"); }))
        << "nothing of it stays";
    EXPECT_EQ(all<VerifyFinished>().size(), claim_) << "one answer for one claim";
    return finished.value_or(VerifyFinished{});
  }
  std::uint64_t claim_ = 0;
};

TEST_F(VerifyTask, passes_with_status_0_in_the_cell_without_a_token) {
  const auto finished = run({"sh", "-c", "pwd; echo token=$LAZARET_TOKEN task=$LAZARET_TASK"});
  EXPECT_TRUE(finished.passed);
  EXPECT_EQ(finished.claim, 1U);
  EXPECT_EQ(finished.output, cell_.string() + "\ntoken= task=t-1\n");
}

TEST_F(VerifyTask, fails_and_keeps_the_last_part_of_the_output) {
  const auto finished = run({"sh", "-c", "seq 100000; exit 1"});
  EXPECT_FALSE(finished.passed);
  EXPECT_LE(finished.output.size(), 64U * 1024);
  EXPECT_GE(finished.output.size(), 60U * 1024);
  EXPECT_NE(finished.output.find("\n100000\nlazaret: it ended with exit 1\n"), std::string::npos);
}

TEST_F(VerifyTask, ends_everything_at_its_timeout) {
  const auto finished = run({"sh", "-c",
                             "trap '' TERM; setsid sh -c 'echo $$ > deep; sleep 1000' & "
                             "until [ -s deep ]; do sleep 0.01; done; echo waiting; sleep 1000"},
                            1500ms);
  EXPECT_FALSE(finished.passed);
  EXPECT_NE(finished.output.find("timeout"), std::string::npos) << finished.output;
  const auto pid = to_number(read_text(cell_ / "deep").value_or("0"));
  EXPECT_FALSE(read_stat(pid.value_or(0)));
}

TEST_F(VerifyTask, says_why_it_could_not_run) {
  EXPECT_NE(run({"no-such-program-anywhere"}).output.find("PATH"), std::string::npos);
  EXPECT_NE(run({}).output.find("empty"), std::string::npos);
}

}  // namespace
}  // namespace lazaret::process
