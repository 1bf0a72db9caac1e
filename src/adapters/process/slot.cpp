#include "adapters/process/slot.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "adapters/process/exit_report.h"
#include "adapters/process/sampling.h"
#include "adapters/process/strays.h"
#include "base/rng.h"

namespace lazaret::process {
namespace {

constexpr auto clear_pause = std::chrono::milliseconds(3);
constexpr auto patience_most = std::chrono::seconds(3);
constexpr int clear_tries_most =
    2000;  // of clear_pause; what resists SIGKILL so long is in the kernel

std::string socket_stem(const Settings& settings, const std::string& name) {
  return (settings.run_dir / hex16(hash_text(name))).string();
}

}  // namespace

Slot::Slot(const SlotWorld& world, SlotOwner& owner, AgentRef ref, std::string name)
    : world_(world),
      owner_(&owner),
      ref_(std::move(ref)),
      name_(std::move(name)),
      directory_(world.settings.state_dir / "slots" / name_),
      timer_(world.io),
      patience_(world.io) {}

Slot::~Slot() { leave(); }

void Slot::leave() {
  timer_.cancel();
  patience_.cancel();
  if (link_) link_->close();
  link_.reset();
}

fs::path Slot::socket() const { return socket_stem(world_.settings, name_) + ".s"; }
fs::path Slot::notify_socket() const { return socket_stem(world_.settings, name_) + ".n"; }

shim::Message Slot::about(shim::Kind kind) const {
  shim::Message message;
  message.kind = kind;
  message.incarnation = incarnation_.value;
  message.nonce = nonce_;
  return message;
}

void Slot::start(Incarnation incarnation, const SpawnPlan& plan, const core::Limits& limits) {
  incarnation_ = incarnation;
  nonce_ = mix(hash_text(name_, world_.settings.epoch) ^ incarnation.value);
  pid_ = process_start_ = 0;
  phase_ = Phase::ordered;
  tried_again_ = false;
  const Result<void> prepared = prepare(incarnation, plan, limits);
  const Result<void> reached = prepared ? reach_shim() : prepared;
  if (!reached) return fail_start(reached.error().message, false);
  link_->send(about(shim::Kind::spawn));
}

Result<void> Slot::prepare(Incarnation incarnation, const SpawnPlan& plan,
                           const core::Limits& limits) {
  program_ = plan.program;
  work_directory_ = plan.directory;
  log_file_ = plan.log_file;
  log_before_ = printed(log_file_, 0).bytes;
  if (limits_ != limits) {
    std::error_code error;
    fs::create_directories(directory_, error);
    fs::permissions(directory_, fs::perms::owner_all, error);
    Result<SlotGroup> group = world_.groups.prepare(name_, limits);
    if (!group) return std::unexpected(group.error());
    group_ = *group;
    limits_ = limits;
  }
  const Result<std::string> bytes =
      spec_bytes(plan, group_, incarnation, nonce_, world_.settings.boot_id);
  if (!bytes) return std::unexpected(bytes.error());
  return write_in_place(directory_ / "spawn.spec", *bytes);
}

// A shim that lives is used; else one is started.
Result<void> Slot::reach_shim() {
  if (link_) return {};
  shim_answered_ = false;
  if (auto link = ShimLink::connect(world_.io, socket(), world_.settings.epoch)) {
    use(std::move(link));
    return {};
  }
  if (!free_lock(directory_)) {
    return fail(ErrorCode::unavailable,
                fmt::format("another shim holds {} and does not answer", directory_.string()));
  }
  const Result<pid_t> pid =
      start_shim({world_.settings.shim_path, directory_, socket(), notify_socket()});
  if (!pid) return std::unexpected(pid.error());
  shim_pid_ = *pid;
  auto link = ShimLink::connect(world_.io, socket(), world_.settings.epoch);
  if (!link) {
    world_.reaper.ended(static_cast<pid_t>(shim_pid_));
    return fail(ErrorCode::unavailable,
                fmt::format("its shim cannot be reached: {}", errno_text(errno)));
  }
  use(std::move(link));
  return {};
}

void Slot::use(std::shared_ptr<ShimLink> link) {
  link_ = std::move(link);
  const std::weak_ptr<Slot> weak = weak_from_this();
  link_->begin(
      [weak](const shim::Message& message, std::string_view text) {
        if (const auto self = weak.lock()) self->hear(message, text);
      },
      [weak] {
        if (const auto self = weak.lock()) self->on_link_lost();
      });
}

void Slot::adopt(Incarnation incarnation, const AgentPlaces& places) {
  incarnation_ = incarnation;
  phase_ = Phase::searching;
  log_file_ = places.log_file;
  group_ = world_.groups.existing(name_);
  if (auto link = ShimLink::connect(world_.io, socket(), world_.settings.epoch)) {
    use(std::move(link));
    return;
  }
  clear_away("its shim was gone when the daemon started");
}

void Slot::signal(int number) {
  if (phase_ == Phase::idle || !link_) return;
  shim::Message message = about(shim::Kind::signal);
  message.number = number;
  link_->send(message);
}

void Slot::kill() {
  if (phase_ == Phase::idle || !link_) return;
  link_->send(about(shim::Kind::kill_all));
  lose_patience_later();
}

// A shim that does not bring an end about (somebody has stopped it, or its child is held by the
// kernel) is ended itself; what it leaves behind is cleared away without it.
void Slot::lose_patience_later() {
  patience_.expires_after(patience_most);
  patience_.async_wait([weak = weak_from_this(),
                        incarnation = incarnation_](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->incarnation_ != incarnation) return;
    const bool waits = self->is_live() || self->is_retiring();
    if (!waits || !self->link_) return;
    const auto name = read_text(fmt::format("/proc/{}/comm", self->shim_pid_));
    if (name != "lazaret-shim\n") return;
    ::kill(static_cast<pid_t>(self->shim_pid_), SIGKILL);
    self->world_.groups.thaw(self->name_);
  });
}

