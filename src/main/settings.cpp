#include "main/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <charconv>
#include <filesystem>

#include "base/invariant.h"

namespace lazaret::main {
namespace {

constexpr std::array table = {
    Setting{"state", "--state", "LAZARET_STATE", SettingType::text, "", 0, 0,
            "Directory of the journal, keys and secrets; see `lazaret up --help` for the default."},
    Setting{"missions", "--missions", "LAZARET_MISSIONS", SettingType::text, "", 0, 0,
            "Directory of the mission cells."},
    Setting{"shim", "--shim", "LAZARET_SHIM", SettingType::text, "", 0, 0,
            "The lazaret-shim program; empty = the one installed with this binary."},
    Setting{"http.host", "--host", "LAZARET_HOST", SettingType::text, "127.0.0.1", 0, 0,
            "Address to listen on; beyond loopback every caller needs a key."},
    Setting{"http.port", "--port", "LAZARET_PORT", SettingType::integer, "7878", 0, 65535,
            "TCP port; if it is taken the next free one is used and printed; 0 = any."},
    Setting{"http.connections", "--connections", "", SettingType::integer, "10000", 16, 1'000'000,
            "Connections at once; idle ones give way to new ones."},
    Setting{"logs.bytes", "--log-bytes", "", SettingType::bytes, "16777216", 4096, 1e12,
            "Size at which an agent's log is rotated."},
    Setting{"logs.kept", "--logs-kept", "", SettingType::integer, "3", 0, 1000,
            "Rotated logs kept for each agent."},
    Setting{"journal.facts", "--journal-facts", "", SettingType::integer, "1000000", 1000, 1e9,
            "Facts kept in the journal; older ones are dropped when a snapshot is taken."},
    Setting{"journal.snapshot", "--snapshot-seconds", "", SettingType::seconds, "3600", 1, 1e7,
            "How often the whole state is written beside the facts, so that a start is quick."},
    Setting{"stop.most", "--stop-seconds", "", SettingType::seconds, "30", 1, 3600,
            "How long `lazaret down` waits for agents before it leaves all the same."},
};

const Setting* find_by(std::string_view Setting::* member, std::string_view value) {
  for (const Setting& setting : table) {
    if (!value.empty() && setting.*member == value) return &setting;
  }
  return nullptr;
}

std::string known(std::string_view Setting::* member) {
  std::string names;
  for (const Setting& setting : table) {
    if ((setting.*member).empty()) continue;
    names += names.empty() ? "" : ", ";
    names += setting.*member;
  }
  return names;
}

struct FoundKey {
  std::string path;
  std::string value;
  toml::source_position at;
};

void flatten(const toml::table& from, const std::string& prefix, std::vector<FoundKey>& out) {
  for (const auto& [key, node] : from) {
    const std::string path = prefix + std::string(key.str());
    if (const auto* nested = node.as_table()) {
      flatten(*nested, path + ".", out);
      continue;
    }
    std::string value = "?";
    if (const auto text = node.value_exact<std::string>()) value = *text;
    if (const auto number = node.value_exact<std::int64_t>()) value = std::to_string(*number);
    if (const auto flag = node.value_exact<bool>()) value = *flag ? "true" : "false";
    out.push_back({path, value, node.source().begin});
  }
}

}  // namespace

std::span<const Setting> settings() { return table; }

Result<void> Config::set(const Setting& setting, std::string value, const std::string& place) {
  if (setting.type != SettingType::text) {
    std::int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    const auto as_double = static_cast<double>(number);
    if (read.ec != std::errc() || read.ptr != end || as_double < setting.least ||
        as_double > setting.most) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("{} is \"{}\"; expected a whole number from {} to {}", setting.path,
                              value, setting.least, setting.most),
                  place);
    }
  }
  values_.insert_or_assign(std::string(setting.path), std::move(value));
  return {};
}

Result<void> Config::read_file(const std::string& file) {
  if (!std::filesystem::exists(file)) return {};
  toml::table parsed;
  try {
    parsed = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    return fail(ErrorCode::invalid_input, std::string(error.description()),
                fmt::format("{}:{}:{}", file, at.line, at.column));
  }
  std::vector<FoundKey> keys;
  flatten(parsed, "", keys);
  for (FoundKey& key : keys) {
    const std::string place = fmt::format("{}:{}:{}", file, key.at.line, key.at.column);
    const Setting* setting = find_by(&Setting::path, key.path);
    if (!setting) {
      return fail(ErrorCode::invalid_input, fmt::format("unknown setting \"{}\"", key.path), place,
                  "known settings: " + known(&Setting::path));
    }
    if (auto done = set(*setting, std::move(key.value), place); !done) return done;
  }
  return {};
}

Result<Config> Config::load(const std::vector<std::string>& arguments,
                            const Environment& environment, const std::string& config_file) {
  Config config;
  for (const Setting& setting : table) {
    config.values_.emplace(std::string(setting.path), std::string(setting.initial));
  }
  if (auto read = config.read_file(config_file); !read) return std::unexpected(read.error());
  for (const Setting& setting : table) {
    const auto found = environment.find(std::string(setting.env));
    if (setting.env.empty() || found == environment.end() || found->second.empty()) continue;
    if (auto done = config.set(setting, found->second, std::string(setting.env)); !done) {
      return std::unexpected(done.error());
    }
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string flag = arguments[i];
    const std::size_t equals = flag.find('=');
    const Setting* setting = find_by(&Setting::flag, std::string_view(flag).substr(0, equals));
    if (!setting) {
      return fail(ErrorCode::invalid_input, fmt::format("unknown flag \"{}\"", flag), flag,
                  "known flags: " + known(&Setting::flag));
    }
    if (equals == std::string::npos && i + 1 == arguments.size()) {
      return fail(ErrorCode::invalid_input, fmt::format("{} needs a value", flag), flag);
    }
    std::string value = equals == std::string::npos ? arguments[++i] : flag.substr(equals + 1);
    if (auto done = config.set(*setting, std::move(value), flag); !done) {
      return std::unexpected(done.error());
    }
  }
  return config;
}

const std::string& Config::text(std::string_view path) const {
  const auto found = values_.find(path);
  LAZARET_ASSERT(found != values_.end());
  return found->second;
}

std::int64_t Config::integer(std::string_view path) const {
  const std::string& value = text(path);
  std::int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

std::string settings_page() {
  std::string page =
      "# Settings\n\nLazaret runs without any. Where one is given twice, the flag wins over the "
      "environment, the environment over `config.toml` in the state directory. This page is "
      "generated "
      "from the table in `src/main/settings.cpp`; a test compares the two.\n\n"
      "| setting | flag | environment | default | what for |\n|---|---|---|---|---|\n";
  for (const Setting& setting : table) {
    page += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", setting.path, setting.flag,
                        setting.env.empty() ? "" : fmt::format("`{}`", setting.env),
                        setting.initial.empty() ? "" : fmt::format("`{}`", setting.initial),
                        setting.why);
  }
  return page;
}

}  // namespace lazaret::main
