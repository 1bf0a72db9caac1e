// The bridge's socket: HTTP/1.1 on 127.0.0.1, GET only, one request a connection. What is answered
// is the Bridge's business (harborforge/client.h).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace lazaret::plugin {

// The method and target of a request's head; nothing where it is none, or asks for another host
// than this machine (a page in a browser may not read it by a name that it had point here).
struct BridgeRequest {
  std::string method;
  std::string target;
};
std::optional<BridgeRequest> read_bridge_head(std::string_view head);

class BridgeDoor {
 public:
  struct Answer {
    int status = 200;
    std::string body;
  };
  using Handler = std::function<Answer(const BridgeRequest&)>;
  static constexpr std::size_t most_connections = 64;
  static constexpr std::size_t most_head = 8192;  // bytes

  // `answer` is called on the thread that runs `io`.
  BridgeDoor(boost::asio::io_context& io, Handler answer);
  ~BridgeDoor();
  // port 0: any free one. Error: unavailable, names the port.
  Result<void> listen(int port);
  int port() const;

 private:
  struct Connection;
  void accept();

  Handler answer_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<std::size_t> open_ = std::make_shared<std::size_t>(0);
};

}  // namespace lazaret::plugin
