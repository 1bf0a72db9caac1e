#include "cli/run_verb.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>

#include "cli/interrupt.h"
#include "cli/json_view.h"
#include "cli/keeper.h"
#include "cli/places.h"
#include "cli/tail.h"
#include "wire/json_document.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr int most_names_tried = 200;
constexpr int most_agents_swept = 1000;  // with more, old environment files are left
constexpr int poll_first_ms = 20;        // so that a short program is not made long
constexpr int poll_most_ms = 150;
constexpr int hold_seconds = 30;  // for which the program waits for a reader who does not come

// Something other than a terminal that has bytes for us: they would be lost in silence.
bool somebody_writes(int descriptor) {
  struct stat info{};
  if (fstat(descriptor, &info) != 0) return false;
  if (S_ISREG(info.st_mode)) return info.st_size > 0;
  if (!S_ISFIFO(info.st_mode) && !S_ISSOCK(info.st_mode)) return false;
  int waiting = 0;
  return ioctl(descriptor, FIONREAD, &waiting) == 0 && waiting > 0;
}

// One run, from the daemon's start to the agent's end.
class Run {
 public:
  Run(Context& context, const Arguments& arguments) : context_(context), arguments_(arguments) {}

  Result<ExitCode> go() {
    if (auto fit = check_run(arguments_); !fit) return std::unexpected(fit.error());
    if (auto there = have_daemon(); !there) return std::unexpected(there.error());
    if (auto made = make_named_agent(); !made) return std::unexpected(made.error());
    if (arguments_.has("detach")) {
      context_.out << (context_.json ? pretty(json::object{{"agent", name_}, {"cell", cell_}})
                                     : name_ + "\n");
      return ExitCode::ok;
    }
    return watch();
  }

 private:
  Result<void> have_daemon() {
    auto client = context_.client();
    if (!client) return std::unexpected(client.error());
    client_ = *client;
    if (client_->endpoint().state.empty()) {
      return fail(ErrorCode::unsupported, "a program is run on the daemon's own machine only",
                  "--url", "say --state DIR, or use `lazaret agent add`");
    }
    context_.target.missions = arguments_.flag("missions");
    auto paths = context_.paths();
    if (!paths) return std::unexpected(paths.error());
    paths_ = *paths;
    auto reached = client_->reach();
    if (reached) return {};
    if (!is_daemon_away(reached.error())) return reached;
    context_.remark(fmt::format("starting a daemon on {} (`lazaret down` ends it)", paths_.state));
    auto status = start_detached(context_, Launch{paths_, {}});
    if (!status) return std::unexpected(status.error());
    return {};
  }

  // A name that no other agent has, so that it may be used bare. Whoever comes at the same moment
  // is found by the daemon only.
  Result<void> make_named_agent() {
    name_ = arguments_.flag("name");
    if (!name_.empty()) {
      if (auto free = require_free(); !free) return free;
      return make_agent();
    }
    const std::string wanted = name_of_command(arguments_.command);
    for (int number = 1; number < most_names_tried; ++number) {
      name_ = number == 1 ? wanted : fmt::format("{}-{}", wanted, number);
      auto other = client_->call("GET", "/api/v1/agents/" + escaped(name_));
      if (!other && other.error().code == ErrorCode::conflict) continue;
      if (!other && other.error().code != ErrorCode::not_found)
        return std::unexpected(other.error());
      if (other) continue;
      auto made = make_agent();
      if (made || made.error().code != ErrorCode::conflict) return made;
    }
    return fail(ErrorCode::conflict, fmt::format("too many agents are called {}", wanted), "--name",
                "give it a name of its own");
  }

