#include "server/server_rig.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <charconv>

#include "core/fact_words.h"
#include "server/event_streams.h"
#include "wire/journal_rows.h"

namespace lazaret::server {
namespace {

Duration read_clock(clockid_t id) {
  timespec t{};
  ::clock_gettime(id, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace

Stamp SystemClock::now() const {
  return {Instant(read_clock(CLOCK_MONOTONIC)), WallTime(read_clock(CLOCK_REALTIME))};
}

void MemoryJournal::append(ports::Decision decision, ports::Durability) {
  std::uint64_t number = decision.first_fact;
  for (const core::Fact& fact : decision.facts) {
    const auto row = wire::fact_row(fact);
    const auto subject = core::subject_of(fact);
    rows_.push_back({number++, decision.event.at, row.kind, subject.cell.value, subject.agent.value,
                     subject.task.value, row.body});
  }
  last_ = decision.number;
  if (decision.receipt) receipts.push_back(*decision.receipt);
  boost::asio::post(io_, [this, up_to = last_] {
    if (holds_) return;
    committed_up_to_ = up_to;
    committed_(up_to, std::nullopt);
  });
}

void MemoryJournal::release() {
  holds_ = false;
  committed_up_to_ = last_;
  committed_(last_, std::nullopt);
}

void MemoryJournal::read(const ports::FactQuery& query, Done done) {
  ports::FactPage page;
  page.oldest_kept = rows_.empty() ? 0 : oldest_kept;
  for (const auto& row : rows_) {
    if (row.number <= query.since || row.number < oldest_kept) continue;
    if (!matches(query, row)) continue;
    if (page.rows.size() == query.limit && !query.newest) break;
    if (page.rows.size() == query.limit) page.rows.erase(page.rows.begin());
    page.rows.push_back(row);
  }
  done(std::move(page));
}

void MemoryJournal::set_trouble(std::optional<Error> trouble) {
  committed_(last_, std::move(trouble));
}

boost::json::value Response::json() const {
  boost::system::error_code bad;
  auto value = boost::json::parse(body, bad);
  EXPECT_FALSE(bad) << body;
  return value;
}

std::string Response::text(const char* name) const {
  const auto value = json();
  const auto* member = value.is_object() ? value.as_object().if_contains(name) : nullptr;
  return member && member->is_string() ? std::string(member->as_string()) : std::string();
}

Wire::Wire(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
}

Wire::Wire(const std::string& unix_path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  unix_path.copy(at.sun_path, sizeof at.sun_path - 1);
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
}

Wire::~Wire() { ::close(socket_); }

void Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // refused in the middle: the answer says why
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Wire::end_sending() { ::shutdown(socket_, SHUT_WR); }

bool Wire::fill() {
  char buffer[65536];
  const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  in_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

std::string Wire::read_until(std::string_view mark) {
  std::size_t at = 0;
  while ((at = in_.find(mark)) == std::string::npos) {
    if (!fill()) return std::exchange(in_, {});
  }
  std::string out = in_.substr(0, at + mark.size());
  in_.erase(0, at + mark.size());
  return out;
}

std::string Wire::read_all() {
  while (fill()) {
  }
  return std::exchange(in_, {});
}

bool Wire::closed() {
  char byte = 0;
  return in_.empty() && ::recv(socket_, &byte, 1, 0) == 0;
}

Response Wire::read() {
  Response response;
  const std::string head = read_until("\r\n\r\n");
  if (!head.ends_with("\r\n\r\n") || !head.starts_with("HTTP/1.1 ")) return response;
  std::from_chars(head.data() + 9, head.data() + 12, response.status);
  for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
    const auto end = head.find("\r\n", at);
    const auto colon = head.find(':', at);
    std::string name = head.substr(at, colon - at);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_FALSE(response.headers.contains(name)) << name << " twice";
    response.headers[name] = head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  const auto length = response.headers.find("content-length");
  if (length == response.headers.end()) return response;
  const std::size_t size = std::stoul(length->second);
  while (in_.size() < size && fill()) {
  }
  response.body = in_.substr(0, size);
  in_.erase(0, size);
  return response;
}

std::string request(std::string_view method, std::string_view target, std::string_view body,
                    std::string_view headers) {
  std::string out =
      std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
  out += headers;
  if (!body.empty()) {
    out +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return out + "\r\n" + std::string(body);
}

Rig::Rig(Bounds bounds, std::function<void(Services&)> adjust,
         std::vector<ports::KeyRecord> known_keys) {
  keys.records = std::move(known_keys);
  core::Fleet fleet;
  fleet.seed = 1;
  loop = std::make_unique<runtime::Loop>(std::move(fleet), 1, 1, journal, effects, clock);
  Services services{.version = "test", .tokens = &tokens, .keys = &keys, .facts = &journal};
  if (adjust) adjust(services);
  server = std::make_unique<Server>(io, *loop, std::move(services), bounds);
  port = server->listen_tcp("127.0.0.1", 0).value();
  unix_path = "/tmp/lz-server-test-" + std::to_string(::getpid()) + "-" + std::to_string(port);
  EXPECT_TRUE(server->listen_unix(unix_path));
  loop->post(core::event::DaemonStarted{1, "boot", "test"});
  loop->post(core::event::AdoptionFinished{});
  thread_ = std::thread([this] { io.run(); });
  admin_key = make_key("admin");
}

Rig::~Rig() {
  on_loop([this] { server->stop(); });
  io.stop();
  thread_.join();
  ::unlink(unix_path.c_str());
}

Response Rig::call(std::string_view method, std::string_view target, std::string_view body,
                   std::string headers) {
  Wire wire(port);
  wire.send(request(method, target, body, headers + "Connection: close\r\n"));
  return wire.read();
}

Response Rig::as_admin(std::string_view method, std::string_view target, std::string_view body,
                       std::string headers) {
  return call(method, target, body, headers + "Authorization: Bearer " + admin_key + "\r\n");
}

std::string Rig::make_key(const std::string& scope) {
  Wire wire(unix_path);
  wire.send(request("POST", "/api/v1/keys", "{\"name\": \"test\", \"scope\": \"" + scope + "\"}",
                    "Connection: close\r\n"));
  return wire.read().text("key");
}

void Rig::make_cell(const std::string& id, const std::vector<std::string>& agents,
                    const std::string& name) {
  core::CellDefinition cell;
  cell.id = CellId(id);
  cell.mission_name = name;
  cell.path = "/nowhere/" + id;
  cell.status = core::MissionStatus::paused;
  for (const auto& agent_id : agents) {
    core::AgentDefinition agent;
    agent.id = AgentId(agent_id);
    agent.name = agent_id;
    if (agent_id == "lead") agent.role = core::Role::lead;
    agent.run = core::RunSpec{.command = {"/bin/true"}, .env = {{"API_KEY", "very secret"}}};
    cell.agents[agent.id] = agent;
  }
  on_loop([&] {
    loop->post(core::event::CellObserved{cell});
    loop->request({.name = "test"}, core::op::SetMission{cell.id, core::MissionStatus::active, ""},
                  [](core::Answer answer) { EXPECT_TRUE(answer); });
  });
  for (const auto& agent_id : agents) {
    const AgentRef ref{CellId(id), AgentId(agent_id)};
    EXPECT_TRUE(until([&] {
      const auto* agent = core::find_agent(loop->fleet(), ref);
      return agent && agent->process == core::ProcessState::starting;
    }));
    on_loop([&] {
      const auto incarnation = core::find_agent(loop->fleet(), ref)->incarnation;
      loop->post(core::event::AgentSpawned{ref, incarnation, 4000, 1});
    });
  }
}

std::string Rig::token(const std::string& cell, const std::string& agent) {
  const AgentRef ref{CellId(cell), AgentId(agent)};
  return on_loop(
      [&] { return tokens.mint(ref, core::find_agent(loop->fleet(), ref)->incarnation); });
}

bool Rig::until(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (on_loop(condition)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace lazaret::server
