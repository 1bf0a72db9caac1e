#include "plugin/plugin.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <optional>
#include <utility>

#include "harborforge/client.h"
#include "mcp/stdio.h"
#include "plugin/bridge_door.h"
#include "plugin/config.h"
#include "plugin/host_api.h"
#include "plugin/options.h"
#include "plugin/state_file.h"
#include "plugin/stderr_log.h"
#include "plugin/tool_table.h"
#include "plugin/tools.h"

namespace lazaret::plugin {
namespace {

constexpr std::size_t most_config = std::size_t{1} << 20;  // bytes
constexpr Duration lock_retry = 1s;

constexpr std::string_view instructions =
    "HarborForge: this host's monitor and its agents' calendar. When a message that starts your "
    "turn names a calendar slot, do what it says and then call harborforge_calendar_complete; "
    "call harborforge_calendar_abort with a reason when it cannot be done.";

class Plugin : public Desk {
 public:
  Plugin(Config config, std::string config_file, const Parts& parts);
  void run();
  StderrLog& log() { return log_; }

  Result<json::object> act(harborforge::Verb verb, const std::string& agent,
                           const std::string& text) override;
  json::object calendar() override;
  json::object restart() override { return client_->restart_status(parts_.clock.now()); }
  json::object push() override { return client_->monitor_status(); }
  json::object bridge() override;
  json::object config() override { return shown(config_); }
  json::object host() override { return host_.status(); }
  json::object about() override;
  Result<json::object> telemetry() override { return client_->telemetry(parts_.clock.now()); }

 private:
  HostApi::Surroundings surroundings();
  void begin();
  void open_bridge();
  void rearm();
  void set_timer();
  void on_time();

  Config config_;
  std::string config_file_;
  const Parts& parts_;
  StderrLog log_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  std::unique_ptr<ports::HttpClient> http_;
  StateFile store_;
  HostApi host_;
  std::optional<harborforge::Client> client_;
  std::optional<harborforge::Bridge> bridge_;
  std::optional<BridgeDoor> door_;
  CallerSources callers_;
  mcp::Server server_;
  std::optional<mcp::Stdio> stdio_;
  bool rearming_ = false;
  std::optional<Error> not_begun_ =
      Error{ErrorCode::unavailable, "the calendar is not loaded yet", "", "try again"};
  Instant begin_again_ = never;
  std::string said_;  // why it could not begin, to say it once
};

std::string directory_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
}

Plugin::Plugin(Config config, std::string config_file, const Parts& parts)
    : config_(std::move(config)),
      config_file_(std::move(config_file)),
      parts_(parts),
      log_(parts.err, {config_.client.api_key}),
      http_(parts.http(io_)),
      store_(directory_of(config_file_)),
      host_(config_.host, surroundings()),
      callers_{.environment = parts.environment,
               .agent_of_session =
                   [this](const std::string& session) { return host_.agent_of_session(session); }},
      server_({.name = std::string(plugin_id),
               .title = "HarborForge",
               .version = parts.version,
               .instructions = std::string(instructions)}) {
  config_.client.version = parts_.version;
  client_.emplace(config_.client,
                  harborforge::World{.http = *http_,
                                     .host = host_,
                                     .store = store_,
                                     .clock = parts_.clock,
                                     .log = [this](const std::string& line) { log_.line(line); },
                                     .rearm = [this] { rearm(); }});
  bridge_.emplace(*client_, parts_.version);
  add_tools(server_, *this, callers_);
  host_.add_to(server_);
}

HostApi::Surroundings Plugin::surroundings() {
  return {.clock = parts_.clock,
          .sample = parts_.sample,
          .agents_changed =
              [this] {
                if (not_begun_) return;
                client_->on_agents_changed(parts_.clock.now());
                rearm();
              },
          .wake_lost =
              [this](const std::string& source, const std::string& reason) {
                if (not_begun_) return;
                client_->wake_lost(source, reason, parts_.clock.now());
                rearm();
              },
          .rearm = [this] { rearm(); },
          .log = [this](const std::string& line) { log_.line(line); }};
}

void Plugin::run() {
  boost::asio::signal_set signals(io_, SIGTERM, SIGINT);
  signals.async_wait([this](const boost::system::error_code& error, int) {
    if (!error) io_.stop();
  });
  stdio_.emplace(io_, parts_.in, parts_.out, server_, [this] { io_.stop(); });
  host_.attach(stdio_->session());
  stdio_->session().on_ready = [this] { host_.on_ready(); };
  stdio_->start();
  boost::asio::post(io_, [this] {
    open_bridge();
    begin();
  });
  io_.run();
  host_.detach();
  stdio_.reset();
}

// The loops begin once the state is ours alone: a plugin that the host is just ending may hold it
// for two seconds more.
void Plugin::begin() {
  const Stamp now = parts_.clock.now();
  begin_again_ = never;
  auto began = store_.lock();
  if (began) began = client_->start(now);
  if (began) {
    not_begun_.reset();
  } else {
    not_begun_ = began.error();
    begin_again_ = now.mono + lock_retry;
    if (std::exchange(said_, began.error().message) != said_) {
      log_.line(fmt::format("{} ({}); trying again", said_, began.error().place));
    }
  }
  rearm();
}

void Plugin::open_bridge() {
  if (config_.monitor_port == 0) return;
  door_.emplace(io_, [this](const BridgeRequest& request) {
    auto found = bridge_->answer(request.method, request.target, parts_.clock.now());
    return BridgeDoor::Answer{found.status, std::move(found.body)};
  });
  if (const auto open = door_->listen(config_.monitor_port); !open) {
    log_.line(open.error().message);
  }
}

// Once for all that happens in one turn of the loop.
void Plugin::rearm() {
  if (std::exchange(rearming_, true)) return;
  boost::asio::post(io_, [this] { set_timer(); });
}

void Plugin::set_timer() {
  rearming_ = false;
  Instant next = std::min(host_.next_deadline(), begin_again_);
  if (!not_begun_) next = std::min(next, client_->next_deadline());
  if (next == never) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::max(next - parts_.clock.now().mono, Duration::zero()));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_time();
  });
}

