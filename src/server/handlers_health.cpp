// Health of agents, in the shape of the heartbeat contract.
#include "base/rfc3339.h"
#include "server/context.h"
#include "server/names.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

json::object entry_of(Context& context, const AgentRef& ref, const core::Agent& agent,
                      const std::string& address) {
  const runtime::BeatEntry* beat = context.loop.beats().find(ref);
  const bool beaten = beat && beat->last_beat_wall != WallTime{};
  json::value last = beaten ? wire::api_time(beat->last_beat_wall) : json::value(nullptr);
  const std::string& error = beat && !beat->error.empty() ? beat->error : agent.health_reason;
  const bool well = agent.health == core::Health::healthy;
  return {{"agent_id", address},
          {"status", to_word(agent.health)},
          {"last_heartbeat", last},
          {"last_response", last},
          {"consecutive_failures", agent.failures},
          {"response_time", beat ? beat->response_seconds : 0.0},
          {"error_message", well || error.empty() ? json::value(nullptr) : json::value(error)},
          {"metadata", beat && !beat->metadata.empty() ? wire::json_or_null(beat->metadata)
                                                       : json::value(json::object())}};
}

void health(Context& context, Call& call) {
  const Addresses addresses(context.fleet());
  json::object agents;
  std::map<core::Health, int> counts;
  for (const auto& [cell_id, cell] : context.fleet().cells) {
    for (const auto& [id, agent] : cell.agents) {
      const AgentRef ref{cell_id, id};
      if (!may_see(call.identity, ref)) continue;
      ++counts[agent.health];
      const std::string address = addresses.of(ref);
      agents[address] = entry_of(context, ref, agent, address);
    }
  }
  call.reply.ok(json::object{{"timestamp", to_rfc3339(context.loop.now().wall)},
                             {"total_agents", agents.size()},
                             {"healthy", counts[core::Health::healthy]},
                             {"degraded", counts[core::Health::degraded]},
                             {"unhealthy", counts[core::Health::unhealthy]},
                             {"agents", std::move(agents)}});
}

void health_of_one(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  const core::Agent& agent = *core::find_agent(context.fleet(), *ref);
  call.reply.ok(entry_of(context, *ref, agent, Addresses(context.fleet()).of(*ref)));
}

}  // namespace

void add_health_handlers(Handlers& handlers) {
  handlers["health"] = health;
  handlers["health.agent"] = health_of_one;
}

}  // namespace lazaret::server
