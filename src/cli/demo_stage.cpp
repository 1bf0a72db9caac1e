#include "cli/demo_stage.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>

#include "cli/keeper_record.h"

namespace lazaret::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t demos_kept = 5;
constexpr std::size_t output_most = 1 << 20;
constexpr milliseconds stop_most{45'000};  // the daemon itself waits 30 s for agents that linger
constexpr milliseconds ask_again{1'000};
constexpr int interrupt_look_ms = 200;
constexpr milliseconds cell_seen_most{10'000};
constexpr const char* demo_port = "7990";  // the next free one when it is taken

std::atomic<int> interrupt_seen{0};
static_assert(std::atomic<int>::is_always_lock_free);

void on_interrupt(int signal) {
  int none = 0;
  interrupt_seen.compare_exchange_strong(none, signal);
}

// Reads both pipes until they end; what is past the bound is read and dropped.
void drain(pid_t child, int out, int err, Ran& ran) {
  std::array<pollfd, 2> fds{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
  std::array<std::string*, 2> texts{&ran.out, &ran.err};
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    // The pause bounds how late an interrupt is seen that comes just before it.
    const int ready = poll(fds.data(), fds.size(), interrupt_look_ms);
    if (ready < 0 && errno != EINTR) return;
    if (interrupted() != 0) kill(child, SIGTERM);
    if (ready <= 0) continue;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].fd < 0 || fds[i].revents == 0) continue;
      std::array<char, 4096> piece{};
      const auto got = read(fds[i].fd, piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        fds[i].fd = -1;
      } else if (texts[i]->size() < output_most) {
        texts[i]->append(piece.data(), static_cast<std::size_t>(got));
      }
    }
  }
}

bool is_demo_directory(const std::string& name) {  // 20261121-054300-1234
  return name.size() > 16 && name[8] == '-' && name[15] == '-' &&
         name.find_first_not_of("0123456789-") == std::string::npos;
}

// The names begin with the date, so their order is that of time. One that is in use stays.
void remove_old_demos(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory(error) && !entry.is_symlink(error) && is_demo_directory(name)) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  for (std::size_t i = 0; i + demos_kept <= names.size(); ++i) {
    if (living_keeper((folder / names[i] / "keeper").string()) != 0) continue;
    fs::remove_all(folder / names[i], error);
  }
}

}  // namespace

Result<std::string> find_demo_programs(const Environment& environment) {
  std::vector<fs::path> places;
  const auto share = environment.find("LAZARET_SHARE");
  if (share != environment.end() && !share->second.empty()) {
    places.push_back(fs::path(share->second) / "missions");
  }
  fs::path above = fs::path(own_program()).parent_path();
  places.push_back((above / "../share/lazaret/missions").lexically_normal());
  while (above.has_relative_path()) {  // a build below, or beside, the source tree
    places.push_back(above / "missions");
    above = above.parent_path();
  }
#ifdef LAZARET_SOURCE_DIRECTORY
  places.push_back(fs::path(LAZARET_SOURCE_DIRECTORY) / "missions");
#endif
  std::string all;
  for (const auto& place : places) {
    std::error_code none;
    if (fs::exists(place / "survey/prepare.py", none)) return place.string();
    all += (all.empty() ? "" : ", ") + place.string();
  }
  return fail(ErrorCode::not_found, "the demo's programs are not there: looked at " + all, "",
              "name the share/lazaret directory in LAZARET_SHARE");
}

