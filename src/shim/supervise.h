// The shim: above one agent slot, over all its incarnations. Its only child at a time is the agent;
// its only master is the daemon of the highest epoch; without one it goes on by itself.
//
//   idle ──spawn──► running ──the agent's end, kill_all──► clearing ──nothing left──► idle
//
// Leaving `clearing` writes exit.rec first and tells the daemon then, so an exit is known even if
// the daemon is not there to hear it.
#pragma once

#include <sys/types.h>

#include "shim/input.h"
#include "shim/launch.h"
#include "shim/link.h"
#include "shim/output.h"
#include "shim/remains.h"

namespace lazaret::shim {

class Supervisor {
 public:
  // Runs in the slot's directory, which becomes the working directory. Returns the exit status.
  int run(const char* slot_directory);

 private:
  enum class Phase { idle, running, clearing };

  int begin(const char* slot_directory);
  void serve();
  int64_t wait_most(int64_t now);
  void leave();
  void obey(const Message& message, const char* text);
  void tell_state();

  void spawn(const Message& order);
  bool prepare(const Message& order, Launch& what, LaunchPipes& with, Launched& outcome);
  void tell_failed_spawn(const Launched& outcome);
  void freeze(bool frozen);
  void kill_all();
  void ask_to_end(int signal);

  void reap();
  void on_stop_seen(bool stopped);
  void clear();
  void finish();
  void take_notifications();
  void on_notification(const char* text, size_t size);
  Message about(Kind kind) const;
  void write_exit(int stage, int error, uint32_t flags);

  Link link_;
  Output output_;
  Input input_;
  Group group_;
  int spawn_record_ = -1;
  int exit_record_ = -1;

  Phase phase_ = Phase::idle;
  uint64_t incarnation_ = 0;
  uint64_t nonce_ = 0;
  pid_t pid_ = 0;
  int64_t process_start_ = 0;
  int wait_status_ = 0;
  int64_t exit_wall_ns_ = 0;
  bool ready_ = false;
  bool stopped_ = false;
  bool frozen_ = false;
  bool thaw_before_spawn_ = true;  // a former shim may have left the group frozen
  bool asked_to_end_ = false;
  bool nothing_left_ = true;  // waitpid: no child
  bool retiring_ = false;
  bool leaving_ = false;
  int64_t alone_since_ = 0;  // without agent and without daemon; monotonic, ms; 0 = not alone
  int64_t kill_at_ = 0;      // monotonic, ms
  int64_t kill_pause_ = 0;
  char oom_file_[512] = {};
  int64_t oom_kills_ = 0;
  Message waiting_spawn_;  // kind spawn: to be done once the remains are gone
  bool spawn_waits_ = false;
};

}  // namespace lazaret::shim
