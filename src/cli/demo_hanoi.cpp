// The towers of Hanoi: a chain of dependent tasks, each completed durably before the next is ready.
#include <fmt/format.h>
#include <poll.h>

#include "cli/demo_program.h"
#include "cli/demo_progress.h"
#include "cli/demo_stage.h"

namespace lazaret::cli {
namespace {

constexpr int poll_milliseconds = 50;
constexpr double mission_seconds_most = 900;

struct Done {
  std::int64_t tasks = 0;
  std::int64_t completed = 0;
  std::string status;
  std::string reason;
  double seconds = 0;
};

Result<Done> wait_for_end(Context& context, Client& client, const std::string& cell) {
  Progress progress(context.err, context.err_look);
  for (;;) {
    if (interrupted() != 0) return fail(ErrorCode::internal, "interrupted");
    auto seen = client.call("GET", "/api/v1/cells/" + escaped(cell));
    if (!seen) return std::unexpected(seen.error());
    Done done{static_cast<std::int64_t>(number_at(*seen, "tasks").value_or(0)),
              static_cast<std::int64_t>(number_at(*seen, "task_counts.completed").value_or(0)),
              text_at(*seen, "status"), text_at(*seen, "reason"), progress.seconds()};
    progress.status(fmt::format("{} of {} tasks completed  {:.1f} s", done.completed, done.tasks,
                                done.seconds));
    if (done.status == "completed" || done.status == "failed" ||
        done.seconds > mission_seconds_most) {
      progress.end();
      return done;
    }
    poll(nullptr, 0, poll_milliseconds);
  }
}

void say(Context& context, const boost::json::value& cell, const Done& done, bool well) {
  if (context.json) {
    context.out << pretty(boost::json::object{{"ok", well},
                                              {"disks", *find(cell, "disks")},
                                              {"moves", *find(cell, "moves")},
                                              {"tasks", done.tasks},
                                              {"completed", done.completed},
                                              {"status", done.status},
                                              {"seconds", done.seconds},
                                              {"language_model", false}});
    return;
  }
  context.out << fmt::format(
      "{} moves of {} disks, with plan, set-up and check: {} of {} tasks completed in {:.2f} s\n",
      text_at(cell, "moves"), text_at(cell, "disks"), done.completed, done.tasks, done.seconds);
  if (done.completed > 0) {
    context.out << fmt::format(
        "{:.1f} ms a task: claimed, carried out, and on the disk before the "
        "agent heard so\n",
        done.seconds * 1000 / static_cast<double>(done.completed));
  }
  if (!well) {
    context.out << inked(context.look, Ink::bad, "FAIL")
                << fmt::format(": the mission is {} {}\n", done.status, plain(done.reason));
  }
  context.out << "No language model took part.\n";
}

}  // namespace

Result<ExitCode> run_hanoi(Context& context, const DemoOptions& options) {
  auto programs = find_demo_programs(context.environment);
  if (!programs) return std::unexpected(programs.error());
  auto state =
      options.state.empty() ? fresh_demo_state(context) : Result<std::string>(options.state);
  if (!state) return std::unexpected(state.error());
  auto daemon = PrivateDaemon::start(context, *state);
  if (!daemon) return std::unexpected(daemon.error());
  auto cell = prepare_mission(
      *programs, "hanoi",
      {"--missions", daemon->paths().missions, "--disks", fmt::format("{}", options.disks)});
  if (!cell) return std::unexpected(cell.error());
  const std::string id = text_at(*cell, "cell_id");
  if (auto started = start_mission(daemon->client(), id); !started) {
    return std::unexpected(started.error());
  }
  auto done = wait_for_end(context, daemon->client(), id);
  if (!done) return std::unexpected(done.error());
  if (options.keep) daemon->keep();
  if (auto stopped = daemon->stop(); !stopped) return std::unexpected(stopped.error());
  // plan, set-up, every move, check
  const auto wanted = static_cast<std::int64_t>(number_at(*cell, "moves").value_or(0)) + 3;
  const bool well =
      done->status == "completed" && done->tasks == wanted && done->completed == wanted;
  say(context, *cell, *done, well);
  return well ? ExitCode::ok : ExitCode::error;
}

}  // namespace lazaret::cli
