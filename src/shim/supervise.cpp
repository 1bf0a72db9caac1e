#include "shim/supervise.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "shim/kernel.h"

namespace lazaret::shim {
namespace {

// When an agent ends because it was asked to, what it started may follow by itself for so long.
constexpr int64_t leftover_grace_ms = 1000;
constexpr int64_t kill_pause_first_ms = 2;
constexpr int64_t kill_pause_most_ms = 250;
constexpr int64_t idle_wait_most_ms = 60'000;
constexpr int64_t held_pause_ms = 10;
// Without an agent and without a daemon there is nothing to do: exit.rec says what was, and the
// next daemon starts a new shim.
constexpr int64_t alone_most_ms = 10'000;

void on_child(int) {}

// Raises `incarnation` to the one in the record.
template <class Record>
int open_record(const char* name, uint64_t& incarnation) {
  const int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  Record record;
  if (pread(fd, &record, sizeof record, 0) == sizeof record && is_whole(record)) {
    if (record.incarnation > incarnation) incarnation = record.incarnation;
    return fd;
  }
  // Its place on the disk is taken now: later writes do not depend on free space.
  record = {};
  seal(record);
  if (pwrite(fd, &record, sizeof record, 0) == sizeof record) return fd;
  close(fd);
  return -1;
}

bool hold_lock() {
  const int fd = open("shim.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) return false;
  char digits[24];
  char* end = digits + sizeof digits - 1;
  *end = '\n';
  const char* start = digits_before(end, static_cast<uint64_t>(getpid()));
  // The number is for people; the lock holds without it.
  if (ftruncate(fd, 0) != 0 || pwrite(fd, start, static_cast<size_t>(end + 1 - start), 0) < 0) {
    return true;
  }
  return true;
}

}  // namespace

int Supervisor::run(const char* slot_directory) {
  const int status = begin(slot_directory);
  if (status != 0) return status;
  while (!leaving_ && (!retiring_ || phase_ != Phase::idle)) serve();
  leave();
  return 0;
}

int Supervisor::begin(const char* slot_directory) {
  setsid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  struct sigaction action{};
  action.sa_handler = on_child;
  sigaction(SIGCHLD, &action, nullptr);
  close_from(notify_fd + 1);
  fcntl(listener_fd, F_SETFD, FD_CLOEXEC);
  fcntl(notify_fd, F_SETFD, FD_CLOEXEC);
  if (chdir(slot_directory) != 0) return exit_broken;
  if (!hold_lock()) return exit_held;
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3 && null >= 0; ++fd) dup2(null, fd);
  if (null > 2) close(null);
  spawn_record_ = open_record<SpawnRecord>("spawn.rec", incarnation_);
  exit_record_ = open_record<ExitRecord>("exit.rec", incarnation_);
  if (spawn_record_ < 0 || exit_record_ < 0 || !output_.open_pipe()) return exit_broken;
  link_.begin(listener_fd);
  return 0;
}

void Supervisor::leave() {
  if (group_.path[0] != 0) remove_group(group_);
}

void Supervisor::serve() {
  const bool held = output_.is_held();
  pollfd watched[7] = {{link_.listener(), POLLIN, 0},
                       {link_.guest(), POLLIN, 0},
                       {link_.daemon(), POLLIN, 0},
                       {notify_fd, POLLIN, 0},
                       {held ? -1 : output_.read_end(), POLLIN, 0},
                       {input_.waiting() ? input_.write_end() : -1, POLLOUT, 0},
                       {phase_ == Phase::clearing ? group_.events : -1, POLLPRI, 0}};
  int64_t wait = wait_most(monotonic_ms());
  if (held && wait > held_pause_ms) wait = held_pause_ms;
  const timespec timeout{wait / 1000, wait % 1000 * 1'000'000};
  sigset_t open_mask;  // SIGCHLD comes in here and nowhere else
  sigfillset(&open_mask);
  sigdelset(&open_mask, SIGCHLD);
  const int count = ppoll(watched, 7, &timeout, &open_mask);
  // What the agent said comes before that it ended.
  if (count > 0 && watched[3].revents != 0) take_notifications();
  if (phase_ != Phase::idle) reap();
  if (phase_ == Phase::clearing) clear();
  leaving_ = count == 0 && alone_since_ != 0 && monotonic_ms() - alone_since_ >= alone_most_ms;
  if (count <= 0) return;
  if (watched[4].revents != 0) output_.take();
  if (watched[5].revents != 0 && input_.waiting()) input_.flush();
  Message message;
  const char* text = nullptr;
  if (watched[2].revents != 0 && link_.daemon() == watched[2].fd &&
      link_.receive(message, text) == Link::Got::command) {
    obey(message, text);
  }
  if (watched[1].revents != 0 && link_.receive_guest(message) == Link::Got::hello) tell_state();
  if (watched[0].revents != 0) link_.accept_guest();
}

int64_t Supervisor::wait_most(int64_t now) {
  const bool alone = phase_ == Phase::idle && link_.daemon() < 0 && link_.guest() < 0;
  if (!alone) alone_since_ = 0;
  if (alone && alone_since_ == 0) alone_since_ = now;
  if (alone) return now - alone_since_ < alone_most_ms ? alone_most_ms - (now - alone_since_) : 0;
  if (phase_ != Phase::clearing) return idle_wait_most_ms;
  const int64_t left = kill_at_ - now;
  return left < 0 ? 0 : left < idle_wait_most_ms ? left : idle_wait_most_ms;
}

Message Supervisor::about(Kind kind) const {
  Message message;
  message.kind = kind;
  message.incarnation = incarnation_;
  message.nonce = nonce_;
  message.pid = pid_;
  message.process_start = process_start_;
  return message;
}

void Supervisor::tell_state() {
  Message message = about(Kind::state);
  message.flags = (phase_ != Phase::idle ? flag_running : 0U) | (ready_ ? flag_ready : 0U) |
                  (stopped_ ? flag_stopped : 0U) | (frozen_ ? flag_frozen : 0U);
  message.count = output_.bytes();
  message.number = getpid();
  link_.send(message);
}

void Supervisor::obey(const Message& message, const char* text) {
  const bool live = phase_ != Phase::idle && message.incarnation == incarnation_;
  switch (message.kind) {
    case Kind::hello:
      tell_state();
      break;
    case Kind::spawn:
      spawn(message);
      break;
    case Kind::signal:
      if (live) ask_to_end(message.number);
      break;
    case Kind::kill_all:
      if (live) kill_all();
      break;
    case Kind::freeze:
      if (live) freeze(message.number != 0);
      break;
    case Kind::line: {
      Message answer = about(Kind::line_done);
      answer.nonce = message.nonce;
      answer.number = live && input_.put(text, message.text_size);
      link_.send(answer);
      break;
    }
    case Kind::retire:
      retiring_ = true;
      spawn_waits_ = false;
      if (phase_ != Phase::idle) kill_all();
      break;
    case Kind::state:
    case Kind::spawned:
    case Kind::spawn_failed:
    case Kind::exited:
    case Kind::notify:
    case Kind::stop_seen:
    case Kind::line_done:
    case Kind::refused:
      break;  // ours to say
  }
}

bool Supervisor::prepare(const Message& order, Launch& what, LaunchPipes& with, Launched& outcome) {
  const auto failed = [&outcome](Stage stage) {
    outcome.stage = stage;
    outcome.error = errno;
    return false;
  };
  errno = EINVAL;
  if (!load_spec(what, order.incarnation, order.nonce)) return failed(Stage::read_spec);
  if (!open_group(group_, what.group)) return failed(Stage::open_group);
  if (thaw_before_spawn_ || frozen_) freeze_group(group_, false);
  thaw_before_spawn_ = frozen_ = false;
  const bool same_oom = strcmp(oom_file_, what.oom_file) == 0;
  if (!same_oom && strlen(what.oom_file) < sizeof oom_file_) {
    strcpy(oom_file_, what.oom_file);
    oom_kills_ = oom_kills(oom_file_);
  }
  with.stdin_read = input_.begin((what.head->flags & spec_stdin_null) != 0);
  if (with.stdin_read < 0) return failed(Stage::make_pipes);
  output_.begin(what.log_file, what.head->log_bytes_most, what.head->logs_kept);
  with.output_write = output_.write_end();
  with.record = spawn_record_;
  with.group = group_.leaf;
  return true;
}

void Supervisor::spawn(const Message& order) {
  if (order.incarnation <= incarnation_ && incarnation_ != 0) return;  // done already, or outdated
  if (phase_ != Phase::idle) {
    waiting_spawn_ = order;
    spawn_waits_ = true;
    kill_all();
    return;
  }
  incarnation_ = order.incarnation;
  nonce_ = order.nonce;
  ready_ = stopped_ = asked_to_end_ = false;
  pid_ = 0;
  process_start_ = 0;
  Launch what;
  LaunchPipes with;
  Launched outcome;
  if (prepare(order, what, with, outcome)) outcome = launch(what, with);
  if (with.stdin_read >= 0) close(with.stdin_read);
  forget_spec();
  pid_ = outcome.pid;
  process_start_ = outcome.process_start;
  nothing_left_ = pid_ == 0;
  if (outcome.stage != Stage::none) {
    if (pid_ != 0) waitpid(pid_, nullptr, __WALL);
    pid_ = 0;
    tell_failed_spawn(outcome);
    return;
  }
  phase_ = Phase::running;
  link_.send(about(Kind::spawned));
}

void Supervisor::tell_failed_spawn(const Launched& outcome) {
  input_.end();
  wait_status_ = 0;
  exit_wall_ns_ = clock_ns(CLOCK_REALTIME);
  write_exit(static_cast<int>(outcome.stage), outcome.error, flag_spawn_failed);
  Message message = about(Kind::spawn_failed);
  message.stage = outcome.stage;
  message.number = outcome.error;
  message.count = outcome.count;
  link_.send(message);
}

void Supervisor::freeze(bool frozen) {
  if (frozen == frozen_) return;
  frozen_ = frozen;
  if (!freeze_group(group_, frozen)) signal_descendants(frozen ? SIGSTOP : SIGCONT);
}

void Supervisor::ask_to_end(int signal) {
  if (phase_ != Phase::running) return;
  freeze(false);  // the frozen hear nothing
  asked_to_end_ = true;
  if (kill(-pid_, signal) != 0) kill(pid_, signal);
}

void Supervisor::kill_all() {
  asked_to_end_ = false;
  kill_pause_ = kill_pause_first_ms;
  kill_at_ = monotonic_ms() + kill_pause_;
  kill_round(group_);
}

void Supervisor::on_stop_seen(bool stopped) {
  if (stopped_ == stopped || frozen_) return;
  stopped_ = stopped;
  Message message = about(Kind::stop_seen);
  message.number = stopped;
  link_.send(message);
}

void Supervisor::reap() {
  for (;;) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED | __WALL);
    nothing_left_ = pid < 0 && errno == ECHILD;
    if (pid <= 0) return;
    if (pid != pid_ || phase_ != Phase::running) continue;
    if (WIFSTOPPED(status) || WIFCONTINUED(status)) {
      on_stop_seen(WIFSTOPPED(status));
      continue;
    }
    wait_status_ = status;
    exit_wall_ns_ = clock_ns(CLOCK_REALTIME);
    phase_ = Phase::clearing;
    kill_pause_ = kill_pause_first_ms;
    kill_at_ = monotonic_ms() + (asked_to_end_ ? leftover_grace_ms : 0);
  }
}

