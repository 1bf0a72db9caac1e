// The daemon's doors: what the HTTP server needs from everybody else.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "main/build.h"
#include "main/daemon.h"
#include "wire/template_cell.h"

namespace lazaret::main {
namespace {

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::vector<std::string> machine_sentences(const process::Capabilities& can) {
  std::vector<std::string> sentences = {can.tracking, can.memory, can.cpu, can.pids, can.disk};
  sentences.insert(sentences.end(), can.isolation.begin(), can.isolation.end());
  sentences.push_back(can.oom_protection);
  std::erase(sentences, std::string());
  return sentences;
}

}  // namespace

Result<void> Daemon::open_doors() {
  logs_ = std::make_unique<logs::LogFiles>([this](const AgentRef& agent) { return log_of(agent); });
  telemetry_ = std::make_unique<Telemetry>(
      [this](const AgentRef& agent) { return processes_->usage(agent); },
      [this]() -> const core::Fleet& { return loop_->fleet(); },
      [this] { return clock_->now().mono; }, paths_.state);
  server::Bounds bounds;
  bounds.connections = static_cast<std::size_t>(config_.integer("http.connections"));
  server_ = std::make_unique<server::Server>(io_, *loop_, services(), bounds);
  const std::string& host = config_.text("http.host");
  auto port = listen_tcp(host);
  if (!port) return std::unexpected(port.error());
  const bool six = host.find(':') != std::string::npos;
  url_ = fmt::format("http://{}{}{}:{}", six ? "[" : "", host, six ? "]" : "", *port);
  return server_->listen_unix(paths_.api_socket());
}

// Agents that live know the address of the daemon before this one: it is taken again if it can be.
Result<std::uint16_t> Daemon::listen_tcp(const std::string& host) {
  const std::string remembered = paths_.state + "/http.port";
  const auto wanted = static_cast<std::uint16_t>(config_.integer("http.port"));
  std::uint16_t last = 0;
  if (anybody_lives(loop_->fleet())) std::ifstream(remembered) >> last;
  Result<std::uint16_t> port = fail(ErrorCode::unavailable, "no port yet");
  if (last != 0 && last != wanted) port = server_->listen_tcp(host, last, false);
  if (!port) port = server_->listen_tcp(host, wanted, true);
  if (port) std::ofstream(remembered, std::ios::trunc) << *port << '\n';
  return port;
}

server::OwnFigures Daemon::own_figures() const {
  server::OwnFigures figures;
  figures.pid = getpid();
  figures.uptime_seconds = in_seconds(clock_->now().mono - started_);
  figures.cpu_seconds = cpu_seconds();
  figures.cpu_percent =
      figures.uptime_seconds > 0 ? 100 * figures.cpu_seconds / figures.uptime_seconds : 0;
  figures.memory_bytes = resident_bytes();
  return figures;
}

server::Services Daemon::services() {
  server::Services services;
  services.version = build_text();
  services.tokens = tokens_.get();
  services.keys = keys_.get();
  services.facts = facts_.get();
  services.telemetry = telemetry_.get();
  services.logs = logs_.get();
  services.own_figures = [this] { return own_figures(); };
  services.agent_of_pid = [this](pid_t pid) { return processes_->agent_of_pid(pid); };
  services.create_cell = [this](const std::string& body, const std::string& by,
                                server::Services::CellMade done) {
    create_cell(body, by, std::move(done));
  };
  services.destroy_cell = [this](const CellId& cell, const std::string& reason,
                                 const std::string& by, server::Services::CellDestroyed done) {
    destroy_cell(cell, reason, by, std::move(done));
  };
  services.lint_cell = [this](const CellId& id) -> Result<std::vector<wire::Problem>> {
    const cells::CellSight* sight = cells_->find(id);
    if (!sight) return fail(ErrorCode::not_found, "this mission has no directory here");
    return sight->problems;
  };
  services.stop = [this](bool keep_agents, const std::string& reason, const std::string& by) {
    stop(keep_agents, reason, by);
  };
  services.machine = [this] { return machine_sentences(process::probe(processes_->groups())); };
  services.url = [this] { return url_; };
  return services;
}

void Daemon::create_cell(const std::string& body, const std::string& by,
                         server::Services::CellMade made) {
  const wire::NewCell cell{cells::new_cell_id(), paths_.missions, by, clock_->now().wall};
  auto files = wire::read_new_cell(body, cell);
  if (!files) return made(std::unexpected(files.error()));
  cells_->create(std::move(*files), std::move(made));
}

// Out of the fleet first: nothing may start in it any more. Then the directory.
void Daemon::destroy_cell(const CellId& cell, const std::string& reason, const std::string& by,
                          server::Services::CellDestroyed done) {
  loop_->request(self(by), core::op::RemoveMission{cell, reason},
                 [this, cell, done = std::move(done)](core::Answer answer) mutable {
                   if (!answer) return done(std::unexpected(answer.error()));
                   cells_->destroy(cell, std::move(done));
                 });
}

}  // namespace lazaret::main
