// Baseline of the heartbeat: the least HTTP that can answer it. One epoll, one map from agent to
// its last beat, an answer of the same shape. No tokens, no journal, no strictness.
//   bench_epoll_server     prints its port and serves until it is ended
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace {

struct Beat {
  timespec at{};
  unsigned long count = 0;
};
struct Session {
  int socket = -1;
  std::string in;
};

std::map<std::string, Beat, std::less<>> beats;

std::string answer_to(std::string_view path) {
  const std::string_view agent = path.substr(path.rfind('/') + 1);
  auto found = beats.find(agent);
  if (found == beats.end()) found = beats.emplace(agent, Beat{}).first;
  clock_gettime(CLOCK_REALTIME, &found->second.at);
  ++found->second.count;
  tm utc{};
  gmtime_r(&found->second.at.tv_sec, &utc);
  char when[64];
  std::strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
  std::string body = R"({"status":"ok","agent_id":")" + found->first + R"(","timestamp":")" + when +
                     R"(.000Z","next_heartbeat":30})";
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Length of the request at the front of `in`, 0 while it is not complete.
std::size_t complete_request(std::string_view in) {
  const auto end = in.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  std::size_t body = 0;
  const auto at = in.find("Content-Length: ");
  if (at < end) std::from_chars(in.data() + at + 16, in.data() + end, body);
  return in.size() >= end + 4 + body ? end + 4 + body : 0;
}

// False when the session is over.
bool serve(Session& session) {
  char buffer[4096];
  const ssize_t got = recv(session.socket, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  session.in.append(buffer, static_cast<std::size_t>(got));
  while (const std::size_t size = complete_request(session.in)) {
    const std::string_view head(session.in.data(), size);
    const auto path = head.find(' ') + 1;
    const std::string answer = answer_to(head.substr(path, head.find(' ', path) - path));
    if (send(session.socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return false;
    const bool last = head.find("Connection: close") != std::string_view::npos;
    session.in.erase(0, size);
    if (last) return false;
  }
  return true;
}

int listen_on_loopback() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 4096) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return -1;
  }
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return listener;
}

}  // namespace

int main() {
  const int listener = listen_on_loopback();
  if (listener < 0) return 1;
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event wanted{.events = EPOLLIN, .data = {.ptr = nullptr}};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted);
  epoll_event events[256];
  for (;;) {
    const int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; ++i) {
      auto* session = static_cast<Session*>(events[i].data.ptr);
      if (session == nullptr) {
        const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        const int yes = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        wanted.data.ptr = new Session{socket, {}};
        epoll_ctl(poll, EPOLL_CTL_ADD, socket, &wanted);
      } else if (!serve(*session)) {
        close(session->socket);
        delete session;
      }
    }
  }
}
