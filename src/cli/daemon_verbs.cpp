#include "cli/daemon_verbs.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "cli/config_verb.h"
#include "cli/doctor.h"
#include "cli/keeper.h"
#include "cli/keeper_record.h"
#include "cli/take_over.h"
#include "cli/whole_number.h"

namespace lazaret::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds patience_announcer{30'000};
constexpr int agent_pages_most = 100;  // of 1000 each
constexpr std::size_t survivors_named = 10;
constexpr WholeNumber down_wait{"wait", 60, 0, 86'400};  // seconds; 0 = does not wait

const std::vector<Flag>& launch_flags() {
  static const std::vector<Flag> flags = {
      {.name = "missions", .value = "DIR", .doc = "where the mission cells are (LAZARET_MISSIONS)"},
      {.name = "port", .value = "N", .doc = "TCP port; the next free one if it is taken (7878)"},
      {.name = "host", .value = "ADDRESS", .doc = "address to listen on (127.0.0.1)"},
  };
  return flags;
}

Result<Launch> launch_of(Context& context, const Arguments& arguments) {
  context.target.missions = arguments.flag("missions");
  if (!context.target.url.empty()) {
    return fail(ErrorCode::unsupported, "a daemon is started on its own machine, not by its URL",
                "--url", "`lazaret up` there; --port and --host say where it listens");
  }
  auto paths = context.paths();
  if (!paths) return std::unexpected(paths.error());
  Launch launch{*paths, {}};
  for (const char* name : {"port", "host"}) {
    if (!arguments.has(name)) continue;
    launch.daemon_flags.push_back(fmt::format("--{}", name));
    launch.daemon_flags.push_back(arguments.flag(name));
  }
  // What comes after -- are settings of the daemon, as docs/settings.md lists them.
  launch.daemon_flags.insert(launch.daemon_flags.end(), arguments.command.begin(),
                             arguments.command.end());
  return launch;
}

// The status of the daemon that runs on these paths already, if one does.
Result<boost::json::value> running_daemon(Context& context) {
  Target target = context.target;
  target.url.clear();
  Environment here = context.environment;
  here.erase("LAZARET_URL");
  auto endpoint = find_endpoint(target, here);
  if (!endpoint) return std::unexpected(endpoint.error());
  return Client(*endpoint).call("GET", "/api/v1/status");
}

// A child of the keeper-to-be that says where the daemon is as soon as it is there. Twice removed,
// so that nobody has to wait for it.
void announce_later(Context& context, const Launch& launch) {
  forget_dead_keeper(launch.paths.keeper_record());
  if (fork() != 0) return;
  if (fork() != 0) _exit(0);
  auto status = wait_for_daemon(context, launch.paths, patience_announcer);
  if (status) {
    context.err << greeting(*status, sign_in_link(context, launch.paths), launch.paths,
                            context.err_look)
                << std::flush;
  }
  _exit(0);
}

void say_up(Context& context, const boost::json::value& status, const Paths& paths) {
  if (context.json) {
    context.out << pretty(status);
  } else {
    context.out << greeting(status, sign_in_link(context, paths), paths, context.look);
  }
}

// systemd restarts what it started: no keeper of our own is needed between the two.
bool under_systemd(const Environment& environment) {
  return environment.contains("INVOCATION_ID") && getppid() == 1;
}

// What was asked for now is not what the daemon was started with: said, not done.
void say_what_stays(Context& context, const Arguments& arguments, const Launch& launch,
                    Client& client) {
  if (!context.hooks.read_settings) return;
  std::vector<std::string> flags = launch.daemon_flags;
  if (arguments.has("missions")) flags.insert(flags.end(), {"--missions", launch.paths.missions});
  const auto asked = context.hooks.read_settings(launch.paths, flags);
  const auto running = client.call("GET", "/api/v1/settings");
  if (!asked || !running) return;
  const auto lines = settings_that_stay(*running, *asked);
  for (const std::string& line : lines) context.remark("  " + line, Ink::warn);
  if (lines.empty()) return;
  context.remark("  try: `lazaret down --keep-agents`, and then this again");
}

Result<ExitCode> up_already(Context& context, const Arguments& arguments, Launch launch,
                            const boost::json::value& status) {
  if (auto fit = check_settings(context, launch); !fit) return std::unexpected(fit.error());
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  context.remark(fmt::format("a daemon was running already, as process {}; its settings stay",
                             text_at(status, "daemon.pid")),
                 Ink::warn);
  say_what_stays(context, arguments, launch, **client);
  if (auto records = require_recording(status); !records) return std::unexpected(records.error());
  launch.paths.missions = missions_path(**client, launch.paths.missions);
  say_up(context, status, launch.paths);
  if (keeper_is_gone(launch.paths.keeper_record())) {
    context.remark(no_keeper, Ink::warn);
    context.remark(fmt::format("  try: {}", no_keeper_remedy));
  }
  return ExitCode::ok;
}

Result<void> take_from_holder(Context& context, const Launch& launch) {
  if (auto fit = check_settings(context, launch); !fit) return fit;
  const auto ended = take_over(launch.paths);
  if (!ended) return std::unexpected(ended.error());
  context.remark(*ended != 0 ? fmt::format("ended the daemon that held this state, process {}; its "
                                           "agents run on",
                                           *ended)
                             : "no daemon held this state");
  return {};
}

Result<ExitCode> up(Context& context, const Arguments& arguments) {
  auto launch = launch_of(context, arguments);
  if (!launch) return std::unexpected(launch.error());
  if (arguments.has("take-over")) {
    if (auto taken = take_from_holder(context, *launch); !taken) {
      return std::unexpected(taken.error());
    }
  } else if (auto status = running_daemon(context)) {
    if (!arguments.has("detach")) {
      return fail(ErrorCode::conflict,
                  fmt::format("a daemon runs on {} already, as process {}", launch->paths.state,
                              text_at(*status, "daemon.pid")),
                  launch->paths.state, "`lazaret status`, or another --state");
    }
    return up_already(context, arguments, *launch, *status);
  } else if (!is_daemon_away(status.error())) {
    return std::unexpected(status.error());
  }
  if (arguments.has("detach")) {
    auto status = start_detached(context, *launch);
    if (!status) return std::unexpected(status.error());
    say_up(context, *status, launch->paths);
    return ExitCode::ok;
  }
  if (under_systemd(context.environment) && context.hooks.daemon) {
    std::vector<std::string> command = keeper_command("", "", *launch);
    command.erase(command.begin(), command.begin() + 5);  // up to and with "daemon"
    unlink(launch->paths.keeper_record().c_str());  // of an earlier keeper; this daemon has none
    return static_cast<ExitCode>(context.hooks.daemon(command));
  }
  if (auto fit = check_settings(context, *launch); !fit) return std::unexpected(fit.error());
  announce_later(context, *launch);
  auto failed = become_keeper(context, *launch);
  return std::unexpected(failed.error());
}

// True when neither daemon nor keeper is there any more.
bool wait_until_gone(Context& context, Client& client, int keeper, milliseconds most) {
  const auto deadline = steady_clock::now() + most;
  ClientTimes& times = client.times();
  times.restart = times.maybe_restart = milliseconds(0);
  auto said = steady_clock::now();
  for (;;) {
    const bool there = client.reach().has_value();
    const bool kept = keeper != 0 && kill(keeper, 0) == 0 &&
                      living_keeper(client.endpoint().state + "/keeper") == keeper;
    if (!there && !kept) return true;
    const auto now = steady_clock::now();
    if (now >= deadline) return false;
    if (now - said > milliseconds(2'000)) {
      context.remark("waiting for the agents to end …");
      said = now;
    }
    poll(nullptr, 0, 20);
  }
}

struct Process {
  std::string agent;
  int pid = 0;
  std::string start;
};

// What the agents run as at present; empty where the daemon does not say.
std::vector<Process> agent_processes(Client& client) {
  std::vector<Process> all;
  std::string page = "/api/v1/agents?limit=1000";
  for (int pages = 0; pages < agent_pages_most && !page.empty(); ++pages) {
    const auto listed = client.call("GET", page);
    if (!listed) break;
    for (const auto& one : list_at(*listed, "agents")) {
      const int pid = static_cast<int>(number_at(one, "pid").value_or(0));
      if (pid > 0) all.push_back({text_at(one, "ref"), pid, process_start(pid)});
    }
    const std::string next = text_at(*listed, "next");
    page = next.empty() ? "" : "/api/v1/agents?limit=1000&cursor=" + escaped(next);
  }
  return all;
}

// The daemon is gone and should have taken them along.
Result<void> require_ended(const std::vector<Process>& agents) {
  std::string left;
  std::size_t count = 0;
  for (const Process& one : agents) {
    if (one.start.empty() || process_start(one.pid) != one.start) continue;
    if (++count > survivors_named) continue;
    left += fmt::format("{}{} (process {})", left.empty() ? "" : ", ", plain(one.agent), one.pid);
  }
  if (count == 0) return {};
  if (count > survivors_named) left += fmt::format(" and {} more", count - survivors_named);
  return fail(ErrorCode::unavailable, "the daemon is down, but agents still run: " + left, "",
              "end them by hand, or `lazaret up --detach` and `lazaret down` again");
}

void say_down(Context& context, bool keep_agents, bool waited) {
  if (context.json) {
    context.out << pretty(boost::json::object{{"stopped", waited}, {"keep_agents", keep_agents}});
  } else if (!waited) {
    context.out << "going down; nobody waits for the end\n";
  } else {
    context.out << (keep_agents ? "down; the agents run on\n" : "down\n");
  }
}

Result<ExitCode> down(Context& context, const Arguments& arguments) {
  const auto seconds = read_whole_number(arguments, down_wait);
  if (!seconds) return std::unexpected(seconds.error());
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  if ((*client)->endpoint().state.empty()) {
    return fail(ErrorCode::unsupported, "a daemon is ended on its own machine only", "--url",
                "`lazaret down --state DIR` there");
  }
  const int keeper = living_keeper((*client)->endpoint().state + "/keeper");
  boost::json::object body{{"keep_agents", arguments.has("keep-agents")},
                           {"reason", arguments.flag("reason", "lazaret down")}};
  std::vector<Process> agents;
  if (!arguments.has("keep-agents")) agents = agent_processes(**client);
  auto asked = (*client)->call("POST", "/api/v1/stop", body);
  if (!asked) {
    // A keeper without a daemon that answers is ended by signal.
    if (!is_daemon_away(asked.error()) || keeper == 0) return std::unexpected(asked.error());
    context.remark("the daemon does not answer; ending its keeper", Ink::warn);
    kill(keeper, SIGTERM);
  }
  if (*seconds > 0) {
    if (!wait_until_gone(context, **client, keeper, milliseconds(*seconds * 1000))) {
      return fail(ErrorCode::unavailable,
                  fmt::format("the daemon is still there after {} s", *seconds), "",
                  "see `lazaret status`; an agent may need long to end");
    }
    if (auto ended = require_ended(agents); !ended) return std::unexpected(ended.error());
  }
  say_down(context, arguments.has("keep-agents"), *seconds > 0);
  return ExitCode::ok;
}

Result<ExitCode> version(Context& context, const Arguments&) {
  if (context.json) {
    context.out << pretty(boost::json::object{{"version", context.hooks.version}});
  } else {
    context.out << "lazaret " << context.hooks.version << '\n';
  }
  return ExitCode::ok;
}

}  // namespace

void add_daemon_verbs(std::vector<Verb>& verbs) {
  std::vector<Flag> up_flags = {
      {.name = "detach", .doc = "go into the background once it answers", .letter = 'd'},
      {.name = "foreground", .doc = "stay here until it ends: what happens without a flag"},
      {.name = "take-over",
       .doc = "end the daemon that holds the state first, even one that hangs; agents run on"}};
  up_flags.insert(up_flags.end(), launch_flags().begin(), launch_flags().end());
  verbs.push_back({.words = "up",
                   .group = Group::daemon,
                   .summary = "Start the daemon.",
                   .example = "lazaret up --detach\nlazaret up --state /tmp/try --port 7900",
                   .flags = up_flags,
                   .command = CommandPart::after_dashes,
                   .command_words = "--SETTING VALUE …",
                   .notes = "After -- come further settings, as in `-- --log-bytes 1000000`.",
                   .carry_out = up});
  verbs.push_back(
      {.words = "down",
       .group = Group::daemon,
       .summary = "End the daemon and, unless told otherwise, its agents.",
       .example = "lazaret down\nlazaret down --keep-agents",
       .flags = {{.name = "keep-agents", .doc = "the agents run on; the next daemon takes them up"},
                 {.name = "reason", .value = "TEXT", .doc = "why, for the journal"},
                 {.name = "wait",
                  .value = "SECONDS",
                  .doc = "how long to wait for the end (60; 0 = only ask for it)"}},
       .carry_out = down});
  verbs.push_back(doctor_verb());
  verbs.push_back({.words = "version",
                   .group = Group::daemon,
                   .summary = "Say which build this is.",
                   .example = "lazaret version --json",
                   .carry_out = version});
}

}  // namespace lazaret::cli
