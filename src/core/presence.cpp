#include "core/presence.h"

namespace lazaret::core {

Activity activity_of(const Agent& agent, WallTime now) {
  if (agent.rate_limited_until && *agent.rate_limited_until > now) return Activity::rate_limited;
  const bool turn = agent.definition.run && agent.definition.run->adapter == AdapterKind::turn;
  const bool alive = agent.process == ProcessState::running ||
                     agent.process == ProcessState::starting ||
                     (turn && agent.process == ProcessState::stopped && agent.wanted) ||
                     (agent.process == ProcessState::external && agent.health != Health::unknown &&
                      agent.health != Health::unhealthy);
  if (!alive) return Activity::offline;
  const bool occupied = agent.task || agent.running_wake;
  if (occupied && agent.waiting_wake) return Activity::busy;
  return occupied || agent.waiting_wake ? Activity::working : Activity::idle;
}

}  // namespace lazaret::core
