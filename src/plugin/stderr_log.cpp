#include "plugin/stderr_log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "base/utf8.h"

namespace lazaret::plugin {
namespace {

// A pipe that poll() calls writable has room for this much (PIPE_BUF).
constexpr std::size_t most_line = 4096;
constexpr std::size_t least_secret = 4;  // a shorter one would be found in every other word

}  // namespace

StderrLog::StderrLog(int descriptor, std::vector<std::string> secrets)
    : descriptor_(descriptor), secrets_(std::move(secrets)) {
  std::erase_if(secrets_, [](const std::string& one) { return one.size() < least_secret; });
}

std::string StderrLog::masked(std::string text) const {
  for (const std::string& secret : secrets_) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

void StderrLog::line(const std::string& text) const {
  std::string out = "lazaret plugin: " + masked(text);
  std::ranges::replace(out, '\n', ' ');
  out.resize(utf8_cut(out, most_line - 1).size());
  out += '\n';
  pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
  if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return;
  [[maybe_unused]] const ssize_t put = ::write(descriptor_, out.data(), out.size());
}

}  // namespace lazaret::plugin
