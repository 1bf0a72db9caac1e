#include "adapters/process/mounts.h"

#include <algorithm>
#include <vector>

namespace lazaret::process {
namespace {

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool names(std::string_view list, std::string_view word) {
  const auto parts = split(list, ',');
  return std::find(parts.begin(), parts.end(), word) != parts.end();
}

// mountinfo: id parent major:minor root point options … - type source super-options
template <class Fits>
std::optional<fs::path> find_mount(std::string_view mountinfo, Fits fits) {
  for (const std::string_view line : split(mountinfo, '\n')) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto left = split(line.substr(0, dash), ' ');
    const auto right = split(line.substr(dash + 3), ' ');
    if (left.size() < 5 || right.size() < 3) continue;
    if (fits(right[0], right[2])) return fs::path(left[4]);
  }
  return std::nullopt;
}

}  // namespace

std::optional<fs::path> v2_mount(std::string_view mountinfo) {
  return find_mount(mountinfo, [](auto type, auto) { return type == "cgroup2"; });
}

std::optional<fs::path> v1_mount(std::string_view mountinfo, std::string_view controller) {
  return find_mount(mountinfo, [controller](auto type, auto options) {
    return type == "cgroup" && names(options, controller);
  });
}

std::string v2_path(std::string_view proc_cgroup) {
  for (const std::string_view line : split(proc_cgroup, '\n')) {
    if (line.starts_with("0::")) return std::string(line.substr(3));
  }
  return {};
}

std::string v1_path(std::string_view proc_cgroup, std::string_view controller) {
  for (const std::string_view line : split(proc_cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    if (names(line.substr(first + 1, second - first - 1), controller)) {
      return std::string(line.substr(second + 1));
    }
  }
  return {};
}

}  // namespace lazaret::process
