#include "main/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/invariant.h"
#include "base/typo.h"

namespace lazaret::main {
namespace {

constexpr std::array table = {
    Setting{"state", "--state", "LAZARET_STATE", SettingType::text, "", 0, 0,
            "Directory of the journal, keys and secrets; see `lazaret up --help` for the default."},
    Setting{"missions", "--missions", "LAZARET_MISSIONS", SettingType::text, "", 0, 0,
            "Directory of the mission cells."},
    Setting{"shim", "--shim", "LAZARET_SHIM", SettingType::text, "", 0, 0,
            "The lazaret-shim program; empty = the one installed with this binary."},
    Setting{"http.host", "--host", "LAZARET_HOST", SettingType::address, "127.0.0.1", 0, 0,
            "Address to listen on; beyond loopback every caller needs a key."},
    Setting{"http.port", "--port", "LAZARET_PORT", SettingType::integer, "7878", 0, 65535,
            "TCP port; if it is taken the next free one is used and printed; 0 = any."},
    Setting{"http.names", "--names", "LAZARET_NAMES", SettingType::text, "", 0, 0,
            "Further host names by which it is reached, separated by commas; others are refused."},
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
    Setting{"notify.webhook", "--notify-webhook", "LAZARET_NOTIFY_WEBHOOK", SettingType::text, "",
            0, 0, "Address that is told of events, as in the Standard Webhooks specification."},
    Setting{"notify.ntfy", "--notify-ntfy", "LAZARET_NOTIFY_NTFY", SettingType::text, "", 0, 0,
            "Address of a topic of ntfy that is told of events."},
    Setting{"notify.events", "--notify-events", "", SettingType::text,
            "approval,quarantine,hang,mission,budget", 0, 0,
            "Which events are told, separated by commas."},
    Setting{"notify.secrets", "--notify-secrets", "LAZARET_NOTIFY_SECRETS", SettingType::text, "",
            0, 0, "File with LAZARET_WEBHOOK_SECRET (whsec_…) and LAZARET_NTFY_TOKEN; mode 600."},
    Setting{"harborforge.backend", "--harborforge", "LAZARET_HARBORFORGE", SettingType::text, "", 0,
            0, "Address of a HarborForge backend (http://host:port) whose calendar is followed."},
    Setting{"harborforge.identifier", "--harborforge-identifier", "", SettingType::text, "", 0, 0,
            "Name of this server at the backend; empty = the host's name."},
    Setting{"harborforge.key_file", "--harborforge-key-file", "LAZARET_HARBORFORGE_KEY_FILE",
            SettingType::text, "", 0, 0,
            "File whose first line is the server's API key; mode 600."},
    Setting{"harborforge.contract", "--harborforge-contract", "", SettingType::text, "per_agent", 0,
            0, "What the backend speaks: per_agent, server_wide (older) or sync."},
    Setting{"harborforge.calendar", "--harborforge-calendar", "", SettingType::seconds, "30", 0,
            86'400,
            "Seconds between two heartbeats of an agent; 0 = the calendar is not followed."},
    Setting{"harborforge.monitor", "--harborforge-monitor", "", SettingType::seconds, "0", 0,
            86'400, "Seconds between two pushes of this host's telemetry; 0 = none."},
    Setting{"harborforge.bridge_port", "--harborforge-bridge-port", "", SettingType::integer, "0",
            0, 65535, "Port on 127.0.0.1 for GET /health and /telemetry; 0 = none."},
    Setting{"presence.center", "--presence-center", "LAZARET_PRESENCE_CENTER", SettingType::text,
            "", 0, 0,
            "Address of the Fabric centre where agents log in; empty = no guild is told."},
    Setting{"presence.file", "--presence-file", "LAZARET_PRESENCE_FILE", SettingType::text, "", 0,
            0, "JSON file with the identities of agents at Fabric and their guilds."},
    Setting{"presence.login_path", "--presence-login-path", "", SettingType::text,
            "/api/agents/login", 0, 0, "Path of the centre's login."},
    Setting{"presence.interval", "--presence-seconds", "", SettingType::seconds, "30", 1, 3600,
            "How often all presences are compared; changes are told at once."},
    Setting{"presence.timeout", "--presence-timeout", "", SettingType::seconds, "10", 1, 60,
            "How long a guild or the centre may take for an answer."},
    Setting{"presence.guilds", "--presence-guilds", "", SettingType::integer, "16", 1, 256,
            "Guilds that are told at the same time."},
    Setting{"stop.most", "--stop-seconds", "", SettingType::seconds, "30", 1, 3600,
            "How long `lazaret down` lets agents end by themselves; those that remain are killed."},
};

const Setting* find_by(std::string_view Setting::* member, std::string_view value) {
  for (const Setting& setting : table) {
    if (!value.empty() && setting.*member == value) return &setting;
  }
  return nullptr;
}

std::string known(std::string_view Setting::* member, std::string_view word) {
  std::vector<std::string> names;
  for (const Setting& setting : table) {
    if (!(setting.*member).empty()) names.emplace_back(setting.*member);
  }
  return one_of(word, names);
}

struct FoundKey {
  std::string path;
  std::optional<std::string> value;  // nothing: of a type that no setting has
  toml::source_position at;
};

void flatten(const toml::table& from, const std::string& prefix, std::vector<FoundKey>& out) {
  for (const auto& [key, node] : from) {
    const std::string path = prefix + std::string(key.str());
    if (const auto* nested = node.as_table()) {
      flatten(*nested, path + ".", out);
      continue;
    }
    std::optional<std::string> value;
    if (const auto text = node.value_exact<std::string>()) value = *text;
    if (const auto number = node.value_exact<std::int64_t>()) value = std::to_string(*number);
    if (const auto flag = node.value_exact<bool>()) value = *flag ? "true" : "false";
    out.push_back({path, value, node.source().begin});
  }
}

bool is_address(const std::string& text) {
  boost::system::error_code bad;
  boost::asio::ip::make_address(text, bad);
  return !bad || text == "localhost";
}

Error fault(std::string message, std::string place, std::string remedy = {}) {
  return {ErrorCode::invalid_input, std::move(message), std::move(place), std::move(remedy)};
}

}  // namespace

std::span<const Setting> settings() { return table; }

void Config::set(const Setting& setting, Value value, std::vector<Error>& faults) {
  if (setting.type == SettingType::address && !is_address(value.text)) {
    faults.push_back(fault(fmt::format("{} is \"{}\"; expected an IP address of this machine",
                                       setting.path, value.text),
                           value.place,
                           "127.0.0.1 for this machine only, 0.0.0.0 or :: for every network"));
    return;
  }
  if (!is_text(setting.type)) {
    std::int64_t number = 0;
    const char* end = value.text.data() + value.text.size();
    const auto read = std::from_chars(value.text.data(), end, number);
    const auto as_double = static_cast<double>(number);
    if (read.ec != std::errc() || read.ptr != end || as_double < setting.least ||
        as_double > setting.most) {
      faults.push_back(fault(fmt::format("{} is \"{}\"; expected a whole number from {} to {}",
                                         setting.path, value.text, setting.least, setting.most),
                             value.place));
      return;
    }
  }
  values_.insert_or_assign(std::string(setting.path), std::move(value));
}

void Config::read_file(const std::string& file, std::vector<Error>& faults) {
  if (!std::filesystem::exists(file)) return;
  toml::table parsed;
  try {
    parsed = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    faults.push_back(
        fault(std::string(error.description()), fmt::format("{}:{}:{}", file, at.line, at.column)));
    return;
  }
  std::vector<FoundKey> keys;
  flatten(parsed, "", keys);
  for (FoundKey& key : keys) {
    const std::string place = fmt::format("{}:{}:{}", file, key.at.line, key.at.column);
    const Setting* setting = find_by(&Setting::path, key.path);
    if (!setting) {
      faults.push_back(fault(fmt::format("unknown setting \"{}\"", key.path), place,
                             known(&Setting::path, key.path)));
    } else if (!key.value) {
      faults.push_back(
          fault(fmt::format("{} is neither text nor a whole number", key.path), place));
    } else {
      set(*setting, {std::move(*key.value), SettingSource::file, place}, faults);
    }
  }
}

void Config::read_flags(const std::vector<std::string>& arguments, std::vector<Error>& faults) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const std::size_t equals = word.find('=');
    const std::string flag = word.substr(0, equals);
    const Setting* setting = find_by(&Setting::flag, flag);
    if (!setting) {
      faults.push_back(
          fault(fmt::format("unknown flag \"{}\"", word), word, known(&Setting::flag, flag)));
    } else if (equals == std::string::npos && i + 1 == arguments.size()) {
      faults.push_back(fault(fmt::format("{} needs a value", word), word));
    } else {
      std::string value = equals == std::string::npos ? arguments[++i] : word.substr(equals + 1);
      set(*setting, {std::move(value), SettingSource::flag, flag}, faults);
    }
  }
}

