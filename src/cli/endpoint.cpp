#include "cli/endpoint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <climits>

namespace lazaret::cli {
namespace {

constexpr std::string_view default_port = "7878";

std::string variable(const Environment& environment, const std::string& name) {
  auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The link in the state directory, written by the daemon, is better than our own guess: a login and
// a cron job of one user have different XDG variables.
std::string run_directory_of(const Paths& paths) {
  std::array<char, PATH_MAX> target{};
  const auto length = readlink(paths.run_link().c_str(), target.data(), target.size());
  if (length <= 0) return paths.run;
  std::string run(target.data(), static_cast<std::size_t>(length));
  return run.starts_with('/') ? run : paths.run;
}

}  // namespace

std::string Endpoint::name() const {
  if (!socket_path.empty()) return socket_path;
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("http://[{}]:{}", host, port) : fmt::format("http://{}:{}", host, port);
}

Result<Endpoint> parse_url(std::string_view url) {
  auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::invalid_input, fmt::format("'{}' is no address: {}", url, why), "--url",
                "write it like http://127.0.0.1:7878");
  };
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    return fail(ErrorCode::unsupported, "this command speaks plain http only", "--url",
                "use the daemon's unix socket, or a tunnel that ends TLS on this machine");
  }
  if (!rest.starts_with("http://")) return wrong("it does not begin with http://");
  rest.remove_prefix(7);
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos && slash + 1 < rest.size()) return wrong("it has a path");
  rest = rest.substr(0, slash);
  Endpoint endpoint;
  std::string_view port;
  if (rest.starts_with('[')) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos) return wrong("a ] is missing");
    endpoint.host = rest.substr(1, close - 1);
    port = rest.substr(close + 1);
  } else {
    const auto colon = rest.find(':');
    endpoint.host = rest.substr(0, colon);
    port = colon == std::string_view::npos ? "" : rest.substr(colon);
  }
  if (port.starts_with(':')) {
    port.remove_prefix(1);
    if (!is_port(port)) return wrong("its port is no number");
  } else if (!port.empty()) {
    return wrong("something stands between host and port");
  } else {
    port = default_port;
  }
  if (endpoint.host.empty()) return wrong("it has no host");
  if (endpoint.host.find_first_of("@ \t\r\n") != std::string::npos) return wrong("odd host");
  endpoint.port = port;
  return endpoint;
}

Result<Paths> paths_of(const Target& target, const Environment& environment) {
  PathRequest request;
  request.environment = environment;
  request.user = geteuid();
  request.state = target.state;
  request.missions = target.missions;
  std::array<char, PATH_MAX> here{};
  request.current_directory = getcwd(here.data(), here.size()) != nullptr ? here.data() : "/";
  return find_paths(request);
}

Result<Endpoint> find_endpoint(const Target& target, const Environment& environment) {
  std::string url = target.url;
  if (url.empty() && target.state.empty()) url = variable(environment, "LAZARET_URL");
  if (!url.empty() && target.state.empty()) {
    auto endpoint = parse_url(url);
    if (!endpoint) return endpoint;
    endpoint->key = target.key;
    if (endpoint->key.empty()) endpoint->key = variable(environment, "LAZARET_TOKEN");
    if (endpoint->key.empty()) endpoint->key = variable(environment, "LAZARET_KEY");
    return endpoint;
  }
  auto paths = paths_of(target, environment);
  if (!paths) return std::unexpected(paths.error());
  Endpoint endpoint;
  endpoint.run_directory = run_directory_of(*paths);
  endpoint.socket_path = endpoint.run_directory + "/api.sock";
  endpoint.state = paths->state;
  endpoint.key = target.key;
  return endpoint;
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

}  // namespace lazaret::cli
