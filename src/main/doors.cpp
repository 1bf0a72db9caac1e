// The daemon's doors: what the HTTP server needs from everybody else.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "adapters/zones/zone_files.h"
#include "main/build.h"
#include "main/daemon.h"
#include "main/settings_view.h"
#include "web/site.h"
#include "wire/template_cell.h"
#include "wire/token.h"

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

constexpr std::size_t ports_kept = 3;

// "7878,7879"
std::vector<std::uint16_t> ports_of(std::string_view text) {
  std::vector<std::uint16_t> ports;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end && ports.size() < ports_kept) {
    std::uint16_t port = 0;
    const auto read = std::from_chars(at, end, port);
    if (read.ec != std::errc() || port == 0) break;
    ports.push_back(port);
    at = read.ptr + 1;
  }
  return ports;
}

// The same id for the same text, in the shape that the cell's format asks for: RFC 9562, version 4.
CellId cell_id_of(const std::string& once) {
  wire::Sha256 digest = wire::sha256(once);
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0f) | 0x40);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3f) | 0x80);
  std::string id = wire::to_hex(digest).substr(0, 32);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) id.insert(dash, 1, '-');
  return CellId(id);
}

}  // namespace

Result<void> Daemon::open_doors() {
  logs_ = std::make_unique<logs::LogFiles>([this](const AgentRef& agent) { return log_of(agent); });
  cell_looks_ = std::make_unique<cells::CellLooks>(io_);
  cell_sizes_ = std::make_unique<CellSizes>(
      io_, [this]() -> const core::Fleet& { return loop_->fleet(); }, *cell_looks_);
  host_history_ =
      std::make_unique<HostHistory>(io_, [this] { return clock_->now().wall; }, paths_.state);
  telemetry_ = std::make_unique<Telemetry>(
      [this](const AgentRef& agent) { return processes_->usage(agent); },
      [this]() -> const core::Fleet& { return loop_->fleet(); },
      [this] { return clock_->now().mono; },
      [this](std::function<void()> work) { boost::asio::post(io_, std::move(work)); },
      paths_.state);
  server::Bounds bounds;
  bounds.connections = static_cast<std::size_t>(config_.integer("http.connections"));
  const auto names = config_.words("http.names");
  server_ = std::make_unique<server::Server>(io_, *loop_, services(), bounds,
                                             std::set<std::string>(names.begin(), names.end()));
  if (auto listening = listen_tcp(); !listening) return listening;
  return server_->listen_unix(paths_.api_socket());
}

// Agents that outlived the last daemon know the ports it listened on: those are taken again.
Result<void> Daemon::listen_tcp() {
  const std::string& host = config_.text("http.host");
  const auto wanted = static_cast<std::uint16_t>(config_.integer("http.port"));
  std::vector<std::uint16_t> before = ports_of(ports_);
  Result<std::uint16_t> port = fail(ErrorCode::unavailable, "");
  if (wanted == 0 && !before.empty()) port = server_->listen_tcp(host, before.front(), false);
  if (!port) port = server_->listen_tcp(host, wanted, true);
  if (!port) return std::unexpected(port.error());
  const bool six = host.find(':') != std::string::npos;
  url_ = fmt::format("http://{}{}{}:{}", six ? "[" : "", host, six ? "]" : "", *port);
  std::erase(before, *port);
  if (!anybody_lives(loop_->fleet())) before.clear();
  std::string now = std::to_string(*port);
  for (const std::uint16_t old : before) {
    if (server_->listen_tcp(host, old, false)) now += ',' + std::to_string(old);
  }
  if (now == ports_) return {};
  journal_->run([now](sqlite::JournalStore& store) { (void)store.set_value("ports", now); });
  return {};
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
  services.site = web::site();
  services.tokens = tokens_.get();
  services.keys = keys_.get();
  services.facts = facts_.get();
  services.monitor = monitor_.get();
  services.zone_bytes = [](const std::string& name) { return zones::read_zone_bytes(name); };
  services.telemetry = telemetry_.get();
  services.logs = logs_.get();
  services.cell_files = cell_looks_.get();
  services.presences = board_.get();
  services.host_history = [this](std::chrono::seconds back) {
    return host_history_->since(clock_->now().wall - back);
  };
  services.cell_sizes = [this] { return cell_sizes_->all(); };
  services.own_figures = [this] { return own_figures(); };
  services.agent_of_pid = [this](pid_t pid) { return processes_->agent_of_pid(pid); };
  services.create_cell = [this](const server::Services::CellWish& wish,
                                const server::Services::CellMade& done) {
    create_cell(wish, done);
  };
  services.receipts = std::move(receipts_);
  services.destroy_cell = [this](const CellId& cell, const std::string& reason,
                                 const std::string& by, server::Services::CellDestroyed done) {
    destroy_cell(cell, reason, by, std::move(done));
  };
  services.lint_cell = [this](const CellId& id) -> Result<std::vector<wire::Problem>> {
    const cells::CellSight* sight = cells_->find(id);
    if (!sight) return fail(ErrorCode::not_found, "this mission has no directory here");
    return sight->problems;
  };
  services.troubled_directories = [this] {
    std::vector<server::TroubledDirectory> out;
    for (cells::CellSight& one : cells_->troubled()) {
      out.push_back(
          {one.directory, one.path, std::string(to_word(one.state)), std::move(one.problems)});
    }
    return out;
  };
  services.save_checkpoint = [this](const AgentRef& agent, const std::string& workspace,
                                    const server::Services::CheckpointSaved& done) {
    save_checkpoint(agent, workspace, done);
  };
  services.rehearse_checkpoint = [this](const AgentRef& agent, const core::CheckpointRef& which,
                                        const server::Services::CheckpointRehearsed& done) {
    rehearse_checkpoint(agent, which, done);
  };
  services.read_checkpoints = [this](const AgentRef& agent, std::vector<core::CheckpointRef> which,
                                     server::Services::CheckpointsRead done) {
    read_checkpoints(agent, std::move(which), std::move(done));
  };
  services.list_links = [this](const server::Services::LinksListed& done) { list_links(done); };
  services.test_link = [this](const std::string& link, const server::Services::LinkTested& done) {
    links_.test(link, done);
  };
  services.act_on_slot = [this](const std::string& verb, const std::optional<AgentRef>& agent,
                                std::string reason, server::Services::SlotActed done) {
    act_on_slot(verb, agent, std::move(reason), std::move(done));
  };
  services.stop = [this](bool keep_agents, const std::string& reason, const std::string& by) {
    stop(keep_agents, reason, by);
  };
  services.machine = [this] { return machine_sentences(process::probe(processes_->groups())); };
  services.url = [this] { return url_; };
  services.settings = [this] { return settings_json(config_, paths_); };
  return services;
}

