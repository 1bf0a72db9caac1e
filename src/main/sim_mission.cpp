#include "main/sim_mission.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <charconv>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <optional>

#include "adapters/cells/lint.h"
#include "base/rfc3339.h"
#include "base/typo.h"
#include "sim/mission_run.h"
#include "wire/api_render.h"
#include "wire/json_document.h"

namespace lazaret::main {
namespace {

namespace json = boost::json;

constexpr int exit_misused = 2;
constexpr int exit_broken = 12;
constexpr std::uint64_t seeds_most = 10'000;
constexpr double hours_most = 24 * 366;

constexpr const char* help_text =
    R"(lazaret sim MISSION-DIR: a mission of yours, played many times in a world made of numbers.

  lazaret sim MISSION-DIR [--agents N] [--mtbf 20m] [--hours 24] [--seeds 20] [--seed N]
              [--task-time 5m] [--hourly-cost X] [--task-cost X] [--no-checkpoints] [--json]

  --agents N         so many agents: copies of its writers are added, or spare ones left out
  --mtbf TIME        an agent dies that often, on average (1h); 0 = never
  --hours H          then a run is given up (24)
  --seeds N          how many runs (20), each with another seed
  --seed N           the first seed (1); the same seeds give the same figures
  --task-time TIME   a task takes from nothing to twice that (5m)
  --hourly-cost X    what an agent at work costs an hour (0)
  --task-cost X      what each claim of a task costs besides (0)
  --no-checkpoints   after a death a task begins anew; else from its last checkpoint
  --json             the figures of each run too

People answer questions within an hour, and say yes in seven of ten. Nothing else goes wrong:
`lazaret sim --help` has the simulator for that.
)";

struct Asked {
  std::string directory;
  std::optional<std::size_t> agents;
  std::uint64_t seeds = 20;
  std::uint64_t seed = 1;
  bool as_json = false;
  bool help = false;
  sim::MissionAsk mission;
};

int complain(const std::string& message, const std::string& remedy) {
  std::cerr << "error: " << message << '\n';
  if (!remedy.empty()) std::cerr << "  try: " << remedy << '\n';
  return exit_misused;
}

bool read_number(const std::string& text, double& number) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end && number >= 0 && number <= 1e12;
}

bool read_whole(const std::string& text, std::uint64_t least, std::uint64_t most,
                std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end && number >= least && number <= most;
}

// "90s", "20m", "2h", "0" → seconds.
bool read_time(const std::string& text, double& seconds) {
  if (text == "0") {
    seconds = 0;
    return true;
  }
  static const std::map<char, double> units = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}};
  const auto unit = text.empty() ? units.end() : units.find(text.back());
  if (unit == units.end() || !read_number(text.substr(0, text.size() - 1), seconds)) return false;
  seconds *= unit->second;
  return true;
}

struct FlagRow {
  const char* expected;
  std::function<bool(Asked&, const std::string&)> read;
};

