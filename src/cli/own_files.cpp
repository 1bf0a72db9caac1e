#include "cli/own_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <filesystem>
#include <vector>

namespace lazaret::cli {

std::string own_program() {
  std::array<char, PATH_MAX> target{};
  const auto length = readlink("/proc/self/exe", target.data(), target.size());
  std::string path(target.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  constexpr std::string_view gone = " (deleted)";  // replaced while we run: the name is good again
  if (path.ends_with(gone)) path.resize(path.size() - gone.size());
  return path;
}

std::string shim_named_in(const Environment& environment) {
  const auto variable = environment.find("LAZARET_SHIM");
  return variable == environment.end() ? std::string() : variable->second;
}

Result<std::string> find_shim(const std::string& named) {
  std::vector<std::string> places;
  if (!named.empty()) {
    places.push_back(named);
  } else {
    const auto here = std::filesystem::path(own_program()).parent_path();
    // Beside it, installed, and in a build tree.
    for (const char* place :
         {"lazaret-shim", "../libexec/lazaret/lazaret-shim", "../src/shim/lazaret-shim"}) {
      places.push_back((here / place).lexically_normal().string());
    }
  }
  for (const auto& place : places) {
    if (access(place.c_str(), X_OK) == 0) return place;
  }
  return fail(ErrorCode::not_found,
              fmt::format("lazaret-shim is not there: looked at {}", fmt::join(places, ", ")),
              "lazaret-shim", "install it beside lazaret, or name it in LAZARET_SHIM");
}

}  // namespace lazaret::cli
