#include "cli/demo_trouble.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "cli/json_view.h"

namespace lazaret::cli {
namespace {

constexpr int tries_most = 6;
constexpr std::int64_t rows_left_least = 3;  // so that the strike arrives before the shard is done
constexpr std::chrono::seconds verdict_most{3};

std::int64_t start_of(std::int64_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(in, text, '\0');
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return -1;
  std::istringstream rest(text.substr(name_end + 1));
  std::string word;
  for (int field = 3; field <= 22 && rest >> word; ++field) {
    if (field == 22) return std::atoll(word.c_str());
  }
  return -1;
}

}  // namespace

bool signal_process(std::int64_t pid, std::int64_t process_start, int signal) {
  if (pid <= 1) return false;
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return false;
  // The descriptor holds on to one process; its start time tells whether it is the one meant.
  const bool same = process_start == 0 || start_of(pid) == process_start;
  const bool sent = same && syscall(SYS_pidfd_send_signal, fd, signal, nullptr, 0) == 0;
  close(fd);
  return sent;
}

Result<void> TroubleMaker::announce(Trouble trouble, const std::string& rest) {
  const boost::json::object body{{"cell", cell_}, {"text", announcement(trouble, rest)}};
  auto written = client_.call("POST", "/api/v1/notes", body);
  if (!written) return std::unexpected(written.error());
  return {};
}

// One after the other: the second victim holds still in its shard while the daemon dies, so that
// the daemon is certain to leave unfinished work behind.
Result<void> TroubleMaker::look(const DemoJournal& journal) {
  if (!journal.trace(Trouble::kill).struck) {
    return strike_worker(journal, Trouble::kill, "write-1", SIGKILL, kill_);
  }
  if (!journal.trace(Trouble::daemon).struck) return strike_daemon(journal);
  return strike_worker(journal, Trouble::stop, "write-2", SIGSTOP, stop_);
}

Result<void> TroubleMaker::strike_worker(const DemoJournal& journal, Trouble trouble,
                                         const std::string& victim, int signal, Aim& aim) {
  if (journal.trace(trouble).struck || aim.tries >= tries_most) return {};
  const auto* shard = journal.open_shard_of(victim, rows_left_least);
  const DemoAgent* agent = journal.agent(victim);
  if (shard == nullptr || agent == nullptr || !agent->alive) return {};
  const auto now = std::chrono::steady_clock::now();
  const bool waiting = aim.incarnation == agent->incarnation && now - aim.at < verdict_most;
  if (waiting) return {};  // the last strike has not shown in the journal yet
  const auto& [id, task] = *shard;
  aim = {id, agent->incarnation, now, aim.tries + 1};
  auto announced =
      announce(trouble, fmt::format("strikes {} in {} with {} files to do: signal {} to pid {}",
                                    victim, id, task.rows - task.rows_before, signal, agent->pid));
  if (!announced) return announced;
  signal_process(agent->pid, agent->process_start, signal);
  return {};
}

Result<void> TroubleMaker::strike_daemon(const DemoJournal& journal) {
  const auto* shard = journal.open_shard_of("write-2", rows_left_least);
  if (shard == nullptr || daemon_tries_ >= 1) return {};
  const std::int64_t pid = daemon_pid_();
  if (pid == 0) return fail(ErrorCode::unavailable, "the daemon does not say its pid");
  ++daemon_tries_;
  auto announced = announce(Trouble::daemon,
                            fmt::format("strikes daemon while {} works on {}: signal 9 to pid {}",
                                        shard->second.owner, shard->first, pid));
  if (!announced) return announced;
  signal_process(pid, 0, SIGKILL);
  return {};
}

}  // namespace lazaret::cli
