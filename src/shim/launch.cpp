#include "shim/launch.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "shim/kernel.h"

namespace lazaret::shim {
namespace {

constexpr size_t keep_touched = 16 * 1024;  // of the spec's memory, between starts

alignas(4096) char spec_bytes[spec_bytes_most];
alignas(4096) char* spec_strings[spec_strings_most + 2];
size_t spec_size = 0;

// Walks the strings behind the head; `end` stands on a NUL.
struct Cursor {
  char* at;
  char* end;
  char* next() {
    if (at >= end) return nullptr;
    char* text = at;
    at += strlen(at) + 1;
    return text;
  }
};

bool parse(Launch& into, char* bytes, size_t size) {
  if (size <= sizeof(SpecHead) || bytes[size - 1] != 0) return false;
  const auto* head = reinterpret_cast<const SpecHead*>(bytes);
  if (head->magic != record_magic || !can_read(head->version)) return false;
  if (head->joins > spec_joins_most || head->argc == 0) return false;
  if (head->argc > spec_strings_most || head->envc > spec_strings_most - head->argc) return false;
  if (head->limit_count > spec_limits_most) return false;
  into.head = head;
  Cursor cursor{bytes + sizeof(SpecHead), bytes + size};
  into.program = cursor.next();
  into.directory = cursor.next();
  into.log_file = cursor.next();
  into.group = cursor.next();
  into.oom_file = cursor.next();
  for (uint32_t i = 0; i < head->joins; ++i) into.joins[i] = cursor.next();
  into.arguments = spec_strings;
  into.variables = spec_strings + head->argc + 1;
  for (uint32_t i = 0; i < head->argc; ++i) into.arguments[i] = cursor.next();
  for (uint32_t i = 0; i < head->envc; ++i) into.variables[i] = cursor.next();
  into.arguments[head->argc] = nullptr;
  into.variables[head->envc] = nullptr;
  const uint32_t wanted = head->argc + head->envc;
  const char* last =
      wanted > head->argc ? into.variables[head->envc - 1] : into.arguments[head->argc - 1];
  return into.oom_file != nullptr && last != nullptr;
}

// Shared with the child until its exec.
struct Shared {
  const Launch* what;
  LaunchPipes with;
  int32_t shim_pid;
  bool join_group_by_hand;
  bool recorded;
  Launched outcome;
};
Shared shared;

[[noreturn]] void child_failed(Stage stage, uint64_t count = 0) {
  shared.outcome.stage = stage;
  shared.outcome.error = errno;
  shared.outcome.count = count;
  _exit(127);
}

int64_t own_start() {
  char text[512];
  if (read_start("/proc/self/stat", text, sizeof text) <= 0) return 0;
  const char* at = strrchr(text, ')');  // the name may hold spaces and brackets
  for (int field = 2; at != nullptr && field < 22; ++field) at = strchr(at + 1, ' ');
  return at == nullptr ? 0 : strtoll(at + 1, nullptr, 10);
}

void raise_oom_score(int adjustment) {
  char text[16];
  char* end = text + sizeof text;
  char* start =
      digits_before(end, static_cast<uint64_t>(adjustment < 0 ? -adjustment : adjustment));
  if (adjustment < 0) *--start = '-';
  write_word("/proc/self/oom_score_adj", start, static_cast<size_t>(end - start));
}

void join_groups() {
  const Launch& what = *shared.what;
  if (shared.join_group_by_hand) {
    const int procs = openat(shared.with.group, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (procs < 0 || write(procs, "0", 1) != 1) child_failed(Stage::join_group);
  }
  for (uint32_t i = 0; i < what.head->joins; ++i) {
    if (!write_word(what.joins[i], "0", 1)) child_failed(Stage::join_group, i);
  }
}

void set_limits() {
  const SpecHead& head = *shared.what->head;
  for (uint32_t i = 0; i < head.limit_count; ++i) {
    const rlimit limit{head.limits[i].value, head.limits[i].value};
    const auto resource = static_cast<__rlimit_resource_t>(head.limits[i].resource);
    if (setrlimit(resource, &limit) != 0) child_failed(Stage::set_limit, head.limits[i].resource);
  }
}

// A pid that anybody may trust later: written down before the program begins.
void write_record() {
  const SpecHead& head = *shared.what->head;
  SpawnRecord record;
  record.incarnation = head.incarnation;
  record.nonce = head.nonce;
  record.pid = getpid();
  record.shim_pid = shared.shim_pid;
  record.process_start = own_start();
  memcpy(record.boot_id, head.boot_id, sizeof record.boot_id);
  seal(record);
  if (pwrite(shared.with.record, &record, sizeof record, 0) != sizeof record) {
    child_failed(Stage::write_record);
  }
  shared.outcome.process_start = record.process_start;
  shared.recorded = true;
}

[[noreturn, gnu::noinline]] void child() {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  sigaction(SIGPIPE, &standard, nullptr);
  sigaction(SIGCHLD, &standard, nullptr);
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // two of one agent can never be: not even when the shim dies
  dup2(shared.with.stdin_read, 0);
  dup2(shared.with.output_write, 1);
  dup2(shared.with.output_write, 2);
  join_groups();
  raise_oom_score(shared.what->head->oom_score_adj);
  set_limits();
  if (chdir(shared.what->directory) != 0) child_failed(Stage::change_directory);
  write_record();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(shared.what->program, shared.what->arguments, shared.what->variables);
  child_failed(Stage::execute);
}

// Nothing of ours may live in these frames but registers: the child runs on the same stack.
[[gnu::noinline]] long clone_into(const clone_args* args) {
  const long pid = raw_clone3(args, sizeof *args);
  if (pid == 0) child();
  return pid;
}

[[gnu::noinline]] long clone_plain() {
  const long pid = raw_vfork(CLONE_VM | CLONE_VFORK | SIGCHLD);
  if (pid == 0) child();
  return pid;
}

// Killed by cgroup.kill's long arm (see Group) before it could begin: nothing of it has happened.
bool died_before_record(long pid) {
  if (pid <= 0 || shared.outcome.stage != Stage::none || shared.recorded) return false;
  return waitpid(static_cast<pid_t>(pid), nullptr, __WALL) == pid;
}

}  // namespace

bool load_spec(Launch& into, uint64_t incarnation, uint64_t nonce) {
  const int fd = open("spawn.spec", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const ssize_t size = read(fd, spec_bytes, sizeof spec_bytes);
  close(fd);
  if (size < static_cast<ssize_t>(sizeof(SpecHead))) return false;
  // The file is overwritten in place, so that a full disk hinders no revival: it may be longer.
  spec_size = reinterpret_cast<const SpecHead*>(spec_bytes)->total_bytes;
  if (spec_size > static_cast<size_t>(size)) return false;
  return parse(into, spec_bytes, spec_size) && into.head->incarnation == incarnation &&
         into.head->nonce == nonce;
}

void forget_spec() {
  if (spec_size <= keep_touched) return;
  madvise(spec_bytes, sizeof spec_bytes, MADV_DONTNEED);
  madvise(spec_strings, sizeof spec_strings, MADV_DONTNEED);
}

Launched launch(const Launch& what, const LaunchPipes& with) {
  shared.what = &what;
  shared.with = with;
  shared.shim_pid = getpid();
  shared.join_group_by_hand = shared.recorded = false;
  shared.outcome = {};
  clone_args args{};
  args.flags = CLONE_VM | CLONE_VFORK;
  args.exit_signal = SIGCHLD;
  if (with.group >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<uint64_t>(with.group);
  }
  long pid = clone_into(&args);
  if (pid == -ENOSYS || pid == -E2BIG || pid == -EINVAL || pid == -EPERM ||
      (with.group >= 0 && died_before_record(pid))) {
    shared.join_group_by_hand = with.group >= 0;
    pid = clone_plain();
  }
  if (pid < 0) {
    shared.outcome.stage = Stage::clone_child;
    shared.outcome.error = static_cast<int>(-pid);
  } else {
    shared.outcome.pid = static_cast<pid_t>(pid);
  }
  return shared.outcome;
}

}  // namespace lazaret::shim
