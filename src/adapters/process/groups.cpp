#include "adapters/process/groups.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>

#include "adapters/process/mounts.h"
#include "base/rng.h"

namespace lazaret::process {
namespace {

constexpr std::string_view supervisor_leaf = "lazaret-supervisor";
constexpr std::int64_t cpu_period_us = 100'000;

bool make_directory(const fs::path& directory) {
  return ::mkdir(directory.c_str(), 0755) == 0 || errno == EEXIST;
}

bool is_delegated(const fs::path& group) {
  char value[8];
  return ::getxattr(group.c_str(), "trusted.delegate", value, sizeof value) > 0 ||
         ::getxattr(group.c_str(), "user.delegate", value, sizeof value) > 0;
}

// A group that hands out controllers may hold no processes: those in `base` move into a leaf.
void make_room(const fs::path& base) {
  const fs::path leaf = base / supervisor_leaf;
  if (!make_directory(leaf)) return;
  const std::string pids = read_text(base / "cgroup.procs").value_or("");
  for (std::size_t at = 0; at < pids.size();) {
    const std::size_t end = std::min(pids.find('\n', at), pids.size());
    write_text(leaf / "cgroup.procs", pids.substr(at, end - at));
    at = end + 1;
  }
}

void hand_out(const fs::path& group, std::string_view controller) {
  write_text(group / "cgroup.subtree_control", fmt::format("+{}", controller));
}

bool has_controller(const fs::path& group, std::string_view controller) {
  const std::string list = read_text(group / "cgroup.controllers").value_or("") + " ";
  for (std::size_t at = list.find(controller); at != std::string::npos;
       at = list.find(controller, at + 1)) {
    const char after = list[at + controller.size()];
    const bool starts = at == 0 || list[at - 1] == ' ';
    if (starts && (after == ' ' || after == '\n')) return true;
  }
  return false;
}

// Candidates for our directory, best first.
std::vector<fs::path> bases(const fs::path& mount, const std::string& own_path) {
  fs::path own = mount / fs::path(own_path).relative_path();
  if (own.filename() == supervisor_leaf) own = own.parent_path();
  if (own_path.empty() || own_path.find("..") != std::string::npos) return {mount};
  if (is_delegated(own) || ::geteuid() != 0) return {own, mount};
  return {mount, own};
}

void remove_tree(const fs::path& group, int depth) {
  std::error_code error;
  for (fs::directory_iterator at(group, error), end; !error && at != end; at.increment(error)) {
    if (depth > 0 && at->is_directory(error)) remove_tree(at->path(), depth - 1);
  }
  ::rmdir(group.c_str());
}

constexpr std::array<std::string_view, limit_kinds> controllers = {"memory", "cpu", "pids"};

}  // namespace

Groups::Groups(const fs::path& state_directory)
    : name_("lazaret-" + hex16(hash_text(state_directory.string())).substr(0, 12)) {
  const std::string mountinfo = read_text("/proc/self/mountinfo", 1024 * 1024).value_or("");
  const std::string own = read_text("/proc/self/cgroup").value_or("");
  find_v2(mountinfo, own);
  find_limits(mountinfo, own);
}

Groups::~Groups() {
  for (const LimitPlace& place : places_) {
    if (place.by == LimitBy::cgroup_v1) ::rmdir(place.directory.c_str());
  }
  if (tracks()) ::rmdir(v2_.c_str());
}

void Groups::find_v2(const std::string& mountinfo, const std::string& own) {
  const auto mount = v2_mount(mountinfo);
  if (!mount) {
    tracking_why_ =
        "no cgroup v2 is mounted: agents are tracked by the process tree of their shim, which sees "
        "every descendant, but a storm of forks is killed in rounds instead of at once, and after "
        "the end of a shim only processes that kept its environment are found";
    return;
  }
  int error = 0;
  for (const fs::path& base : bases(*mount, v2_path(own))) {
    if (make_directory(base / name_)) {
      v2_ = base / name_;
      tracking_why_ = fmt::format("each agent has its own cgroup below {}", v2_.string());
      return;
    }
    error = errno;
  }
  tracking_why_ = fmt::format(
      "no cgroup can be made below {} ({}): agents are tracked by the process tree of their shim; "
      "under systemd, Delegate=yes in the unit gives a cgroup of one's own",
      mount->string(), errno_text(error));
}

void Groups::find_limits(const std::string& mountinfo, const std::string& own) {
  for (std::size_t i = 0; i < limit_kinds; ++i) {
    const std::string_view controller = controllers[i];
    LimitPlace& place = places_[i];
    if (tracks()) {
      const fs::path base = v2_.parent_path();
      if (has_controller(base, controller) && !has_controller(v2_, controller)) {
        hand_out(base, controller);
        if (!has_controller(v2_, controller)) {
          make_room(base);
          hand_out(base, controller);
        }
      }
      if (has_controller(v2_, controller)) {
        hand_out(v2_, controller);
        place = {LimitBy::cgroup_v2, v2_, fmt::format("{} is limited by cgroup v2", controller)};
        continue;
      }
    }
    const auto mount = v1_mount(mountinfo, controller);
    const std::string path = v1_path(own, controller);
    const fs::path inside = mount.value_or("") / fs::path(path).relative_path();
    for (const fs::path& base : {inside, mount.value_or("")}) {
      if (!mount || place.by == LimitBy::cgroup_v1 || !make_directory(base / name_)) continue;
      place = {LimitBy::cgroup_v1, base / name_,
               fmt::format("{} is limited by cgroup v1, below {}", controller, base.string())};
    }
    if (place.by == LimitBy::cgroup_v1) continue;
    const bool cpu = static_cast<LimitKind>(i) == LimitKind::cpu;
    place.by = cpu ? LimitBy::nothing : LimitBy::rlimit;
    place.why = cpu ? "cpu cannot be limited: no cpu controller of any cgroup hierarchy is writable"
                    : fmt::format(
                          "{} is limited for each process (rlimit), not for the agent as a whole: "
                          "no {} controller of any cgroup hierarchy is writable{}",
                          controller, controller,
                          ::geteuid() == 0 && controller == "pids"
                              ? "; root's processes are not bound by it"
                              : "");
  }
}

Result<SlotGroup> Groups::prepare(const std::string& slot, const core::Limits& limits) const {
  SlotGroup group;
  if (tracks()) {
    const fs::path directory = v2_ / slot;
    if (!make_directory(directory)) {
      return fail(ErrorCode::unavailable, fmt::format("the cgroup {} cannot be made: {}",
                                                      directory.string(), errno_text(errno)));
    }
    group.v2 = directory;
  }
  const std::array<std::int64_t, limit_kinds> values = {limits.memory_bytes, limits.milli_cpus,
                                                        limits.pids};
  for (std::size_t i = 0; i < limit_kinds; ++i) {
    Result<void> done = limit(group, static_cast<LimitKind>(i), values[i], slot);
    if (!done) return std::unexpected(done.error());
  }
  return group;
}

Result<void> Groups::limit(SlotGroup& group, LimitKind kind, std::int64_t value,
                           const std::string& slot) const {
  const LimitPlace& where = place(kind);
  const fs::path directory = where.directory / slot;
  const bool v2 = where.by == LimitBy::cgroup_v2;
  if (where.by == LimitBy::nothing) return {};
  if (where.by == LimitBy::rlimit) {
    const auto resource = kind == LimitKind::memory ? RLIMIT_DATA : RLIMIT_NPROC;
    if (value > 0) {
      group.rlimits.push_back(
          {static_cast<std::uint32_t>(resource), 0, static_cast<std::uint64_t>(value)});
    }
    return {};
  }
  if (!v2 && value == 0) return {};  // joining costs a start several milliseconds
  if (!make_directory(directory)) {
    return fail(ErrorCode::unavailable, fmt::format("the cgroup {} cannot be made: {}",
                                                    directory.string(), errno_text(errno)));
  }
  const std::string number = value > 0 ? std::to_string(value) : "max";
  int error = 0;
  switch (kind) {
    case LimitKind::memory:
      // With swap counted in, the smaller limit may never pass the larger: lift that one first.
      if (!v2) write_text(directory / "memory.memsw.limit_in_bytes", "-1");
      error = write_text(directory / (v2 ? "memory.max" : "memory.limit_in_bytes"), number);
      write_text(directory / (v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes"),
                 v2 && value > 0 ? "0" : number);
      group.oom_file = directory / (v2 ? "memory.events" : "memory.oom_control");
      group.memory_file = directory / (v2 ? "memory.current" : "memory.usage_in_bytes");
      break;
    case LimitKind::cpu: {
      const std::int64_t quota = value * cpu_period_us / 1000;
      const std::string quota_text = value > 0 ? std::to_string(quota) : "max";
      error = write_text(directory / (v2 ? "cpu.max" : "cpu.cfs_quota_us"),
                         v2 ? fmt::format("{} {}", quota_text, cpu_period_us) : quota_text);
      break;
    }
    case LimitKind::pids:
      error = write_text(directory / "pids.max", number);
      break;
  }
  if (!v2) group.joins.push_back(directory / "cgroup.procs");
  if (error == 0) return {};
  return fail(ErrorCode::unavailable,
              fmt::format("the {} limit {} was not accepted in {}: {}", to_word(kind), number,
                          directory.string(), errno_text(error)));
}

SlotGroup Groups::existing(const std::string& slot) const {
  SlotGroup group;
  std::error_code error;
  if (tracks() && fs::exists(v2_ / slot, error)) group.v2 = v2_ / slot;
  const LimitPlace& memory = place(LimitKind::memory);
  if (memory.by != LimitBy::cgroup_v1 && memory.by != LimitBy::cgroup_v2) return group;
  const bool v2 = memory.by == LimitBy::cgroup_v2;
  const fs::path file = memory.directory / slot / (v2 ? "memory.current" : "memory.usage_in_bytes");
  if (fs::exists(file, error)) group.memory_file = file;
  return group;
}

void Groups::kill(const std::string& slot) const {
  if (tracks()) write_text(v2_ / slot / "cgroup.kill", "1");
}

void Groups::thaw(const std::string& slot) const {
  if (tracks()) write_text(v2_ / slot / "cgroup.freeze", "0");
}

bool Groups::is_empty(const std::string& slot) const {
  if (!tracks()) return true;
  const std::string events = read_text(v2_ / slot / "cgroup.events").value_or("");
  return number_of(events, "populated").value_or(0) == 0;
}

void Groups::remove(const std::string& slot) const {
  if (tracks()) remove_tree(v2_ / slot, 8);
  for (const LimitPlace& where : places_) {
    if (where.by == LimitBy::cgroup_v1) remove_tree(where.directory / slot, 8);
  }
}

std::string Groups::slot_of(std::int64_t pid) const {
  if (!tracks()) return {};
  const std::string path = v2_path(read_text(fmt::format("/proc/{}/cgroup", pid)).value_or(""));
  const std::string marker = "/" + name_ + "/";
  const std::size_t at = path.find(marker);
  if (at == std::string::npos) return {};
  const std::size_t first = at + marker.size();
  return path.substr(first, path.find('/', first) - first);
}

Capabilities probe(const Groups& groups) {
  Capabilities found;
  found.tracks_by_group = groups.tracks();
  found.tracking = groups.tracking_why();
  for (std::size_t i = 0; i < limit_kinds; ++i) {
    found.limits[i] = groups.place(static_cast<LimitKind>(i)).by;
  }
  found.memory = groups.place(LimitKind::memory).why;
  found.cpu = groups.place(LimitKind::cpu).why;
  found.pids = groups.place(LimitKind::pids).why;
  found.disk = "disk is not limited by the process adapter";
  found.isolation = {
      "none: supervision and limits only; the same user protects nothing",
      "level_1, level_2, level_3: this build does not carry them out; agents that ask for one of "
      "them do not start"};
  const auto own = to_number(read_text("/proc/self/oom_score_adj").value_or(""));
  found.oom_protection =
      own && *own < 0
          ? fmt::format("the daemon is protected from the memory killer (oom_score_adj {})", *own)
          : "the daemon's own oom_score_adj is not lowered; agents' is raised by 500";
  return found;
}

}  // namespace lazaret::process
