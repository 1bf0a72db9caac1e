#include "cli/keeper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>

#include "cli/keeper_record.h"
#include "cli/places.h"

namespace lazaret::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds patience_detached{20'000};
constexpr std::size_t log_lines_shown = 12;

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

std::string last_lines(const std::string& file, std::streamoff from) {
  std::ifstream in(file);
  in.seekg(from);
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(plain(line, 200));
    if (lines.size() > log_lines_shown) lines.pop_front();
  }
  std::string all;
  for (const auto& line : lines) all += "\n    " + line;
  return all;
}

// In the grandchild: stdin from nowhere, the rest into the log, then the keeper. Never returns.
[[noreturn]] void enter_background(const Launch& launch, std::vector<std::string>& command) {
  setsid();
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int log =
      open(launch.paths.daemon_log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (nothing < 0 || log < 0 || chdir("/") != 0) _exit(126);
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (!record_keeper(launch.paths.keeper_record())) _exit(126);
  execv(command[0].c_str(), pointers(command).data());
  dprintf(STDERR_FILENO, "cannot start %s: %s\n", command[0].c_str(), std::strerror(errno));
  _exit(127);
}

Result<std::vector<std::string>> prepare(Context& context, const Launch& launch) {
  if (auto fit = check_settings(context, launch); !fit) return std::unexpected(fit.error());
  // A damaged journal may fold and yet take no more facts: better known before than after.
  if (context.hooks.check_journal) {
    if (auto whole = context.hooks.check_journal(launch.paths); !whole) {
      return std::unexpected(whole.error());
    }
  }
  auto shim = find_shim(shim_named_in(context.environment));
  if (!shim) return std::unexpected(shim.error());
  auto ready = make_places(launch.paths);
  if (ready) ready = require_space(launch.paths.state);
  if (!ready) {
    forget_empty_run_directory(launch.paths);
    return std::unexpected(ready.error());
  }
  return keeper_command(*shim, own_program(), launch);
}

}  // namespace

Result<void> check_settings(Context& context, const Launch& launch) {
  if (!context.hooks.read_settings) return {};
  auto settings = context.hooks.read_settings(launch.paths, launch.daemon_flags);
  if (!settings) return std::unexpected(settings.error());
  const auto& faults = list_at(*settings, "faults");
  if (faults.empty()) return {};
  std::string message = text_at(faults.front(), "message");
  if (faults.size() > 1) {
    message += fmt::format(" (and {} more; `lazaret config` lists them)", faults.size() - 1);
  }
  return fail(ErrorCode::invalid_input, message, text_at(faults.front(), "place"),
              text_at(faults.front(), "remedy"));
}

std::vector<std::string> keeper_command(const std::string& shim, const std::string& program,
                                        const Launch& launch) {
  std::vector<std::string> command = {shim,
                                      "keeper",
                                      "--",
                                      program,
                                      "daemon",
                                      "--state",
                                      launch.paths.state,
                                      "--missions",
                                      launch.paths.missions};
  command.insert(command.end(), launch.daemon_flags.begin(), launch.daemon_flags.end());
  return command;
}

Result<void> become_keeper(Context& context, const Launch& launch) {
  auto command = prepare(context, launch);
  if (!command) return std::unexpected(command.error());
  if (auto done = record_keeper(launch.paths.keeper_record()); !done) return done;
  command->insert(command->begin() + 2, "--foreground");  // its exit status is that of `up`
  execv((*command)[0].c_str(), pointers(*command).data());
  return fail(ErrorCode::internal,
              fmt::format("cannot start {}: {}", (*command)[0], std::strerror(errno)));
}

Result<boost::json::value> wait_for_daemon(Context& context, const Paths& paths,
                                           milliseconds most) {
  const auto deadline = steady_clock::now() + most;
  Result<boost::json::value> last = fail(ErrorCode::unavailable, "the daemon did not come up");
  while (steady_clock::now() < deadline) {
    Target target = context.target;
    target.url.clear();
    target.state = paths.state;
    auto endpoint = find_endpoint(target, context.environment);
    if (!endpoint) return std::unexpected(endpoint.error());
    ClientTimes times;
    times.restart = times.maybe_restart = milliseconds(0);
    times.answer = milliseconds(5'000);
    last = Client(*endpoint, times).call("GET", "/api/v1/status");
    if (last) return last;
    if (keeper_is_gone(paths.keeper_record())) return last;  // it gave up
    poll(nullptr, 0, 25);
  }
  return last;
}

Result<void> require_recording(const boost::json::value& status) {
  const std::string trouble = text_at(status, "trouble");
  if (trouble.empty()) return {};
  return fail(ErrorCode::unavailable,
              fmt::format("a daemon runs as process {}, but nothing can be recorded: {}",
                          text_at(status, "daemon.pid"), trouble),
              text_at(status, "trouble_place"), text_at(status, "trouble_remedy"));
}

Result<boost::json::value> start_detached(Context& context, const Launch& launch) {
  auto command = prepare(context, launch);
  if (!command) return std::unexpected(command.error());
  forget_dead_keeper(launch.paths.keeper_record());
  std::error_code none;
  const std::string log = launch.paths.daemon_log();
  const auto before =
      std::filesystem::exists(log, none) ? std::filesystem::file_size(log, none) : 0;
  const pid_t child = fork();
  if (child < 0) return fail(ErrorCode::unavailable, "cannot fork");
  if (child == 0) {
    const pid_t grandchild = fork();
    if (grandchild == 0) enter_background(launch, *command);
    _exit(grandchild < 0 ? 1 : 0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  auto up = wait_for_daemon(context, launch.paths, patience_detached);
  if (up) {
    if (auto records = require_recording(*up); !records) return std::unexpected(records.error());
    return up;
  }
  Error error = up.error();
  error.message = fmt::format("the daemon did not come up; its log ends with{}",
                              last_lines(log, static_cast<std::streamoff>(before)));
  error.place = log;
  error.remedy = "see what it says with `lazaret up` in the foreground";
  return std::unexpected(error);
}

std::string sign_in_link(Context& context, const Paths& paths) {
  Target target = context.target;
  target.url.clear();
  target.state = paths.state;
  auto endpoint = find_endpoint(target, context.environment);
  if (!endpoint) return {};
  const auto made = Client(*endpoint).call("POST", "/api/v1/sign-in", boost::json::object{});
  return made ? text_at(*made, "url") : std::string();
}

std::string greeting(const boost::json::value& status, const std::string& link, const Paths& paths,
                     const Look& look) {
  auto line = [&](std::string_view name, std::string_view value) {
    return value.empty() ? std::string() : fmt::format("  {:<10} {}\n", name, plain(value));
  };
  std::string out = inked(look, Ink::good, "lazaret is up") + "\n";
  out += line("address", text_at(status, "daemon.url"));
  out += line("sign in", link.empty() ? "" : link + "  (once, within ten minutes)");
  out += line("socket", paths.api_socket());
  out += line("state", paths.state);
  out += line("missions", paths.missions);
  const auto& machine = list_at(status, "machine");
  if (machine.empty()) return out;
  out += inked(look, Ink::faint, "this machine") + "\n";
  for (const auto& sentence : machine) out += fmt::format("  {}\n", plain(in_words(sentence)));
  return out;
}

}  // namespace lazaret::cli