  // A name that was asked for means one agent only: `why NAME` must not have to ask which.
  Result<void> require_free() {
    auto other = client_->call("GET", "/api/v1/agents/" + escaped(name_));
    if (!other && other.error().code == ErrorCode::not_found) return {};
    if (!other && other.error().code != ErrorCode::conflict) return std::unexpected(other.error());
    if (!other) {
      return fail(ErrorCode::conflict, fmt::format("several agents are called {} already", name_),
                  "", "another --name; `lazaret agent ls` shows them");
    }
    const std::string ref = text_at(*other, "ref");
    const std::string id = text_at(*other, "cell_id").substr(0, 8);
    const auto cell = client_->call("GET", "/api/v1/cells/" + escaped(text_at(*other, "cell_id")));
    std::string remedy = fmt::format("another --name; `lazaret agent show {}` shows it", ref);
    if (cell && text_at(*cell, "created_by") == made_by_run) {
      remedy += fmt::format(", `lazaret mission destroy {} --yes` removes it", id);
    }
    return fail(
        ErrorCode::conflict,
        fmt::format("an agent is called {} already: it is {}", name_, text_at(*other, "process")),
        "", remedy);
  }

  // Files of agents that are no more: their missions may have been destroyed by another door. Young
  // ones are left alone: their agent is perhaps about to be made.
  void sweep_environments(const std::string& directory) {
    auto page = client_->call("GET", fmt::format("/api/v1/agents?limit={}", most_agents_swept));
    if (!page || find(*page, "next") != nullptr) return;
    std::set<std::string> living;
    for (const auto& agent : list_at(*page, "agents")) living.insert(text_at(agent, "agent_id"));
    const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::minutes(5);
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
      const auto written = entry.last_write_time(error);
      const std::string file = entry.path().filename().string();
      const bool kept = living.contains(file.substr(0, file.rfind('.', file.rfind('.') - 1)));
      if (!error && !kept && written < old) std::filesystem::remove(entry.path(), error);
    }
  }

  Result<void> write_environment() {
    const std::string directory = paths_.state + "/env";
    if (auto made = make_private_directory(directory); !made) return made;
    sweep_environments(directory);
    env_file_ = fmt::format("{}/{}.{}.{}", directory, name_, getpid(),
                            std::chrono::system_clock::now().time_since_epoch().count());
    std::vector<std::string> left_out;
    const std::string text = env_file_text(context_.environment, left_out);
    for (const auto& name : left_out) {
      // Exported shell functions are nobody's loss.
      if (!name.starts_with("BASH_FUNC_")) {
        context_.remark(fmt::format("{} has a line break and is not passed on", name), Ink::warn);
      }
    }
    return write_private_file(env_file_, text);
  }

  Result<void> make_agent() {
    if (auto written = write_environment(); !written) return written;
    char here[4096];
    if (getcwd(here, sizeof here) == nullptr) {
      return fail(ErrorCode::unavailable, "the current directory is gone");
    }
    auto body = run_body(arguments_, name_, here, env_file_);
    if (!body) return forget_environment(body.error());
    auto cell = client_->call("POST", "/api/v1/cells?unique_agent=" + escaped(name_), *body);
    if (!cell) return forget_environment(cell.error());
    cell_ = text_at(*cell, "cell_id");
    return {};
  }

  std::unexpected<Error> forget_environment(Error error) {
    unlink(env_file_.c_str());
    return std::unexpected(std::move(error));
  }

  void remove_cell(const std::string& reason) {
    client_->call("DELETE",
                  fmt::format("/api/v1/cells/{}?reason={}", escaped(cell_), escaped(reason)));
    unlink(env_file_.c_str());
  }

  std::string qualified() const { return cell_.substr(0, 8) + "." + name_; }

  Result<std::size_t> print_new(LogTail& tail) {
    if (!context_.out.good()) return 0;
    auto lines =
        tail.more([this](const std::string& target) { return client_->call("GET", target); });
    if (!lines) {
      if (lines.error().code == ErrorCode::not_found) return 0;  // no log yet
      return std::unexpected(lines.error());
    }
    if (lines->gap) {
      context_.remark(
          "output is missing here: nobody took it for so long that the oldest log was dropped",
          Ink::warn);
      if (context_.json) {
        context_.out << wire::json_document(json::object{{"agent", name_}, {"gap", true}}) << '\n';
      }
    }
    for (const auto& line : lines->lines) {
      const bool continues = lines->continues && &line == &lines->lines.back();
      if (context_.json) {
        json::object event{{"agent", name_}, {"line", line}};
        if (continues) event["continues"] = true;
        context_.out << wire::json_document(event) << '\n';
      } else {
        context_.out << line << (continues ? "" : "\n");
      }
    }
    if (!lines->lines.empty()) context_.out << std::flush;
    return lines->lines.size();
  }

  // Output that cannot be written asks for the end as a Ctrl-C does: `lazaret run … | head`.
  int times_asked() const { return Interrupts::count() + (context_.out.good() ? 0 : 1); }

  // The first asks it to end, the second kills it, the third leaves everything as it is.
  bool heed_interrupts() {
    const int seen = times_asked();
    if (seen == asked_) return true;
    asked_ = seen;
    const std::string base = fmt::format("/api/v1/agents/{}/", escaped(qualified()));
    const bool unheard = !context_.out.good();
    const json::object reason{{"reason", unheard ? "nobody reads its output" : "Ctrl-C"}};
    if (seen == 1) {
      context_.remark(unheard ? "its output cannot be written; stopping …  (Ctrl-C kills it)"
                              : "stopping …  (Ctrl-C again kills it)");
      client_->call("POST", base + "stop", reason);
    } else if (seen == 2) {
      client_->call("POST", base + "kill", reason);
    }
    return seen < 3;
  }

  Result<ExitCode> watch() {
    Interrupts watched;
    if (somebody_writes(STDIN_FILENO)) {
      context_.remark("what comes on standard input is not passed on: the program finds it empty",
                      Ink::warn);
    }
    LogTail tail = LogTail::from_the_start(qualified(), hold_seconds);
    int pause = poll_first_ms;
    double incarnation = 0;
    for (;;) {
      if (!heed_interrupts()) return static_cast<ExitCode>(130);
      // The state first: what was printed before it ended is then in the log.
      auto agent = client_->call("GET", "/api/v1/agents/" + escaped(qualified()));
      if (!agent) return std::unexpected(agent.error());
      auto fresh = print_new(tail);
      if (!fresh) return std::unexpected(fresh.error());
      const double now_at = number_at(*agent, "incarnation").value_or(0);
      if (incarnation > 0 && now_at > incarnation) {
        const auto* exit = find(*agent, "last_exit");
        const std::string cause = exit == nullptr ? "" : memory_death(*exit, arguments_);
        context_.remark(fmt::format("{} was revived (start {}){}{}", name_,
                                    static_cast<int>(now_at), cause.empty() ? "" : ": ", cause),
                        Ink::warn);
      }
      incarnation = now_at;
      const RunStage stage = stage_of(*agent);
      if (stage != RunStage::going) return finish(stage, *agent, tail);
      pause = *fresh > 0 ? poll_first_ms : std::min(pause * 5 / 4, poll_most_ms);
      if (*fresh == 0) poll(nullptr, 0, pause);
    }
  }

  // An answer is bounded, a log is not.
  Result<void> drain(LogTail& tail) {
    for (;;) {
      auto fresh = print_new(tail);
      if (!fresh) return std::unexpected(fresh.error());
      if (*fresh == 0 || times_asked() > asked_) return {};
    }
  }

  // The last line of --json, after those of the program.
  void print_result(const json::value& agent, int status) {
    const auto spawned = client_->call(
        "GET", fmt::format("/api/v1/events?kind=agent_spawned&limit=10000&cell={}&agent={}",
                           escaped(cell_), escaped(name_)));
    json::value pid = nullptr;
    if (spawned && !list_at(*spawned, "events").empty()) {
      const auto* last = find(list_at(*spawned, "events").back(), "body.pid");
      if (last != nullptr) pid = *last;
    }
    json::object result{{"agent", name_}, {"cell", cell_}, {"pid", pid}};
    for (const char* name : {"incarnation", "process", "last_exit"}) {
      const auto* value = find(agent, name);
      result[name] = value == nullptr ? json::value(nullptr) : *value;
    }
    result["exit_status"] = status;
    context_.out << wire::json_document(result) << '\n';
  }

  // What is left for a person to decide keeps its mission: `why` and `inbox` work on.
  Result<ExitCode> finish(RunStage stage, const json::value& agent, LogTail& tail) {
    if (auto drained = drain(tail); !drained) return std::unexpected(drained.error());
    const auto* exit = find(agent, "last_exit");
    int status = exit == nullptr ? 1 : status_of_exit(*exit);
    if (Interrupts::count() > 0 && status == 0) status = 130;
    if (context_.json) print_result(agent, status);
    const bool once = arguments_.flag("restart") == "never";
    if (exit != nullptr && text_at(*exit, "kind") == "never_started") {
      context_.remark(fmt::format("{} did not start: {}", name_, text_at(*exit, "detail")),
                      Ink::warn);
    }
    if (const std::string cause = exit == nullptr ? "" : memory_death(*exit, arguments_);
        !cause.empty()) {
      context_.remark(fmt::format("{} was killed: {}", name_, cause), Ink::warn);
    }
    if (stage == RunStage::needs_person) {
      const std::string id = text_at(agent, "approval");
      context_.remark(fmt::format("{} ended {} times and waits for you: `lazaret inbox approve {}`",
                                  name_, text_at(agent, "deaths"), id),
                      Ink::warn);
    } else if (stage == RunStage::given_up && !once) {
      context_.remark(fmt::format("{} was given up: `lazaret why {}`; `lazaret mission destroy {}`",
                                  name_, name_, name_),
                      Ink::warn);
    } else if (!arguments_.has("keep")) {
      remove_cell("its program ended");
    }
    return static_cast<ExitCode>(status);
  }

  Context& context_;
  const Arguments& arguments_;
  Client* client_ = nullptr;
  Paths paths_;
  std::string name_;
  std::string cell_;
  std::string env_file_;
  int asked_ = 0;
};

}  // namespace

