// Control groups, wherever this machine has them: tracking and killing on v2, each limit on
// whichever hierarchy has its controller, else by rlimit, else not at all. What was found is said
// in sentences.
//
//   <v2>/lazaret-<hash of the state directory>/<slot>/run     processes are in the leaf
//   <v1 controller>/lazaret-<hash>/<slot>                     only for agents with that limit
#pragma once

#include <array>
#include <string>
#include <vector>

#include "adapters/process/system_files.h"
#include "base/fields.h"
#include "core/definition.h"
#include "shim/records.h"

namespace lazaret::process {

LAZARET_ENUM(LimitKind, memory, cpu, pids)
LAZARET_ENUM(LimitBy, nothing, cgroup_v2, cgroup_v1, rlimit)
inline constexpr std::size_t limit_kinds = 3;

struct LimitPlace {
  LimitBy by = LimitBy::nothing;
  fs::path directory;  // for v1: …/lazaret-<hash>
  std::string why;     // for people
};

// Where a slot's processes belong.
struct SlotGroup {
  std::string v2;                  // directory, empty = none
  std::vector<std::string> joins;  // v1 cgroup.procs files
  std::string oom_file;            // counts oom_kill; empty = none
  std::string memory_file;         // bytes in use; empty = none
  std::vector<shim::SpecLimit> rlimits;
};

class Groups {
 public:
  // Looks at the mounts and makes the directories of this state.
  explicit Groups(const fs::path& state_directory);
  // Removes them if no slot is left.
  ~Groups();
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;

  bool tracks() const { return !v2_.empty(); }
  const std::string& tracking_why() const { return tracking_why_; }
  const LimitPlace& place(LimitKind kind) const { return places_[static_cast<std::size_t>(kind)]; }

  // unavailable: a directory or a limit could not be made.
  Result<SlotGroup> prepare(const std::string& slot, const core::Limits& limits) const;
  // The same without changing anything, for a slot that runs already.
  SlotGroup existing(const std::string& slot) const;
  void kill(const std::string& slot) const;
  void thaw(const std::string& slot) const;
  bool is_empty(const std::string& slot) const;
  void remove(const std::string& slot) const;
  // The slot whose group the process is in; empty = none of ours.
  std::string slot_of(std::int64_t pid) const;

 private:
  void find_v2(const std::string& mountinfo, const std::string& own);
  void find_limits(const std::string& mountinfo, const std::string& own);
  Result<void> limit(SlotGroup& group, LimitKind kind, std::int64_t value,
                     const std::string& slot) const;

  std::string name_;  // lazaret-<hash>
  fs::path v2_;       // …/lazaret-<hash>
  std::string tracking_why_;
  std::array<LimitPlace, limit_kinds> places_;
};

// For `lazaret up` and `lazaret doctor`: what this machine gives, in sentences.
struct Capabilities {
  bool tracks_by_group = false;
  std::string tracking;
  std::array<LimitBy, limit_kinds> limits{};  // by LimitKind
  std::string memory;
  std::string cpu;
  std::string pids;
  std::string disk;
  std::vector<std::string> isolation;  // one sentence for each level
  std::string oom_protection;
};
Capabilities probe(const Groups& groups);

}  // namespace lazaret::process