Config Config::read(const std::vector<std::string>& arguments, const Environment& environment,
                    const std::string& config_file, std::vector<Error>& faults) {
  Config config;
  for (const Setting& setting : table) {
    config.values_.emplace(std::string(setting.path), Value{std::string(setting.initial)});
  }
  config.read_file(config_file, faults);
  for (const Setting& setting : table) {
    const auto found = environment.find(std::string(setting.env));
    if (setting.env.empty() || found == environment.end() || found->second.empty()) continue;
    config.set(setting, {found->second, SettingSource::environment, std::string(setting.env)},
               faults);
  }
  config.read_flags(arguments, faults);
  return config;
}

Result<Config> Config::load(const std::vector<std::string>& arguments,
                            const Environment& environment, const std::string& config_file) {
  std::vector<Error> faults;
  Config config = read(arguments, environment, config_file, faults);
  if (faults.empty()) return config;
  Error first = faults.front();
  if (faults.size() > 1) {
    first.message += fmt::format(" (and {} more; `lazaret config` lists them)", faults.size() - 1);
  }
  return std::unexpected(std::move(first));
}

const Config::Value& Config::value(std::string_view path) const {
  const auto found = values_.find(path);
  LAZARET_ASSERT(found != values_.end());
  return found->second;
}

std::int64_t Config::integer(std::string_view path) const {
  const std::string& digits = text(path);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::vector<std::string> Config::words(std::string_view path) const {
  std::vector<std::string> all;
  std::string one;
  for (const char c : text(path) + ",") {
    if (c != ',' && c != ' ') {
      one += c;
    } else if (!one.empty()) {
      all.push_back(std::exchange(one, {}));
    }
  }
  return all;
}

std::string settings_page() {
  std::string page =
      "# Settings\n\nLazaret runs without any. Where one is given twice, the flag wins over the "
      "environment, the environment over `config.toml` in the state directory. This page is "
      "generated "
      "from the table in `src/main/settings.cpp`; a test compares the two. "
      "`lazaret config` shows every setting's value and where it came from.\n\n"
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
