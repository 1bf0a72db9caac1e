#include "sim/main_sim.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/typo.h"
#include "sim/simulation.h"

namespace lazaret::sim {
namespace {

constexpr int exit_usage = 2;
constexpr int exit_crash = 10;
constexpr int exit_liveness = 11;
constexpr int exit_correctness = 12;
constexpr std::uint64_t seeds_most = 1'000'000;

constexpr const char* usage =
    R"(lazaret sim: the fleet's own core and loop in a world made of numbers.

  lazaret sim [--seed N] [--seeds N] [--scenario NAME|JSON] [--agents N]
              [--hours H] [--exact] [--trace]
  lazaret sim --list
  lazaret sim MISSION-DIR ...   plays that mission: see lazaret sim MISSION-DIR --help

  --seed N        first seed (default 1); the same seed gives the same run and hash
  --seeds N       how many seeds, one after the other, until one fails (default 1)
  --scenario S    a built-in scenario, or a JSON object with its fields (default everything)
  --agents N      number of agents
  --hours H       virtual hours with faults (quiet hours follow)
  --exact         the scenario's rates as they are written, not varied by the seed
  --trace         print every decision
  --list          the built-in scenarios

Exit status: 0 every promise held, 2 usage, 10 crash (a broken invariant), 11 liveness (something
was stuck after the faults had stopped), 12 correctness (something was wrong).
)";

struct Asked {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  std::string scenario = "everything";
  std::optional<int> agents;
  std::optional<double> hours;
  bool exact = false;
  bool trace = false;
  bool list = false;
  bool help = false;
};

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// Names of the flags, and what the value of each is.
struct Value {
  std::string_view flag;
  std::string_view expected;
};
constexpr std::array<Value, 5> values = {{
    {"--seed", "a whole number"},
    {"--seeds", "a whole number from 1 to 1000000"},
    {"--scenario", "a name or a JSON object"},
    {"--agents", "a whole number, at least 1"},
    {"--hours", "a number, at least 0"},
}};
constexpr std::array<std::string_view, 5> switches = {"--exact", "--trace", "--list", "--help",
                                                      "-h"};

void complain(const std::string& message, const std::string& remedy) {
  fmt::print(stderr, "error: {}\n", message);
  if (!remedy.empty()) fmt::print(stderr, "  try: {}\n", remedy);
}

bool unknown_word(std::string_view word) {
  std::vector<std::string> known(switches.begin(), switches.end() - 1);
  for (const Value& value : values) known.emplace_back(value.flag);
  const std::string meant = nearest(word, known);
  complain(fmt::format("`lazaret sim` does not know what to do with \"{}\"", word),
           meant.empty() ? "see `lazaret sim --help`" : fmt::format("did you mean {}?", meant));
  return false;
}

bool read_value(Asked& asked, std::string_view name, std::string_view value) {
  if (name == "--seed") return read_number(value, asked.seed);
  if (name == "--seeds") {
    return read_number(value, asked.seeds) && asked.seeds > 0 && asked.seeds <= seeds_most;
  }
  if (name == "--scenario") {
    asked.scenario = value;
    return true;
  }
  if (name == "--agents") return read_number(value, asked.agents.emplace()) && *asked.agents > 0;
  if (name == "--hours") return read_number(value, asked.hours.emplace()) && *asked.hours >= 0;
  return false;
}

bool read_arguments(int argc, char** argv, Asked& asked) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--exact") {
      asked.exact = true;
    } else if (name == "--trace") {
      asked.trace = true;
    } else if (name == "--list") {
      asked.list = true;
    } else if (name == "--help" || name == "-h") {
      asked.help = true;
    } else {
      const auto value = std::ranges::find(values, name, &Value::flag);
      if (value == values.end()) return unknown_word(name);
      if (i + 1 < argc && read_value(asked, name, argv[++i])) continue;
      complain(fmt::format("{} needs {}", name, value->expected), "see `lazaret sim --help`");
      return false;
    }
  }
  return true;
}

void print_list() {
  for (const Scenario& one : built_in_scenarios()) fmt::print("{:<14} {}\n", one.name, one.summary);
}

int exit_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return 0;
    case Outcome::crash:
      return exit_crash;
    case Outcome::liveness:
      return exit_liveness;
    case Outcome::correctness:
      return exit_correctness;
  }
  return exit_crash;
}

void print_report(const Report& report) {
  fmt::print("hash {:016x}\n", report.hash);
  fmt::print("{:.1f} virtual hours, {} events, {} decisions, {} facts, {} restarts\n",
             report.virtual_hours, report.events, report.decisions, report.facts, report.restarts);
  std::string faults;
  for (const auto& [fault, count] : report.faults)
    faults += fmt::format(" {}={}", to_word(fault), count);
  fmt::print("faults:{}\n", faults.empty() ? " none" : faults);
  for (const std::string& line : report.trace_tail) fmt::print("{}\n", line);
  for (const Violation& one : report.violations) {
    fmt::print("VIOLATION at {:.3f}: {} ({}): {}\n", in_seconds(one.at.time_since_epoch()),
               one.rule, one.liveness ? "liveness" : "correctness", one.detail);
  }
  std::fflush(stdout);
}

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::crash:
      return "crash";
    case Outcome::liveness:
      return "liveness";
    case Outcome::correctness:
      return "correctness";
  }
  return "";
}

// "every promise held: 20 seeds", or what broke.
void print_verdict(const Report& report, std::uint64_t seed, std::uint64_t seeds) {
  if (report.outcome() == Outcome::ok) {
    fmt::print("every promise held: {} seed{}\n", seeds, seeds == 1 ? "" : "s");
    return;
  }
  const std::size_t count = report.violations.size();
  fmt::print("{}: seed {} broke {} promise{}{}\n", word_of(report.outcome()), seed, count,
             count == 1 ? "" : "s",
             count == 0 ? "" : fmt::format(", first {}", report.violations.front().rule));
}

// What runs this seed again.
std::string command_of(const Asked& asked, std::uint64_t seed) {
  std::string text = fmt::format("lazaret sim --seed {} --scenario '{}'", seed, asked.scenario);
  if (asked.agents) text += fmt::format(" --agents {}", *asked.agents);
  if (asked.hours) text += fmt::format(" --hours {}", *asked.hours);
  if (asked.exact) text += " --exact";
  return text;
}

extern "C" void on_crash(int) { std::_Exit(exit_crash); }

}  // namespace

int main_sim(int argc, char** argv) {
  Asked asked;
  if (!read_arguments(argc, argv, asked)) return exit_usage;
  if (asked.help) return fmt::print("{}", usage), 0;
  if (asked.list) return print_list(), 0;
  auto scenario = find_scenario(asked.scenario);
  if (!scenario) {
    complain(scenario.error().message, scenario.error().remedy);
    return exit_usage;
  }
  if (asked.agents) scenario->agents = *asked.agents;
  if (asked.hours) scenario->fault_hours = *asked.hours;
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS}) std::signal(signal, on_crash);
  for (std::uint64_t seed = asked.seed; seed < asked.seed + asked.seeds; ++seed) {
    fmt::print("seed {}\n", seed);
    std::fflush(stdout);
    const Report report = run({seed, *scenario, !asked.exact, asked.trace});
    print_report(report);
    if (report.outcome() != Outcome::ok) {
      fmt::print("again: {}\n", command_of(asked, seed));
      print_verdict(report, seed, asked.seeds);
      return exit_of(report.outcome());
    }
    if (seed + 1 == asked.seed + asked.seeds) print_verdict(report, seed, asked.seeds);
  }
  return 0;
}

}  // namespace lazaret::sim