void Slot::freeze(bool frozen) {
  if (phase_ == Phase::idle || !link_) return;
  shim::Message message = about(shim::Kind::freeze);
  message.number = frozen ? 1 : 0;
  link_->send(message);
}

bool Slot::send_line(std::uint64_t ticket, std::string_view line) {
  if (phase_ == Phase::idle || !link_ || line.size() >= shim::text_most) return false;
  shim::Message message = about(shim::Kind::line);
  message.nonce = ticket;
  return link_->send(message, line);
}

void Slot::hear(const shim::Message& message, std::string_view text) {
  const auto self = shared_from_this();  // the owner may let go of us in a callback
  shim_answered_ = true;
  const bool ours = message.incarnation == incarnation_.value && phase_ != Phase::idle;
  switch (message.kind) {
    case shim::Kind::state:
      hear_state(message);
      break;
    case shim::Kind::spawned:
      if (!ours || phase_ == Phase::running) break;
      phase_ = Phase::running;
      pid_ = message.pid;
      process_start_ = message.process_start;
      owner_->on_spawned(*this);
      break;
    case shim::Kind::spawn_failed: {
      if (!ours) break;
      const SpawnTrouble trouble =
          explain(message.stage, message.number, message.count, program_, work_directory_);
      fail_start(trouble.reason, trouble.permanent);
      break;
    }
    case shim::Kind::exited:
      if (ours)
        end(exit_report(message.number, message.flags, log_file_, message.count,
                        world_.settings.zones));
      break;
    case shim::Kind::notify:
      if (ours) owner_->on_notified(*this, text);
      break;
    case shim::Kind::stop_seen:
      if (ours) owner_->on_stop_seen(*this, message.number != 0);
      break;
    case shim::Kind::line_done:
      owner_->on_line_done(*this, message.nonce, message.number != 0);
      break;
    case shim::Kind::refused:
      // A newer daemon has it: what happens from now on is that one's to tell.
      if (message.number == static_cast<int>(shim::Refusal::older_epoch)) leave();
      break;
    case shim::Kind::hello:
    case shim::Kind::spawn:
    case shim::Kind::signal:
    case shim::Kind::kill_all:
    case shim::Kind::freeze:
    case shim::Kind::line:
    case shim::Kind::retire:
      break;  // ours to say
  }
}

void Slot::hear_state(const shim::Message& state) {
  shim_pid_ = state.number;
  if (phase_ == Phase::idle || phase_ == Phase::ending || is_retiring()) return;
  const bool running = (state.flags & shim::flag_running) != 0;
  if (state.incarnation == incarnation_.value && running) {
    const bool known = phase_ == Phase::running;
    const bool searched = phase_ == Phase::searching;
    phase_ = Phase::running;
    pid_ = state.pid;
    process_start_ = state.process_start;
    const bool ready = (state.flags & shim::flag_ready) != 0;
    if (searched) {
      const std::uint64_t now = printed(log_file_, 0).bytes;
      log_before_ = now - std::min(now, state.count);
      owner_->on_adopted(*this, ready);
    } else {
      if (!known) owner_->on_spawned(*this);
      if (ready) owner_->on_notified(*this, "READY=1");
    }
    if (is_live() && (state.flags & shim::flag_stopped) != 0) owner_->on_stop_seen(*this, true);
  } else if (state.incarnation == incarnation_.value) {
    end_from_record("its shim kept no record of its end");
  } else if (phase_ == Phase::ordered) {
    if (state.incarnation < incarnation_.value) return;  // the order is on its way behind the hello
    fail_start(fmt::format("its shim has seen incarnation {} already", state.incarnation), false);
  } else if (running) {
    // Not the one that the journal knows: nobody is responsible for it, so it must not run.
    link_->send(about(shim::Kind::retire));
    phase_ = Phase::ending;
  } else {
    end(lost_report("the daemon ended before it was started", log_file_));
  }
}

