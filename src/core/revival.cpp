#include "core/revival.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rng.h"
#include "core/account.h"
#include "core/approvals.h"
#include "core/called.h"
#include "core/checkpoint.h"
#include "core/lifecycle.h"
#include "core/meter.h"
#include "core/mission.h"
#include "core/strategy.h"
#include "core/substitution.h"
#include "core/wake_queue.h"
#include "core/work.h"

namespace lazaret::core::revival {
namespace {

bool contains(const std::vector<int>& codes, int code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool waits_for_person(const Fleet& fleet, const AgentRef& ref) {
  const auto& open = fleet.approval_deadlines;
  return std::any_of(open.begin(), open.end(), [&](const auto& entry) {
    const Approval& one = fleet.approvals.at(entry.second);
    return one.kind == ApprovalKind::question && one.agent == ref;
  });
}

// Dying now says nothing against the agent.
bool is_excused(const Decision& d, const AgentRef& ref, const Agent& agent,
                const ExitReport& exit) {
  return exit.kind == ExitKind::lost ||
         (agent.rate_limited_until && *agent.rate_limited_until > d.now.wall) ||
         account::limit_on(d.fleet(), *d.cell(ref.cell), agent, d.now.wall) ||
         waits_for_person(d.fleet(), ref) || is_held(*d.cell(ref.cell), agent);
}

bool may_try_again(const Cell& cell, const Agent& agent) {
  return policy_of(cell, agent) == AutoRevive::yes &&
         agent.tries <= cell.definition.policies.max_retries;
}

std::string how_often(const Agent& agent) {
  return fmt::format("died {}x in a row, last: {}", agent.tries,
                     agent.last_exit ? describe(*agent.last_exit) : "unknown");
}

void ask_to_revive(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  const Policies& policies = d.cell(ref.cell)->definition.policies;
  const ApprovalId id = approvals::open(
      d, {ApprovalKind::revival, ref, std::nullopt,
          fmt::format("revive {}? {}", agent_called(d.fleet(), ref), how_often(agent)),
          policies.approval_deadline, AnswerWord::no});
  d.record(fact::AgentAwaitsApproval{ref, id});
}

// No further try of this agent: somebody else gets its work, or a person decides.
void give_up(Decision& d, const AgentRef& ref, const std::string& reason, bool ask) {
  d.record(fact::AgentQuarantined{ref, reason});
  wake_queue::drop(d, ref, "its agent is quarantined");
  if (substitution::take_over(d, ref, reason)) return;
  work::release_owned(d, ref, reason, true);
  if (ask) ask_to_revive(d, ref);
  work::dispatch(d, ref.cell);
}

void try_again(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  const Policies& policies = d.cell(ref.cell)->definition.policies;
  if (agent.tries > policies.max_retries) {
    return give_up(
        d, ref, fmt::format("{} (max_retries {})", how_often(agent), policies.max_retries), true);
  }
  const std::uint64_t seed =
      mix(hash_text(ref.agent.value, hash_text(ref.cell.value, d.fleet().seed)) +
          agent.incarnation.value);
  const Duration delay = backoff(policies, agent.tries, seed);
  // A death that does not count must not become a loop without a pause.
  const Instant due = agent.spawned_at.mono + (agent.tries == 0 ? policies.backoff_first : delay);
  if (due <= d.now.mono) {
    lifecycle::start(d, ref, StartReason::revival, agent.running_wake);
  } else {
    d.record(fact::AgentBackedOff{ref, due, delay, agent.tries});
  }
}

// It does not come back by itself, at least not now.
void stay_down(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (!agent.wanted || agent.finished || agent.removed || !agent.definition.run ||
      lifecycle::is_standby(*d.cell(ref.cell), agent)) {
    lifecycle::lay_off(d, ref, agent.state_reason);
  }
  lifecycle::settle(d, ref.cell);
}

void restart(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  const Duration pause = d.cell(ref.cell)->definition.policies.backoff_first;
  const Instant due = agent.spawned_at.mono + pause;
  if (due > d.now.mono) return d.record(fact::AgentBackedOff{ref, due, pause, agent.tries});
  lifecycle::start(d, ref, StartReason::restart_asked, agent.running_wake);
}

void after_clean_end(Decision& d, const AgentRef& ref, Ending ending, bool turn) {
  const Agent& agent = *d.agent(ref);
  if (ending == Ending::restart_asked &&
      lifecycle::should_run(d.fleet(), *d.cell(ref.cell), agent)) {
    return restart(d, ref);
  }
  if (ending == Ending::no_restart) {
    d.record(fact::AgentWanted{ref, false, "core", "it asked not to be restarted"});
  }
  if (turn) {
    wake_queue::on_turn_over(d, ref, ending == Ending::finished, "");
  } else if (ending == Ending::finished || ending == Ending::no_restart) {
    work::release_owned(d, ref, "its owner ended", true);
  }
  mission::check_end(d, ref.cell);
  if (d.agent(ref)) stay_down(d, ref);  // the end of its task may have ended the mission, and it
}

}  // namespace

void go_on(Decision& d, const AgentRef& ref) {
  const Cell& cell = *d.cell(ref.cell);
  const Agent& agent = *d.agent(ref);
  if (!lifecycle::should_run(d.fleet(), cell, agent)) return stay_down(d, ref);
  const bool turn = agent.definition.run->adapter == AdapterKind::turn;
  if (turn && !agent.running_wake && !agent.task) {  // nothing is left to be tried again
    wake_queue::deliver(d, ref);
    return work::dispatch(d, ref.cell);
  }
  if (account::is_held_after_death(d, ref)) return;
  switch (policy_of(cell, agent)) {
    case AutoRevive::yes:
      return try_again(d, ref);
    case AutoRevive::no:
      return give_up(d, ref, how_often(agent) + "; auto_revive is no", false);
    case AutoRevive::ask:
      work::note_owner_waits(d, ref);
      return ask_to_revive(d, ref);
    case AutoRevive::substitute:
      return give_up(d, ref, how_often(agent) + "; auto_revive is substitute", true);
  }
}

AutoRevive policy_of(const Cell& cell, const Agent& agent) {
  return agent.definition.auto_revive.value_or(cell.definition.policies.auto_revive);
}

Ending judge(const Agent& agent, const ExitReport& exit) {
  if (agent.process == ProcessState::stopping) {
    return agent.exit_counts ? Ending::failure : Ending::asked;
  }
  const RunSpec& run = *agent.definition.run;
  const bool ran = exit.kind == ExitKind::signalled || exit.kind == ExitKind::out_of_memory;
  if (ran && run.restart == Restart::never) return Ending::finished;
  if (exit.kind != ExitKind::exited) return Ending::failure;
  if (contains(run.restart_now_exits, exit.code)) return Ending::restart_asked;
  if (contains(run.no_restart_exits, exit.code)) return Ending::no_restart;
  if (run.restart == Restart::never) return Ending::finished;
  if (contains(run.clean_exits, exit.code)) {
    const bool again = run.restart == Restart::always && run.adapter == AdapterKind::process;
    return again ? Ending::failure : Ending::finished;
  }
  return Ending::failure;
}

Duration backoff(const Policies& policies, int tries, std::uint64_t seed) {
  if (tries <= 1) return Duration(0);
  Duration delay = policies.backoff_first;
  for (int i = 2; i < tries && delay < policies.backoff_most; ++i) delay *= 2;
  Rng rng(seed);
  const double jitter = 0.8 + 0.4 * rng.unit();
  return std::min(policies.backoff_most, seconds_of(in_seconds(delay) * jitter));
}

void on_exit(Decision& d, const event::AgentExited& e) {
  const Agent* agent = lifecycle::live(d, e.agent, e.incarnation);
  if (!agent) return;
  const Ending ending = judge(*agent, e.exit);
  if (ending == Ending::failure) account::on_last_words(d, e.agent, e.exit);
  const bool turn = agent->definition.run->adapter == AdapterKind::turn;
  const bool failed = ending == Ending::failure;
  const bool finished = ending == Ending::finished && !turn;
  const bool counted = failed && !is_excused(d, e.agent, *agent, e.exit);
  checkpoint::on_end(d, e.agent, "it ended first");
  d.record(fact::AgentExited{e.agent, e.incarnation, e.exit, !failed, counted, finished});
  if (counted) strategy::on_counted_death(d, e.agent);
  if (failed) {
    go_on(d, e.agent);
  } else {
    after_clean_end(d, e.agent, ending, turn);
  }
}

void on_spawn_failed(Decision& d, const event::SpawnFailed& e) {
  const Agent* agent = lifecycle::live(d, e.agent, e.incarnation);
  if (!agent) return;
  ExitReport exit;
  exit.kind = ExitKind::never_started;
  exit.detail = e.reason;
  const bool stopping = agent->process == ProcessState::stopping && !agent->exit_counts;
  d.record(fact::AgentExited{e.agent, e.incarnation, exit, stopping, !stopping, false});
  if (stopping) return stay_down(d, e.agent);
  const bool wanted = lifecycle::should_run(d.fleet(), *d.cell(e.agent.cell), *agent);
  if (e.permanent && wanted) return give_up(d, e.agent, e.reason, true);
  go_on(d, e.agent);
}

void on_backoff_over(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (agent.process != ProcessState::backoff) return;
  if (!lifecycle::should_run(d.fleet(), *d.cell(ref.cell), agent)) {
    return d.record(fact::AgentReleased{ref, "core", "nobody wants it to run at present", false});
  }
  if (agent.died && !may_try_again(*d.cell(ref.cell), agent)) {  // edited while it waited
    d.record(fact::AgentReleased{ref, "core", "the rules for its revival were changed", false});
    return go_on(d, ref);
  }
  lifecycle::start(d, ref, StartReason::revival, agent.running_wake);
}

void on_stable(Decision& d, const AgentRef& ref) {
  d.record(fact::AgentStable{ref, d.agent(ref)->incarnation});
}

void on_answer(Decision& d, const AgentRef& ref, AnswerWord answer, const std::string& by) {
  const Agent* agent = d.agent(ref);
  if (!agent) return;
  const bool waits = agent->process == ProcessState::awaiting_approval ||
                     agent->process == ProcessState::quarantined;
  if (!waits) return;
  if (answer == AnswerWord::no) {
    if (agent->process == ProcessState::quarantined) return;
    return give_up(d, ref, "revival denied by " + by, false);
  }
  d.record(fact::AgentReleased{ref, by, "revival approved by " + by});
  if (!agent->wanted) d.record(fact::AgentWanted{ref, true, by, "revival approved"});
  lifecycle::settle(d, ref.cell);
}

}  // namespace lazaret::core::revival
