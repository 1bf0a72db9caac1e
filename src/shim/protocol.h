// What daemon and shim say to each other: one fixed-size head per SEQPACKET message, some with text
// behind it. Both ends may be of different builds, because shims outlive daemons: fields are only
// ever added in `spare`, the daemon says hello in the oldest version and goes on in the older one
// of both, and a kind that is not known is passed over.
#pragma once

#include <cstddef>
#include <cstdint>

#include "shim/records.h"

namespace lazaret::shim {

inline constexpr std::uint32_t protocol_magic = 0x4853'5a4c;  // "LZSH"
inline constexpr std::uint16_t protocol_oldest = 1;  // two versions back, once there are so many
inline constexpr std::uint16_t protocol_version = 2 + versions_ahead;  // 2: hello in the oldest
inline constexpr std::size_t text_most = 64 * 1024;                    // of one line for stdin
inline constexpr std::size_t notify_most = 4096;  // of one sd_notify datagram; the rest is cut
inline constexpr std::size_t stdin_pending_most = 128 * 1024;  // beyond what the pipe holds

// Descriptors that the daemon hands to a new shim.
inline constexpr int listener_fd = 3;  // bound and listening SEQPACKET socket
inline constexpr int notify_fd = 4;    // bound datagram socket, the agent's NOTIFY_SOCKET

// How a shim ends when it could not begin.
inline constexpr int exit_usage = 64;
inline constexpr int exit_broken = 71;  // the slot's directory or a descriptor is unusable
inline constexpr int exit_held = 75;    // another shim holds the slot's lock

enum class Kind : std::uint16_t {
  // daemon → shim; all carry the daemon's epoch
  hello = 1,  // → state; the connection before this one is dropped
  spawn,      // incarnation, nonce: carry out spawn.spec → spawned | spawn_failed
  signal,     // incarnation, number: to the agent's process group; its end is then waited for
  kill_all,   // incarnation: everything, until nothing is left → exited
  freeze,     // incarnation, number: 1 freezes, 0 thaws
  line,       // incarnation, nonce, text: for stdin, without newline → line_done
  retire,     // kill what runs and go away; the connection closes
  // shim → daemon
  state = 64,    // the last incarnation, pid, process_start, flags; number = the shim's own pid
  spawned,       // incarnation, nonce, pid, process_start
  spawn_failed,  // incarnation, nonce, number = errno, stage
  exited,        // incarnation, number = wait status, flags, count = log bytes; exit.rec is written
  notify,        // incarnation, text = the datagram
  stop_seen,     // incarnation, number: 1 stopped by others, 0 continued
  line_done,     // incarnation, nonce, number: 1 taken by pipe or buffer, 0 not
  refused        // number = Refusal; the connection closes
};

enum class Refusal : std::int32_t { older_epoch = 1, unknown_version, malformed };

// Where a start failed, in the order of the steps.
enum class Stage : std::int32_t {
  none,
  read_spec,  // spawn.spec is missing, malformed, or of another nonce
  make_pipes,
  open_group,  // the cgroup's directory
  clone_child,
  join_group,  // cgroup v1, or v2 without CLONE_INTO_CGROUP
  set_limit,   // number of the limit is in `count`
  change_directory,
  write_record,
  execute
};

enum Flag : std::uint32_t {
  flag_running = 1,
  flag_ready = 2,    // READY=1 was said in this incarnation
  flag_stopped = 4,  // state T, not by us
  flag_frozen = 8,   // by us
  flag_oom = 16,     // the kernel killed one of its processes for memory
  flag_spawn_failed = 32
};

struct Message {
  std::uint32_t magic = protocol_magic;
  std::uint16_t version = protocol_version;
  Kind kind = Kind::hello;
  std::uint64_t epoch = 0;
  std::uint64_t incarnation = 0;
  std::uint64_t nonce = 0;
  std::int64_t process_start = 0;
  std::int32_t pid = 0;
  std::int32_t number = 0;
  Stage stage = Stage::none;
  std::uint32_t flags = 0;
  std::uint64_t count = 0;
  std::uint32_t text_size = 0;  // bytes that follow the head
  std::uint32_t spare[7] = {};
};
static_assert(sizeof(Message) == 96);

}  // namespace lazaret::shim
