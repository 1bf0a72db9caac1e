// The settings presence.* made into a Presence, and the fleet made into what it looks at.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <set>

#include "main/settings.h"
#include "presence/presence.h"
#include "runtime/loop.h"

namespace lazaret::main {

struct PresenceWish {
  presence::Settings settings;
  presence::Config config;
};

// What the settings ask for; nothing where no centre is named. Errors: an address that is none, a
// file that cannot be read or is wrong, a file with keys that others may read. A key is never in an
// error.
Result<std::optional<PresenceWish>> read_presence(const Config& config);

class PresenceLink {
 public:
  PresenceLink(boost::asio::io_context& io, runtime::Loop& loop, ports::HttpClient& http,
               const PresenceWish& wish);
  // The fleet is known; the first pass.
  void start();
  // Something was recorded.
  void note();
  // Everything that was to be told is told, or cannot be.
  bool is_quiet();

 private:
  void refresh();
  void arm();
  runtime::Loop& loop_;
  std::set<std::string> names_;  // of configured agents
  std::map<std::string, std::optional<core::Activity>> seen_;
  std::set<std::string> said_ambiguous_;
  presence::Presence presence_;
  boost::asio::steady_timer pass_timer_;
  boost::asio::steady_timer look_timer_;
  bool looks_ = false;  // look_timer_ is set
};

}  // namespace lazaret::main
