// Sends heartbeats to a server on loopback and prints what it saw as one line of JSON.
//
//   bench_http_load --port P --agents FILE [--connections 64] [--seconds 5] [--rate 0] [--close]
//                   [--calendar SERVER]
//
// --calendar: HarborForge's calendar heartbeat, of agents that run on SERVER.
// FILE has one "<agent> [token]" a line; request after request takes the next line. --rate 0 is a
// closed loop: each connection asks again when it was answered. With a rate, request k is due at
// start + k / rate and its latency counts from then, sent or not: a slow server cannot hide by
// slowing its clients down. --close opens a new connection for each request.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

struct Options {
  int port = 0;
  std::string agents;
  std::size_t connections = 64;
  double seconds = 5;
  double rate = 0;
  bool close = false;
  std::string calendar;
};

struct Connection {
  int socket = -1;
  bool busy = false;
  bool fresh = false;  // connecting; the request leaves when it is writable
  Clock::time_point begin;
  std::string in;
};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_http_load: %s\n", why.c_str());
  std::exit(1);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--close") {
      options.close = true;
      continue;
    }
    if (i + 1 >= argc) give_up("no value for " + std::string(name));
    const char* value = argv[++i];
    if (name == "--port")
      options.port = std::atoi(value);
    else if (name == "--agents")
      options.agents = value;
    else if (name == "--connections")
      options.connections = std::strtoul(value, nullptr, 10);
    else if (name == "--seconds")
      options.seconds = std::atof(value);
    else if (name == "--calendar")
      options.calendar = value;
    else if (name == "--rate")
      options.rate = std::atof(value);
    else
      give_up("no option " + std::string(name));
  }
  if (options.port == 0 || options.agents.empty()) give_up("--port and --agents are needed");
  return options;
}

std::vector<std::string> build_requests(const Options& options) {
  std::ifstream file(options.agents);
  std::vector<std::string> requests;
  for (std::string line; std::getline(file, line);) {
    const auto blank = line.find(' ');
    const std::string agent = line.substr(0, blank);
    std::string body = R"({"progress":17,"metadata":{"step":"index"}})";
    std::string path = "/heartbeat/" + agent;
    std::string who;
    if (!options.calendar.empty()) {
      body = R"({"agent_id":")" + agent + R"(","claw_identifier":")" + options.calendar + R"("})";
      path = "/calendar/agent/heartbeat";
      who = "X-Agent-ID: " + agent + "\r\nX-Claw-Identifier: " + options.calendar + "\r\n";
    }
    std::string request = "POST " + path +
                          " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) + "\r\n" +
                          who;
    if (blank != std::string::npos) {
      request += "Authorization: Bearer " + line.substr(blank + 1) + "\r\n";
    }
    if (options.close) request += "Connection: close\r\n";
    request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    requests.push_back(std::move(request));
  }
  if (requests.empty()) give_up("no agents in " + options.agents);
  return requests;
}

