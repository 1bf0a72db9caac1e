#include "cli/context.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

namespace lazaret::cli {

Result<Client*> Context::client() {
  if (!client_) {
    auto endpoint = find_endpoint(target, environment);
    if (!endpoint) return std::unexpected(endpoint.error());
    client_ = std::make_unique<Client>(std::move(*endpoint));
  }
  return client_.get();
}

Result<Paths> Context::own_paths(std::string_view what) const {
  const auto variable = environment.find("LAZARET_URL");
  const bool elsewhere = variable != environment.end() && !variable->second.empty();
  if (target.state.empty() && (!target.url.empty() || elsewhere)) {
    return fail(ErrorCode::unsupported,
                fmt::format("{} works on a state's own files, and a URL names no state", what),
                target.url.empty() ? "LAZARET_URL" : "--url",
                "run it on the daemon's own machine, with --state DIR");
  }
  return paths();
}

Result<boost::json::value> Context::look_up(const std::string& api_target) {
  auto connection = client();
  if (!connection) return std::unexpected(connection.error());
  auto answer = (*connection)->call("GET", api_target);
  const bool offline = !answer && is_daemon_away(answer.error()) && hooks.read_offline &&
                       !(*connection)->endpoint().state.empty();
  if (!offline) return answer;
  auto places = paths();
  if (!places) return std::unexpected(places.error());
  auto kept = hooks.read_offline(*places, api_target);
  // No state either, or nothing that it tells.
  const bool untold = !kept && (kept.error().code == ErrorCode::unavailable ||
                                kept.error().code == ErrorCode::unsupported);
  if (untold) return answer;
  if (!std::exchange(said_down_, true)) {
    remark(fmt::format("the daemon is down; this is what its journal in {} says", places->state),
           Ink::warn);
  }
  return kept;
}

bool Context::is_heard() const { return out.good() && !is_reader_gone(out_fd); }

void Context::remark(std::string_view text, Ink ink) {
  err << inked(err_look, ink, plain(text)) << '\n' << std::flush;
}

void Context::report(const Error& error) { err << describe(error, err_look) << std::flush; }

std::string describe(const Error& error, const Look& look) {
  std::string text = inked(look, Ink::bad, "error:") + " ";
  std::istringstream lines(error.message);  // a daemon's log has several
  for (std::string line; std::getline(lines, line);) text += plain(line) + "\n";
  const bool said = error.message.contains(error.place);  // also where it is empty
  if (!said && error.place != "daemon") {
    text += fmt::format("  {} {}\n", inked(look, Ink::faint, "at:"), plain(error.place));
  }
  if (!error.remedy.empty()) {
    text += fmt::format("  {} {}\n", inked(look, Ink::faint, "try:"), plain(error.remedy));
  }
  return text;
}

}  // namespace lazaret::cli
