#include "adapters/process/notify_text.h"

#include <algorithm>

#include "adapters/process/system_files.h"
#include "base/utf8.h"

namespace lazaret::process {
namespace {

constexpr std::size_t status_most = 256;
constexpr std::int64_t extension_most_usec = 24LL * 3600 * 1'000'000;

}  // namespace

Notification parse_notification(std::string_view text) {
  Notification found;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (name == "READY") found.ready = found.ready || value == "1";
    if (name == "STOPPING") found.stopping = found.stopping || value == "1";
    if (name == "WATCHDOG") found.failed = found.failed || value == "trigger";
    if (name == "STATUS") {
      const std::string status = valid_utf8(std::string(value.substr(0, status_most + 4)));
      found.status = std::string(utf8_cut(status, status_most));
    }
    if (name == "EXTEND_TIMEOUT_USEC") {
      const auto usec = to_number(value);
      if (usec && *usec > 0) {
        found.extension = std::chrono::microseconds(std::min(*usec, extension_most_usec));
      }
    }
  }
  return found;
}

}  // namespace lazaret::process
