// HTTP/1.1 requests to other servers, on the daemon's loop: many at once, none of which blocks it.
//
// A request goes out on a kept connection to its origin (scheme, host and port), or on a new one,
// or waits until one is free. What is kept is bounded, in number and in time. Redirects are
// answers. Nothing is sent twice: a kept connection is looked at before it is used, and what fails
// after that is the caller's to decide.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "ports/http_client.h"

namespace lazaret::http_client {

struct Bounds {
  std::size_t of_origin = 32;    // connections to one origin
  std::size_t in_all = 512;      // connections; idle ones give way to new ones
  std::size_t waiting = 20'000;  // requests that have no connection yet
  std::size_t head_bytes = 64 * 1024;
  std::size_t body_bytes = 16 * 1024 * 1024;
  Duration idle = std::chrono::seconds(15);  // of a kept connection
};

class HttpClient : public ports::HttpClient {
 public:
  // Everything happens on the thread that runs `io`, which has to outlive this.
  explicit HttpClient(boost::asio::io_context& io, Bounds bounds = {});
  // Forgets what is under way: its `done` is never called.
  ~HttpClient() override;
  void send(ports::HttpRequest request, Duration deadline, Done done) override;

  struct Figures {
    std::size_t connections = 0;
    std::size_t idle = 0;  // of these
    std::size_t waiting = 0;
  };
  Figures figures() const;

 private:
  struct Pool;
  std::shared_ptr<Pool> pool_;
};

}  // namespace lazaret::http_client
