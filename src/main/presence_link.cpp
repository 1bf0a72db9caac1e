#include "main/presence_link.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "main/daemon.h"
#include "server/names.h"
#include "wire/url.h"

namespace lazaret::main {
namespace {

// Changes that come together are looked at together.
constexpr auto look_after = std::chrono::milliseconds(20);

Result<std::string> read_file(const std::string& file, bool is_secret) {
  struct stat about{};
  std::ifstream in(file);
  if (stat(file.c_str(), &about) != 0 || !in) {
    return fail(ErrorCode::invalid_input, "this file cannot be read", file);
  }
  if (is_secret && (about.st_mode & 077) != 0) {
    return fail(ErrorCode::invalid_input, "a file with keys can be read by others", file,
                "chmod 600 " + file);
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Its api_key alone, wherever the key was.
Result<void> find_key(const std::string& file, presence::Identity& one) {
  std::string place = file;
  if (!one.api_key_env.empty()) {
    const char* value = std::getenv(one.api_key_env.c_str());
    place = "$" + one.api_key_env;
    one.api_key = value ? value : "";
  } else if (!one.api_key_file.empty()) {
    place = (std::filesystem::path(file).parent_path() / one.api_key_file).string();
    auto text = read_file(place, true);
    if (!text) return std::unexpected(text.error());
    one.api_key = std::move(*text);
    while (one.api_key.ends_with('\n') || one.api_key.ends_with('\r')) one.api_key.pop_back();
  }
  const bool odd = std::ranges::any_of(
      one.api_key, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
  if (one.api_key.empty() || odd) {
    return fail(ErrorCode::invalid_input,
                "expected the API key of " + one.agent + ": one word of text", place);
  }
  return {};
}

Result<presence::Config> read_identities(const std::string& file) {
  auto text = read_file(file, false);
  if (!text) return std::unexpected(text.error());
  auto config = presence::read_config(file, *text);
  if (!config) return config;
  const bool has_keys =
      std::ranges::any_of(config->identities, [](const auto& one) { return !one.api_key.empty(); });
  if (has_keys) {
    if (auto secret = read_file(file, true); !secret) return std::unexpected(secret.error());
  }
  for (presence::Identity& one : config->identities) {
    if (!one.enabled) continue;
    if (auto found = find_key(file, one); !found) return std::unexpected(found.error());
  }
  return config;
}

}  // namespace

Result<std::optional<PresenceWish>> read_presence(const Config& config) {
  std::string center = config.text("presence.center");
  if (center.empty()) return std::nullopt;
  while (center.ends_with('/')) center.pop_back();
  PresenceWish wish;
  wish.settings.login_url = center + config.text("presence.login_path");
  if (auto url = wire::read_url(wish.settings.login_url); !url) {
    url.error().place = config.value("presence.center").place;
    return std::unexpected(url.error());
  }
  wish.settings.interval = std::chrono::seconds(config.integer("presence.interval"));
  wish.settings.deadline = std::chrono::seconds(config.integer("presence.timeout"));
  wish.settings.guilds_at_once = static_cast<std::size_t>(config.integer("presence.guilds"));
  const std::string& file = config.text("presence.file");
  if (file.empty()) {
    return fail(ErrorCode::invalid_input, "presence.center is set and presence.file is not",
                config.value("presence.center").place,
                "presence.file names a JSON file with identities and bindings; see presence.md");
  }
  auto identities = read_identities(file);
  if (!identities) return std::unexpected(identities.error());
  wish.config = std::move(*identities);
  return wish;
}

PresenceLink::PresenceLink(boost::asio::io_context& io, runtime::Loop& loop,
                           ports::HttpClient& http, const PresenceWish& wish)
    : loop_(loop),
      presence_(
          wish.settings, wish.config, http,
          [this](const std::string& agent) { return seen_[agent]; }, log),
      pass_timer_(io),
      look_timer_(io) {
  for (const presence::Identity& one : wish.config.identities) names_.insert(one.agent);
}

// Who is not in the fleet does not run. Of two that share a name nothing can be said; one that runs
// elsewhere keeps its bare id.
void PresenceLink::refresh() {
  for (const std::string& name : names_) seen_[name] = core::Activity::offline;
  std::map<std::string, int> found;
  const WallTime now = loop_.now().wall;
  const core::Cell* external = core::find_cell(loop_.fleet(), server::external_cell);
  bool is_ending = false;  // what Lazaret runs is not here for long
  const auto take = [&](const std::string& name, const core::Cell& cell, const core::Agent& agent) {
    if (!names_.contains(name)) return;
    ++found[name];
    seen_[name] = is_ending ? core::Activity::offline
                            : core::told_activity(loop_.fleet(), cell, agent, now).activity;
  };
  for (const auto& [cell_id, cell] : loop_.fleet().cells) {
    is_ending = loop_.fleet().stopping && &cell != external;
    for (const auto& [id, agent] : cell.agents) {
      const bool hidden = external && &cell != external && external->agents.contains(id);
      if (!hidden) take(id.value, cell, agent);
      take(cell_id.value.substr(0, 8) + "." + id.value, cell, agent);
    }
  }
  for (const auto& [name, times] : found) {
    if (times < 2) continue;
    seen_[name].reset();
    if (said_ambiguous_.insert(name).second) {
      log("presence: there are several agents " + name +
          "; expected <first 8 of the mission's id>." + name);
    }
  }
}

void PresenceLink::start() {
  refresh();
  presence_.start(loop_.now().mono);
  arm();
}

void PresenceLink::arm() {
  pass_timer_.expires_after(std::max(Duration(0), presence_.next_deadline() - loop_.now().mono));
  pass_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    refresh();
    presence_.on_time(loop_.now().mono);
    arm();
  });
}

void PresenceLink::note() {
  if (std::exchange(looks_, true)) return;
  look_timer_.expires_after(look_after);
  look_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    looks_ = false;
    refresh();
    presence_.look_again(loop_.now().mono);
  });
}

bool PresenceLink::is_quiet() {
  refresh();
  presence_.look_again(loop_.now().mono);
  return presence_.is_quiet();
}

}  // namespace lazaret::main
