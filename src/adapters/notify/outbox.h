// Tells one receiver of what happened, in order, each thing at least once. The journal is the
// outbox: kept is only the number of the last fact that was dealt with, so nothing that was
// recorded is lost with the daemon, and there is no queue to fill up.
//
// A receiver that does not answer with 2xx is tried again with a growing pause; after attempts_most
// attempts, or when it is older than age_most, a message is given up (the log says so) and the next
// one has its turn. 410 (Gone) ends it until the address changes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "adapters/notify/message.h"
#include "ports/fact_reader.h"
#include "ports/http_client.h"

namespace lazaret::notify {

inline constexpr int attempts_most = 20;
inline constexpr Duration age_most = std::chrono::hours(24);
inline constexpr Duration pause_first = std::chrono::seconds(1);
inline constexpr Duration pause_most = std::chrono::minutes(5);
inline constexpr std::size_t facts_a_look = 500;
inline constexpr Duration exchange_most = std::chrono::seconds(10);

// Before the `attempts`-th attempt after the first: 1 s, 2 s, 4 s … 5 min.
Duration pause_before(int attempts);

LAZARET_ENUM(Kind, webhook, ntfy)

struct Receiver {
  Kind kind = Kind::webhook;
  std::string address;  // as written
  Url url;
  std::string secret;  // bytes of the webhook's, or the token for ntfy
  std::set<Topic> topics;
};

class Outbox {
 public:
  struct World {
    ports::FactReader& facts;
    std::function<WallTime()> now;
    std::function<void(const std::string&)> log;
    // Keeps a value under a name for the next daemon.
    std::function<void(const std::string& name, const std::string& value)> keep;
    ports::HttpClient& http;
    std::string sender;  // of this state, part of each message's id
  };
  // `kept`: what was kept by the one before, empty if nothing; then it begins after fact `begin`.
  Outbox(boost::asio::io_context& io, World world, Receiver receiver, const std::string& kept,
         std::uint64_t begin);
  static std::string name_of(Kind kind) { return "notify." + std::string(to_word(kind)); }

  // Sends a message that says that it is a test; how that goes is seen by who gave World::http.
  void test();
  // Why nothing is sent any more; empty = it is.
  std::string off() const;
  std::size_t waiting() const { return at_hand_ ? 1 : 0; }  // for another attempt

  // Facts were recorded, the last with this number. `interesting`: one of them may be a message.
  void note(std::uint64_t last, bool interesting);

 private:
  void look();
  void found(const ports::FactPage& page);
  // Nothing: no message, or one that its own question tells too.
  std::optional<Message> wanted(const ports::FactPage& page, std::size_t row) const;
  void attempt();
  void send(const Message& message, ports::HttpClient::Done done);
  void delivered(const Result<ports::HttpAnswer>& answer);
  void settle(const std::string& how);
  void keep_cursor();
  void pause(Duration time);
  void say(const std::string& text) const;

  World world_;
  Receiver receiver_;
  boost::asio::steady_timer timer_;
  std::uint64_t cursor_ = 0;  // the last fact that was dealt with
  std::optional<Message> at_hand_;
  int attempts_ = 0;
  bool looking_ = false;
  bool look_again_ = false;
  bool gone_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lazaret::notify
