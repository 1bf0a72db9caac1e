#include "shim/keeper.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "shim/kernel.h"

namespace lazaret::shim {
namespace {

struct Daemon {
  pid_t pid = 0;  // 0 = not running
  int64_t started_ms = 0;
  int64_t pause_ms = -1;  // before the next start; -1 = the last run was stable
  int64_t due_ms = 0;     // monotonic time of the next start
  bool ending = false;    // somebody asked us to end
  bool has_run = false;   // it came up once, and agents may live
};

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

void say(const char* what, int number) {
  char line[160] = "lazaret: ";
  char digits[24];
  char* end = digits + sizeof digits - 1;
  *end = 0;
  strcat(strcat(strcat(line, what), digits_before(end, static_cast<uint64_t>(number))), "\n");
  if (write(2, line, strlen(line)) < 0) return;  // nobody is there to read it
}

bool start(Daemon& daemon, char** command) {
  const pid_t pid = fork();
  if (pid < 0) return false;
  if (pid == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execvp(command[0], command);
    say("the daemon's program cannot be executed, error ", errno);
    _exit(exit_not_executable);
  }
  daemon.pid = pid;
  daemon.started_ms = monotonic_ms();
  return true;
}

// The exit status to end with, or -1: start it again after daemon.pause_ms.
int judge(Daemon& daemon, int status) {
  daemon.pid = 0;
  if (WIFEXITED(status)) {
    const int code = WEXITSTATUS(status);
    // A configuration that somebody broke meanwhile is mended while we wait: the agents live on.
    const bool ever = !daemon.has_run || code == exit_state_held;
    const bool final = ever && code >= final_exit_first && code <= final_exit_last;
    if (code == 0 || final || code == exit_not_executable || daemon.ending) return code;
    say("the daemon ended and is started again; its exit status was ", code);
  } else {
    if (daemon.ending) return 128 + WTERMSIG(status);
    say("the daemon was killed and is started again; it was signal ", WTERMSIG(status));
    daemon.has_run = true;
  }
  if (monotonic_ms() - daemon.started_ms >= stable_run_ms) {
    daemon.pause_ms = -1;
    daemon.has_run = true;
  }
  return -1;
}

void lengthen_pause(Daemon& daemon) {
  if (daemon.pause_ms < 0) {
    daemon.pause_ms = 0;
  } else if (daemon.pause_ms == 0) {
    daemon.pause_ms = restart_pause_first_ms;
  } else if (daemon.pause_ms * 2 <= restart_pause_most_ms) {
    daemon.pause_ms *= 2;
  } else {
    daemon.pause_ms = restart_pause_most_ms;
  }
  daemon.due_ms = monotonic_ms() + daemon.pause_ms;
}

// Reaps everything; -1 while there is no reason to end.
int reap(Daemon& daemon) {
  int verdict = -1;
  int status = 0;
  pid_t pid = 0;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid != daemon.pid) continue;
    verdict = judge(daemon, status);
    if (verdict < 0) lengthen_pause(daemon);
  }
  return verdict;
}

}  // namespace

int status_for_people(int status) {
  if (status == exit_settings) return 2;
  return status >= final_exit_first && status <= final_exit_last ? 1 : status;
}

int keep(char** command) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const sigset_t watched = watched_signals();
  sigprocmask(SIG_BLOCK, &watched, nullptr);
  Daemon daemon;
  if (!start(daemon, command)) return 71;
  for (;;) {
    const int64_t left = daemon.pid == 0 ? daemon.due_ms - monotonic_ms() : 60'000;
    const int64_t pause = left > 0 ? left : 0;
    const timespec timeout{pause / 1000, pause % 1000 * 1'000'000};
    siginfo_t info{};
    const int signal = sigtimedwait(&watched, &info, &timeout);
    const int verdict = reap(daemon);
    if (verdict >= 0) return verdict;
    if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP) {
      if (daemon.pid == 0 && signal != SIGHUP) return 128 + signal;
      daemon.ending = daemon.ending || signal != SIGHUP;
      // A terminal has sent its Ctrl-C to the daemon too.
      const bool from_terminal = signal == SIGINT && info.si_code == SI_KERNEL;
      if (daemon.pid != 0 && !from_terminal) kill(daemon.pid, signal);
    }
    const bool due = daemon.pid == 0 && monotonic_ms() >= daemon.due_ms;
    if (due && !start(daemon, command)) lengthen_pause(daemon);
  }
}

}  // namespace lazaret::shim
