// One sd_notify datagram: NAME=value lines (systemd's sd_notify(3)).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace lazaret::process {

struct Notification {
  bool ready = false;
  bool stopping = false;
  bool failed = false;  // WATCHDOG=trigger
  std::optional<Duration> extension;
  std::optional<std::string> status;
};

// Unknown names and malformed lines are skipped: the sender is any program.
Notification parse_notification(std::string_view text);

}  // namespace lazaret::process
