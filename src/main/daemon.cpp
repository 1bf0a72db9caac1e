#include "main/daemon.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <filesystem>
#include <utility>

#include "adapters/zones/zone_offset.h"
#include "base/rfc3339.h"
#include "core/decision.h"
#include "main/build.h"
#include "main/harborforge_settings.h"
#include "wire/journal_rows.h"
#include "wire/template_cell.h"

namespace lazaret::main {
bool anybody_lives(const core::Fleet& fleet) {
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (core::is_live(agent.process)) return true;
    }
  }
  return false;
}

Daemon::Daemon(Config config, Paths paths, std::string shim)
    : config_(std::move(config)),
      paths_(std::move(paths)),
      shim_(std::move(shim)),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      snapshot_timer_(io_),
      stop_timer_(io_),
      look_timer_(io_) {}

Daemon::~Daemon() = default;

core::Caller Daemon::self(const std::string& name) const {
  return {core::CallerKind::admin, name, std::nullopt, {}};
}

void Daemon::start(const core::Command& command) {
  // Decided before the journal could take it, recorded since: too late, nobody would stop it again.
  if (unrecorded_ && std::holds_alternative<core::command::SpawnAgent>(command)) return;
  if (const auto* restore = std::get_if<core::command::RestoreCheckpoint>(&command)) {
    if (!unrecorded_) checkpoints_->restore(*restore);
  } else if (const auto* rehearse = std::get_if<core::command::RehearseCheckpoint>(&command)) {
    checkpoints_->rehearse(*rehearse);
  } else if (const auto* keep = std::get_if<core::command::KeepCheckpoints>(&command)) {
    checkpoints_->keep(*keep);
  } else {
    processes_->start(command);
  }
}

Result<void> Daemon::open_journal() {
  const std::string file = paths_.journal_file();
  auto store = sqlite::JournalStore::open(file, build_text());
  if (!store) return std::unexpected(store.error());
  auto loaded = store->load();
  if (!loaded) return std::unexpected(loaded.error());
  auto identity = read_identity(*store, loaded->last);
  if (!identity) return std::unexpected(identity.error());
  identity_ = *identity;
  loaded->fleet.seed = identity_.seed;
  clock_ = std::make_unique<SystemClock>(identity_.clock_offset);
  auto receipts = store->receipts(clock_->now().mono);
  if (!receipts) return std::unexpected(receipts.error());
  receipts_ = std::move(*receipts);
  auto ports = store->value("ports");
  if (!ports) return std::unexpected(ports.error());
  ports_ = std::move(*ports);
  for (const notify::Kind kind : {notify::Kind::webhook, notify::Kind::ntfy}) {
    auto kept = store->value(notify::Outbox::name_of(kind));
    if (!kept) return std::unexpected(kept.error());
    kept_notes_[notify::Outbox::name_of(kind)] = std::move(*kept);
  }
  auto presences = store->presences();
  if (!presences) return std::unexpected(presences.error());
  const auto post = [this](std::function<void()> work) { boost::asio::post(io_, std::move(work)); };
  journal_ = std::make_unique<sqlite::Journal>(std::move(*store), post);
  facts_ = std::make_unique<sqlite::FactReader>(file, post);
  keys_ = std::make_unique<sqlite::KeyStore>(*journal_);
  monitor_ = std::make_unique<sqlite::MonitorStore>(*journal_);
  board_ = std::make_unique<sqlite::PresenceBoard>(*journal_, post, std::move(*presences));
  tokens_ = std::make_unique<wire::Tokens>(identity_.secret);
  loop_ = std::make_unique<runtime::Loop>(std::move(loaded->fleet), loaded->next_decision,
                                          loaded->next_fact, *journal_, *this, *clock_);
  remember_heartbeats();
  loop_->observe([this](const auto& facts) { on_facts(facts); });
  driver_ = std::make_unique<LoopDriver>(io_, *loop_);
  started_ = clock_->now().mono;
  return {};
}

void Daemon::open_world() {
  const auto sink = [this](core::EventBody body) { loop_->post(std::move(body)); };
  process::Settings settings;
  settings.state_dir = paths_.state;
  settings.run_dir = paths_.run;
  settings.shim_path = shim_;
  settings.epoch = loop_->fleet().epoch;
  settings.boot_id = identity_.boot_id;
  settings.url = url_;
  settings.token_for = [this](const AgentRef& agent, Incarnation incarnation) {
    return tokens_->mint(agent, incarnation);
  };
  settings.log_bytes_most = config_.integer("logs.bytes");
  settings.zones = zones::offset_at;
  settings.logs_kept = static_cast<int>(config_.integer("logs.kept"));
  processes_ = std::make_unique<process::ProcessAdapter>(io_, std::move(settings), sink);
  processes_->on_beat(
      [this](const AgentRef& agent, Incarnation incarnation) { beat(agent, incarnation); });
  checkpoints_ = std::make_unique<checkpoints::CheckpointStore>(io_, sink, log);
  cells::StoreOptions options;
  options.missions_path = paths_.missions;
  options.sink = sink;
  options.known = [this](const CellId& id) {
    return core::find_cell(loop_->fleet(), id) != nullptr;
  };
  options.log = log;
  cells_ = std::make_unique<cells::CellStore>(io_, std::move(options));
  mirror_ = std::make_unique<CellMirror>(io_, *loop_, *cells_);
  cpu_sampler_ = std::make_unique<CpuSampler>(io_, *loop_, *telemetry_);
  limit_watch_ = std::make_unique<LimitWatch>(io_, *loop_, *processes_, zones::offset_at);
  http_ = std::make_unique<http_client::HttpClient>(io_);
  open_notifications();
  open_presence();
}

