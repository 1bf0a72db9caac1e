// The files of a slot's directory that shim and daemon share. All are small, written with one call
// and without fsync: they must outlive processes, not the machine.
//
//   shim.lock   flock: at most one shim          spawn.rec  who was started last, before its exec
//   spawn.spec  what to start (has secrets)      exit.rec   how the last incarnation ended
#pragma once

#include <cstddef>
#include <cstdint>

#ifndef LAZARET_SHIM_AHEAD
#define LAZARET_SHIM_AHEAD 0
#endif

namespace lazaret::shim {

// Tests build shims of the version before and of the next one.
inline constexpr int versions_ahead = LAZARET_SHIM_AHEAD;

inline constexpr std::uint32_t record_magic = 0x4352'5a4c;  // "LZRC"
inline constexpr std::uint16_t record_oldest = 1;
inline constexpr std::uint16_t record_version = 2 + versions_ahead;
inline constexpr std::size_t boot_id_size = 40;

// A reader who must not miss a line sets the access time of the log file that it reads to a time to
// come. Until then the shim does not drop that file: it takes no output while there is no room. The
// hold ends by itself, whoever dies; one that is further ahead than this is of a clock that was set
// back, and is none. The shim gives a log that it creates the short one.
inline constexpr std::int64_t hold_most_ns = 60'000'000'000;
inline constexpr std::int64_t hold_fresh_ns = 2'000'000'000;

// The mode bit (sticky: it means nothing to the kernel on a file) of a log file before which
// another one was dropped: what is kept is not all that was written. Shims of older versions do not
// set it.
inline constexpr unsigned log_follows_dropped = 01000;

// The next version's records are read as ours: what it adds stands where ours has `spare`.
inline bool can_read(std::uint16_t version) {
  return version >= record_oldest && version <= record_version + 1;
}

// FNV-1a over a record without its last field: a torn write is no record.
inline std::uint64_t record_sum(const void* bytes, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  std::uint64_t sum = 0xcbf2'9ce4'8422'2325ULL;
  for (std::size_t i = 0; i < size; ++i) sum = (sum ^ at[i]) * 0x100'0000'01b3ULL;
  return sum;
}

struct SpawnRecord {
  std::uint32_t magic = record_magic;
  std::uint16_t version = record_version;
  std::uint16_t spare = 0;
  std::uint64_t incarnation = 0;
  std::uint64_t nonce = 0;
  std::int64_t process_start = 0;  // clock ticks since boot
  std::int32_t pid = 0;
  std::int32_t shim_pid = 0;
  char boot_id[boot_id_size] = {};
  std::uint64_t sum = 0;
};

struct ExitRecord {
  std::uint32_t magic = record_magic;
  std::uint16_t version = record_version;
  std::uint16_t spare = 0;
  std::uint64_t incarnation = 0;
  std::int64_t wall_ns = 0;     // CLOCK_REALTIME when it was reaped
  std::uint64_t log_bytes = 0;  // written by this incarnation
  std::int32_t wait_status = 0;
  std::uint32_t flags = 0;  // flag_oom, flag_spawn_failed
  std::int32_t failed_stage = 0;
  std::int32_t failed_errno = 0;
  std::uint64_t sum = 0;
};

template <class Record>
void seal(Record& record) {
  record.sum = record_sum(&record, offsetof(Record, sum));
}

template <class Record>
bool is_whole(const Record& record) {
  return record.magic == record_magic && can_read(record.version) &&
         record.sum == record_sum(&record, offsetof(Record, sum));
}

inline constexpr std::size_t spec_bytes_most = 1024 * 1024;
inline constexpr std::uint32_t spec_strings_most = 16 * 1024;
inline constexpr std::uint32_t spec_limits_most = 8;
inline constexpr std::uint32_t spec_joins_most = 8;

struct SpecLimit {
  std::uint32_t resource = 0;  // RLIMIT_…
  std::uint32_t spare = 0;
  std::uint64_t value = 0;  // soft and hard
};

enum SpecFlag : std::uint32_t {
  spec_stdin_null = 1  // /dev/null instead of a pipe
};

// spawn.spec is this head and then NUL-terminated strings, in this order: program, working
// directory, log file, cgroup v2 directory ("" = none), file with an oom_kill counter ("" = none),
// `joins` cgroup.procs files, `argc` arguments, `envc` variables.
struct SpecHead {
  std::uint32_t magic = record_magic;
  std::uint16_t version = record_version;
  std::uint16_t spare = 0;
  std::uint64_t incarnation = 0;
  std::uint64_t nonce = 0;
  std::int64_t log_bytes_most = 0;  // a log file is turned over at this size
  std::uint32_t logs_kept = 0;      // besides the current one
  std::int32_t oom_score_adj = 0;
  std::uint32_t flags = 0;
  std::uint32_t total_bytes = 0;  // head and strings
  std::uint32_t joins = 0;
  std::uint32_t argc = 0;
  std::uint32_t envc = 0;
  std::uint32_t limit_count = 0;
  SpecLimit limits[spec_limits_most] = {};
  char boot_id[boot_id_size] = {};
};

}  // namespace lazaret::shim
