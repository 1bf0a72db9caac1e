#include "main/harborforge_settings.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "base/rng.h"
#include "base/typo.h"
#include "main/build.h"

namespace lazaret::main {
namespace {

Result<std::string> read_key(const Config& config) {
  const std::string& file = config.text("harborforge.key_file");
  if (file.empty()) return std::string();
  struct stat about{};
  std::ifstream in(file);
  std::string key;
  if (stat(file.c_str(), &about) != 0 || !in || !std::getline(in, key) || key.empty()) {
    return fail(ErrorCode::invalid_input,
                "the file of the backend's key cannot be read, or is empty", file,
                "harborforge.key_file names a file whose first line is the key");
  }
  if ((about.st_mode & 077) != 0) {
    return fail(ErrorCode::invalid_input, "the file of the backend's key can be read by others",
                file, "chmod 600 " + file);
  }
  while (!key.empty() && (key.back() == ' ' || key.back() == '\r')) key.pop_back();
  return key;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Duration seconds(const Config& config, std::string_view path) {
  return std::chrono::seconds(config.integer(path));
}

}  // namespace

Result<harborforge::ClientSettings> read_client_settings(const Config& config,
                                                         const std::string& state) {
  harborforge::ClientSettings settings;
  settings.backend_url = config.text("harborforge.backend");
  while (settings.backend_url.ends_with('/')) settings.backend_url.pop_back();
  settings.identifier = config.text("harborforge.identifier");
  if (settings.identifier.empty()) settings.identifier = host_name();
  auto key = read_key(config);
  if (!key) return std::unexpected(key.error());
  settings.api_key = std::move(*key);
  const std::string& contract = config.text("harborforge.contract");
  const auto word = from_word<harborforge::Contract>(contract);
  if (!word) {
    std::vector<std::string> known;
    for (const auto one : enum_words(harborforge::Contract{})) known.emplace_back(one);
    return fail(ErrorCode::invalid_input, fmt::format("harborforge.contract is \"{}\"", contract),
                config.value("harborforge.contract").place, one_of(contract, known));
  }
  settings.contract = *word;
  const Duration beat = seconds(config, "harborforge.calendar");
  settings.calendar_enabled = beat > Duration(0);
  if (settings.calendar_enabled) settings.calendar_interval = beat;
  const Duration push = seconds(config, "harborforge.monitor");
  settings.monitor_push_enabled = push > Duration(0);
  if (settings.monitor_push_enabled) settings.monitor_push_interval = push;
  settings.version = build_text();
  settings.seed = hash_text(state);
  if (auto good = harborforge::check(settings); !good) {
    Error error = good.error();
    error.message = fmt::format("harborforge: {} is wrong: {}", error.place, error.message);
    error.place = config.value("harborforge.backend").place;
    return std::unexpected(std::move(error));
  }
  return settings;
}

bool is_wanted(const harborforge::ClientSettings& settings) {
  return !settings.backend_url.empty() &&
         (settings.calendar_enabled || settings.monitor_push_enabled);
}

}  // namespace lazaret::main
