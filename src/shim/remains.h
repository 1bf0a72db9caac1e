// Everything that an agent has started, and how to be rid of it. We are the subreaper: whatever it
// forks, however it detaches, is a descendant of ours until it is reaped. So "nothing is left" is
// the kernel's own word: waitpid says ECHILD.
#pragma once

#include <stdint.h>
#include <sys/types.h>

namespace lazaret::shim {

// The agent's cgroup v2, kept open over incarnations. Limits are set on the group itself; the
// processes are in a leaf below it, which is made anew after each kill: Linux since 6.14 kills
// every child that CLONE_INTO_CGROUP puts into a group on which cgroup.kill was ever used.
struct Group {
  char path[512] = {};
  int directory = -1;
  int events = -1;  // cgroup.events; POLLPRI when `populated` changes
  int leaf = -1;    // for CLONE_INTO_CGROUP
  bool leaf_is_spent = false;
};

// Opens `path`, or keeps it if it is open already, with a leaf that takes children. "" closes.
// False: errno says why.
bool open_group(Group& group, const char* path);
// Where nothing is in it any more.
void remove_group(const Group& group);
// True also when there is no group.
bool is_empty(const Group& group);
// False where the kernel has no cgroup.freeze.
bool freeze_group(const Group& group, bool frozen);

// One round of SIGKILL: the whole group, and whatever child of ours is outside of it. Children
// only: a pid that we have not reaped cannot be anybody else's. Grandchildren become children when
// their parent dies, so the next round finds them.
void kill_round(Group& group);

// SIGSTOP or SIGCONT to every descendant, where there is no group to freeze.
void signal_descendants(int signal);

// The kernel's count of processes killed for memory, from memory.events or memory.oom_control.
int64_t oom_kills(const char* file);

}  // namespace lazaret::shim
