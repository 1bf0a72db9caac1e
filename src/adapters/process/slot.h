// One agent's place: its directory, its shim, its present incarnation. A slot knows nothing of
// fleets; it tells its owner, once for each incarnation, how it began and how it ended.
//
//   idle ──start──► ordered ──spawned──► running ──exited──► idle
//   idle ──adopt──► searching ──found──► running, or ──not found──► ending ──nothing left──► idle
//
// A lost connection to the shim is not an end: the slot connects again and takes what the shim
// says. Only when no shim is there any more is the incarnation cleared away and reported as lost.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "adapters/process/groups.h"
#include "adapters/process/settings.h"
#include "adapters/process/shim_link.h"
#include "adapters/process/shim_process.h"
#include "adapters/process/spawn_plan.h"
#include "core/report.h"

namespace lazaret::process {

class Slot;

// Called on the loop's thread.
class SlotOwner {
 public:
  virtual ~SlotOwner() = default;
  virtual void on_spawned(Slot& slot) = 0;
  virtual void on_spawn_failed(Slot& slot, const std::string& reason, bool permanent) = 0;
  virtual void on_exited(Slot& slot, const core::ExitReport& report) = 0;
  virtual void on_adopted(Slot& slot, bool ready) = 0;
  virtual void on_notified(Slot& slot, std::string_view text) = 0;
  virtual void on_stop_seen(Slot& slot, bool stopped) = 0;
  virtual void on_line_done(Slot& slot, std::uint64_t ticket, bool taken) = 0;
};

struct SlotWorld {
  boost::asio::io_context& io;
  const Settings& settings;
  const Groups& groups;
  ShimReaper& reaper;
};

class Slot : public std::enable_shared_from_this<Slot> {
 public:
  Slot(const SlotWorld& world, SlotOwner& owner, AgentRef ref, std::string name);
  ~Slot();

  // The answer is on_spawned or on_spawn_failed, possibly before this returns.
  void start(Incarnation incarnation, const SpawnPlan& plan, const core::Limits& limits);
  // → on_adopted, on_exited or on_spawn_failed.
  void adopt(Incarnation incarnation, const AgentPlaces& places);
  void signal(int number);
  void kill();
  void freeze(bool frozen);
  bool send_line(std::uint64_t ticket, std::string_view line);
  // Ends the shim and removes directory, sockets and groups; `done` comes last.
  void retire(std::function<void()> done);
  // From now on the owner hears nothing; what runs goes on.
  void leave();

  const AgentRef& ref() const { return ref_; }
  const std::string& name() const { return name_; }
  Incarnation incarnation() const { return incarnation_; }
  bool is_live() const { return phase_ != Phase::idle; }
  bool is_retiring() const { return retired_ != nullptr; }
  std::int64_t pid() const { return pid_; }
  std::int64_t process_start() const { return process_start_; }
  std::int64_t shim_pid() const { return shim_pid_; }
  const fs::path& directory() const { return directory_; }
  const std::string& log_file() const { return log_file_; }
  std::uint64_t log_before() const { return log_before_; }
  const SlotGroup& group() const { return group_; }
  fs::path notify_socket() const;

 private:
  enum class Phase { idle, ordered, searching, running, ending };

  fs::path socket() const;
  Result<void> prepare(Incarnation incarnation, const SpawnPlan& plan, const core::Limits& limits);
  Result<void> reach_shim();
  void use(std::shared_ptr<ShimLink> link);
  shim::Message about(shim::Kind kind) const;
  void hear(const shim::Message& message, std::string_view text);
  void hear_state(const shim::Message& state);
  void on_link_lost();
  void clear_away(std::string why);
  bool kill_remains();
  void wait_until_clear(std::string why, int tries);
  void end_from_record(const std::string& why_lost);
  void end(const core::ExitReport& report);
  void fail_start(const std::string& reason, bool permanent);
  void finish_retire();
  void lose_patience_later();

  SlotWorld world_;
  SlotOwner* owner_;
  AgentRef ref_;
  std::string name_;
  fs::path directory_;
  std::shared_ptr<ShimLink> link_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer patience_;

  Phase phase_ = Phase::idle;
  Incarnation incarnation_;
  std::uint64_t nonce_ = 0;
  std::int64_t pid_ = 0;
  std::int64_t process_start_ = 0;
  std::int64_t shim_pid_ = 0;
  bool shim_answered_ = false;
  bool tried_again_ = false;
  std::string program_;
  std::string work_directory_;
  std::string log_file_;
  std::uint64_t log_before_ = 0;  // bytes of earlier incarnations in it
  SlotGroup group_;
  std::optional<core::Limits> limits_;  // that group_ was prepared for
  std::function<void()> retired_;
};

}  // namespace lazaret::process