void Slot::on_link_lost() {
  const auto self = shared_from_this();
  link_.reset();
  if (is_retiring()) return finish_retire();
  world_.reaper.ended(static_cast<pid_t>(shim_pid_));
  if (phase_ == Phase::idle) return;
  const bool ordered = phase_ == Phase::ordered;
  if (phase_ != Phase::ending) {
    if (auto link = ShimLink::connect(world_.io, socket(), world_.settings.epoch)) {
      use(std::move(link));
      if (ordered) link_->send(about(shim::Kind::spawn));
      return;
    }
  }
  if (ordered && !shim_answered_) {
    // It may have been leaving when we came; a new one is not.
    const Result<void> reached = std::exchange(tried_again_, true)
                                     ? fail(ErrorCode::unavailable, "its shim ended at once")
                                     : reach_shim();
    if (!reached) return fail_start(reached.error().message, false);
    link_->send(about(shim::Kind::spawn));
    return;
  }
  clear_away(phase_ == Phase::ending ? "another incarnation was running in its place"
                                     : "its shim was killed");
}

// No shim is there: whatever it has left is killed before anybody hears of an end.
void Slot::clear_away(std::string why) {
  phase_ = Phase::ending;
  free_lock(directory_);
  const auto record = read_spawn_record(directory_);
  const bool same_boot = record && world_.settings.boot_id == record->boot_id;
  if (!same_boot) {
    end_from_record("the machine was restarted, or the agent was never started");
    return;
  }
  pid_ = record->pid;
  process_start_ = record->process_start;
  wait_until_clear(std::move(why), 0);
}

// Of what no shim holds any longer. False: there was nothing.
bool Slot::kill_remains() {
  if (!world_.groups.tracks()) {
    return kill_by_environment("NOTIFY_SOCKET=" + notify_socket().string()) > 0;
  }
  if (world_.groups.is_empty(name_)) return false;
  world_.groups.kill(name_);
  return true;
}

void Slot::wait_until_clear(std::string why, int tries) {
  const bool alive = is_same_process(pid_, process_start_);
  const bool clear = !kill_remains() && !alive;
  if (clear || tries > clear_tries_most) return end_from_record(why);
  if (alive) ::kill(static_cast<pid_t>(pid_), SIGKILL);
  timer_.expires_after(clear_pause);
  timer_.async_wait([weak = weak_from_this(), why = std::move(why),
                     tries](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self && !error) self->wait_until_clear(why, tries + 1);
  });
}

// exit.rec is the shim's last word about an incarnation.
void Slot::end_from_record(const std::string& why_lost) {
  const auto record = read_exit_record(directory_);
  if (!record || record->incarnation != incarnation_.value) {
    end(lost_report(why_lost, log_file_));
  } else if ((record->flags & shim::flag_spawn_failed) != 0) {
    const auto stage = static_cast<shim::Stage>(record->failed_stage);
    if (program_.empty()) read_spec_places(directory_ / "spawn.spec", program_, work_directory_);
    const SpawnTrouble trouble = explain(stage, record->failed_errno, 0, program_, work_directory_);
    fail_start(trouble.reason, trouble.permanent);
  } else {
    end(exit_report(record->wait_status, record->flags, log_file_, record->log_bytes,
                    world_.settings.zones));
  }
}

void Slot::end(const core::ExitReport& report) {
  phase_ = Phase::idle;
  owner_->on_exited(*this, report);
  pid_ = 0;
}

void Slot::fail_start(const std::string& reason, bool permanent) {
  phase_ = Phase::idle;
  pid_ = 0;
  limits_.reset();  // directories are looked at again
  owner_->on_spawn_failed(*this, reason, permanent);
}

void Slot::retire(std::function<void()> done) {
  retired_ = std::move(done);
  if (!link_) {
    if (auto link = ShimLink::connect(world_.io, socket(), world_.settings.epoch)) {
      use(std::move(link));
    }
  }
  if (!link_) {
    free_lock(directory_);
    kill_remains();
    return finish_retire();
  }
  link_->send(about(shim::Kind::retire));
  lose_patience_later();
}

void Slot::finish_retire() {
  const auto self = shared_from_this();
  world_.reaper.ended(static_cast<pid_t>(shim_pid_));
  if (phase_ != Phase::idle) {
    const auto record = read_exit_record(directory_);
    if (record && record->incarnation == incarnation_.value) {
      end(exit_report(record->wait_status, record->flags, log_file_, record->log_bytes,
                      world_.settings.zones));
    } else {
      end(lost_report("it was retired", log_file_));
    }
  }
  world_.groups.kill(name_);
  world_.groups.remove(name_);
  std::error_code ignored;
  fs::remove(socket(), ignored);
  fs::remove(notify_socket(), ignored);
  fs::remove_all(directory_, ignored);
  const auto done = std::exchange(retired_, nullptr);
  limits_.reset();
  if (done) done();
}

}  // namespace lazaret::process
