#include "adapters/process/strays.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string_view>

#include "adapters/process/system_files.h"

namespace lazaret::process {
namespace {

constexpr std::size_t environment_most = 256 * 1024;

bool was_started_with(std::int64_t pid, const std::string& entry) {
  const auto environment = read_text(fmt::format("/proc/{}/environ", pid), environment_most);
  if (!environment) return false;
  const std::string_view text = *environment;
  for (std::size_t at = 0; (at = text.find(entry, at)) != text.npos; ++at) {
    const std::size_t end = at + entry.size();
    const bool begins = at == 0 || text[at - 1] == '\0';
    if (begins && (end == text.size() || text[end] == '\0')) return true;
  }
  return false;
}

// The descriptor holds the process: what is looked at once more is what is killed.
bool kill_if_started_with(std::int64_t pid, const std::string& entry) {
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) return false;
  const bool ours = was_started_with(pid, entry);
  if (ours) ::syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, nullptr, 0);
  ::close(descriptor);
  return ours;
}

}  // namespace

int kill_by_environment(const std::string& entry) {
  int killed = 0;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    const auto pid = to_number(at->path().filename().native());
    if (!pid || *pid == ::getpid() || !was_started_with(*pid, entry)) continue;
    if (kill_if_started_with(*pid, entry)) ++killed;
  }
  return killed;
}

}  // namespace lazaret::process