Result<Ran> run_program(const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0) return fail(ErrorCode::unavailable, "cannot make a pipe");
  if (pipe2(err.data(), O_CLOEXEC) != 0) {
    close(out[0]);
    close(out[1]);
    return fail(ErrorCode::unavailable, "cannot make a pipe");
  }
  const pid_t child = fork();
  if (child == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(out[1]);
  close(err[1]);
  Ran ran;
  if (child > 0) drain(child, out[0], err[0], ran);
  close(out[0]);
  close(err[0]);
  if (child < 0) return fail(ErrorCode::unavailable, "cannot fork");
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

Result<boost::json::value> prepare_mission(const std::string& programs, const std::string& demo,
                                           const std::vector<std::string>& flags) {
  const std::string script = fmt::format("{}/{}/prepare.py", programs, demo);
  std::vector<std::string> command{"/usr/bin/python3", "-B", script};
  command.insert(command.end(), flags.begin(), flags.end());
  auto ran = run_program(command);
  if (!ran) return std::unexpected(ran.error());
  if (ran->status == 127) {
    return fail(ErrorCode::unsupported, "the demo's agents need /usr/bin/python3", "",
                "apt install python3");
  }
  if (ran->status != 0) {
    return fail(ErrorCode::invalid_input, ran->err.empty() ? script + " failed" : ran->err);
  }
  return parse_json(ran->out, script);
}

Result<std::string> fresh_demo_state(Context& context) {
  auto usual = paths_of({}, context.environment);
  if (!usual) return std::unexpected(usual.error());
  const fs::path folder = usual->state + "-demo";
  remove_old_demos(folder);
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return (folder / fmt::format("{:%Y%m%d-%H%M%S}-{}", fmt::gmtime(now), getpid())).string();
}

Result<PrivateDaemon> PrivateDaemon::start(Context& context, const std::string& state) {
  context.target = Target{.state = state};
  auto paths = context.paths();
  if (!paths) return std::unexpected(paths.error());
  context.target.state = paths->state;
  paths->missions = paths->state + "/missions";  // never the user's own ones
  if (living_keeper(paths->keeper_record()) != 0) {
    return fail(ErrorCode::conflict, fmt::format("a daemon runs on {} already", paths->state),
                "--state", "the demo needs a state of its own");
  }
  auto endpoint = find_endpoint(context.target, context.environment);
  if (!endpoint) return std::unexpected(endpoint.error());
  // From here on it is stopped, also where it came up only halfway.
  PrivateDaemon daemon(*paths, std::make_unique<Client>(*endpoint));
  auto up = start_detached(context, Launch{*paths, {"--port", demo_port}});
  if (!up) return std::unexpected(up.error());
  return daemon;
}

PrivateDaemon::PrivateDaemon(PrivateDaemon&& other) noexcept
    : paths_(std::move(other.paths_)),
      client_(std::move(other.client_)),
      running_(std::exchange(other.running_, false)) {}

PrivateDaemon::~PrivateDaemon() {
  if (running_) (void)stop();
}

std::int64_t PrivateDaemon::pid() {
  const auto status = client_->call("GET", "/api/v1/status");
  if (!status) return 0;
  return static_cast<std::int64_t>(number_at(*status, "daemon.pid").value_or(0));
}

Result<void> PrivateDaemon::stop() {
  if (!running_) return {};
  running_ = false;
  const boost::json::object body{{"keep_agents", false}, {"reason", "the demo is over"}};
  const auto deadline = steady_clock::now() + stop_most;
  auto ask_at = steady_clock::now();
  while (living_keeper(paths_.keeper_record()) != 0) {
    // A daemon that is killed is started again by its keeper, and must be asked again. The keeper
    // alone must not be ended, for the agents would be left to nobody.
    if (steady_clock::now() >= ask_at) {
      (void)client_->call("POST", "/api/v1/stop", body);
      ask_at = steady_clock::now() + ask_again;
    }
    if (steady_clock::now() >= deadline) {
      return fail(ErrorCode::unavailable,
                  fmt::format("the demo's daemon on {} did not end", paths_.state), "",
                  fmt::format("lazaret down --state {}", paths_.state));
    }
    poll(nullptr, 0, 20);
  }
  return {};
}

Result<void> start_mission(Client& client, const std::string& cell) {
  const std::string target = "/api/v1/cells/" + escaped(cell);
  const auto deadline = steady_clock::now() + cell_seen_most;
  for (;;) {
    auto seen = client.call("GET", target);
    if (seen) break;
    const bool not_yet = seen.error().code == ErrorCode::not_found;
    if (!not_yet || steady_clock::now() >= deadline) return std::unexpected(seen.error());
    poll(nullptr, 0, 20);
  }
  const boost::json::object body{{"status", "active"}, {"reason", "lazaret demo"}};
  auto started = client.call("POST", target + "/status", body);
  if (!started) return std::unexpected(started.error());
  return {};
}

void watch_interrupts() {
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int interrupted() { return interrupt_seen; }

}  // namespace lazaret::cli
