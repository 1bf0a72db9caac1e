// Agents as real processes. Each runs under its own shim, which outlives this adapter and the
// daemon around it: destroying the adapter ends nothing, and the next one adopts what runs.
//
// Everything happens on the thread of the given io_context; nothing waits there for longer than a
// few milliseconds. Events go to the sink from that thread, never from inside start() or adopt().
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/process/environment.h"
#include "adapters/process/exit_report.h"
#include "adapters/process/groups.h"
#include "adapters/process/sampling.h"
#include "adapters/process/settings.h"
#include "adapters/process/shim_process.h"
#include "adapters/process/slot.h"
#include "adapters/process/verify_task.h"
#include "core/fleet.h"
#include "ports/effects.h"

namespace lazaret::process {

class ProcessAdapter final : public ports::Effects, private SlotOwner {
 public:
  using Beat = std::function<void(const AgentRef&, Incarnation)>;
  using Status = std::function<void(const AgentRef&, const std::string&)>;

  ProcessAdapter(boost::asio::io_context& io, Settings settings, ports::EventSink sink);
  ~ProcessAdapter() override;
  ProcessAdapter(const ProcessAdapter&) = delete;
  ProcessAdapter& operator=(const ProcessAdapter&) = delete;

  void start(const core::Command& command) override;

  // Once, before the first start(): every agent that the fleet believes to live is looked for, and
  // answered with AgentAdopted, AgentExited (from its shim's record, or lost) or SpawnFailed. Shims
  // of agents that the fleet does not know are ended. `finished` comes after the last answer.
  void adopt(const core::Fleet& fleet, std::function<void()> finished);

  // Every sd_notify datagram of an agent is a sign of life; STATUS= is handed on as text.
  void on_beat(Beat beat) { beat_ = std::move(beat); }
  void on_status(Status status) { status_ = std::move(status); }

  // Whose process this is: by its cgroup, else by its ancestors. An empty AgentRef: it is below one
  // of our shims, but of no agent that is known; it must not be trusted either.
  std::optional<AgentRef> agent_of_pid(std::int64_t pid) const;
  // Who has a process, or a shim that was told to go and is still there.
  std::vector<AgentRef> living() const;
  // What the present incarnation has printed; nothing for an agent that does not run.
  std::optional<Printed> printed(const AgentRef& agent, Incarnation incarnation) const;
  std::vector<std::string> newest_lines(const AgentRef& agent, const Printed& printed) const;
  // Zeroes for an agent that does not run.
  Usage usage(const AgentRef& agent) const;
  const Groups& groups() const { return groups_; }

 private:
  struct PendingLine {
    AgentRef agent;
    Incarnation incarnation;
    WakeId wake;
  };
  struct Kept {
    std::shared_ptr<Slot> slot;
    fs::path work_directory;
    bool ready_told = false;
  };

  void on_spawned(Slot& slot) override;
  void on_spawn_failed(Slot& slot, const std::string& reason, bool permanent) override;
  void on_exited(Slot& slot, const core::ExitReport& report) override;
  void on_adopted(Slot& slot, bool ready) override;
  void on_notified(Slot& slot, std::string_view text) override;
  void on_stop_seen(Slot& slot, bool stopped) override;
  void on_line_done(Slot& slot, std::uint64_t ticket, bool taken) override;

  void spawn(const core::command::SpawnAgent& command);
  Result<void> try_spawn(const core::command::SpawnAgent& command, Kept& kept);
  void stop(const core::command::StopAgent& command);
  void kill(const core::command::KillAgent& command);
  void freeze(const core::command::FreezeAgent& command);
  void send_line(const core::command::SendLine& command);
  void evidence(const core::command::TakeEvidence& command);
  void retire(const core::command::RetireAgent& command);
  void signal(const core::command::SignalAgent& command);

  Kept& keep(const AgentRef& agent);
  Slot* live(const AgentRef& agent, Incarnation incarnation);
  void report_missing(const AgentRef& agent, Incarnation incarnation);
  void emit(core::EventBody event);
  void adopted_one(const AgentRef& agent);
  void finish_adoption();
  void end_strangers(const std::set<std::string>& known);
  void drop_lines(const AgentRef& agent);

  boost::asio::io_context& io_;
  Settings settings_;
  ports::EventSink sink_;
  Beat beat_;
  Status status_;
  Groups groups_;
  ShimReaper reaper_;
  SlotWorld world_;
  Environment base_;
  int oom_score_adj_ = 0;
  std::map<AgentRef, Kept> kept_;
  std::map<std::uint64_t, PendingLine> lines_;
  std::map<AgentRef, core::command::SpawnAgent> after_retirement_;
  std::map<std::string, std::shared_ptr<Slot>> strangers_;
  std::uint64_t next_ticket_ = 1;
  std::set<AgentRef> adopting_;
  std::function<void()> adoption_finished_;
  boost::asio::steady_timer adoption_deadline_;
  Verifier verifier_;
  bool inside_call_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// "<agent>-<hash of cell and agent>": a directory name, unique in the fleet.
std::string slot_name(const AgentRef& agent);
// SIGTERM, TERM or 15; 0 when there is no such signal.
int signal_number(const std::string& name);

}  // namespace lazaret::process
