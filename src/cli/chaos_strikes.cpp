#include "cli/chaos_strikes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <vector>

#include "cli/demo_trouble.h"
#include "cli/json_view.h"

namespace lazaret::cli {
namespace {

constexpr std::chrono::milliseconds starve_time{2000};
constexpr std::chrono::milliseconds trouble_most{5000};
constexpr std::uint64_t fill_bytes_most = 256UL * 1024 * 1024;
constexpr int hungry_for_each_processor = 3;
constexpr int look_every_ms = 20;

void pause_for(std::chrono::milliseconds time) { poll(nullptr, 0, static_cast<int>(time.count())); }

// Computes until its parent is gone or the time is over.
[[noreturn]] void be_hungry(std::chrono::steady_clock::time_point until) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  volatile unsigned work = 0;
  while (std::chrono::steady_clock::now() < until) {
    for (int i = 0; i < 100'000; ++i) work = work + 1;
  }
  _exit(0);
}

struct Filler {
  std::string path;
  int fd = -1;
  ~Filler() {
    if (fd >= 0) close(fd);
    unlink(path.c_str());
  }
};

}  // namespace

void Striker::heal() {
  for (const std::int64_t pid : stopped_) signal_process(pid, 0, SIGCONT);
  stopped_.clear();
}

Strike Striker::strike(Hurt hurt, const boost::json::value& agent) {
  Strike strike;
  strike.hurt = hurt;
  strike.at = now_();
  switch (hurt) {
    case Hurt::kill:
      kill(strike, agent, SIGKILL);
      break;
    case Hurt::stop:
      kill(strike, agent, SIGSTOP);
      break;
    case Hurt::starve:
      starve(strike);
      break;
    case Hurt::disk:
      fill_disk(strike);
      break;
    case Hurt::daemon:
      kill_daemon(strike);
      break;
    case Hurt::clock:
      strike.skipped =
          "the clock is the whole machine's, and is left alone; `lazaret sim` jumps its own";
      break;
  }
  return strike;
}

void Striker::kill(Strike& strike, const boost::json::value& agent, int signal) {
  strike.cell = text_at(agent, "cell_id");
  strike.agent = text_at(agent, "agent_id");
  strike.incarnation = static_cast<std::int64_t>(number_at(agent, "incarnation").value_or(0));
  strike.task = text_at(agent, "task.task_id");
  const auto pid = static_cast<std::int64_t>(number_at(agent, "pid").value_or(0));
  strike.at = now_();
  if (!signal_process(pid, 0, signal)) {
    strike.skipped = "its process had just ended";
  } else if (signal == SIGSTOP) {
    stopped_.insert(pid);
  }
}

void Striker::kill_daemon(Strike& strike) {
  const auto status = client_.call("GET", "/api/v1/status");
  const auto pid =
      status ? static_cast<std::int64_t>(number_at(*status, "daemon.pid").value_or(0)) : 0;
  strike.at = now_();
  if (pid == 0 || !signal_process(pid, 0, SIGKILL))
    strike.skipped = "the daemon did not say its pid";
}

void Striker::starve(Strike& strike) {
  const auto until = std::chrono::steady_clock::now() + starve_time;
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  std::vector<pid_t> hungry;
  for (long i = 0; i < processors * hungry_for_each_processor; ++i) {
    const pid_t child = fork();
    if (child == 0) be_hungry(until);
    if (child > 0) hungry.push_back(child);
  }
  for (const pid_t child : hungry) {
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  if (hungry.empty()) strike.skipped = "no process could be started";
}

bool Striker::is_in_trouble() {
  // Anything that has to be recorded.
  const boost::json::object body{{"text", "chaos: is the disk full?"}};
  (void)client_.call("POST", "/api/v1/notes", body);
  const auto status = client_.call("GET", "/api/v1/status");
  return status && !text_at(*status, "trouble").empty();
}

void Striker::fill_disk(Strike& strike) {
  struct statvfs before{};
  if (statvfs(state_.c_str(), &before) != 0) {
    strike.skipped = std::string("the state cannot be looked at: ") + std::strerror(errno);
    return;
  }
  const std::uint64_t free = static_cast<std::uint64_t>(before.f_bavail) * before.f_frsize;
  if (free > fill_bytes_most) {
    strike.skipped = fmt::format(
        "the state's file system has {} free; only one with less than {} is filled",
        in_bytes(static_cast<double>(free)), in_bytes(static_cast<double>(fill_bytes_most)));
    return;
  }
  Filler filler{state_ + "/chaos.fill"};
  filler.fd = open(filler.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const std::string piece(64 * 1024, 'x');
  for (std::size_t size = piece.size(); size > 0;) {
    if (write(filler.fd, piece.data(), size) <= 0) size /= 2;
  }
  strike.at = now_();
  const auto until = std::chrono::steady_clock::now() + trouble_most;
  while (!strike.noticed_seconds && std::chrono::steady_clock::now() < until) {
    if (is_in_trouble()) {
      strike.noticed_seconds = in_seconds(now_() - strike.at);
      strike.noticed_as = "trouble in `lazaret status`";
    } else {
      pause_for(std::chrono::milliseconds(look_every_ms));
    }
  }
  (void)ftruncate(filler.fd, 0);
  const auto well_by = std::chrono::steady_clock::now() + trouble_most;
  while (!strike.back_seconds && std::chrono::steady_clock::now() < well_by) {
    if (!is_in_trouble()) strike.back_seconds = in_seconds(now_() - strike.at);
    pause_for(std::chrono::milliseconds(look_every_ms));
  }
}

}  // namespace lazaret::cli
