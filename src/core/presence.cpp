#include "core/presence.h"

#include "core/account.h"
#include "core/lifecycle.h"

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

ToldActivity told_activity(const Fleet& fleet, const Cell& cell, const Agent& agent, WallTime now) {
  const Activity own = activity_of(agent, now);
  if (own == Activity::rate_limited) return {own, agent.rate_limited_until};
  const AccountLimit* limit = account::limit_on(fleet, cell, agent, now);
  const bool waits = own == Activity::idle ||
                     (agent.turn_in_line != 0 && lifecycle::should_run(fleet, cell, agent));
  if (limit && waits) return {Activity::rate_limited, limit->until};
  return {own, std::nullopt};
}

}  // namespace lazaret::core
