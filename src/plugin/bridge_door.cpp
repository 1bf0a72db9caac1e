#include "plugin/bridge_door.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cctype>

namespace lazaret::plugin {
namespace {

using boost::asio::ip::tcp;
constexpr std::chrono::seconds request_patience(5);  // for a request to come, and its answer to go

std::string_view phrase(int status) {
  if (status == 200) return "OK";
  if (status == 400) return "Bad Request";
  if (status == 404) return "Not Found";
  if (status == 405) return "Method Not Allowed";
  return status == 503 ? "Service Unavailable" : "Error";
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_this_machine(std::string host) {
  if (const std::size_t colon = host.rfind(':');
      colon != std::string::npos && host.find(']', colon) == std::string::npos) {
    host.resize(colon);
  }
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

}  // namespace

std::optional<BridgeRequest> read_bridge_head(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t first = line.find(' ');
  const std::size_t second = line.rfind(' ');
  if (first == std::string_view::npos || second == first) return std::nullopt;
  if (!line.substr(second + 1).starts_with("HTTP/1.")) return std::nullopt;
  BridgeRequest request{.method = std::string(line.substr(0, first)),
                        .target = std::string(line.substr(first + 1, second - first - 1))};
  std::string_view rest = head.substr(std::min(line.size() + 2, head.size()));
  while (!rest.empty()) {
    const std::string_view header = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(header.size() + 2, rest.size()));
    const std::size_t colon = header.find(':');
    if (colon == std::string_view::npos || lower(header.substr(0, colon)) != "host") continue;
    const std::string_view value = header.substr(colon + 1);
    const std::size_t begin = std::min(value.find_first_not_of(" \t"), value.size());
    const std::size_t end = value.find_last_not_of(" \t") + 1;
    if (!is_this_machine(lower(value.substr(begin, std::max(end, begin) - begin)))) {
      return std::nullopt;
    }
  }
  return request;
}

struct BridgeDoor::Connection : std::enable_shared_from_this<Connection> {
  Connection(tcp::socket opened, Handler handler, std::shared_ptr<std::size_t> count)
      : socket(std::move(opened)),
        timer(socket.get_executor()),
        answer(std::move(handler)),
        open(std::move(count)) {
    ++*open;
  }
  ~Connection() { --*open; }

  void start() {
    timer.expires_after(request_patience);
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      boost::system::error_code ignored;
      if (const auto self = weak.lock(); self && !error) self->socket.close(ignored);
    });
    boost::asio::async_read_until(
        socket, boost::asio::dynamic_buffer(in, most_head), "\r\n\r\n",
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
          if (!error) self->reply(size);
        });
  }

  void reply(std::size_t size) {
    const auto request = read_bridge_head(std::string_view(in).substr(0, size));
    const Answer found =
        request ? answer(*request)
                : Answer{400, R"({"detail":"not a request of this machine's HTTP bridge"})"};
    out = fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        found.status, phrase(found.status), found.body.size());
    if (!request || request->method != "HEAD") out += found.body;
    boost::asio::async_write(socket, boost::asio::buffer(out),
                             [self = shared_from_this()](const auto&, std::size_t) {
                               boost::system::error_code ignored;
                               self->socket.shutdown(tcp::socket::shutdown_both, ignored);
                               self->timer.cancel();
                             });
  }

  tcp::socket socket;
  boost::asio::steady_timer timer;
  Handler answer;
  std::shared_ptr<std::size_t> open;
  std::string in;
  std::string out;
};

BridgeDoor::BridgeDoor(boost::asio::io_context& io, Handler answer)
    : answer_(std::move(answer)), acceptor_(io) {}

BridgeDoor::~BridgeDoor() = default;

Result<void> BridgeDoor::listen(int port) {
  const tcp::endpoint place(boost::asio::ip::address_v4::loopback(),
                            static_cast<std::uint16_t>(port));
  boost::system::error_code error;
  acceptor_.open(place.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(place, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    return fail(ErrorCode::unavailable,
                fmt::format("the bridge cannot have port {}: {}", port, error.message()),
                "monitor_port");
  }
  accept();
  return {};
}

int BridgeDoor::port() const {
  boost::system::error_code error;
  const auto place = acceptor_.local_endpoint(error);
  return error ? 0 : place.port();
}

void BridgeDoor::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    if (!error && *open_ < most_connections) {
      std::make_shared<Connection>(std::move(socket), answer_, open_)->start();
    }
    accept();
  });
}

}  // namespace lazaret::plugin
