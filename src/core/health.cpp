#include "core/health.h"

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "core/hang.h"
#include "core/lifecycle.h"

namespace lazaret::core::health {
namespace {

// Beats may come from external agents, which have no process state of ours.
const Agent* known(const Decision& d, const AgentRef& ref, Incarnation incarnation) {
  const Agent* agent = d.agent(ref);
  return agent && agent->incarnation == incarnation ? agent : nullptr;
}

void set(Decision& d, const AgentRef& ref, Health health, int failures, const std::string& reason) {
  const Agent& agent = *d.agent(ref);
  if (agent.health == health && agent.failures == failures) return;
  d.record(fact::AgentHealthChanged{ref, health, failures, reason});
}

void add_failure(Decision& d, const AgentRef& ref, bool at_once, const std::string& reason) {
  const int failures = d.agent(ref)->failures + 1;
  const bool unhealthy = at_once || failures >= unhealthy_after;
  set(d, ref, unhealthy ? Health::unhealthy : Health::degraded, failures, reason);
}

}  // namespace

void on_beats_began(Decision& d, const event::BeatsBegan& e) {
  const Agent* agent = known(d, e.agent, e.incarnation);
  if (!agent) return;
  if (!agent->has_beaten) d.record(fact::AgentBeatsBegan{e.agent});
  set(d, e.agent, Health::healthy, 0, "heartbeat");
  if (agent->definition.run && agent->definition.run->ready == ReadyWhen::beat) {
    lifecycle::on_ready(d, e.agent, e.incarnation, "first heartbeat");
  }
}

void on_beat_missed(Decision& d, const event::BeatMissed& e) {
  const Agent* agent = known(d, e.agent, e.incarnation);
  if (!agent || agent->frozen) return;  // we keep it from beating ourselves
  const bool at_once = e.silent_for >= agent->definition.beat_timeout;
  add_failure(d, e.agent, at_once, fmt::format("no heartbeat for {}", to_human(e.silent_for)));
  hang::suspect(d, e.agent, fmt::format("no heartbeat for {}", to_human(e.silent_for)));
}

void on_beat_recovered(Decision& d, const event::BeatRecovered& e) {
  if (!known(d, e.agent, e.incarnation)) return;
  set(d, e.agent, Health::healthy, 0, "heartbeat");
  hang::clear(d, e.agent, "it beats again");
}

void on_failure(Decision& d, const event::FailureReported& e) {
  if (!known(d, e.agent, e.incarnation)) return;
  add_failure(d, e.agent, false, "it reported: " + e.message);
}

}  // namespace lazaret::core::health
