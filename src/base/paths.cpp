#include "base/paths.h"

#include <fmt/format.h>

#include <vector>

#include "base/rng.h"

namespace lazaret {
namespace {

constexpr std::size_t longest_run_directory = 80;  // of 107; leaves room for the sockets' names
constexpr std::uint32_t root = 0;

std::string variable(const PathRequest& request, const std::string& name) {
  auto found = request.environment.find(name);
  return found == request.environment.end() ? "" : found->second;
}

// The XDG rules say that a relative path in one of their variables is to be ignored.
std::string xdg(const PathRequest& request, const std::string& name) {
  std::string value = variable(request, name);
  return value.starts_with('/') ? value : "";
}

Result<std::string> below_home(const PathRequest& request, std::string_view rest,
                               std::string_view flag) {
  std::string home = xdg(request, "HOME");
  if (home.empty()) {
    return fail(ErrorCode::invalid_input,
                fmt::format("HOME is not set, so {} has no default", flag), std::string(flag),
                fmt::format("say {} DIRECTORY", flag));
  }
  return home + std::string(rest);
}

Result<std::string> find_state(const PathRequest& request) {
  if (!request.state.empty()) return request.state;
  if (auto value = variable(request, "LAZARET_STATE"); !value.empty()) return value;
  if (auto value = xdg(request, "XDG_STATE_HOME"); !value.empty()) return value + "/lazaret";
  if (request.user == root) return "/var/lib/lazaret";
  return below_home(request, "/.local/state/lazaret", "--state");
}

Result<std::string> find_missions(const PathRequest& request, const std::string& state) {
  if (!request.missions.empty()) return request.missions;
  if (auto value = variable(request, "LAZARET_MISSIONS"); !value.empty()) return value;
  const bool asked_for = !request.state.empty() || !variable(request, "LAZARET_STATE").empty();
  if (asked_for) return state + "/missions";
  if (request.user == root) return "/var/missions";
  if (auto value = xdg(request, "XDG_DATA_HOME"); !value.empty())
    return value + "/lazaret/missions";
  return below_home(request, "/.local/share/lazaret/missions", "--missions");
}

std::string find_run(const PathRequest& request, const std::string& state) {
  const auto hash = static_cast<std::uint32_t>(mix(hash_text(state)));
  if (request.user == root) return fmt::format("/run/lazaret-{:08x}", hash);
  if (auto value = xdg(request, "XDG_RUNTIME_DIR"); !value.empty()) {
    return fmt::format("{}/lazaret-{:08x}", value, hash);
  }
  return fmt::format("/tmp/lazaret-{}-{:08x}", request.user, hash);
}

}  // namespace

std::string absolute_path(std::string_view path, std::string_view current_directory) {
  std::vector<std::string_view> parts;
  auto take = [&](std::string_view text) {
    while (!text.empty()) {
      const auto slash = text.find('/');
      const auto part = text.substr(0, slash);
      text = slash == std::string_view::npos ? "" : text.substr(slash + 1);
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (!parts.empty()) {
        parts.pop_back();
      }
    }
  };
  if (!path.starts_with('/')) take(current_directory);
  take(path);
  std::string result;
  for (auto part : parts) result.append("/").append(part);
  return result.empty() ? "/" : result;
}

Result<Paths> find_paths(const PathRequest& request) {
  auto state = find_state(request);
  if (!state) return std::unexpected(state.error());
  Paths paths;
  paths.state = absolute_path(*state, request.current_directory);
  auto missions = find_missions(request, paths.state);
  if (!missions) return std::unexpected(missions.error());
  paths.missions = absolute_path(*missions, request.current_directory);
  paths.run = absolute_path(find_run(request, paths.state), request.current_directory);
  if (paths.run.size() > longest_run_directory) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("the run directory {} is longer than {} characters, too long for sockets",
                    paths.run, longest_run_directory),
        "XDG_RUNTIME_DIR", "set XDG_RUNTIME_DIR to a shorter directory, or unset it");
  }
  return paths;
}

}  // namespace lazaret