void Daemon::open_notifications() {
  notify::Outbox::World world{
      *facts_,
      [this] { return clock_->now().wall; },
      log,
      [this](const std::string& name, const std::string& value) {
        journal_->run([=](sqlite::JournalStore& store) { (void)store.set_value(name, value); });
      },
      *http_,
      wire::to_hex(wire::sha256("notify " + identity_.secret)).substr(0, 12)};
  notifications_ = std::make_unique<Notifications>(io_, world, std::move(receivers_), kept_notes_,
                                                   loop_->recorded_facts(), links_);
}

Result<void> Daemon::open() {
  auto receivers = read_receivers(config_);
  if (!receivers) return std::unexpected(receivers.error());
  receivers_ = std::move(*receivers);
  auto client = read_client_settings(config_, paths_.state);
  if (!client) return std::unexpected(client.error());
  client_settings_ = std::move(*client);
  auto presence = read_presence(config_);
  if (!presence) return std::unexpected(presence.error());
  presence_wish_ = std::move(*presence);
  if (auto opened = open_journal(); !opened) return opened;
  loop_->post(
      core::event::DaemonStarted{loop_->fleet().epoch + 1, identity_.boot_id, build_text()});
  if (auto opened = open_doors(); !opened) return opened;
  open_world();
  adopt();
  if (auto scanned = cells_->start(); !scanned) return scanned;
  mirror_->note_all();
  open_harborforge();
  wait_for_signals();
  arm_snapshot();
  service_.ready("listening at " + url_);
  log(fmt::format("lazaret {} is up: {}, state {}, missions {}", build_text(), url_, paths_.state,
                  paths_.missions));
  return {};
}

void Daemon::adopt() {
  processes_->adopt(loop_->fleet(), [this] {
    loop_->post(core::event::AdoptionFinished{});
    if (presence_) presence_->start();
  });
}

void Daemon::run() {
  zone_watch_ = std::make_unique<ZoneWatch>(io_, *loop_);
  zone_watch_->start();
  driver_->run();
  loop_->post(core::event::DaemonStopping{});
  take_snapshot();
  mirror_->flush();
  if (!cells_->close(std::chrono::seconds(5))) log("some mirrored fields were not written");
  server_.reset();
  harborforge_.reset();
  notifications_.reset();
  presence_.reset();
  http_.reset();
  facts_.reset();
  journal_.reset();  // writes what is left
  log("down");
}

void Daemon::on_facts(const std::vector<runtime::RecordedFact>& facts) {
  if (mirror_) mirror_->note(facts);
  if (notifications_) notifications_->note(facts);
  if (harborforge_) harborforge_->note(facts);
  if (presence_) presence_->note();
  if (stopping_) end_if_still();
}

void Daemon::beat(const AgentRef& agent, Incarnation incarnation) {
  runtime::BeatEntry* entry = loop_->beats().find(agent);
  if (!entry || entry->incarnation != incarnation) return;
  loop_->beats().beat(*entry, runtime::Beat{}, loop_->now());
}

Result<std::string> Daemon::log_of(const AgentRef& agent) const {
  const core::Cell* cell = core::find_cell(loop_->fleet(), agent.cell);
  if (!cell || cell->definition.path.empty()) {
    return fail(ErrorCode::not_found, "this agent runs elsewhere; its log is not here");
  }
  return cell->definition.path + "/logs/" + agent.agent.value + ".log";
}

void Daemon::wait_for_signals() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number != SIGHUP) stop(false, "signal", number == SIGINT ? "SIGINT" : "SIGTERM");
    wait_for_signals();
  });
}

void Daemon::take_snapshot() {
  if (loop_->trouble()) return;  // the facts before it could not be written either
  const std::string text = wire::fleet_text(loop_->fleet());
  const std::uint64_t fact = loop_->last_fact();
  const std::uint64_t decision = loop_->last_decision();
  const Stamp now = clock_->now();
  const auto keep = static_cast<std::uint64_t>(config_.integer("journal.facts"));
  journal_->run([=](sqlite::JournalStore& store) {
    if (auto done = store.snapshot(text, now, decision, fact, keep); !done) {
      log("no snapshot: " + done.error().message);
    }
  });
}

void Daemon::arm_snapshot() {
  snapshot_timer_.expires_after(std::chrono::seconds(config_.integer("journal.snapshot")));
  snapshot_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    take_snapshot();
    arm_snapshot();
  });
}

}  // namespace lazaret::main
