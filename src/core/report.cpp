#include "core/report.h"

#include <fmt/format.h>

#include <array>

namespace lazaret::core {
namespace {

constexpr std::array<std::string_view, 32> signal_names = {
    "0",         "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
    "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
    "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
    "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};

}  // namespace

std::string describe(const ExitReport& exit) {
  switch (exit.kind) {
    case ExitKind::exited:
      return fmt::format("exit {}", exit.code);
    case ExitKind::signalled:
      if (exit.signal > 0 && exit.signal < 32) {
        return std::string(signal_names[static_cast<std::size_t>(exit.signal)]);
      }
      return fmt::format("signal {}", exit.signal);
    case ExitKind::out_of_memory:
      return "out of memory";
    case ExitKind::never_started:
      return "never started: " + exit.detail;
    case ExitKind::lost:
      return "lost: " + exit.detail;
  }
  return "unknown";
}

}  // namespace lazaret::core