void add_run_verb(std::vector<Verb>& verbs) {
  std::vector<Flag> flags = {
      {.name = "detach", .doc = "print the agent's name and return", .letter = 'd'},
      {.name = "name", .value = "NAME", .doc = "of the agent; made of the program's if absent"},
      {.name = "restart",
       .value = "WHEN",
       .doc = "when it is started again (on-failure)",
       .words = "on-failure|always|never"}};
  flags.insert(flags.end(), limit_flags().begin(), limit_flags().end());
  flags.push_back({.name = "isolation",
                   .value = "LEVEL",
                   .doc = "what it may see (none)",
                   .words = "none|level_1|level_2|level_3"});
  flags.push_back({.name = "missions",
                   .value = "DIR",
                   .doc = "where a daemon that has to be started keeps its cells"});
  flags.push_back({.name = "keep", .doc = "keep its mission after a good end"});
  verbs.push_back(
      {.words = "run",
       .group = Group::run,
       .summary = "Make any program a supervised agent: revived when it fails, held to its limits.",
       .example = "lazaret run -- python3 agent.py\n"
                  "lazaret run -d --name web --restart always --mem 512M -- ./server",
       .flags = std::move(flags),
       .command = CommandPart::rest,
       .notes = "It runs in this directory with this environment. Ctrl-C stops it, a second one "
                "kills it;\noutput that nobody reads any more, as after `| head`, stops it "
                "too.\nStandard input is not passed on: the program finds it empty; with -d "
                "the daemon's\nmessages come that way.\nWith --json, each line of output is an "
                "object, and the last one is how it ended.\nThe exit status is the program's own "
                "(128 + signal where one ended it).",
       .carry_out = [](Context& context, const Arguments& arguments) {
         return Run(context, arguments).go();
       }});
}

}  // namespace lazaret::cli
