#include "core/budgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/approvals.h"
#include "core/ended.h"
#include "core/handoff.h"
#include "core/lifecycle.h"
#include "core/mission.h"
#include "core/work.h"

namespace lazaret::core::budgets {
namespace {

constexpr std::array kinds{BudgetKind::wall, BudgetKind::cpu, BudgetKind::spawns,
                           BudgetKind::tokens, BudgetKind::usd};

// Nobody is asked for more where nothing goes on. Such a place's wall clock stands, too
// (apply_budgets.cpp), or its timer would ring for ever.
bool has_ended(const Fleet& fleet, const BudgetPlace& place) {
  switch (place.scope) {
    case BudgetScope::agent:
      return !why_agent_ended(fleet, {place.cell, place.agent}).empty();
    case BudgetScope::task:
      return !why_task_ended(fleet, {place.cell, place.task}).empty();
    case BudgetScope::mission:
      return !why_mission_ended(fleet, place.cell).empty();
  }
  return false;
}

std::string what_no_does(BudgetScope scope) {
  switch (scope) {
    case BudgetScope::agent:
      return "stops it";
    case BudgetScope::task:
    case BudgetScope::mission:
      return "fails it";
  }
  return {};
}

ApprovalId ask(Decision& d, const BudgetPlace& place, const fact::BudgetReached& reached) {
  approvals::Question question;
  question.kind = ApprovalKind::budget;
  if (place.scope == BudgetScope::agent) question.agent = AgentRef{place.cell, place.agent};
  if (place.scope == BudgetScope::task) question.task = TaskRef{place.cell, place.task};
  question.cell = place.cell;
  question.text = fmt::format("{} more for {}? it has spent {} of {}; no {}",
                              describe(reached.kind, reached.raise), reached.about,
                              describe_used(reached.kind, reached.spent, reached.reserved),
                              describe(reached.kind, reached.cap), what_no_does(place.scope));
  question.deadline = d.cell(place.cell)->definition.policies.approval_deadline;
  return approvals::open(d, question);
}

// All whom a new hold concerns.
void hold_all(Decision& d, const BudgetPlace& place) {
  for (const auto& [id, agent] : d.cell(place.cell)->agents) hold_or_let_go(d, {place.cell, id});
}

// `wanted`: what would be spent in all.
void reach(Decision& d, const BudgetPlace& place, BudgetKind kind, std::int64_t wanted) {
  const Meter& meter = meter_at(d.fleet(), place);
  if (meter.hold || has_ended(d.fleet(), place)) return;
  fact::BudgetReached reached{place.scope, place.cell, place.agent, place.task, kind};
  reached.cap = cap_at(d.fleet(), place, kind);
  reached.spent = part(spent_at(d.fleet(), place, d.now.mono), kind);
  reached.reserved = part(meter.reserved, kind);
  // Once more what the definition grants; and as much as lets it go on at all.
  reached.raise = std::max(reached.cap - part(meter.raised, kind), wanted - reached.cap + 1);
  reached.about = called(d.fleet(), place);
  reached.approval = ask(d, place, reached);
  d.record(std::move(reached));
  hold_all(d, place);
}

bool is_reached(const Fleet& fleet, const BudgetPlace& place, BudgetKind kind, Instant now) {
  const std::int64_t cap = cap_at(fleet, place, kind);
  return cap > 0 && part(spent_at(fleet, place, now), kind) >= cap;
}

// Starts are counted before they come about, so the cap itself is still within bounds.
void check_caps(Decision& d, const std::vector<BudgetPlace>& places) {
  for (const BudgetPlace& place : places) {
    for (const BudgetKind kind : kinds) {
      if (kind == BudgetKind::spawns || !is_reached(d.fleet(), place, kind, d.now.mono)) continue;
      reach(d, place, kind, part(spent_at(d.fleet(), place, d.now.mono), kind));
    }
  }
}

// Spent or set aside.
Amounts claimed(const Decision& d, const BudgetPlace& place) {
  return sum(meter_at(d.fleet(), place).reserved, spent_at(d.fleet(), place, d.now.mono));
}

bool is_held_at(const Decision& d, const std::vector<BudgetPlace>& places) {
  return std::ranges::any_of(places, [&](const BudgetPlace& place) {
    return meter_at(d.fleet(), place).hold.has_value();
  });
}

// Does `amounts` more pass a cap? A person is asked about the first that it would pass.
std::optional<std::string> would_pass(Decision& d, const std::vector<BudgetPlace>& places,
                                      const Amounts& amounts) {
  for (const BudgetPlace& place : places) {
    for (const BudgetKind kind : kinds) {
      const std::int64_t cap = cap_at(d.fleet(), place, kind);
      const std::int64_t more = part(amounts, kind);
      if (cap == 0 || more == 0) continue;
      const std::int64_t wanted = part(sum(amounts, claimed(d, place)), kind);
      if (wanted <= cap) continue;
      reach(d, place, kind, wanted - 1);
      return fmt::format("{} more would pass the budget of {}: {} are spent or set aside of {}",
                         describe(kind, more), called(d.fleet(), place),
                         describe(kind, part(claimed(d, place), kind)), describe(kind, cap));
    }
  }
  return std::nullopt;
}

void refuse(Decision& d, const std::vector<BudgetPlace>& places, const std::string& why) {
  std::string approval;
  for (const BudgetPlace& place : places) {
    const auto& hold = meter_at(d.fleet(), place).hold;
    if (hold) approval = hold->approval.value;
  }
  d.refuse(ErrorCode::needs_person, why,
           approval.empty() ? std::string() : "lazaret inbox approve " + approval);
}

void set_aside(Decision& d, const op::ReportSpend& o) {
  const Agent& agent = *d.agent(o.agent);
  // What is set aside ends with the run that made it: there has to be one.
  if (agent.definition.run && !is_live(agent.process)) {
    return d.refuse(ErrorCode::conflict, fmt::format("agent \"{}\" is {} and sets nothing aside",
                                                     o.agent.agent.value, to_word(agent.process)));
  }
  if (agent.reservations.size() >= reservations_most) {
    return d.refuse(ErrorCode::too_many,
                    fmt::format("{} amounts are set aside already", agent.reservations.size()),
                    "report what was spent of them");
  }
  const auto places = places_of(d.fleet(), o.agent);
  if (is_held_at(d, places)) return refuse(d, places, "its budget is used up");
  if (const auto why = would_pass(d, places, o.amounts)) {
    refuse(d, places, *why);
    return lifecycle::settle(d, o.agent.cell);
  }
  const std::string id = fmt::format("b-{}", d.fleet().next_reservation);
  d.record(fact::SpendReserved{o.agent, id, agent.task, o.amounts});
  d.grant(id);
}

// What no means.
void stop(Decision& d, const BudgetPlace& place, const std::string& reason, const std::string& by) {
  switch (place.scope) {
    case BudgetScope::agent: {
      const AgentRef ref{place.cell, place.agent};
      d.record(fact::AgentWanted{ref, false, by, reason});
      if (is_live(d.agent(ref)->process)) return lifecycle::stop(d, ref, reason);
      return lifecycle::lay_off(d, ref, reason);
    }
    case BudgetScope::task: {
      const TaskRef ref{place.cell, place.task};
      const TaskState state = d.task(ref)->state;
      if (state == TaskState::completed || state == TaskState::failed) return;
      handoff::give_up(d, ref, reason);
      d.record(fact::TaskFailed{ref, reason});
      mission::check_end(d, place.cell);
      return;
    }
    case BudgetScope::mission:
      return mission::set_status(d, place.cell, MissionStatus::failed, reason, by);
  }
}

std::optional<BudgetPlace> place_of(const Fleet& fleet, const ApprovalId& id) {
  const Approval& approval = fleet.approvals.at(id);
  BudgetPlace place;
  if (approval.agent) {
    place = {BudgetScope::agent, approval.agent->cell, approval.agent->agent, {}};
  } else if (approval.task) {
    place = {BudgetScope::task, approval.task->cell, {}, approval.task->task};
  } else {
    place = {BudgetScope::mission, approval.cell, {}, {}};
  }
  const auto& hold = meter_at(fleet, place).hold;
  if (!hold || hold->approval != id) return std::nullopt;
  return place;
}

}  // namespace

bool may_claim(Decision& d, const TaskRef& ref) {
  const std::vector<BudgetPlace> place{{BudgetScope::task, ref.cell, {}, ref.task}};
  if (!is_held_at(d, place)) check_caps(d, place);
  return !is_held_at(d, place);
}

bool may_start(Decision& d, const AgentRef& ref, const std::optional<TaskId>& task) {
  const auto& in_hand = d.agent(ref)->task;
  const auto places = places_of(ref, in_hand ? in_hand : task);
  if (!is_held_at(d, places)) {
    Amounts one;
    one.spawns = 1;
    check_caps(d, places);
    if (!is_held_at(d, places) && !would_pass(d, places, one)) return true;
  }
  if (d.agent(ref)->process == ProcessState::backoff) {
    d.record(fact::AgentReleased{ref, "core", "its budget is used up", false});
  }
  return false;
}

void report(Decision& d, const op::ReportSpend& o) {
  if (o.reserve) return set_aside(d, o);
  const Agent& agent = *d.agent(o.agent);
  std::optional<TaskId> task = agent.task;
  if (!o.reservation.empty()) {
    const auto found = agent.reservations.find(o.reservation);
    if (found == agent.reservations.end() || o.reservation == spawn_reservation) {
      return d.refuse(ErrorCode::not_found,
                      fmt::format("nothing is set aside as \"{}\"", o.reservation),
                      "a reservation is settled once, and ends with the run that made it");
    }
    task = found->second.task;
  }
  d.record(fact::SpendRecorded{o.agent, agent.incarnation, task, o.reservation, o.amounts});
  check_caps(d, places_of(o.agent, task));
  lifecycle::settle(d, o.agent.cell);
}

void on_cpu_used(Decision& d, const event::CpuUsed& e) {
  const Agent* agent = lifecycle::live(d, e.agent, e.incarnation);
  if (!agent || e.cpu_ns <= agent->cpu_seen) return;
  Amounts amounts;
  amounts.cpu = e.cpu_ns - agent->cpu_seen;
  d.record(fact::SpendRecorded{e.agent, e.incarnation, agent->task, {}, amounts});
  check_caps(d, places_of(d.fleet(), e.agent));
  lifecycle::settle(d, e.agent.cell);
}

void on_wall_used(Decision& d, const BudgetPlace& place) {
  reach(d, place, BudgetKind::wall, part(spent_at(d.fleet(), place, d.now.mono), BudgetKind::wall));
  lifecycle::settle(d, place.cell);
}

void on_answer(Decision& d, const ApprovalId& id, AnswerWord answer, const std::string& by) {
  const auto place = place_of(d.fleet(), id);
  if (!place) return;
  const BudgetHold hold = *meter_at(d.fleet(), *place).hold;
  const bool yes = answer == AnswerWord::yes;
  d.record(fact::BudgetSettled{place->scope, place->cell, place->agent, place->task, hold.kind,
                               yes ? hold.raise : 0, by});
  if (!yes) {
    stop(d, *place,
         fmt::format("its budget of {} is used up, and {} said no",
                     describe(hold.kind, cap_at(d.fleet(), *place, hold.kind)), by),
         by);
  }
  lifecycle::settle(d, place->cell);
}

void on_closed(Decision& d, const ApprovalId& id) {
  const auto place = place_of(d.fleet(), id);
  if (!place) return;
  const BudgetKind kind = meter_at(d.fleet(), *place).hold->kind;
  d.record(
      fact::BudgetSettled{place->scope, place->cell, place->agent, place->task, kind, 0, "core"});
}

void hold_or_let_go(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  const Cell& cell = *d.cell(ref.cell);
  if (!is_live(agent.process) || agent.process == ProcessState::stopping) return;
  const BudgetHold* hold = hold_on(cell, agent);
  const Incarnation incarnation = agent.incarnation;
  if (hold && !agent.frozen) {
    d.record(fact::AgentFrozen{
        ref, true, std::string(budget_freezer),
        fmt::format("{} is used up: {}", to_word(hold->kind), hold->approval.value)});
    d.act(command::FreezeAgent{ref, incarnation, true});
  } else if (!hold && agent.frozen && agent.frozen_by == budget_freezer && !d.fleet().frozen) {
    d.record(fact::AgentFrozen{ref, false, std::string(budget_freezer), "its budget holds again"});
    d.act(command::FreezeAgent{ref, incarnation, false});
  }
}

void on_task_left(Decision& d, const AgentRef& owner) {
  if (d.agent(owner)) hold_or_let_go(d, owner);
}

}  // namespace lazaret::core::budgets