class Load {
 public:
  explicit Load(Options options)
      : options_(std::move(options)),
        requests_(build_requests(options_)),
        connections_(options_.connections) {
    poll_ = epoll_create1(EPOLL_CLOEXEC);
    latencies_.reserve(4'000'000);
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      if (!options_.close) open(i);
    }
  }

  void run() {
    start_ = Clock::now();
    const auto end = start_ + std::chrono::duration_cast<nanoseconds>(
                                  std::chrono::duration<double>(options_.seconds));
    std::vector<epoll_event> events(connections_.size());
    for (auto now = start_; now < end; now = Clock::now()) {
      fill(now);
      const timespec wait = until_next(now, end);
      const int count =
          epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
      for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        handle(event.data.u64, event.events);
      }
    }
    took_ = std::chrono::duration<double>(Clock::now() - start_).count();
  }

  void print() {
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](double share) {
      if (latencies_.empty()) return 0.0;
      const auto last = static_cast<double>(latencies_.size() - 1);
      return static_cast<double>(latencies_[static_cast<std::size_t>(share * last)].count()) / 1e3;
    };
    std::printf(
        "{\"requests\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,\"errors\":%zu,"
        "\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f}\n",
        latencies_.size(), took_, static_cast<double>(latencies_.size()) / took_, errors_, at(0.5),
        at(0.99), at(0.999), at(1));
  }

 private:
  // Gives work to idle connections: all of it in a closed loop, what is due otherwise.
  void fill(Clock::time_point now) {
    while (!idle_.empty() || (options_.close && open_ < connections_.size())) {
      auto due = now;
      if (options_.rate > 0) {
        due =
            start_ +
            nanoseconds(static_cast<long long>(static_cast<double>(begun_) * 1e9 / options_.rate));
        if (due > now) return;
      }
      std::size_t index = 0;
      if (!idle_.empty()) {
        index = idle_.back();
        idle_.pop_back();
      } else {
        index = open_;
      }
      if (connections_[index].socket < 0) open(index);
      connections_[index].begin = due;
      connections_[index].busy = true;
      ++begun_;
      if (!connections_[index].fresh) ask(index);
    }
  }

  timespec until_next(Clock::time_point now, Clock::time_point end) const {
    auto next = end;
    if (options_.rate > 0 && !idle_.empty()) {
      next = start_ +
             nanoseconds(static_cast<long long>(static_cast<double>(begun_) * 1e9 / options_.rate));
    }
    const auto wait = std::max(nanoseconds(0), std::min(next, end) - now);
    return {.tv_sec = wait.count() / 1'000'000'000, .tv_nsec = wait.count() % 1'000'000'000};
  }

  void open(std::size_t index) {
    Connection& connection = connections_[index];
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int yes = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const int done =
        connect(connection.socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (done != 0 && errno != EINPROGRESS) give_up(std::string("connect: ") + strerror(errno));
    connection.fresh = done != 0;
    connection.in.clear();
    if (index >= open_) open_ = index + 1;
    epoll_event event{.events = EPOLLIN | (connection.fresh ? EPOLLOUT : 0u),
                      .data = {.u64 = index}};
    epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
    if (!connection.fresh && !options_.close) idle_.push_back(index);
  }

  void ask(std::size_t index) {
    const std::string& request = requests_[next_request_++ % requests_.size()];
    const auto sent =
        send(connections_[index].socket, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request.size())) lost(index);
  }

  void handle(std::size_t index, std::uint32_t events) {
    Connection& connection = connections_[index];
    if (connection.fresh) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(connection.socket, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) return lost(index);
      if ((events & EPOLLOUT) == 0) return;
      connection.fresh = false;
      epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
      epoll_ctl(poll_, EPOLL_CTL_MOD, connection.socket, &event);
      if (connection.busy)
        ask(index);
      else
        idle_.push_back(index);
      return;
    }
    char buffer[8192];
    const auto got = recv(connection.socket, buffer, sizeof buffer, 0);
    if (got <= 0) return lost(index);
    connection.in.append(buffer, static_cast<std::size_t>(got));
    if (answered(connection)) {
      latencies_.push_back(Clock::now() - connection.begin);
      finish(index);
    }
  }

  // Whether the whole answer is there; takes it. A status other than 200 counts as an error.
  bool answered(Connection& connection) {
    const auto end = connection.in.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    std::string head = connection.in.substr(0, end);
    std::transform(head.begin(), head.end(), head.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto at = head.find("content-length:");
    if (at == std::string::npos) give_up("an answer without Content-Length");
    const std::size_t body = std::strtoul(head.c_str() + at + 15, nullptr, 10);
    if (connection.in.size() < end + 4 + body) return false;
    if (head.compare(9, 3, "200") != 0 && ++errors_ == 1) {
      std::fprintf(stderr, "bench_http_load: first error: %s\n", connection.in.c_str());
    }
    connection.in.erase(0, end + 4 + body);
    return true;
  }

  void lost(std::size_t index) {
    if (connections_[index].busy) ++errors_;
    drop(index);
    if (errors_ > 10'000) give_up("more than 10,000 errors");
    if (options_.close)
      idle_.push_back(index);
    else
      open(index);
  }

  void finish(std::size_t index) {
    if (options_.close) drop(index);
    connections_[index].busy = false;
    idle_.push_back(index);
  }

  void drop(std::size_t index) {
    close(connections_[index].socket);
    connections_[index].socket = -1;
    connections_[index].busy = false;
    connections_[index].fresh = false;
  }

  Options options_;
  std::vector<std::string> requests_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> idle_;
  std::vector<nanoseconds> latencies_;
  Clock::time_point start_;
  std::size_t open_ = 0;
  std::size_t begun_ = 0;
  std::size_t next_request_ = 0;
  std::size_t errors_ = 0;
  double took_ = 0;
  int poll_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
  Load load(parse(argc, argv));
  load.run();
  load.print();
}
