// What a simulated fleet is made of and what befalls it: data only. A run takes a scenario and a
// seed; the seed switches some of the faults off and scales the others, so no two seeds are alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "base/rng.h"

namespace lazaret::sim {

struct Scenario {
  std::string name;
  std::string summary;

  // Workload.
  int agents = 12;
  int agents_a_cell = 6;
  double fault_hours = 3;        // then everything heals …
  double calm_hours = 8;         // … and within this time everything must be in order
  int tasks_an_agent = 5;        // at the start
  double task_seconds = 120;     // on average
  double poll_seconds = 15;      // how often an idle agent asks for work
  double new_tasks_an_hour = 2;  // a cell
  double wakes_an_hour = 1;      // an agent
  double share_turn = 0.25;      // of the agents
  double share_external = 0.1;
  double share_beating = 0.7;
  double share_verified = 0.3;     // of the tasks
  double share_mortal = 0.5;       // of the missions: end when their tasks are done
  double questions_an_hour = 0.2;  // an agent asks a person
  double rate_limits_an_hour = 1;
  double slots_an_hour = 0;  // that people plan, in the whole fleet

  // Bounds: no faults, but a world without faults has none of them.
  double share_budgeted = 0.3;    // of the agents; some of the tasks and missions, too
  double share_strategies = 0.5;  // of the missions: a death concerns others
  double share_pooled = 0.25;     // of the missions, and of some agents: they share an account
  double pool_edits_an_hour = 1;  // what the accounts bear is changed
  double spends_an_hour = 20;     // an agent reports tokens and money
  double handoffs_an_hour = 1;    // an agent wants to hand its task over
  double freezes_an_hour = 0.3;   // of the whole fleet

  // Faults: events an hour for each agent …
  double crashes_an_hour = 2;
  double kills_an_hour = 0.5;
  double hangs_an_hour = 0.5;
  double stops_an_hour = 0.2;  // state T
  double silences_an_hour = 0.3;
  double limit_deaths_an_hour = 0.3;  // its last words are of a rate limit
  // … for the whole fleet …
  double daemon_kills_an_hour = 2;
  double power_losses_an_hour = 0.2;
  double clock_jumps_an_hour = 1;
  double stalls_an_hour = 1;
  double disk_errors_an_hour = 1;
  double operator_acts_an_hour = 10;
  double edits_an_hour = 1;
  // … and chances.
  double operator_reacts = 0.05;  // to what happens to an agent
  double dies_deciding = 0.005;   // the daemon, within moments of a decision to act
  double dies_thawing = 0.1;      // the daemon, with a freeze or a thaw on record and not done
  double slow_start = 0.03;
  double slow_task = 0.05;
  double spawn_failure = 0.05;
  double spawn_impossible = 0.01;
  double ignores_stop = 0.2;
  double dies_of_a_line = 0.02;  // on its stdin
  double failed_beat = 0.01;
  double lost = 0.02;
  double doubled = 0.02;
  double late = 0.03;
  double person_silent = 0.3;
  double verify_failed = 0.15;
  double task_failed = 0.1;
  double torn_checkpoint = 0.1;
  double saves = 0.1;  // of the looks at its work in which an agent saves a checkpoint; no fault

  LAZARET_FIELDS(Scenario, name, summary, agents, agents_a_cell, fault_hours, calm_hours,
                 tasks_an_agent, task_seconds, poll_seconds, new_tasks_an_hour, wakes_an_hour,
                 share_turn, share_external, share_beating, share_verified, share_mortal,
                 questions_an_hour, rate_limits_an_hour, slots_an_hour, share_budgeted,
                 share_strategies, share_pooled, pool_edits_an_hour, spends_an_hour,
                 handoffs_an_hour, freezes_an_hour, crashes_an_hour, kills_an_hour, hangs_an_hour,
                 stops_an_hour, silences_an_hour, limit_deaths_an_hour, daemon_kills_an_hour,
                 power_losses_an_hour, clock_jumps_an_hour, stalls_an_hour, disk_errors_an_hour,
                 operator_acts_an_hour, edits_an_hour, operator_reacts, dies_deciding, dies_thawing,
                 slow_start, slow_task, spawn_failure, spawn_impossible, ignores_stop,
                 dies_of_a_line, failed_beat, lost, doubled, late, person_silent, verify_failed,
                 task_failed, torn_checkpoint, saves)
};

const std::vector<Scenario>& built_in_scenarios();

// A name of a built-in one, or a JSON object with the same fields ("name" may say which built-in
// one it starts from). Error: invalid_input.
Result<Scenario> find_scenario(std::string_view name_or_json);

// The seed's own variation: each class of faults is off, halved, as written, or doubled.
Scenario vary(Scenario scenario, Rng& rng);

// No faults at all.
Scenario without_faults(Scenario scenario);

}  // namespace lazaret::sim
