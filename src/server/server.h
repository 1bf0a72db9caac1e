// The HTTP server: listens, admits, routes. It runs on the loop's thread, reads the fleet directly,
// and changes things only through the loop.
//
//   Server server(io, loop, services);
//   auto tcp = server.listen_tcp("127.0.0.1", 7878);
//   auto local = server.listen_unix("/run/lazaret-x/api.sock");
//   io.run();
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <set>
#include <string>

#include "runtime/loop.h"
#include "server/bounds.h"
#include "server/services.h"

namespace lazaret::server {

struct ServerCounts {
  std::size_t connections = 0;
  std::size_t streams = 0;
  std::size_t waiting_for_work = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused_connections = 0;
};

class Server {
 public:
  // `names`: further host names under which it is reached. Everything must outlive the server.
  Server(boost::asio::io_context& io, runtime::Loop& loop, Services services, Bounds bounds = {},
         std::set<std::string> names = {});
  ~Server();

  // Port 0: any. `next_free`: if the port is taken, one of the next hundred. Gives the port.
  // Errors as of Listener::tcp, with the address that was asked for and what was tried.
  Result<std::uint16_t> listen_tcp(const std::string& host, std::uint16_t port,
                                   bool next_free = false);
  // Mode 0600; a stale socket file is replaced. Error: unavailable.
  Result<void> listen_unix(const std::string& path);

  // Takes no more connections and closes those there are.
  void stop();
  ServerCounts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lazaret::server
