#include "adapters/process/sampling.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace lazaret::process {
namespace {

std::int64_t ns_of_ticks(std::int64_t ticks) {
  static const std::int64_t per_second = ::sysconf(_SC_CLK_TCK);
  return ticks * (1'000'000'000 / per_second);
}

void append_children(std::int64_t pid, std::vector<pid_t>& into) {
  std::error_code error;
  const fs::path tasks = fmt::format("/proc/{}/task", pid);
  for (fs::directory_iterator at(tasks, error), end; !error && at != end; at.increment(error)) {
    const std::string list = read_text(at->path() / "children").value_or("");
    for (std::size_t start = 0; start < list.size() && into.size() < processes_most;) {
      const std::size_t blank = std::min(list.find(' ', start), list.size());
      const auto child = to_number(std::string_view(list).substr(start, blank - start));
      if (child) into.push_back(static_cast<pid_t>(*child));
      start = blank + 1;
    }
  }
}

std::int64_t io_of(pid_t pid) {
  const std::string io = read_text(fmt::format("/proc/{}/io", pid)).value_or("");
  return number_of(io, "rchar").value_or(0) + number_of(io, "wchar").value_or(0);
}

std::int64_t resident_of(pid_t pid) {
  static const std::int64_t page = ::sysconf(_SC_PAGESIZE);
  const std::string text = read_text(fmt::format("/proc/{}/statm", pid)).value_or("");
  const std::size_t blank = text.find(' ');
  if (blank == std::string::npos) return 0;
  return to_number(std::string_view(text).substr(blank + 1)).value_or(0) * page;
}

// Newest change of a file or directory below, by the wall clock; bounded, so a large tree is
// sampled.
std::int64_t newest_change(const fs::path& directory) {
  std::int64_t newest = 0;
  std::size_t seen = 0;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator at(directory, options, error);
  for (const fs::recursive_directory_iterator end; !error && at != end && seen < entries_looked_at;
       at.increment(error), ++seen) {
    struct stat now{};
    if (::lstat(at->path().c_str(), &now) != 0) continue;
    const std::int64_t changed = now.st_mtim.tv_sec * 1'000'000'000LL + now.st_mtim.tv_nsec;
    newest = std::max(newest, changed);
  }
  return newest;
}

std::int64_t file_size(const fs::path& file) {
  struct stat now{};
  return ::stat(file.c_str(), &now) == 0 ? now.st_size : 0;
}

}  // namespace

std::optional<ProcessStat> read_stat(std::int64_t pid) {
  const auto text = read_text(fmt::format("/proc/{}/stat", pid), 1024);
  const std::size_t bracket = text ? text->rfind(')') : std::string::npos;
  if (bracket == std::string::npos || bracket + 2 >= text->size()) return std::nullopt;
  ProcessStat found;
  std::string_view rest = std::string_view(*text).substr(bracket + 2);
  for (int field = 3; field <= 22 && !rest.empty(); ++field) {
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, blank);
    const std::int64_t number = to_number(word).value_or(0);
    if (field == 3) found.state = word.empty() ? 'X' : word.front();
    if (field == 4) found.parent = static_cast<pid_t>(number);
    if (field >= 14 && field <= 17) found.cpu_ticks += number;
    if (field == 22) found.start = number;
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
  return found;
}

bool is_same_process(std::int64_t pid, std::int64_t start) {
  if (pid <= 0) return false;
  const auto now = read_stat(pid);
  return now && now->start == start && now->state != 'Z' && now->state != 'X';
}

std::vector<pid_t> descendants(std::int64_t ancestor) {
  std::vector<pid_t> found;
  if (ancestor <= 0) return found;
  append_children(ancestor, found);
  for (std::size_t i = 0; i < found.size(); ++i) append_children(found[i], found);
  return found;
}

Usage sample_usage(const Slot& slot) {
  Usage usage;
  if (!slot.is_live()) return usage;
  const std::vector<pid_t> pids = descendants(slot.shim_pid());
  usage.pids = static_cast<std::int64_t>(pids.size());
  std::optional<std::int64_t> group_cpu_us;
  if (!slot.group().v2.empty()) {
    const std::string text = read_text(slot.group().v2 + "/cpu.stat").value_or("");
    group_cpu_us = number_of(text, "usage_usec");
  }
  std::optional<std::int64_t> group_memory;
  if (!slot.group().memory_file.empty()) {
    group_memory = to_number(read_text(slot.group().memory_file).value_or(""));
  }
  usage.cpu_ns = group_cpu_us.value_or(0) * 1000;
  usage.memory_bytes = group_memory.value_or(0);
  for (const pid_t pid : pids) {
    usage.io_bytes += io_of(pid);
    if (!group_memory) usage.memory_bytes += resident_of(pid);
    if (group_cpu_us) continue;
    if (const auto stat = read_stat(pid)) usage.cpu_ns += ns_of_ticks(stat->cpu_ticks);
  }
  return usage;
}

core::Evidence take_evidence(const Slot& slot, const fs::path& work_directory) {
  core::Evidence evidence;
  const Usage usage = sample_usage(slot);
  evidence.cpu_ns = usage.cpu_ns;
  evidence.io_bytes = usage.io_bytes;
  evidence.children = std::max<std::int64_t>(usage.pids - 1, 0);
  evidence.log_bytes = file_size(slot.log_file());
  evidence.files_changed_at_ns = newest_change(work_directory);
  const auto stat = read_stat(slot.pid());
  if (!stat || stat->start != slot.process_start() || stat->state == 'Z') {
    evidence.state = core::RunState::gone;
  } else if (stat->state == 'T' || stat->state == 't') {
    evidence.state = core::RunState::stopped;
  }
  return evidence;
}

}  // namespace lazaret::process
