// What agents spend, set aside and hand to others.
#include "core/meter.h"
#include "sim/programs.h"

namespace lazaret::sim {

using namespace core;

namespace {

constexpr Duration cpu_sampled_every = 60s;

// In thousandths of a dollar, and tokens.
Amounts some_amounts(Rng& rng) {
  Amounts amounts;
  amounts.tokens = static_cast<std::int64_t>(rng.below(3'000));
  amounts.usd = static_cast<std::int64_t>(rng.below(500)) * 1000;
  return amounts;
}

}  // namespace

bool Programs::act_within_bounds(Mind& mind, double polls_an_hour) {
  const Scenario& s = world_.scenario;
  if (world_.calm) return false;
  if (world_.bounds.chance(s.spends_an_hour / polls_an_hour)) {
    if (mind.aside) {
      settle(mind);
    } else if (world_.bounds.chance(0.5)) {
      set_aside(mind);
    } else {
      spend(mind);
    }
    return true;
  }
  if (!mind.task || !world_.bounds.chance(s.handoffs_an_hour / polls_an_hour)) return false;
  hand_over(mind);
  return true;
}

void Programs::spend(Mind& mind) {
  ask(mind, op::ReportSpend{mind.slot->ref, some_amounts(world_.bounds), false, {}}, {});
}

void Programs::set_aside(Mind& mind) {
  const bool forgets = world_.bounds.chance(0.1);
  ask(mind, op::ReportSpend{mind.slot->ref, some_amounts(world_.bounds), true, {}},
      [this, &mind, forgets](const Answer& answer) {
        if (!answer) {
          if (answer.error().code == ErrorCode::needs_person) world_.count(Fault::spend_refused);
        } else if (forgets) {
          world_.count(Fault::aside_forgotten);
        } else {
          mind.aside = answer->id;
        }
      });
}

// It may have been more than was set aside.
void Programs::settle(Mind& mind) {
  op::ReportSpend spent{mind.slot->ref, some_amounts(world_.bounds), false, *mind.aside};
  ask(mind, std::move(spent), [&mind](const Answer& answer) {
    const bool again = !answer && answer.error().code == ErrorCode::unavailable;
    if (!again) mind.aside.reset();
  });
}

void Programs::hand_over(Mind& mind) {
  const AgentRef& ref = mind.slot->ref;
  const Cell* cell = world_.loop ? find_cell(world_.loop->fleet(), ref.cell) : nullptr;
  if (!cell || cell->agents.empty()) return;
  auto to = cell->agents.begin();
  std::advance(to, static_cast<std::ptrdiff_t>(world_.bounds.below(cell->agents.size())));
  ask(mind, op::HandOffTask{*mind.task, to->first, "sim"}, [this](const Answer& answer) {
    if (!answer) world_.count(Fault::handoff_refused);
  });
}

// As the daemon does: whoever has a budget of it.
void Programs::sample_cpu(Mind& mind, Incarnation incarnation) {
  if (!lives(mind, incarnation)) return;
  world_.after(cpu_sampled_every, [this, &mind, incarnation] { sample_cpu(mind, incarnation); });
  if (!world_.loop) return;
  const AgentRef& ref = mind.slot->ref;
  const Cell* cell = find_cell(world_.loop->fleet(), ref.cell);
  const Agent* agent = find_agent(world_.loop->fleet(), ref);
  if (!agent || !counts_cpu(*cell, *agent)) return;
  processes_.tell(event::CpuUsed{ref, incarnation, processes_.cpu_of(*mind.slot).count()}, true);
}

}  // namespace lazaret::sim