void Plugin::on_time() {
  const Stamp now = parts_.clock.now();
  if (begin_again_ <= now.mono) begin();
  host_.on_time(now);
  if (!not_begun_) client_->on_time(now);
  rearm();
}

Result<json::object> Plugin::act(harborforge::Verb verb, const std::string& agent,
                                 const std::string& text) {
  if (not_begun_) return std::unexpected(*not_begun_);
  Result<json::object> out = fail(ErrorCode::internal, "the client gave no answer");
  client_->act(verb, agent, text, parts_.clock.now(),
               [&out](Result<json::object> result) { out = std::move(result); });
  rearm();
  return out;
}

json::object Plugin::calendar() {
  json::object out = client_->calendar_status();
  if (not_begun_) out["problem"] = log_.masked(not_begun_->message);
  return out;
}

json::object Plugin::bridge() {
  json::object out = bridge_->status();
  out["port"] = config_.monitor_port;
  out["listening"] = door_ && door_->port() != 0;
  return out;
}

json::object Plugin::about() {
  return {{"name", plugin_id}, {"version", parts_.version}, {"config_file", config_file_}};
}

// Whoever can read the key can speak for this server.
void warn_of_readers(const std::string& file, const Config& config, const StderrLog& log) {
  struct stat info{};
  if (config.client.api_key.empty() || ::stat(file.c_str(), &info) != 0) return;
  if ((info.st_mode & 077) != 0) {
    log.line(fmt::format("{} holds a key, and others may read it: chmod 600 {}", file, file));
  }
}

int serve(const std::string& file, const Parts& parts) {
  const StderrLog plain(parts.err, {});
  auto text = read_file(file, most_config);
  if (!text && text.error().code == ErrorCode::not_found) {
    plain.line(fmt::format("no {}: no backend is called", file));
    text = "";
  }
  std::vector<Error> faults;
  if (!text) faults.push_back(text.error());
  Config config = read_config(text.value_or(""), file, parts.host_name, faults);
  for (const Error& fault : faults) {
    plain.line(fmt::format("error: {} ({}){}{}", fault.message, fault.place,
                           fault.remedy.empty() ? "" : ": ", fault.remedy));
  }
  if (!faults.empty()) return 2;
  warn_of_readers(file, config, plain);
  Plugin plugin(std::move(config), file, parts);
  plugin.run();
  return 0;
}

int print(const std::string& text, const Parts& parts) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t put = ::write(parts.out, rest.data(), rest.size());
    if (put <= 0) return 1;
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  return 0;
}

}  // namespace

int run_plugin(const std::vector<std::string>& words, const Parts& parts) {
  const auto options = read_options(words, parts.environment, parts.beside);
  if (!options) {
    const Error& error = options.error();
    StderrLog(parts.err, {})
        .line(fmt::format("error: {}{}{}", error.message, error.remedy.empty() ? "" : ": ",
                          error.remedy));
    return 2;
  }
  if (options->help) return print(help_text(), parts);
  if (options->manifest) return print(manifest_text(parts.version), parts);
  return serve(options->config, parts);
}

}  // namespace lazaret::plugin
