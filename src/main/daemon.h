// The daemon: everything between an open journal and an orderly end.
//
//   open journal → fold the state → DaemonStarted → doors open → adopt the agents that live →
//   read the cells → AdoptionFinished → run until told to stop
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <optional>
#include <set>

#include "adapters/cells/cell_looks.h"
#include "adapters/cells/cell_store.h"
#include "adapters/checkpoints/checkpoint_store.h"
#include "adapters/http_client/http_client.h"
#include "adapters/logs/log_files.h"
#include "adapters/process/process_adapter.h"
#include "adapters/sqlite/fact_reader.h"
#include "adapters/sqlite/journal.h"
#include "adapters/sqlite/key_store.h"
#include "adapters/sqlite/monitor_store.h"
#include "adapters/sqlite/presence_board.h"
#include "main/cell_mirror.h"
#include "main/cell_sizes.h"
#include "main/cpu_sampler.h"
#include "main/harborforge_link.h"
#include "main/host_history.h"
#include "main/identity.h"
#include "main/limit_watch.h"
#include "main/links.h"
#include "main/loop_driver.h"
#include "main/notifications.h"
#include "main/own_log.h"
#include "main/presence_link.h"
#include "main/service_link.h"
#include "main/settings.h"
#include "main/system_clock.h"
#include "main/telemetry.h"
#include "main/zone_watch.h"
#include "server/server.h"

namespace lazaret::main {

// As far as the journal knows.
bool anybody_lives(const core::Fleet& fleet);

class Daemon : public ports::Effects {
 public:
  Daemon(Config config, Paths paths, std::string shim);
  ~Daemon() override;

  // Errors: what keeps it from starting, with place and remedy.
  Result<void> open();
  void run();
  // After run(): some agent may still be alive.
  bool leaves_agents() const;

 private:
  void start(const core::Command& command) override;

  // open(), step by step.
  Result<void> open_journal();
  Result<void> open_doors();
  Result<void> listen_tcp();
  void open_world();
  void open_notifications();
  void remember_heartbeats();
  void open_harborforge();
  void act_on_slot(const std::string& verb, const std::optional<AgentRef>& agent,
                   std::string reason, server::Services::SlotActed done);
  void open_presence();
  void list_links(const server::Services::LinksListed& done);
  void adopt();

  server::Services services();
  server::OwnFigures own_figures() const;
  void create_cell(const server::Services::CellWish& wish, const server::Services::CellMade& made);
  Result<void> reserve_name(const std::string& agent);
  // Environments that `lazaret run` left for these agents; nobody else reads them.
  std::vector<std::string> environments_of(const CellId& cell) const;
  void save_checkpoint(const AgentRef& agent, const std::string& workspace,
                       const server::Services::CheckpointSaved& done);
  void rehearse_checkpoint(const AgentRef& agent, const core::CheckpointRef& checkpoint,
                           const server::Services::CheckpointRehearsed& done);
  void read_checkpoints(const AgentRef& agent, std::vector<core::CheckpointRef> which,
                        server::Services::CheckpointsRead done);
  void destroy_cell(const CellId& cell, const std::string& reason, const std::string& by,
                    server::Services::CellDestroyed done);
  void stop(bool keep_agents, const std::string& reason, const std::string& by);

  // Follows what is recorded.
  void on_facts(const std::vector<runtime::RecordedFact>& facts);
  void end_if_still();
  void end_when_told();
  void kill_the_slow();
  void end_unrecorded(const std::string& by, const std::string& reason);
  void look_for_the_end();
  void let_shims_go();
  void take_snapshot();
  void arm_snapshot();
  void wait_for_signals();
  void beat(const AgentRef& agent, Incarnation incarnation);
  Result<std::string> log_of(const AgentRef& agent) const;
  core::Caller self(const std::string& name) const;

  Config config_;
  Paths paths_;
  std::string shim_;
  boost::asio::io_context io_{1};
  ServiceLink service_{io_};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer snapshot_timer_;
  boost::asio::steady_timer stop_timer_;
  boost::asio::steady_timer look_timer_;
  Identity identity_;
  std::unique_ptr<SystemClock> clock_;
  std::unique_ptr<sqlite::Journal> journal_;
  std::unique_ptr<sqlite::FactReader> facts_;
  std::unique_ptr<sqlite::KeyStore> keys_;
  std::unique_ptr<sqlite::MonitorStore> monitor_;
  std::unique_ptr<wire::Tokens> tokens_;
  std::unique_ptr<runtime::Loop> loop_;
  std::unique_ptr<process::ProcessAdapter> processes_;
  std::unique_ptr<cells::CellStore> cells_;
  std::unique_ptr<checkpoints::CheckpointStore> checkpoints_;
  std::unique_ptr<CellMirror> mirror_;
  std::unique_ptr<logs::LogFiles> logs_;
  std::unique_ptr<cells::CellLooks> cell_looks_;
  std::unique_ptr<Telemetry> telemetry_;
  std::unique_ptr<CpuSampler> cpu_sampler_;
  std::unique_ptr<LimitWatch> limit_watch_;
  std::unique_ptr<HostHistory> host_history_;
  std::unique_ptr<CellSizes> cell_sizes_;
  Links links_{io_, [this] { return clock_->now().wall; }};
  std::size_t reports_waiting_ = 0;  // for HarborForge, as of the last look
  std::unique_ptr<Notifications> notifications_;
  std::vector<notify::Receiver> receivers_;  // until open_world()
  KeptValues kept_notes_;
  std::unique_ptr<HarborForgeLink> harborforge_;
  harborforge::ClientSettings client_settings_;
  std::unique_ptr<sqlite::PresenceBoard> board_;
  std::unique_ptr<http_client::HttpClient> http_;
  std::optional<PresenceWish> presence_wish_;
  std::unique_ptr<PresenceLink> presence_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<LoopDriver> driver_;
  std::unique_ptr<ZoneWatch> zone_watch_;
  std::string url_;
  std::set<std::string> names_being_made_;  // of agents that have to be the only ones
  std::vector<ports::Receipt> receipts_;    // until the doors open
  std::string ports_;                       // TCP ports of the last daemon, its own one first
  Instant started_{};
  bool stopping_ = false;
  bool keeps_agents_ = false;
  bool shims_let_go_ = false;
  bool unrecorded_ = false;  // the agents are ended though that cannot be recorded
  std::chrono::steady_clock::time_point force_at_;
  std::chrono::steady_clock::time_point told_until_;
};

// `lazaret daemon …`: returns the exit status (64 usage, 75 state held, 69 cannot start, 0 ended).
int run_daemon(const std::vector<std::string>& arguments);

}  // namespace lazaret::main
