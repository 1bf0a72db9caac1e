// The survey: freeze the input, start the mission, harass it, read the receipt from the journal.
#include <fmt/format.h>
#include <poll.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/demo_program.h"
#include "cli/demo_progress.h"
#include "cli/demo_stage.h"
#include "cli/demo_trouble.h"

namespace lazaret::cli {
namespace {

namespace fs = std::filesystem;

constexpr int poll_milliseconds = 10;
constexpr int events_at_once = 1000;
constexpr double mission_seconds_most = 600;

struct Mission {
  std::string cell;
  std::string path;
  Receipt receipt;
  double seconds = 0;

  std::string report(std::string_view name) const {
    return fmt::format("{}/artifacts/reports/{}", path, name);
  }
};

// The nearest directory above with a .git in it, else the one we stand in.
std::string own_repository() {
  std::error_code none;
  const fs::path here = fs::current_path(none);
  for (fs::path at = here; at.has_relative_path(); at = at.parent_path()) {
    if (fs::exists(at / ".git", none)) return at.string();
  }
  return here.string();
}

// Number of the newest fact, so that a mission's journal begins there.
Result<std::int64_t> newest_event(Client& client) {
  std::int64_t since = 0;
  for (;;) {
    auto page =
        client.call("GET", fmt::format("/api/v1/events?since={}&limit={}", since, events_at_once));
    if (!page) return std::unexpected(page.error());
    const auto& events = list_at(*page, "events");
    if (events.empty()) return since;
    since = static_cast<std::int64_t>(number_at(events.back(), "number").value_or(0));
  }
}

bool is_over(const DemoJournal& journal) {
  return journal.mission_status() == "completed" || journal.mission_status() == "failed";
}

// Reads what is new, tells it, and folds it. Returns how many events there were.
Result<std::size_t> follow(Client& client, std::int64_t& since, DemoJournal& journal,
                           Progress& progress) {
  auto page =
      client.call("GET", fmt::format("/api/v1/events?since={}&limit={}", since, events_at_once));
  if (!page) return std::unexpected(page.error());
  const auto& events = list_at(*page, "events");
  for (const auto& event : events) {
    journal.add(event);
    since = static_cast<std::int64_t>(number_at(event, "number").value_or(0));
    if (const Telling telling = tell(event); !telling.text.empty()) {
      progress.line(telling.text, telling.ink);
    }
  }
  return events.size();
}

Result<Mission> run_mission(Context& context, PrivateDaemon& daemon, const boost::json::value& cell,
                            bool troubled, std::int64_t since) {
  Mission mission{text_at(cell, "cell_id"), text_at(cell, "path"), {}, 0};
  Progress progress(context.err, context.err_look);
  progress.line(
      fmt::format("{} file{} frozen, {}; {} run", text_at(cell, "files"),
                  text_at(cell, "files") == "1" ? "" : "s",
                  in_bytes(number_at(cell, "bytes").value_or(0)), troubled ? "troubled" : "calm"),
      Ink::strong);
  Client& client = daemon.client();
  if (auto started = start_mission(client, mission.cell); !started) {
    return std::unexpected(started.error());
  }
  DemoJournal journal(mission.cell);
  TroubleMaker trouble(client, mission.cell, [&] { return daemon.pid(); });
  while (!is_over(journal)) {
    if (interrupted() != 0) return fail(ErrorCode::internal, "interrupted");
    if (progress.seconds() > mission_seconds_most) break;
    auto news = follow(client, since, journal, progress);
    if (!news) return std::unexpected(news.error());
    if (troubled) {
      if (auto struck = trouble.look(journal); !struck) return std::unexpected(struck.error());
    }
    progress.status(survey_status(journal, progress.seconds()));
    if (*news == 0) poll(nullptr, 0, poll_milliseconds);
  }
  mission.seconds = progress.seconds();
  progress.end();
  mission.receipt = receipt_of(journal, troubled);
  return mission;
}

// The audit's own check of a file, by hand: 0 = all is well.
Result<int> audit_check(const std::string& programs, const std::string& survey,
                        const Mission& mission, std::uint64_t seed) {
  auto ran = run_program({"/usr/bin/perl", programs + "/survey/audit.pl", "--check", survey,
                          mission.path, fmt::format("{}", seed)});
  if (!ran) return std::unexpected(ran.error());
  if (ran->status > 1) return fail(ErrorCode::unsupported, "the audit cannot run: " + ran->err);
  return ran->status;
}

// The survey as it was written passes the audit, and with one byte flipped it does not.
Result<void> check_flipped_byte(const std::string& programs, Mission& mission, std::uint64_t seed) {
  auto& faults = mission.receipt.faults;
  auto good = audit_check(programs, mission.report("survey.json"), mission, seed);
  if (!good) return std::unexpected(good.error());
  if (*good != 0) faults.push_back("the audit does not accept survey.json");
  std::ifstream in(mission.report("survey.json"), std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  std::string bytes = all.str();
  if (bytes.empty()) {
    faults.push_back("there is no survey.json");
    return {};
  }
  bytes[static_cast<std::size_t>(seed % bytes.size())] ^= 1;
  const std::string spoilt = mission.report("survey.flipped.json");
  std::ofstream(spoilt, std::ios::binary) << bytes;
  auto bad = audit_check(programs, spoilt, mission, seed);
  std::error_code none;
  fs::remove(spoilt, none);
  if (!bad) return std::unexpected(bad.error());
  if (*bad == 0) faults.push_back("the audit accepts a survey.json with a flipped byte");
  return {};
}

Result<boost::json::value> prepare(const std::string& programs, const DemoOptions& options,
                                   const PrivateDaemon& daemon, bool troubled,
                                   const std::string& like) {
  std::vector<std::string> flags{"--missions",  daemon.paths().missions,
                                 "--seed",      fmt::format("{}", options.seed),
                                 "--leave-out", daemon.paths().state};
  if (troubled) flags.emplace_back("--troubled");
  if (like.empty()) {
    flags.emplace_back("--source");
    flags.push_back(options.source.empty() ? own_repository() : options.source);
  } else {
    flags.emplace_back("--like");
    flags.push_back(like);
  }
  return prepare_mission(programs, "survey", flags);
}

void say_results(Context& context, const std::vector<Mission>& missions, bool equal, bool well) {
  if (context.json) {
    boost::json::array list;
    for (const auto& mission : missions) {
      auto one = to_json(mission.receipt);
      one["cell"] = mission.cell;
      one["seconds"] = mission.seconds;
      one["report"] = mission.report("report.html");
      one["survey"] = mission.report("survey.json");
      list.push_back(std::move(one));
    }
    boost::json::object out{{"ok", well}, {"language_model", false}, {"missions", std::move(list)}};
    if (missions.size() > 1) out["digests_equal"] = equal;
    context.out << pretty(out);
    return;
  }
  for (const auto& mission : missions) {
    context.out << draw(mission.receipt, context.look);
    context.out << fmt::format("  {:<16} {:.1f} s\n", "time", mission.seconds);
  }
  if (missions.size() > 1) {
    context.out << inked(context.look, equal ? Ink::good : Ink::bad,
                         equal ? "Both results are equal: the digests are the same.\n"
                               : "FAIL: the digests of the two results differ.\n");
  }
  const Mission& last = missions.back();
  context.out << fmt::format("report  {}\ndata    {}\n", last.report("report.html"),
                             last.report("survey.json"));
  context.out << "No language model took part.\n";
}

}  // namespace

Result<ExitCode> run_survey(Context& context, const DemoOptions& options) {
  auto programs = find_demo_programs(context.environment);
  if (!programs) return std::unexpected(programs.error());
  auto state =
      options.state.empty() ? fresh_demo_state(context) : Result<std::string>(options.state);
  if (!state) return std::unexpected(state.error());
  auto daemon = PrivateDaemon::start(context, *state);
  if (!daemon) return std::unexpected(daemon.error());
  std::vector<bool> runs;
  if (options.prove || options.calm) runs.push_back(false);
  if (options.prove || !options.calm) runs.push_back(true);
  std::vector<Mission> missions;
  for (const bool troubled : runs) {
    auto since = newest_event(daemon->client());
    if (!since) return std::unexpected(since.error());
    auto cell = prepare(*programs, options, *daemon, troubled,
                        missions.empty() ? "" : missions.front().path);
    if (!cell) return std::unexpected(cell.error());
    auto mission = run_mission(context, *daemon, *cell, troubled, *since);
    if (!mission) return std::unexpected(mission.error());
    if (auto checked = check_flipped_byte(*programs, *mission, options.seed); !checked) {
      return std::unexpected(checked.error());
    }
    missions.push_back(std::move(*mission));
  }
  const bool equal = missions.front().receipt.digest == missions.back().receipt.digest;
  bool well = equal;
  for (const auto& mission : missions) well = well && mission.receipt.well();
  if (options.keep) daemon->keep();
  if (auto stopped = daemon->stop(); !stopped) return std::unexpected(stopped.error());
  say_results(context, missions, equal, well);
  if (options.keep && !context.json) {
    context.out << fmt::format("The daemon goes on: lazaret status --state {}\n", *state);
  }
  return well ? ExitCode::ok : ExitCode::error;
}

}  // namespace lazaret::cli