void Supervisor::clear() {
  if (nothing_left_ && is_empty(group_)) {
    finish();
    return;
  }
  const int64_t now = monotonic_ms();
  if (now < kill_at_) return;
  if (frozen_) freeze(false);
  kill_round(group_);
  kill_at_ = now + kill_pause_;
  kill_pause_ = kill_pause_ * 2 < kill_pause_most_ms ? kill_pause_ * 2 : kill_pause_most_ms;
}

void Supervisor::write_exit(int stage, int error, uint32_t flags) {
  ExitRecord record;
  record.incarnation = incarnation_;
  record.wall_ns = exit_wall_ns_;
  record.log_bytes = output_.bytes();
  record.wait_status = wait_status_;
  record.flags = flags;
  record.failed_stage = stage;
  record.failed_errno = error;
  seal(record);
  // The place is reserved; should it fail all the same, the daemon is still told.
  if (pwrite(exit_record_, &record, sizeof record, 0) != sizeof record) return;
}

void Supervisor::finish() {
  take_notifications();
  output_.finish();
  input_.end();
  uint32_t flags = 0;
  if (oom_file_[0] != 0) {
    const int64_t kills = oom_kills(oom_file_);
    if (kills > oom_kills_) flags |= flag_oom;
    oom_kills_ = kills;
  }
  write_exit(0, 0, flags);
  Message message = about(Kind::exited);
  message.number = wait_status_;
  message.flags = flags;
  message.count = output_.bytes();
  phase_ = Phase::idle;
  thaw_before_spawn_ = thaw_before_spawn_ || frozen_;
  frozen_ = stopped_ = false;
  link_.send(message);
  if (!spawn_waits_) return;
  spawn_waits_ = false;
  spawn(waiting_spawn_);
}

void Supervisor::take_notifications() {
  static char text[notify_most];
  for (int taken = 0; taken < 16; ++taken) {
    const ssize_t size = recv(notify_fd, text, sizeof text, MSG_DONTWAIT);
    if (size <= 0) return;
    if (phase_ != Phase::idle) on_notification(text, static_cast<size_t>(size));
  }
}

void Supervisor::on_notification(const char* text, size_t size) {
  bool ready = false;
  for (size_t at = 0; at + 7 <= size; ++at) {
    const bool line_start = at == 0 || text[at - 1] == '\n';
    ready = ready || (line_start && memcmp(text + at, "READY=1", 7) == 0);
  }
  const Message message = about(Kind::notify);
  if (ready && !ready_) {
    ready_ = true;
    link_.send(message, text, size);
  } else {
    link_.send_if_room(message, text, size);
  }
}

}  // namespace lazaret::shim
