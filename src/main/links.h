// Whom outside this daemon talks to, and how that went the last time.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.h"
#include "ports/http_client.h"

namespace lazaret::main {

// For a test of a link: from its beginning to the end of the next exchange.
inline constexpr std::chrono::seconds link_test_most{25};
inline constexpr std::size_t link_testers_most = 8;  // who wait for one link

// How an exchange went, in a few words; `ok`: it was answered with 2xx.
struct Exchange {
  bool ok = false;
  std::string detail;
};
Exchange exchange_of(const Result<ports::HttpAnswer>& answer);

// Shows each answer to `seen` before whoever asked has it.
class WatchedHttp final : public ports::HttpClient {
 public:
  WatchedHttp(ports::HttpClient& http, std::function<void(const Exchange&)> seen)
      : http_(http), seen_(std::move(seen)) {}
  void send(ports::HttpRequest request, Duration deadline, Done done) override;

 private:
  ports::HttpClient& http_;
  std::function<void(const Exchange&)> seen_;
};

class Links {
 public:
  struct Link {
    std::string name;  // "webhook-1"
    std::string kind;
    std::string url;                       // as everybody may see it
    std::function<void()> test;            // leads to an exchange; empty: there is none
    std::function<std::string()> off;      // why nothing is sent there any more; "" = it is
    std::function<std::size_t()> waiting;  // to be sent
    // Kept by Links.
    std::uint64_t sent = 0;
    WallTime last_at{};
    WallTime last_ok_at{};
    std::string error;  // of the last exchange; "" = it went well
    struct Tester {
      std::chrono::steady_clock::time_point began;
      std::function<void(boost::json::object)> done;
    };
    std::vector<Tester> testers;
    std::unique_ptr<boost::asio::steady_timer> timer;
    std::unique_ptr<ports::HttpClient> http;
  };
  Links(boost::asio::io_context& io, std::function<WallTime()> now)
      : io_(io), now_(std::move(now)) {}

  // Stays where it is. `url` is shown without its query, and where `hidden` without its path.
  Link& add(std::string name, std::string kind, const std::string& url, bool hidden);
  // What is sent with it counts as this link's.
  ports::HttpClient& watch(Link& link, ports::HttpClient& http);
  void seen(Link& link, const Exchange& exchange);

  // See the schema "Link".
  boost::json::array json() const;
  // Errors, at once: not_found, too_many, unsupported.
  using Tested = std::function<void(Result<boost::json::object>)>;
  void test(const std::string& name, const Tested& done);

 private:
  void answer(Link& link, const Exchange& exchange);
  boost::asio::io_context& io_;
  std::function<WallTime()> now_;
  std::list<Link> links_;
};

}  // namespace lazaret::main