const std::map<std::string, FlagRow>& flags() {
  static const std::map<std::string, FlagRow> all = {
      {"--agents",
       {"a whole number from 1 to 1000",
        [](Asked& asked, const std::string& text) {
          std::uint64_t number = 0;
          if (!read_whole(text, 1, 1000, number)) return false;
          asked.agents = number;
          return true;
        }}},
      {"--mtbf",
       {"a time such as 20m, or 0",
        [](Asked& asked, const std::string& text) {
          return read_time(text, asked.mission.mtbf_seconds) &&
                 (asked.mission.mtbf_seconds == 0 || asked.mission.mtbf_seconds >= 1);
        }}},
      {"--hours",
       {"a number of hours, more than 0",
        [](Asked& asked, const std::string& text) {
          return read_number(text, asked.mission.hours) && asked.mission.hours > 0 &&
                 asked.mission.hours <= hours_most;
        }}},
      {"--seeds",
       {"a whole number from 1 to 10000",
        [](Asked& asked, const std::string& text) {
          return read_whole(text, 1, seeds_most, asked.seeds);
        }}},
      {"--seed",
       {"a whole number",
        [](Asked& asked, const std::string& text) {
          return read_whole(text, 0, 1'000'000'000, asked.seed);
        }}},
      {"--task-time",
       {"a time such as 5m, more than 0",
        [](Asked& asked, const std::string& text) {
          return read_time(text, asked.mission.task_seconds) && asked.mission.task_seconds > 0;
        }}},
      {"--hourly-cost",
       {"a number",
        [](Asked& asked, const std::string& text) {
          return read_number(text, asked.mission.hourly_cost);
        }}},
      {"--task-cost", {"a number", [](Asked& asked, const std::string& text) {
                         return read_number(text, asked.mission.task_cost);
                       }}}};
  return all;
}

// 0, or the exit status.
int read_words(const std::vector<std::string>& words, Asked& asked) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto flag = flags().find(word);
    if (word == "--json") {
      asked.as_json = true;
    } else if (word == "--help" || word == "-h") {
      asked.help = true;
    } else if (word == "--no-checkpoints") {
      asked.mission.keeps_work = false;
    } else if (flag != flags().end()) {
      if (i + 1 < words.size() && flag->second.read(asked, words[i + 1])) {
        ++i;
        continue;
      }
      return complain(fmt::format("{} needs {}", word, flag->second.expected),
                      "see `lazaret sim MISSION-DIR --help`");
    } else if (word.starts_with('-') || !asked.directory.empty()) {
      std::vector<std::string> known = {"--json", "--help", "--no-checkpoints"};
      for (const auto& [name, row] : flags()) known.push_back(name);
      const std::string meant = nearest(word, known);
      return complain(
          fmt::format("`lazaret sim MISSION-DIR` does not know what to do with \"{}\"", word),
          meant.empty() ? "see `lazaret sim MISSION-DIR --help`" : "did you mean " + meant + "?");
    } else {
      asked.directory = word;
    }
  }
  return 0;
}

Result<core::CellDefinition> read_mission(const std::string& directory) {
  const std::string path = std::filesystem::absolute(directory).lexically_normal().string();
  auto files = cells::read_files(path.ends_with('/') ? path.substr(0, path.size() - 1) : path);
  if (!files) return std::unexpected(files.error());
  auto reading = wire::read_cell(*files);
  if (reading.cell) return std::move(*reading.cell);
  std::string all;
  for (const wire::Problem& one : reading.problems) all += "\n  " + wire::to_text(one);
  return fail(ErrorCode::invalid_input, "this mission is not valid:" + all, directory,
              "lazaret cell lint " + directory);
}

using Figure = std::function<double(const sim::MissionRun&)>;

// The value below which this share of the runs lies.
double band(const std::vector<sim::MissionRun>& runs, const Figure& figure, double share) {
  std::vector<double> values;
  for (const sim::MissionRun& run : runs) values.push_back(figure(run));
  std::ranges::sort(values);
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(share * last + 0.5)];
}

constexpr std::pair<const char*, double> shares[] = {
    {"least", 0}, {"p10", 0.1}, {"median", 0.5}, {"p90", 0.9}, {"most", 1}};

struct Row {
  const char* name;
  const char* title;
  Figure figure;
  bool is_time;
};

const std::vector<Row>& rows() {
  using sim::MissionRun;
  static const std::vector<Row> all = {
      {"seconds", "over after", [](const MissionRun& run) { return run.seconds; }, true},
      {"deaths", "deaths", [](const MissionRun& run) { return run.deaths; }, false},
      {"revivals", "revivals", [](const MissionRun& run) { return run.revivals; }, false},
      {"given_up", "given up", [](const MissionRun& run) { return run.given_up; }, false},
      {"questions", "questions", [](const MissionRun& run) { return run.questions; }, false},
      {"tasks_done", "tasks done", [](const MissionRun& run) { return run.tasks_done; }, false},
      {"worked_seconds", "worked", [](const MissionRun& run) { return run.worked_seconds; }, true},
      {"spend", "spend", [](const MissionRun& run) { return run.spend; }, false}};
  return all;
}

std::map<std::string, int> endings(const std::vector<sim::MissionRun>& runs) {
  std::map<std::string, int> count;
  for (const sim::MissionRun& run : runs) {
    const bool over = run.status != core::MissionStatus::active;
    const std::string reason = run.reason.empty() ? "" : ": " + run.reason;
    ++count[over ? std::string(to_word(run.status)) + reason : "not over when it was given up"];
  }
  return count;
}