void Daemon::create_cell(const server::Services::CellWish& wish,
                         const server::Services::CellMade& made) {
  const CellId id = wish.once.empty() ? cells::new_cell_id() : cell_id_of(wish.once);
  if (core::find_cell(loop_->fleet(), id)) return made(id);
  const wire::NewCell cell{id, paths_.missions, wish.by, clock_->now().wall};
  auto files = wire::read_new_cell(wish.body, cell);
  if (!files) return made(std::unexpected(files.error()));
  if (wish.unique_agent.empty()) return cells_->create(std::move(*files), made);
  if (auto free = reserve_name(wish.unique_agent); !free) {
    return made(std::unexpected(free.error()));
  }
  cells_->create(std::move(*files), [this, made, name = wish.unique_agent](Result<CellId> done) {
    names_being_made_.erase(name);
    made(std::move(done));
  });
}

// Until the fleet knows the agent itself.
Result<void> Daemon::reserve_name(const std::string& agent) {
  for (const auto& [id, cell] : loop_->fleet().cells) {
    const auto found = cell.agents.find(AgentId(agent));
    if (found == cell.agents.end()) continue;
    return fail(ErrorCode::conflict,
                fmt::format("an agent is called {} already: it is {}, in the mission {} ({})",
                            agent, to_word(found->second.process), cell.definition.mission_name,
                            id.value.substr(0, 8)),
                "unique_agent",
                fmt::format("another name; `lazaret agent show {}.{}` shows it",
                            id.value.substr(0, 8), agent));
  }
  if (names_being_made_.insert(agent).second) return {};
  return fail(ErrorCode::conflict,
              fmt::format("an agent called {} is being made at this moment", agent), "unique_agent",
              "another name");
}

// Out of the fleet first: nothing may start in it any more. Then the directory.
void Daemon::destroy_cell(const CellId& cell, const std::string& reason, const std::string& by,
                          server::Services::CellDestroyed done) {
  loop_->request(self(by), core::op::RemoveMission{cell, reason},
                 [this, cell, files = environments_of(cell),
                  done = std::move(done)](core::Answer answer) mutable {
                   if (!answer) return done(std::unexpected(answer.error()));
                   for (const auto& file : files) unlink(file.c_str());
                   cells_->destroy(cell, std::move(done));
                 });
}

std::vector<std::string> Daemon::environments_of(const CellId& id) const {
  std::vector<std::string> files;
  const core::Cell* cell = core::find_cell(loop_->fleet(), id);
  if (!cell) return files;
  for (const auto& [name, agent] : cell->agents) {
    if (!agent.definition.run) continue;
    const std::filesystem::path file = agent.definition.run->env_file;
    std::error_code error;  // then it is none of ours
    if (std::filesystem::equivalent(file.parent_path(), paths_.state + "/env", error)) {
      files.push_back(file);
    }
  }
  return files;
}

}  // namespace lazaret::main
