#include "sim/scenario.h"

#include <algorithm>
#include <array>

#include "base/typo.h"
#include "wire/codec.h"

namespace lazaret::sim {
namespace {

using Chance = double Scenario::*;
constexpr std::int64_t count_most = 1'000'000;

constexpr std::array<Chance, 37> faults = {&Scenario::crashes_an_hour,
                                           &Scenario::kills_an_hour,
                                           &Scenario::hangs_an_hour,
                                           &Scenario::stops_an_hour,
                                           &Scenario::silences_an_hour,
                                           &Scenario::limit_deaths_an_hour,
                                           &Scenario::daemon_kills_an_hour,
                                           &Scenario::power_losses_an_hour,
                                           &Scenario::clock_jumps_an_hour,
                                           &Scenario::stalls_an_hour,
                                           &Scenario::disk_errors_an_hour,
                                           &Scenario::operator_acts_an_hour,
                                           &Scenario::edits_an_hour,
                                           &Scenario::operator_reacts,
                                           &Scenario::dies_deciding,
                                           &Scenario::dies_thawing,
                                           &Scenario::slow_start,
                                           &Scenario::slow_task,
                                           &Scenario::spawn_failure,
                                           &Scenario::spawn_impossible,
                                           &Scenario::ignores_stop,
                                           &Scenario::dies_of_a_line,
                                           &Scenario::failed_beat,
                                           &Scenario::lost,
                                           &Scenario::doubled,
                                           &Scenario::late,
                                           &Scenario::person_silent,
                                           &Scenario::verify_failed,
                                           &Scenario::task_failed,
                                           &Scenario::torn_checkpoint,
                                           &Scenario::share_budgeted,
                                           &Scenario::share_strategies,
                                           &Scenario::share_pooled,
                                           &Scenario::pool_edits_an_hour,
                                           &Scenario::spends_an_hour,
                                           &Scenario::handoffs_an_hour,
                                           &Scenario::freezes_an_hour};

Scenario everything() {
  Scenario s;
  s.name = "everything";
  s.summary = "every kind of fault at once, on a small fleet";
  return s;
}

Scenario crash_loops() {
  Scenario s = without_faults(everything());
  s.name = "crash_loops";
  s.summary = "agents that keep dying, people who answer slowly, substitutes";
  s.crashes_an_hour = 30;
  s.kills_an_hour = 5;
  s.spawn_failure = 0.2;
  s.spawn_impossible = 0.03;
  s.torn_checkpoint = 0.3;
  s.person_silent = 0.4;
  s.daemon_kills_an_hour = 3;
  s.dies_deciding = 0.01;
  s.share_strategies = 0.3;
  return s;
}

Scenario hangs() {
  Scenario s = without_faults(everything());
  s.name = "hangs";
  s.summary = "agents that fall silent: some hang, some only work in silence";
  s.share_beating = 1;
  s.share_turn = 0.1;
  s.hangs_an_hour = 4;
  s.stops_an_hour = 2;
  s.silences_an_hour = 4;
  s.stalls_an_hour = 4;
  s.lost = 0.05;
  s.ignores_stop = 0.5;
  return s;
}

Scenario busy_operator() {
  Scenario s = without_faults(everything());
  s.name = "busy_operator";
  s.summary = "people who stop, pause, freeze, edit and resume all the time";
  s.operator_acts_an_hour = 120;
  s.operator_reacts = 0.3;
  s.spawn_failure = 0.3;
  s.dies_of_a_line = 0.05;
  s.edits_an_hour = 10;
  s.wakes_an_hour = 10;
  s.crashes_an_hour = 10;
  s.clock_jumps_an_hour = 3;
  s.ignores_stop = 0.3;
  s.person_silent = 0.3;
  s.freezes_an_hour = 2;
  s.handoffs_an_hour = 4;
  s.share_budgeted = 0.3;
  s.spends_an_hour = 20;
  return s;
}

Scenario restarts() {
  Scenario s = without_faults(everything());
  s.name = "restarts";
  s.summary = "the daemon dies all the time, with and without its machine, and its disk fails";
  s.daemon_kills_an_hour = 20;
  s.power_losses_an_hour = 1;
  s.wakes_an_hour = 10;
  s.dies_of_a_line = 0.05;
  s.dies_deciding = 0.05;
  s.dies_thawing = 0.2;
  s.disk_errors_an_hour = 6;
  s.torn_checkpoint = 0.1;
  s.stalls_an_hour = 6;
  s.crashes_an_hour = 6;
  s.stops_an_hour = 4;
  s.slow_task = 0.1;
  s.verify_failed = 0.15;
  s.lost = 0.03;
  s.late = 0.1;
  s.ignores_stop = 0.5;
  s.share_budgeted = 0.3;
  s.spends_an_hour = 20;
  s.handoffs_an_hour = 2;
  s.freezes_an_hour = 1;
  return s;
}

// Everybody shares an account, and the provider often says no.
Scenario accounts() {
  Scenario s = without_faults(everything());
  s.name = "accounts";
  s.summary = "agents that share accounts of a provider, its limits, and a daemon that dies";
  s.share_pooled = 0.8;
  s.pool_edits_an_hour = 2;
  s.limit_deaths_an_hour = 2;
  s.rate_limits_an_hour = 0.2;
  s.crashes_an_hour = 6;
  s.kills_an_hour = 1;
  s.wakes_an_hour = 4;
  s.daemon_kills_an_hour = 4;
  s.power_losses_an_hour = 0.2;
  s.clock_jumps_an_hour = 0.5;
  s.disk_errors_an_hour = 1;
  s.operator_acts_an_hour = 10;
  s.edits_an_hour = 4;
  s.dies_deciding = 0.01;
  s.spawn_failure = 0.05;
  s.late = 0.03;
  s.person_silent = 0.5;
  return s;
}

// A scale test: a large fleet at work for a day, with the ordinary faults of a day.
Scenario day() {
  Scenario s = without_faults(everything());
  s.name = "day";
  s.summary = "a large fleet at work for a day, with an ordinary day's faults";
  s.agents = 1000;
  s.agents_a_cell = 10;
  s.fault_hours = 20;
  s.calm_hours = 4;  // who hung all day has a day of work to catch up
  s.poll_seconds = 120;
  s.task_seconds = 600;
  s.new_tasks_an_hour = 4;
  s.wakes_an_hour = 0.2;
  s.share_beating = 1;
  s.share_turn = 0.1;
  s.share_mortal = 0;
  s.questions_an_hour = 0.01;
  s.rate_limits_an_hour = 0.01;
  s.crashes_an_hour = 0.1;
  s.kills_an_hour = 0.02;
  s.hangs_an_hour = 0.02;
  s.daemon_kills_an_hour = 0.1;
  s.verify_failed = 0.05;
  s.task_failed = 0.05;
  s.lost = 0.001;
  return s;
}

// Much is planned, and the daemon, the machine and the clock do what they can against it.
Scenario calendar() {
  Scenario s = without_faults(everything());
  s.name = "calendar";
  s.summary = "plans and slots, under a daemon that dies and a clock that jumps";
  s.slots_an_hour = 60;
  s.share_turn = 0.8;
  s.wakes_an_hour = 2;
  s.crashes_an_hour = 4;
  s.daemon_kills_an_hour = 8;
  s.power_losses_an_hour = 0.5;
  s.clock_jumps_an_hour = 2;
  s.stalls_an_hour = 2;
  s.disk_errors_an_hour = 2;
  s.edits_an_hour = 1;
  s.operator_acts_an_hour = 4;
  s.dies_deciding = 0.02;
  s.lost = 0.02;
  return s;
}

// Five hundred agents with five thousand slots in a day.
Scenario calendar_day() {
  Scenario s = day();
  s.name = "calendar_day";
  s.summary = "500 agents, 5,000 slots in a day, with an ordinary day's faults";
  s.agents = 500;
  s.slots_an_hour = 250;
  s.share_turn = 0.5;
  return s;
}

std::unexpected<Error> unfit(std::string_view name, const wire::json::value& value,
                             std::string_view expected) {
  return fail(ErrorCode::invalid_input,
              "the scenario's \"" + std::string(name) + "\" cannot be " +
                  wire::json_document(value) + "; expected " + std::string(expected),
              "scenario");
}

Result<void> read_field(std::string_view name, const wire::json::value& value, std::string& out) {
  if (!value.is_string()) return unfit(name, value, "text");
  out = value.get_string().c_str();
  return {};
}
Result<void> read_field(std::string_view name, const wire::json::value& value, int& out) {
  const bool fits = value.is_int64() && value.get_int64() >= 0 && value.get_int64() <= count_most;
  if (!fits) return unfit(name, value, "a whole number from 0 to " + std::to_string(count_most));
  out = static_cast<int>(value.get_int64());
  return {};
}
Result<void> read_field(std::string_view name, const wire::json::value& value, double& out) {
  const double number = value.is_number() ? value.to_number<double>() : -1;
  if (number < 0) return unfit(name, value, "a number, at least 0");
  out = number;
  return {};
}

// The fields that are given, into `scenario`; the others stay.
Result<void> read_fields(const wire::json::object& given, Scenario& scenario) {
  std::vector<std::string> known;
  Result<void> done;
  for_each_field(scenario, [&](std::string_view name, auto& member) {
    known.emplace_back(name);
    const wire::json::value* value = given.if_contains(name);
    if (done && value != nullptr) done = read_field(name, *value, member);
  });
  if (!done) return done;
  for (const auto& field : given) {
    const std::string name(field.key());
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string meant = nearest(name, known);
    return fail(ErrorCode::invalid_input, "a scenario has no field \"" + name + "\"", "scenario",
                meant.empty() ? one_of(name, known) : "did you mean " + meant + "?");
  }
  return {};
}

Result<Scenario> scenario_of_json(std::string_view text) {
  boost::system::error_code bad;
  const wire::json::value given = wire::json::parse({text.data(), text.size()}, bad);
  if (bad) {
    return fail(ErrorCode::invalid_input, "the scenario is no JSON: " + bad.message(), "scenario");
  }
  Scenario asked;
  if (auto read = read_fields(given.as_object(), asked); !read) {
    return std::unexpected(read.error());
  }
  auto base = find_scenario(asked.name.empty() ? "everything" : asked.name);
  if (!base) return base;
  if (auto read = read_fields(given.get_object(), *base); !read) {
    return std::unexpected(read.error());
  }
  if (base->agents < 1 || base->agents_a_cell < 1) {
    return fail(ErrorCode::invalid_input,
                "a scenario has at least one agent, in cells of at least one", "scenario");
  }
  return base;
}

}  // namespace

const std::vector<Scenario>& built_in_scenarios() {
  static const std::vector<Scenario> all = {everything(),    crash_loops(), hangs(),
                                            busy_operator(), restarts(),    accounts(),
                                            day(),           calendar(),    calendar_day()};
  return all;
}

Result<Scenario> find_scenario(std::string_view text) {
  if (text.starts_with('{')) return scenario_of_json(text);
  std::vector<std::string> known;
  for (const Scenario& one : built_in_scenarios()) {
    if (one.name == text) return one;
    known.push_back(one.name);
  }
  return fail(ErrorCode::invalid_input, "no scenario \"" + std::string(text) + "\"", "scenario",
              one_of(text, known));
}

Scenario vary(Scenario scenario, Rng& rng) {
  for (const Chance chance : faults) {
    switch (rng.below(5)) {
      case 0:
        scenario.*chance = 0;
        break;
      case 1:
        scenario.*chance *= 0.5;
        break;
      case 2:
        scenario.*chance *= 2;
        break;
      default:
        break;
    }
  }
  return scenario;
}

Scenario without_faults(Scenario scenario) {
  for (const Chance chance : faults) scenario.*chance = 0;
  return scenario;
}

}  // namespace lazaret::sim