std::string shown(double value, bool is_time) {
  if (is_time) return to_human(seconds_of(value));
  return value < 100 && value != static_cast<double>(static_cast<long>(value))
             ? fmt::format("{:.2f}", value)
             : fmt::format("{:.0f}", value);
}

void print(const Asked& asked, const std::vector<sim::MissionRun>& runs) {
  const sim::MissionAsk& ask = asked.mission;
  fmt::print("mission {}: {} tasks, {} agents, {} runs from seed {}\n", ask.cell.mission_name,
             ask.cell.tasks.size(), ask.cell.agents.size(), asked.seeds, asked.seed);
  fmt::print(
      "assumed: a task takes {} on average (--task-time), an agent dies {} (--mtbf){},\n"
      "  an hour of work costs {} (--hourly-cost), a claim {} (--task-cost)\n\n",
      to_human(seconds_of(ask.task_seconds)),
      ask.mtbf_seconds > 0 ? "every " + to_human(seconds_of(ask.mtbf_seconds)) : "never",
      ask.keeps_work ? ", and goes on from its checkpoint" : ", and its task begins anew",
      ask.hourly_cost, ask.task_cost);
  fmt::print("{:<12}", "");
  for (const auto& [name, share] : shares) fmt::print("{:>12}", name);
  fmt::print("\n");
  for (const Row& row : rows()) {
    fmt::print("{:<12}", row.title);
    for (const auto& [name, share] : shares) {
      fmt::print("{:>12}", shown(band(runs, row.figure, share), row.is_time));
    }
    fmt::print("\n");
  }
  fmt::print("\n");
  for (const auto& [ending, count] : endings(runs))
    fmt::print("{} of {}: {}\n", count, runs.size(), ending);
}

json::object to_json(const Asked& asked, const std::vector<sim::MissionRun>& runs) {
  const sim::MissionAsk& ask = asked.mission;
  json::object bands;
  for (const Row& row : rows()) {
    json::object one;
    for (const auto& [name, share] : shares) one[name] = band(runs, row.figure, share);
    bands[row.name] = std::move(one);
  }
  json::array list;
  for (const sim::MissionRun& run : runs) {
    json::object one{{"seed", run.seed}, {"status", to_word(run.status)}, {"reason", run.reason}};
    for (const Row& row : rows()) one[row.name] = row.figure(run);
    list.push_back(std::move(one));
  }
  json::object ends;
  for (const auto& [ending, count] : endings(runs)) ends[ending] = count;
  return {{"mission", ask.cell.mission_name},
          {"tasks", ask.cell.tasks.size()},
          {"agents", ask.cell.agents.size()},
          {"assumed", json::object{{"task_seconds", ask.task_seconds},
                                   {"mtbf_seconds", ask.mtbf_seconds},
                                   {"hours", ask.hours},
                                   {"hourly_cost", ask.hourly_cost},
                                   {"task_cost", ask.task_cost},
                                   {"keeps_work", ask.keeps_work}}},
          {"bands", std::move(bands)},
          {"endings", std::move(ends)},
          {"runs", std::move(list)}};
}

}  // namespace

int sim_mission(const std::vector<std::string>& words) {
  Asked asked;
  if (const int status = read_words(words, asked); status != 0) return status;
  if (asked.help) return fmt::print("{}", help_text), 0;
  auto cell = read_mission(asked.directory);
  if (cell && asked.agents) cell = sim::with_agents(std::move(*cell), *asked.agents);
  if (!cell) return complain(cell.error().message, cell.error().remedy);
  asked.mission.cell = std::move(*cell);
  std::vector<sim::MissionRun> runs;
  for (std::uint64_t i = 0; i < asked.seeds; ++i) {
    runs.push_back(sim::run_mission(asked.mission, asked.seed + i));
    for (const std::string& broken : runs.back().broken) {
      std::cerr << "error: lazaret broke a promise with seed " << asked.seed + i << ": " << broken
                << '\n';
    }
    if (!runs.back().broken.empty()) return exit_broken;
  }
  if (asked.as_json) {
    std::cout << wire::json_document(to_json(asked, runs)) << '\n';
  } else {
    print(asked, runs);
  }
  return 0;
}

}  // namespace lazaret::main
