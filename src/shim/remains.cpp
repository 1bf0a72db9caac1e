#include "shim/remains.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shim/kernel.h"

namespace lazaret::shim {
namespace {

constexpr int pids_most = 512;  // of one round; the next round takes the rest
constexpr int freeze_rounds_most = 8;

struct DirectoryEntry {
  uint64_t inode;
  int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[];
};

struct Pids {
  int count = 0;
  pid_t list[pids_most];
  void add(pid_t pid) {
    if (pid > 0 && count < pids_most) list[count++] = pid;
  }
};

pid_t parent_of(pid_t pid) {
  char path[40] = "/proc/";
  char number[24];
  char* end = number + sizeof number - 1;
  *end = 0;
  strcat(strcat(path, digits_before(end, static_cast<uint64_t>(pid))), "/stat");
  char text[512];
  if (read_start(path, text, sizeof text) <= 0) return 0;
  const char* at = strrchr(text, ')');
  return at == nullptr ? 0 : static_cast<pid_t>(strtol(at + 4, nullptr, 10));
}

// For kernels without /proc/<pid>/task/<tid>/children.
void scan_children(pid_t parent, Pids& into) {
  alignas(8) static char entries[4096];
  const int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return;
  for (;;) {
    const long size = syscall(SYS_getdents64, proc, entries, sizeof entries);
    if (size <= 0) break;
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const DirectoryEntry*>(entries + at);
      at += entry->size;
      const auto pid = static_cast<pid_t>(strtol(entry->name, nullptr, 10));
      if (pid > 0 && parent_of(pid) == parent) into.add(pid);
    }
  }
  close(proc);
}

// Our own: we have one thread, so its children are all there are.
void own_children(Pids& into) {
  const pid_t parent = getpid();
  char path[80] = "/proc/";
  char number[24];
  char* end = number + sizeof number - 1;
  *end = 0;
  const char* digits = digits_before(end, static_cast<uint64_t>(parent));
  strcat(strcat(strcat(strcat(path, digits), "/task/"), digits), "/children");
  static char text[4096];
  if (read_start(path, text, sizeof text) < 0) {
    if (errno == ENOENT) scan_children(parent, into);
    return;
  }
  char* at = text;
  for (;;) {
    char* after = at;
    const long pid = strtol(at, &after, 10);
    if (after == at || *after == 0) break;  // a number without a blank behind it was cut off
    into.add(static_cast<pid_t>(pid));
    at = after;
  }
}

// "run", or where a nested group of the agent's holds that one, "run-<pid>".
bool make_leaf(Group& group) {
  if (group.leaf >= 0) close(group.leaf);
  group.leaf = -1;
  char name[40] = "run";
  unlinkat(group.directory, name, AT_REMOVEDIR);
  if (mkdirat(group.directory, name, 0755) != 0) {
    static uint64_t serial = 0;
    char number[24];
    char* end = number + sizeof number - 1;
    *end = 0;
    const auto own = static_cast<uint64_t>(getpid());
    strcat(strcat(name, "-"), digits_before(end, own * 100'000 + ++serial % 100'000));
    if (mkdirat(group.directory, name, 0755) != 0) return false;
  }
  group.leaf = openat(group.directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  group.leaf_is_spent = false;
  return group.leaf >= 0;
}

}  // namespace

bool open_group(Group& group, const char* path) {
  if (strcmp(group.path, path) == 0 && (group.leaf >= 0 || *path == 0)) {
    return *path == 0 || !group.leaf_is_spent || make_leaf(group);
  }
  const int open_now[] = {group.directory, group.events, group.leaf};
  for (const int fd : open_now) {
    if (fd >= 0) close(fd);
  }
  group.directory = group.events = group.leaf = -1;
  group.path[0] = 0;
  if (*path == 0) return true;
  if (strlen(path) >= sizeof group.path) {
    errno = ENAMETOOLONG;
    return false;
  }
  group.directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (group.directory < 0) return false;
  group.events = openat(group.directory, "cgroup.events", O_RDONLY | O_CLOEXEC);
  strcpy(group.path, path);
  return make_leaf(group);
}

void remove_group(const Group& group) {
  unlinkat(group.directory, "run", AT_REMOVEDIR);
  rmdir(group.path);
}

bool is_empty(const Group& group) {
  if (group.events < 0) return true;
  char text[128];
  const ssize_t size = pread(group.events, text, sizeof text - 1, 0);
  if (size <= 0) return true;  // the directory was removed
  text[size] = 0;
  return strstr(text, "populated 1") == nullptr;
}

bool freeze_group(const Group& group, bool frozen) {
  if (group.directory < 0) return false;
  const int fd = openat(group.directory, "cgroup.freeze", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = write(fd, frozen ? "1" : "0", 1) == 1;
  close(fd);
  return written;
}

void kill_round(Group& group) {
  if (group.directory >= 0) {
    const int fd = openat(group.directory, "cgroup.kill", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
      if (write(fd, "1", 1) == 1) group.leaf_is_spent = true;
      close(fd);
    }
  }
  static Pids children;
  children.count = 0;
  own_children(children);
  for (int i = 0; i < children.count; ++i) kill(children.list[i], SIGKILL);
}

void signal_descendants(int signal) {
  static Pids found;
  int before = -1;
  // Those that are stopped fork no longer, so the list stops growing.
  for (int round = 0; round < freeze_rounds_most && found.count != before; ++round) {
    before = round == 0 ? -1 : found.count;
    found.count = 0;
    own_children(found);
    for (int i = 0; i < found.count; ++i) {
      scan_children(found.list[i], found);
      kill(found.list[i], signal);
    }
  }
}

int64_t oom_kills(const char* file) {
  char text[1024];
  if (*file == 0 || read_start(file, text, sizeof text) <= 0) return 0;
  const char* at = text;
  while ((at = strstr(at, "oom_kill ")) != nullptr) {
    if (at == text || at[-1] == '\n') return strtoll(at + 9, nullptr, 10);
    ++at;
  }
  return 0;
}

}  // namespace lazaret::shim
