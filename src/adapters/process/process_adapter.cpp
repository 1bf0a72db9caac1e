#include "adapters/process/process_adapter.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "adapters/process/notify_text.h"

namespace lazaret::process {
namespace {

constexpr int oom_raise = 500;
constexpr int oom_most = 1000;
constexpr std::size_t lines_waiting_most = 10'000;  // on their way to agents, of the whole fleet

int agents_oom_score() {
  const auto own = to_number(read_text("/proc/self/oom_score_adj").value_or("")).value_or(0);
  return static_cast<int>(
      std::min<std::int64_t>(std::max<std::int64_t>(own, 0) + oom_raise, oom_most));
}

Result<void> make_places(const AgentPlaces& places) {
  const std::string logs = fs::path(places.log_file).parent_path();
  for (const std::string& place : {places.work, places.artifacts, places.checkpoints, logs}) {
    std::error_code error;
    fs::create_directories(place, error);
    if (!error) continue;
    return fail(ErrorCode::unavailable,
                fmt::format("the directory '{}' cannot be made: {}", place, error.message()));
  }
  return {};
}

Result<void> check_isolation(const core::IsolationSpec& isolation) {
  if (isolation.level == core::Isolation::none) return {};
  return fail(ErrorCode::unsupported,
              fmt::format("isolation {} is asked for, and this build carries out only 'none' "
                          "(supervision and limits); the agent does not start with less than it "
                          "asks for: set isolation.level to \"none\" in cell.json, or run it in a "
                          "container of your own",
                          to_word(isolation.level)),
              "isolation.level");
}

}  // namespace

ProcessAdapter::ProcessAdapter(boost::asio::io_context& io, Settings settings,
                               ports::EventSink sink)
    : io_(io),
      settings_(std::move(settings)),
      sink_(std::move(sink)),
      groups_(settings_.state_dir),
      reaper_(io),
      world_{io, settings_, groups_, reaper_},
      base_(base_environment()),
      oom_score_adj_(agents_oom_score()),
      adoption_deadline_(io),
      verifier_(world_, base_, oom_score_adj_,
                [this](core::EventBody event) { emit(std::move(event)); }) {
  std::error_code ignored;
  fs::create_directories(settings_.state_dir / "slots", ignored);
  fs::create_directories(settings_.run_dir, ignored);
}

ProcessAdapter::~ProcessAdapter() { *alive_ = false; }

// The sink may lead straight to the next command: never from inside one.
void ProcessAdapter::emit(core::EventBody event) {
  if (!inside_call_) return sink_(std::move(event));
  boost::asio::post(io_, [this, alive = alive_, event = std::move(event)]() mutable {
    if (*alive) sink_(std::move(event));
  });
}

void ProcessAdapter::start(const core::Command& command) {
  const bool before = std::exchange(inside_call_, true);
  struct Visitor {
    ProcessAdapter& self;
    void operator()(const core::command::SpawnAgent& c) const { self.spawn(c); }
    void operator()(const core::command::StopAgent& c) const { self.stop(c); }
    void operator()(const core::command::KillAgent& c) const { self.kill(c); }
    void operator()(const core::command::FreezeAgent& c) const { self.freeze(c); }
    void operator()(const core::command::SendLine& c) const { self.send_line(c); }
    void operator()(const core::command::TakeEvidence& c) const { self.evidence(c); }
    void operator()(const core::command::VerifyTask& c) const { self.verifier_.run(c); }
    void operator()(const core::command::RetireAgent& c) const { self.retire(c); }
    void operator()(const core::command::SignalAgent& c) const { self.signal(c); }
    // Another adapter's.
    void operator()(const core::command::RestoreCheckpoint&) const {}
    void operator()(const core::command::RehearseCheckpoint&) const {}
    void operator()(const core::command::KeepCheckpoints&) const {}
  };
  std::visit(Visitor{*this}, command);
  inside_call_ = before;
}

ProcessAdapter::Kept& ProcessAdapter::keep(const AgentRef& agent) {
  Kept& kept = kept_[agent];
  if (!kept.slot) {
    SlotOwner& owner = *this;
    kept.slot = std::make_shared<Slot>(world_, owner, agent, slot_name(agent));
  }
  return kept;
}

void ProcessAdapter::spawn(const core::command::SpawnAgent& command) {
  Kept& kept = keep(command.agent);
  if (kept.slot->is_retiring()) {
    after_retirement_[command.agent] = command;
    return;
  }
  if (command.incarnation <= kept.slot->incarnation()) return;
  kept.ready_told = false;
  const Result<void> begun = try_spawn(command, kept);
  if (begun) return;
  const ErrorCode code = begun.error().code;
  emit(core::event::SpawnFailed{command.agent, command.incarnation, begun.error().message,
                                code != ErrorCode::unavailable});
}

Result<void> ProcessAdapter::try_spawn(const core::command::SpawnAgent& command, Kept& kept) {
  const Result<void> isolated = check_isolation(command.isolation);
  if (!isolated) return isolated;
  if (!command.definition.run) {
    return fail(ErrorCode::invalid_input, "the agent has no run section: it is started elsewhere");
  }
  const AgentPlaces places = places_of(command.cell_path, command.agent.agent);
  const Result<void> made = make_places(places);
  if (!made) return made;
  AgentDoor door{settings_.url, "", kept.slot->notify_socket()};
  if (settings_.token_for) door.token = settings_.token_for(command.agent, command.incarnation);
  Result<Environment> environment = agent_environment(command, base_, places, door);
  if (!environment) return std::unexpected(environment.error());
  Result<SpawnPlan> plan = plan_agent(command, std::move(*environment), places);
  if (!plan) return std::unexpected(plan.error());
  plan->log_bytes_most = settings_.log_bytes_most;
  plan->logs_kept = settings_.logs_kept;
  plan->oom_score_adj = oom_score_adj_;
  kept.work_directory = plan->directory;
  kept.slot->start(command.incarnation, *plan, command.isolation.limits);
  return {};
}

Slot* ProcessAdapter::live(const AgentRef& agent, Incarnation incarnation) {
  const auto found = kept_.find(agent);
  if (found == kept_.end()) return nullptr;
  Slot& slot = *found->second.slot;
  return slot.is_live() && slot.incarnation() == incarnation ? &slot : nullptr;
}

// An incarnation that this adapter has never heard of has nobody who could report its end later.
void ProcessAdapter::report_missing(const AgentRef& agent, Incarnation incarnation) {
  const auto found = kept_.find(agent);
  if (found != kept_.end() && found->second.slot->incarnation() >= incarnation) return;
  core::event::AgentExited exited{agent, incarnation, {}};
  exited.exit.kind = core::ExitKind::lost;
  exited.exit.detail = "no such process is known here";
  emit(std::move(exited));
}

void ProcessAdapter::stop(const core::command::StopAgent& command) {
  Slot* slot = live(command.agent, command.incarnation);
  if (!slot) return report_missing(command.agent, command.incarnation);
  const int number = signal_number(command.signal);
  slot->signal(number > 0 ? number : signal_number("SIGTERM"));
}

// Not by way of the shim, for which a signal is a request to end.
void ProcessAdapter::signal(const core::command::SignalAgent& command) {
  Slot* slot = live(command.agent, command.incarnation);
  const int number = signal_number(command.signal);
  if (!slot || number <= 0 || slot->pid() <= 0) return;
  const int process = static_cast<int>(syscall(SYS_pidfd_open, slot->pid(), 0));
  if (process < 0) return;
  // The pid is the agent's own only while its start time is.
  if (is_same_process(slot->pid(), slot->process_start()))
    syscall(SYS_pidfd_send_signal, process, number, nullptr, 0);
  close(process);
}

void ProcessAdapter::kill(const core::command::KillAgent& command) {
  Slot* slot = live(command.agent, command.incarnation);
  if (!slot) return report_missing(command.agent, command.incarnation);
  slot->kill();
}

void ProcessAdapter::freeze(const core::command::FreezeAgent& command) {
  if (Slot* slot = live(command.agent, command.incarnation)) slot->freeze(command.frozen);
}

void ProcessAdapter::send_line(const core::command::SendLine& command) {
  Slot* slot = live(command.agent, command.incarnation);
  const std::uint64_t ticket = next_ticket_++;
  const bool one_line = command.line.find('\n') == std::string::npos;
  const bool sent = slot && one_line && lines_.size() < lines_waiting_most &&
                    slot->send_line(ticket, command.line);
  if (!command.wake) return;
  if (sent) {
    lines_[ticket] = {command.agent, command.incarnation, *command.wake};
  } else {
    emit(core::event::LineSent{command.agent, command.incarnation, *command.wake, false});
  }
}

void ProcessAdapter::evidence(const core::command::TakeEvidence& command) {
  core::event::EvidenceTaken taken{command.agent, command.incarnation, {}};
  taken.evidence.state = core::RunState::gone;
  if (Slot* slot = live(command.agent, command.incarnation)) {
    taken.evidence = take_evidence(*slot, kept_[command.agent].work_directory);
  }
  emit(std::move(taken));
}

std::vector<AgentRef> ProcessAdapter::living() const {
  std::vector<AgentRef> all;
  for (const auto& [ref, kept] : kept_) {
    if (kept.slot->is_live() || kept.slot->is_retiring()) all.push_back(ref);
  }
  return all;
}

void ProcessAdapter::retire(const core::command::RetireAgent& command) {
  Kept& kept = keep(command.agent);
  after_retirement_.erase(command.agent);
  if (kept.slot->is_retiring()) return;
  kept.slot->retire([this, alive = alive_, agent = command.agent] {
    if (!*alive) return;
    kept_.erase(agent);
    auto waiting = after_retirement_.extract(agent);
    if (!waiting.empty()) start(waiting.mapped());
  });
}

void ProcessAdapter::on_spawned(Slot& slot) {
  emit(core::event::AgentSpawned{slot.ref(), slot.incarnation(), slot.pid(), slot.process_start()});
}

void ProcessAdapter::on_spawn_failed(Slot& slot, const std::string& reason, bool permanent) {
  emit(core::event::SpawnFailed{slot.ref(), slot.incarnation(), reason, permanent});
  adopted_one(slot.ref());
}

void ProcessAdapter::on_exited(Slot& slot, const core::ExitReport& report) {
  drop_lines(slot.ref());
  emit(core::event::AgentExited{slot.ref(), slot.incarnation(), report});
  adopted_one(slot.ref());
}

void ProcessAdapter::on_notified(Slot& slot, std::string_view text) {
  const Notification said = parse_notification(text);
  const AgentRef agent = slot.ref();
  const Incarnation incarnation = slot.incarnation();
  if (beat_) beat_(agent, incarnation);
  if (said.status && status_) status_(agent, *said.status);
  if (said.extension) emit(core::event::AgentAskedTime{agent, incarnation, *said.extension});
  Kept& kept = keep(agent);
  if (said.ready && !std::exchange(kept.ready_told, true)) {
    emit(core::event::AgentSaidReady{agent, incarnation, "READY=1"});
  }
  if (said.failed) {
    emit(core::event::FailureReported{agent, incarnation, "WATCHDOG=trigger"});
  }
  if (said.stopping) emit(core::event::AgentSaidStopping{agent, incarnation});
}

void ProcessAdapter::on_stop_seen(Slot& slot, bool stopped) {
  emit(core::event::AgentStopSeen{slot.ref(), slot.incarnation(), stopped});
}

void ProcessAdapter::on_line_done(Slot&, std::uint64_t ticket, bool taken) {
  const auto line = lines_.extract(ticket);
  if (line.empty()) return;
  const PendingLine& sent = line.mapped();
  emit(core::event::LineSent{sent.agent, sent.incarnation, sent.wake, taken});
}

void ProcessAdapter::drop_lines(const AgentRef& agent) {
  std::vector<PendingLine> dropped;
  std::erase_if(lines_, [&](const auto& entry) {
    if (entry.second.agent != agent) return false;
    dropped.push_back(entry.second);
    return true;
  });
  for (const PendingLine& line : dropped) {
    emit(core::event::LineSent{line.agent, line.incarnation, line.wake, false});
  }
}

std::optional<Printed> ProcessAdapter::printed(const AgentRef& agent,
                                               Incarnation incarnation) const {
  const auto found = kept_.find(agent);
  if (found == kept_.end()) return std::nullopt;
  const Slot& slot = *found->second.slot;
  if (!slot.is_live() || slot.incarnation() != incarnation) return std::nullopt;
  return process::printed(slot.log_file(), slot.log_before());
}

std::vector<std::string> ProcessAdapter::newest_lines(const AgentRef& agent,
                                                      const Printed& printed) const {
  return process::newest_lines(kept_.at(agent).slot->log_file(), printed.bytes);
}

Usage ProcessAdapter::usage(const AgentRef& agent) const {
  const auto found = kept_.find(agent);
  return found == kept_.end() ? Usage{} : sample_usage(*found->second.slot);
}

}  // namespace lazaret::process
